import math

import pytest
import torch
from torch import Tensor

from grafx_lab.losses import Loss, LossError, MultiResolutionSTFT, SpectralMagnitude, WaveformL1, make_loss, registry

NAMES = sorted(name for name, cls in registry.items() if cls.__module__.startswith("grafx_lab."))
ALL = pytest.mark.parametrize("name", NAMES)


def noise(batch: int = 1, channels: int = 2, time: int = 700, seed: int = 0, dtype=torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.3 * torch.randn(batch, channels, time, generator=generator, dtype=dtype)


@ALL
def test_nothing_is_lost_between_equal_signals_and_something_between_others(name):
    loss = make_loss(name)
    assert float(loss(noise(), noise())) == 0
    assert float(loss(noise(), noise(seed=1))) > 0


@ALL
def test_gradients_agree_with_finite_differences(name):
    prepared = make_loss(name).prepare(noise(time=300))
    estimate = noise(time=300, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(prepared.per_item, estimate, fast_mode=True)


@ALL
def test_items_never_influence_each_other(name):
    loss, target, estimate = make_loss(name), noise(batch=3), noise(batch=3, seed=1)
    estimate[2] *= 1000
    together = loss.prepare(target).per_item(estimate)
    assert together.shape == (3,)
    for item in range(3):
        part = slice(item, item + 1)
        torch.testing.assert_close(loss.prepare(target[part]).per_item(estimate[part]), together[part])


@ALL
def test_one_target_serves_many_estimates(name):
    loss, target = make_loss(name), noise()
    estimates = noise(batch=4, seed=1)
    torch.testing.assert_close(
        loss.prepare(target).per_item(estimates), loss.prepare(target.expand(4, -1, -1)).per_item(estimates)
    )


@ALL
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("time", [1, 2, 600])
@pytest.mark.parametrize(("target_level", "estimate_level"), [(0, 0), (0, 1), (1, 0), (1, 1), (1e-6, 1e-6)])
def test_silence_and_single_samples_have_finite_losses_and_gradients(name, dtype, time, target_level, estimate_level):
    target = target_level * noise(time=time, dtype=dtype)
    estimate = (estimate_level * noise(time=time, seed=1, dtype=dtype)).requires_grad_()
    loss = make_loss(name)(estimate, target)
    (gradient,) = torch.autograd.grad(loss, estimate)
    assert loss.dtype == dtype
    assert torch.isfinite(loss)
    assert torch.isfinite(gradient).all()


@ALL
def test_nothing_flows_back_into_the_target(name):
    target = noise().requires_grad_()
    estimate = noise(seed=1).requires_grad_()
    loss = make_loss(name)(estimate, target)
    assert torch.autograd.grad(loss, estimate)[0].abs().max() > 0


@ALL
def test_people_can_read_what_it_is_and_what_it_misses(name):
    cls = registry[name]
    assert cls.label
    assert cls.blind_to
    assert cls.__doc__


def test_the_waveform_loss_is_the_mean_distance_of_samples():
    target = torch.zeros(1, 2, 10)
    assert float(WaveformL1()(target + torch.tensor([[0.1], [-0.3]]), target)) == pytest.approx(0.2)


def test_the_spectral_loss_does_not_hear_a_circular_shift():
    signal = noise(time=256)
    shifted = signal.roll(64, dims=-1)
    assert float(SpectralMagnitude()(shifted, signal)) == pytest.approx(0.0, abs=1e-9)
    assert float(WaveformL1()(shifted, signal)) > 0.1


def test_the_spectral_loss_of_half_an_impulse_is_one_half():
    impulse = torch.zeros(1, 1, 64, dtype=torch.float64)
    impulse[..., 5] = 1.0
    assert float(SpectralMagnitude()(0.5 * impulse, impulse)) == pytest.approx(0.5)


def test_a_factor_costs_its_distance_and_its_logarithm():
    """Magnitudes scale with the signal: convergence 1/2, log distance ln 2, at every resolution."""
    signal = noise(time=4000)
    assert float(MultiResolutionSTFT()(0.5 * signal, signal)) == pytest.approx(0.5 + math.log(2), rel=1e-3)
    weights = MultiResolutionSTFT(convergence_weight=3.0, log_weight=0.0)
    assert float(weights(0.5 * signal, signal)) == pytest.approx(1.5, rel=1e-6)


def test_the_silent_estimate_of_a_loud_target_has_lost_all_of_it():
    loss = MultiResolutionSTFT(log_weight=0.0)(
        torch.zeros(1, 1, 4000), noise(channels=1, time=4000, dtype=torch.float32)
    )
    assert float(loss) == pytest.approx(1.0, abs=1e-3)


def test_longer_hops_give_nearly_the_same_loss():
    target, estimate = noise(time=8000), noise(time=8000, seed=1)
    exact = float(MultiResolutionSTFT()(estimate, target))
    assert float(MultiResolutionSTFT(hop_factor=4)(estimate, target)) == pytest.approx(exact, rel=0.03)


def test_resolutions_must_come_in_threes():
    with pytest.raises(LossError, match="must be equally many"):
        MultiResolutionSTFT(fft_sizes=(512,), hop_sizes=(128, 64), window_sizes=(512,))


def test_signals_of_different_lengths_are_refused_with_both_shapes():
    with pytest.raises(LossError, match=r"estimate \(1, 2, 10\) and target \(1, 2, 11\) must both be"):
        WaveformL1()(noise(time=10), noise(time=11))


def test_an_unknown_loss_is_named_with_its_neighbours():
    with pytest.raises(LossError, match=r"There is no loss 'mr_sftf'\. Did you mean 'mr_stft'\? Known: .*waveform_l1"):
        make_loss("mr_sftf")


def test_a_module_stays_what_it_is_and_a_subclass_with_a_name_is_registered(monkeypatch):
    monkeypatch.setattr("grafx_lab.losses.base.registry", dict(registry))

    class Peak(Loss):
        name = "peak"

        def distance(self, estimate: Tensor, features) -> Tensor:
            return (estimate - features["target"]).abs().amax(dim=(1, 2))

    loss = Peak()
    assert make_loss(loss) is loss
    assert isinstance(make_loss("peak"), Peak)
    assert float(loss(torch.ones(2, 1, 3), torch.zeros(2, 1, 3))) == 1.0
