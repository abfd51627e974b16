import math

import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.look_ahead import sliding_maximum, sliding_mean


@pytest.mark.parametrize("window", [1, 2, 3, 8, 13, 100])
def test_sliding_maximum_and_mean_are_those_of_the_latest_values(window):
    signal = torch.rand(2, 50, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    padded = torch.cat([torch.zeros(2, window - 1, dtype=torch.float64), signal], -1).unfold(-1, window, 1)
    torch.testing.assert_close(sliding_maximum(signal, window), padded.amax(-1))
    torch.testing.assert_close(sliding_mean(signal, window), padded.mean(-1))


def gain_of(signal, release=0.01, ceiling=1.0, look_ahead=10):
    columns = (torch.tensor([[value]], dtype=signal.dtype) for value in (ceiling, release))
    return dsp.limiter_gain(signal, *columns, look_ahead)[0]


def test_quiet_signals_get_exactly_one():
    assert torch.equal(gain_of(0.9 * torch.ones(1, 2, 40)), torch.ones(40))


def test_gain_has_arrived_when_the_delayed_peak_sounds_and_begins_to_fall_one_look_ahead_before():
    signal = torch.zeros(1, 1, 60, dtype=torch.float64)
    signal[..., 20] = 4.0
    gain = gain_of(signal)
    assert float(gain[19]) == 1
    assert 0.25 < float(gain[20]) < 1
    assert float(gain[30]) == pytest.approx(0.25, rel=1e-5)


def test_gain_returns_in_decibels_with_the_rate_of_the_release():
    signal = torch.zeros(1, 1, 400, dtype=torch.float64)
    signal[..., 0] = 4.0
    fallen = -torch.log(gain_of(signal, release=0.02))
    ratios = fallen[50:200] / fallen[49:199]
    torch.testing.assert_close(ratios, torch.full_like(ratios, 0.98))


def test_a_hundred_decibels_over_the_ceiling_are_met_within_the_rounding():
    signal = torch.full((1, 1, 3000), 1e5)
    signal[..., :1000] = 1e-5
    limited = dsp.shift(signal, 10)[0, 0] * gain_of(signal, ceiling=0.5)
    assert float(limited.max()) <= 0.5
    assert float(limited[1500]) == pytest.approx(0.5, rel=2e-6)
    assert math.isclose(float(limited[500]), 1e-5, rel_tol=1e-6)
