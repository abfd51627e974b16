import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp


@pytest.mark.parametrize("name", ["hann", "hamming", "blackman", "bartlett"])
def test_windows_are_scipys(name):
    np.testing.assert_allclose(dsp.fir_window(name, 31).numpy(), scipy.signal.get_window(name, 31), atol=1e-9)


def test_a_kaiser_window_takes_its_beta_and_no_window_is_flat():
    kaiser = dsp.fir_window("kaiser", 31, beta=8.0)
    np.testing.assert_allclose(kaiser.numpy(), scipy.signal.get_window(("kaiser", 8.0), 31), atol=1e-9)
    for name in dsp.RECTANGULAR:
        assert (dsp.fir_window(name, 31) == 1).all()


def test_without_a_window_the_magnitudes_are_met_and_the_phase_is_zero():
    magnitude = torch.rand(2, 16, dtype=torch.float64) + 0.1
    fir = dsp.zero_phase_fir(magnitude, dsp.fir_window("none", 31))
    spectrum = torch.fft.rfft(torch.roll(fir, -15, -1))
    torch.testing.assert_close(spectrum, magnitude.to(torch.complex128))
    torch.testing.assert_close(fir, fir.flip(-1))


def test_a_flat_curve_is_a_click_in_the_middle():
    fir = dsp.zero_phase_fir(torch.full((512,), 2.0), dsp.fir_window("hann", 1023))
    assert float(fir[511]) == pytest.approx(2, rel=1e-4)
    assert float(fir.abs().sum()) == pytest.approx(2, rel=1e-4)
