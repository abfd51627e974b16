import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.units import in_unit


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


def test_a_number_first_used_without_gradients_has_them_later():
    factor = 1.2345
    with torch.inference_mode():
        in_unit(torch.ones(2), factor)
    value = torch.ones(2, requires_grad=True)
    in_unit(value, factor).sum().backward()
    torch.testing.assert_close(value.grad, torch.full((2,), factor))


@pytest.mark.parametrize("kind", [torch.clone, torch.nn.Parameter])
def test_the_dtype_is_that_of_the_quantity(kind):
    for dtype in (torch.float32, torch.float64):
        scaled = in_unit(kind(torch.ones(1, dtype=dtype)), 0.1)
        torch.testing.assert_close(scaled.detach(), torch.full((1,), 0.1, dtype=dtype))
