import math

import pytest
import torch

from grafx_lab import dsp

RATE = 48000


def waves(f0: float, length: int = RATE, **options) -> torch.Tensor:
    frequency = torch.full((1, length), f0, dtype=torch.float64)
    phase = dsp.accumulate_phase(frequency, RATE, exclusive=True)
    return dsp.band_limited_waveforms(phase, frequency, RATE, **options)[0]


@pytest.mark.parametrize("f0", [440.0, 1999.0, 7001.0, 13000.0])
def test_nothing_but_harmonics_below_half_the_sample_rate_is_in_the_spectrum(f0):
    """One second holds whole periods, so every partial, and every alias, has a bin of its own."""
    spectrum = torch.fft.rfft(waves(f0)).abs() * 2 / RATE
    harmonics = torch.arange(1, math.ceil(RATE / 2 / f0))
    odd = harmonics % 2 == 1
    flips = torch.where(harmonics % 4 == 1, 1.0, -1.0)
    expected = torch.zeros_like(spectrum)
    bins = (harmonics * f0).long()
    expected[0, bins] = 2 / math.pi / harmonics.double()
    expected[1, bins] = 4 / math.pi / harmonics.double() * odd
    expected[2, bins] = (8 / math.pi**2 / harmonics.double() ** 2 * odd * flips).abs()
    torch.testing.assert_close(spectrum, expected, rtol=0, atol=1e-7)


def test_low_tones_come_close_to_the_ideal_shapes():
    period = 4800
    saw, square, triangle = waves(10.0, period)
    time = torch.arange(period, dtype=torch.float64) / period
    middle = slice(480, 1920)
    assert float((saw - (1 - 2 * time))[middle].abs().max()) < 0.01
    assert float((square - 1)[middle].abs().max()) < 0.01
    assert float((triangle - (1 - (4 * time - 1).abs()))[: period // 2].abs().max()) < 0.001


def test_as_many_harmonics_as_wanted():
    saw = waves(440.0, max_harmonics=3)[0]
    spectrum = torch.fft.rfft(saw).abs()
    assert torch.nonzero(spectrum > 1e-2).flatten().tolist() == [440, 880, 1320]


def test_a_gliding_tone_has_at_each_moment_the_harmonics_that_fit():
    length = 1000
    frequency = torch.linspace(3000, 9000, length, dtype=torch.float64)[None]
    phase = dsp.accumulate_phase(frequency, RATE, exclusive=True)
    glide = dsp.band_limited_waveforms(phase, frequency, RATE)[0, 0]
    by_hand = sum(
        2 / math.pi / k * torch.sin(2 * math.pi * k * phase[0]) * (k * frequency[0] < RATE / 2) for k in range(1, 9)
    )
    torch.testing.assert_close(glide, by_hand)


def test_the_gradient_by_the_phase_is_the_derivative():
    phase = torch.rand(2, 20, dtype=torch.float64, requires_grad=True)
    frequency = torch.full((2, 20), 2000.0, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda p: dsp.band_limited_waveforms(p, frequency, RATE), [phase])


@pytest.mark.parametrize("f0", [0.0, -440.0, 1e6])
def test_any_frequency_is_finite(f0):
    assert torch.isfinite(waves(f0, 100)).all()
    assert f0 < 1e6 or not waves(f0, 100).any()
