import math

import pytest
import torch

from grafx_lab.losses import (
    ErrorToSignal,
    LogCosh,
    LossError,
    OffsetToSignal,
    ScaleInvariantSDR,
    SignalToNoise,
    WaveformL1,
    WaveformL2,
)
from tests.losses.signals import noise, sine


def test_the_absolute_loss_is_the_mean_distance_of_samples():
    target = torch.zeros(1, 2, 10)
    assert float(WaveformL1()(target + torch.tensor([[0.1], [-0.3]]), target)) == pytest.approx(0.2)


def test_the_squared_loss_is_the_mean_square():
    target = torch.zeros(1, 2, 10)
    assert float(WaveformL2()(target + torch.tensor([[0.1], [-0.3]]), target)) == pytest.approx(0.05)


@pytest.mark.parametrize("difference", [1e-6, 0.1, 0.999, 1.001, 5.0, 1000.0])
@pytest.mark.parametrize("sharpness", [1.0, 5.0])
def test_log_cosh_keeps_its_digits_for_small_and_for_large_differences(difference, sharpness):
    x = difference * sharpness
    exact = (x**2 / 2 if x < 1e-3 else x - math.log(2) + math.log1p(math.exp(-2 * x))) / sharpness
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.float64, 1e-10)):
        estimate = torch.full((1, 1, 4), difference, dtype=dtype)
        loss = LogCosh(sharpness)(estimate, torch.zeros_like(estimate))
        assert float(loss) == pytest.approx(exact, rel=tolerance)


@pytest.mark.parametrize("sharpness", [0.0, -1.0])
def test_a_bend_that_lies_nowhere_is_refused(sharpness):
    with pytest.raises(LossError, match=f"sharpness is {sharpness:g}, expected more than 0"):
        LogCosh(sharpness)


def test_half_the_signal_leaves_a_quarter_of_its_energy_as_error():
    assert float(ErrorToSignal()(0.5 * noise(), noise())) == pytest.approx(0.25)
    assert float(ErrorToSignal()(0 * noise(), noise())) == pytest.approx(1.0)


def test_the_offset_loss_hears_an_offset_and_nothing_else():
    target = torch.tensor([1.0, -1.0] * 50)[None, None]
    assert float(OffsetToSignal()(target + 0.5, target)) == pytest.approx(0.25)
    assert float(OffsetToSignal()(-0.3 * target, target)) == pytest.approx(0.0, abs=1e-12)


def test_noise_at_a_tenth_of_the_signal_is_20_db_below_it():
    target, other = sine(500), sine(1000)
    assert float(SignalToNoise()(target + 0.1 * other, target)) == pytest.approx(-20, abs=1e-3)


def test_the_scale_invariant_ratio_hears_neither_level_nor_polarity_nor_offset():
    target, estimate = sine(500), sine(500) + 0.1 * sine(1000)
    loss = ScaleInvariantSDR()
    assert float(loss(estimate, target)) == pytest.approx(-20, abs=1e-3)
    assert float(loss(-0.2 * estimate + 0.3, target)) == pytest.approx(-20, abs=1e-3)
    assert float(SignalToNoise()(-0.2 * estimate, target)) > 0


def test_offsets_count_where_the_mean_is_kept():
    loss = SignalToNoise(zero_mean=False)
    assert float(loss(sine(500) + 0.5, sine(500))) == pytest.approx(10 * math.log10(2), abs=1e-3)
    assert float(SignalToNoise()(sine(500) + 0.5, sine(500))) < -90


@pytest.mark.parametrize("loss", [WaveformL1(), WaveformL2(), LogCosh()], ids=lambda loss: loss.name)
def test_both_sides_may_be_exchanged(loss):
    assert float(loss(noise(), noise(seed=1))) == pytest.approx(float(loss(noise(seed=1), noise())))
