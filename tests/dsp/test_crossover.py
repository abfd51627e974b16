import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp

RATE = 44100.0
FREQUENCIES = torch.tensor([[200.0, 900.0, 5000.0]], dtype=torch.float64)


def responses(zero_phase, frequencies=FREQUENCIES):
    """Spectra of the bands of an impulse in the middle of 2^15 samples."""
    impulse = torch.zeros(1, 1, 1 << 15, dtype=torch.float64)
    impulse[..., 1 << 14] = 1
    bands = dsp.split_bands(impulse, frequencies, RATE, zero_phase=zero_phase)
    return [torch.fft.rfft(band[0, 0]) for band in bands]


@pytest.mark.parametrize("zero_phase", [True, False])
def test_bands_sum_flat_within_a_tenth_of_a_decibel(zero_phase):
    total = sum(responses(zero_phase)).abs()
    assert float((20 * torch.log10(total)).abs().max()) < 1e-3


@pytest.mark.parametrize("zero_phase", [True, False])
def test_bands_sum_flat_also_when_their_frequencies_are_out_of_order(zero_phase):
    total = sum(responses(zero_phase, FREQUENCIES.flip(-1))).abs()
    assert float((20 * torch.log10(total)).abs().max()) < 1e-3


def test_bands_without_phase_sum_to_the_signal_itself():
    signal = torch.randn(2, 2, 3000, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(sum(dsp.split_bands(signal, FREQUENCIES.float(), RATE)), signal)


@pytest.mark.parametrize("zero_phase", [True, False])
def test_neighbours_cross_at_minus_6_decibels_and_fall_by_24_per_octave(zero_phase):
    low, high = responses(zero_phase, torch.tensor([[1000.0]], dtype=torch.float64))
    decibel = {
        (name, hertz): float(20 * torch.log10(band[round(hertz * (1 << 15) / RATE)].abs()))
        for name, band in (("low", low), ("high", high))
        for hertz in (62.5, 125.0, 1000.0, 2000.0, 4000.0)
    }
    assert decibel["low", 1000.0] == pytest.approx(-6.02, abs=0.02)
    assert decibel["high", 1000.0] == pytest.approx(-6.02, abs=0.02)
    assert decibel["low", 2000.0] - decibel["low", 4000.0] == pytest.approx(24, abs=1.5)
    assert decibel["high", 125.0] - decibel["high", 62.5] == pytest.approx(24, abs=0.5)


def test_bands_without_phase_are_those_of_scipy_run_forwards_and_backwards():
    signal = torch.randn(1, 1, 8000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    low, high = dsp.split_bands(signal, torch.tensor([[800.0]]).double(), RATE)
    for band, kind in ((low, "lowpass"), (high, "highpass")):
        sos = scipy.signal.butter(2, 800, kind, fs=RATE, output="sos")
        theirs = scipy.signal.sosfiltfilt(sos, signal[0, 0].numpy())
        # Away from the end, where a recursion that runs backwards has not yet begun to ring.
        np.testing.assert_allclose(band[0, 0, 1000:-1000].numpy(), theirs[1000:-1000], atol=1e-9)


def test_causal_bands_are_two_butterworth_filters_of_scipy_one_after_the_other():
    signal = torch.randn(1, 1, 2000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    bands = dsp.split_bands(signal, torch.tensor([[800.0]]).double(), RATE, zero_phase=False)
    for band, kind in zip(bands, ("lowpass", "highpass"), strict=True):
        sos = np.tile(scipy.signal.butter(2, 800, kind, fs=RATE, output="sos"), (2, 1))
        np.testing.assert_allclose(band[0, 0].numpy(), scipy.signal.sosfilt(sos, signal[0, 0].numpy()), atol=1e-9)


def test_batches_of_one_broadcast_on_either_side():
    assert dsp.split_bands(torch.randn(1, 2, 30), FREQUENCIES.expand(3, 3), RATE)[0].shape == (3, 2, 30)
    assert dsp.split_bands(torch.randn(3, 2, 30), FREQUENCIES, RATE)[3].shape == (3, 2, 30)
