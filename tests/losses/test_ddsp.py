import pytest
import torch

from grafx_lab.losses import LossError, SpectralLoss
from tests.losses.signals import noise, sine


def test_cosines_hear_the_shape_of_spectra_and_not_their_level():
    loss = SpectralLoss((256,), loss_type="COSINE")
    assert float(loss(0.3 * noise(), noise())) == pytest.approx(0, abs=1e-12)
    assert float(loss(sine(500), sine(4000))) > 0.9


def test_cosines_of_a_common_rest_are_equal_and_of_a_missing_sound_are_not():
    loss = SpectralLoss((256, 64), "COSINE", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    target = noise(time=2000)
    target[..., 500:] = 0
    estimate = target.clone().requires_grad_()
    value = loss(estimate, target)
    assert float(value.detach()) == pytest.approx(0, abs=1e-9)
    assert torch.autograd.grad(value, estimate)[0].isfinite().all()
    assert float(SpectralLoss((64,), "COSINE")(torch.zeros_like(target), target)) > 0.2


def test_the_cumulative_sum_grows_with_the_distance_of_two_partials():
    magnitudes, sums = SpectralLoss((1024,)), SpectralLoss((1024,), mag_weight=0.0, cumsum_freq_weight=1.0)
    near, far = (sine(frequency) for frequency in (2000, 4000))
    assert float(sums(far, sine(1000))) == pytest.approx(3 * float(sums(near, sine(1000))), rel=0.05)
    assert float(magnitudes(far, sine(1000))) == pytest.approx(float(magnitudes(near, sine(1000))), rel=0.05)


def test_loudness_counts_decibels():
    loss = SpectralLoss((64,), mag_weight=0.0, loudness_weight=1.0)
    target = sine(1000)
    assert float(loss(0.5 * target, target)) == pytest.approx(6.02, abs=0.01)


def test_a_single_frame_does_not_change():
    loss = SpectralLoss((2048,), mag_weight=0.0, delta_time_weight=1.0)
    assert float(loss(noise(time=100), noise(time=100, seed=1))) == 0


def test_gradients_of_all_terms_agree_with_finite_differences():
    loss = SpectralLoss((64, 32), "L1", 1.0, 0.5, 0.4, 0.3, 0.2, 0.1)
    estimate = noise(channels=1, time=200, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(loss.prepare(noise(channels=1, time=200)).per_item, estimate, fast_mode=True)


def test_other_distances_are_refused():
    with pytest.raises(LossError, match="loss_type is 'L3', expected one of L1, L2, COSINE"):
        SpectralLoss(loss_type="L3")  # type: ignore[arg-type]
