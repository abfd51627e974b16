import numpy as np
import pytest
import torch

from grafx_lab.analysis import spectrum

RATE = 16000


def sine(frequency: float, level_db: float) -> torch.Tensor:
    time = torch.arange(2 * RATE, dtype=torch.float64) / RATE
    return (10 ** (level_db / 20) * torch.sin(2 * torch.pi * frequency * time)).float()[None]


def test_a_sine_stands_at_its_frequency():
    curve = spectrum(sine(1000.0, -6.0), RATE)
    assert curve.x[int(np.argmax(curve.y))] == pytest.approx(1000, rel=0.03)


def test_half_the_amplitude_is_six_decibel_less():
    loud, soft = (spectrum(sine(1000.0, level), RATE).y.max() for level in (0.0, -6.0206))
    assert loud - soft == pytest.approx(6.0206, abs=1e-3)


def test_channels_count_by_their_mean_power():
    one = sine(1000.0, -6.0)
    both = torch.cat([one, torch.zeros_like(one)])
    assert spectrum(one, RATE).y.max() - spectrum(both, RATE).y.max() == pytest.approx(3.0103, abs=1e-3)


def test_silence_and_a_single_sample_lie_on_the_floor():
    assert (spectrum(torch.zeros(1, 1), RATE).y == -100).all()
