import math

import pytest
import torch

from grafx_lab.losses import (
    AWeightedSTFT,
    LossError,
    MelSTFT,
    MultiResolutionSTFT,
    SpectralConvergence,
    STFTLogMagnitude,
    STFTMagnitude,
    SumAndDifference,
    make_loss,
)
from tests.losses.signals import noise, sine

FRAMED = (
    "mr_stft", "stft_magnitude", "stft_log", "spectral_convergence", "mel_stft", "a_weighted_stft", "sum_difference",
)  # fmt: skip


def test_a_factor_costs_its_distance_and_its_logarithm():
    """Magnitudes scale with the signal: convergence 1/2, log distance ln 2, at every resolution."""
    signal = noise(time=4000)
    assert float(MultiResolutionSTFT()(0.5 * signal, signal)) == pytest.approx(0.5 + math.log(2), rel=1e-3)
    weights = MultiResolutionSTFT(convergence_weight=3.0, log_weight=0.0)
    assert float(weights(0.5 * signal, signal)) == pytest.approx(1.5, rel=1e-6)


def test_each_term_has_a_loss_of_its_own():
    signal = noise(time=4000)
    assert float(STFTLogMagnitude()(0.5 * signal, signal)) == pytest.approx(math.log(2), rel=1e-6)
    assert float(SpectralConvergence()(0.5 * signal, signal)) == pytest.approx(0.5, rel=1e-6)
    # Half the magnitudes are missing, and doubling the signal doubles that.
    linear = [float(STFTMagnitude()(0.5 * level * signal, level * signal)) for level in (1, 2)]
    assert linear[1] == pytest.approx(2 * linear[0], rel=1e-6)


def test_squares_of_a_factor_are_squares_of_its_logarithm():
    signal = noise(time=4000)
    squared = MultiResolutionSTFT(convergence_weight=0.0, distance="l2")
    assert float(squared(0.5 * signal, signal)) == pytest.approx(math.log(2) ** 2, rel=1e-3)


@pytest.mark.parametrize("name", FRAMED)
def test_no_polarity_is_heard(name):
    target, estimate = noise(time=3000), noise(time=3000, seed=1)
    loss = make_loss(name)
    assert float(loss(-estimate, target)) == pytest.approx(float(loss(estimate, target)), rel=1e-9)
    assert float(loss(-target, target)) == pytest.approx(0, abs=1e-9)


def test_the_silent_estimate_of_a_loud_target_has_lost_all_of_it():
    target = noise(channels=1, time=4000, dtype=torch.float32)
    loss = MultiResolutionSTFT(log_weight=0.0)(torch.zeros(1, 1, 4000), target)
    assert float(loss) == pytest.approx(1.0, abs=1e-3)


def test_longer_hops_give_nearly_the_same_loss():
    target, estimate = noise(time=8000), noise(time=8000, seed=1)
    exact = float(MultiResolutionSTFT()(estimate, target))
    assert float(MultiResolutionSTFT(hop_factor=4)(estimate, target)) == pytest.approx(exact, rel=0.03)


def test_a_small_step_in_pitch_is_less_in_mel_bands_than_in_bins():
    target, estimate = sine(5000), sine(5010)
    mel = MelSTFT((1024,), (256,), 40, sample_rate=16000)
    assert float(mel(estimate, target)) < 0.3 * float(MultiResolutionSTFT((1024,), (256,), (1024,))(estimate, target))


def test_bands_without_a_bin_are_left_out():
    narrow = MelSTFT((64,), (16,), 128, sample_rate=44100)
    loss = narrow(noise(time=300), noise(time=300, seed=1))
    assert torch.isfinite(loss)
    assert float(loss) > 0


def test_bass_counts_less_to_the_ear():
    """An error of the same size at 60 Hz and at 3 kHz, beside the same target."""
    target = noise(channels=1, time=8000)
    loss = AWeightedSTFT(sample_rate=16000)
    low, high = (float(loss(target + sine(hertz, 1.0), target)) for hertz in (60, 3000))
    assert low < 0.5 * high


def test_sides_may_be_swapped_and_a_narrower_image_is_heard():
    target = noise(time=3000)
    loss = SumAndDifference()
    assert float(loss(target.flip(1), target)) == pytest.approx(0, abs=1e-9)
    middle = target.mean(1, keepdim=True).expand(-1, 2, -1)
    only_sum, only_difference = SumAndDifference(2.0, 0.0), SumAndDifference(0.0, 2.0)
    assert float(only_sum(middle, target)) == pytest.approx(0, abs=1e-9)
    assert float(only_difference(middle, target)) > 1


def test_one_channel_is_its_own_sum():
    target, estimate = noise(channels=1), noise(channels=1, seed=1)
    assert float(SumAndDifference()(estimate, target)) == float(MultiResolutionSTFT()(estimate, target))


def test_sums_of_more_than_two_channels_and_of_different_channels_are_refused():
    with pytest.raises(LossError, match="has 3 channels, expected one or two"):
        SumAndDifference()(noise(channels=3), noise(channels=3))
    with pytest.raises(LossError, match="one signal is mono and the other stereo"):
        SumAndDifference()(noise(channels=2), noise(channels=1))


@pytest.mark.parametrize("name", ["mr_stft", "stft_magnitude", "spectral_convergence", "mel_stft"])
def test_one_channel_is_compared_with_each_of_the_other_side(name):
    loss, mono, stereo = make_loss(name), noise(channels=1), noise(channels=2, seed=1)
    both = mono.expand(-1, 2, -1)
    torch.testing.assert_close(loss(stereo, mono), loss(stereo, both))
    torch.testing.assert_close(loss(mono, stereo), loss(both, stereo))


@pytest.mark.parametrize("hops", [(128, 64), ()])
def test_resolutions_must_come_in_threes(hops):
    with pytest.raises(LossError, match="must be equally many, from one on"):
        MultiResolutionSTFT(fft_sizes=hops[:1], hop_sizes=hops, window_sizes=hops[:1])


@pytest.mark.parametrize("sizes", [{"fft_size": 512}, {"hop_size": 0}, {"fft_size": 0}, {"window_size": 0}])
def test_windows_longer_than_their_transform_and_steps_that_go_nowhere_are_refused(sizes):
    with pytest.raises(LossError, match=r"STFTMagnitude: a transform has \d+ samples, its hop \d+ and its window \d+"):
        STFTMagnitude(**sizes)


def test_other_distances_are_refused():
    with pytest.raises(LossError, match="distance is 'l3', expected 'l1' or 'l2'"):
        MultiResolutionSTFT(distance="l3")  # type: ignore[arg-type]
