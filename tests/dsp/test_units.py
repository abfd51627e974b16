import pytest
import torch

from grafx_lab import dsp


@pytest.mark.parametrize(("decibel", "factor"), [(0.0, 1.0), (20.0, 10.0), (-6.0206, 0.5)])
def test_decibels_and_factors(decibel, factor):
    assert float(dsp.decibel_to_amplitude(torch.tensor(decibel))) == pytest.approx(factor, rel=1e-5)
    assert float(dsp.amplitude_to_decibel(torch.tensor(-factor))) == pytest.approx(decibel, abs=1e-4)


def test_silence_has_a_finite_level():
    assert float(dsp.amplitude_to_decibel(torch.tensor(0.0))) == pytest.approx(-240, abs=1e-3)


def test_the_energy_of_a_factor_has_the_same_decibels():
    log_energy = dsp.decibel_to_log_energy(torch.tensor(-12.0))
    torch.testing.assert_close(torch.exp(log_energy), dsp.decibel_to_amplitude(torch.tensor(-12.0)).square())
    torch.testing.assert_close(dsp.log_energy_to_decibel(log_energy), torch.tensor(-12.0))
