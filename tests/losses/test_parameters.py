import pytest
import torch
from torch.distributions.transforms import AffineTransform

from grafx_lab.losses import LossError, ParameterLoss
from grafx_lab.parameters import ParameterSpec

ONE = {"eq": {"gain": torch.tensor([[1.0, 2.0, 3.0]])}, "amp": {"level": torch.tensor([[0.0]])}}


def moved(gain: float, level: float) -> dict:
    return {"eq": {"gain": ONE["eq"]["gain"] + gain}, "amp": {"level": ONE["amp"]["level"] + level}}


def test_each_parameter_counts_the_same_however_long_it_is():
    loss = ParameterLoss()
    assert float(loss(ONE, ONE)) == 0
    assert float(loss(moved(1.0, 0.0), ONE)) == pytest.approx(0.5)
    assert float(loss(moved(0.0, -1.0), ONE)) == pytest.approx(0.5)


def test_items_never_influence_each_other_and_one_target_serves_many():
    many = {"eq": {"gain": ONE["eq"]["gain"] + torch.tensor([[0.0], [1.0], [4.0]])}, "amp": ONE["amp"]}
    assert ParameterLoss().prepare(ONE).per_item(many).tolist() == pytest.approx([0.0, 0.5, 2.0])


def test_with_specs_it_compares_places_on_sliders():
    decibel = ParameterSpec("dB", -20.0, 20.0, 0.0, transform=AffineTransform(0.0, 10.0))
    loss = ParameterLoss({"eq": {"gain": decibel}, "amp": {"level": decibel}})
    # One raw unit is 10 dB, a quarter of the slider.
    assert float(loss(moved(0.0, 1.0), ONE)) == pytest.approx(0.125)


def test_gradients_lead_to_the_other_setting():
    level = torch.tensor([[0.5]], requires_grad=True)
    (slope,) = torch.autograd.grad(ParameterLoss()(ONE | {"amp": {"level": level}}, ONE), level)
    assert float(slope) == pytest.approx(0.5)


def test_settings_of_different_patches_are_refused():
    with pytest.raises(LossError, match=r"only one of the two settings has amp\.level"):
        ParameterLoss()({"eq": ONE["eq"]}, ONE)
    with pytest.raises(LossError, match=r"there is no spec for eq\.gain"):
        ParameterLoss({"amp": {"level": ParameterSpec("dB", -20.0, 20.0, 0.0)}})(ONE, ONE)
    with pytest.raises(LossError, match="the setting has no parameters"):
        ParameterLoss()({}, {})
