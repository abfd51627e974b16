import pytest
import torch
from torch import Tensor

from grafx_lab.losses import FAMILIES, Loss, LossError, WaveformL1, loss_menu, make_loss, registry
from tests.losses.signals import noise

NAMES = sorted(name for name, cls in registry.items() if cls.__module__.startswith("grafx_lab."))
ALL = pytest.mark.parametrize("name", NAMES)
DECIBELS = ("snr", "si_sdr")
LEVELS = [(0, 0), (0, 1), (1, 0), (1, 1), (1e-6, 1e-6), (1, 1e4)]
"""Of target and estimate."""


@ALL
def test_nothing_is_lost_between_equal_signals_and_something_between_others(name):
    loss = make_loss(name)
    same, other = float(loss(noise(), noise())), float(loss(noise(), noise(seed=1)))
    assert same < -90 if name in DECIBELS else same == 0
    assert other > same + 1e-6


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
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("time", [1, 2, 600])
def test_silent_short_and_loud_signals_have_finite_losses_and_gradients(name, dtype, channels, time):
    # A pair of levels an item, since items never influence each other.
    target_level, estimate_level = torch.tensor(LEVELS, dtype=dtype).T[..., None, None]
    target = target_level * noise(1, channels, time, dtype=dtype)
    estimate = (estimate_level * noise(1, channels, time, seed=1, dtype=dtype)).requires_grad_()
    losses = make_loss(name).prepare(target).per_item(estimate)
    (gradient,) = torch.autograd.grad(losses.mean(), estimate)
    assert losses.shape == (len(LEVELS),)
    assert losses.dtype == dtype
    assert torch.isfinite(losses).all()
    assert torch.isfinite(gradient).all()


@ALL
def test_nothing_flows_back_into_the_target(name):
    target = noise().requires_grad_()
    estimate = noise(seed=1).requires_grad_()
    loss = make_loss(name)(estimate, target)
    to_estimate, to_target = torch.autograd.grad(loss, (estimate, target), allow_unused=True)
    assert to_estimate.abs().max() > 0
    assert to_target is None


@ALL
def test_a_prepared_target_stays_what_it_was(name):
    target, estimate = noise(), noise(seed=1)
    prepared = make_loss(name).prepare(target)
    before = prepared.per_item(estimate)
    target.copy_(noise(seed=2))
    assert torch.equal(prepared.per_item(estimate), before)


@ALL
def test_people_can_read_what_it_is_and_what_it_misses(name):
    cls = registry[name]
    assert cls.label
    assert cls.blind_to
    assert not cls.blind_to.endswith(".")
    assert cls.__doc__
    assert cls.family in FAMILIES.keys() - {"own"}


@ALL
def test_the_gradient_of_equal_signals_is_finite(name):
    estimate = noise().requires_grad_()
    (gradient,) = torch.autograd.grad(make_loss(name)(estimate, noise()), estimate)
    assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("sample_rate", [1000, 8000, 96000])
@ALL
def test_every_sample_rate_has_its_losses(name, sample_rate):
    loss = make_loss(name, sample_rate)
    assert torch.isfinite(loss(noise(), noise(seed=1)))
    assert getattr(loss, "sample_rate", sample_rate) == sample_rate


def test_the_menu_has_every_loss_once_and_families_together():
    families = [cls.family for cls in loss_menu()]
    assert sorted(cls.name for cls in loss_menu()) == sorted(registry)
    assert families == sorted(families, key=list(FAMILIES).index)


def test_shorter_names_lead_to_the_same_loss():
    assert isinstance(make_loss("l1"), WaveformL1)


@ALL
@pytest.mark.parametrize("time", [500, 601, 700])
def test_a_prepared_target_refuses_what_is_not_as_long(name, time):
    prepared = make_loss(name).prepare(noise(time=600))
    with pytest.raises(LossError, match=rf"estimate \(1, 2, {time}\) and target \(1, 2, 600\) must both be"):
        prepared.per_item(noise(time=time))


@pytest.mark.parametrize(
    ("shape", "named"), [((1, 2, 11), r"\(1, 2, 11\)"), ((1, 3, 10), r"\(1, 3, 10\)"), ((2, 10), r"\(2, 10\)")]
)
def test_signals_that_do_not_fit_are_refused_with_both_shapes(shape, named):
    with pytest.raises(LossError, match=rf"estimate \(1, 2, 10\) and target {named} must both be"):
        WaveformL1()(noise(time=10), torch.zeros(shape))


def test_an_unknown_loss_is_named_with_its_neighbours():
    with pytest.raises(
        LossError, match=r"There is no loss 'mr_sftf'\. Did you mean 'mr_stft'.*\? Known: .*waveform_l1"
    ):
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
