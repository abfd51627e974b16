import pytest
import torch

from grafx_lab.landscapes import Axis, LandscapeError
from grafx_lab.landscapes.plane import resolve
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPathError
from tests.landscapes.gain import gain_objective


@pytest.fixture
def patch():
    return gain_objective().patch


def test_range_scale_label_and_unit_are_the_sliders(patch):
    assert Axis.of(patch, "hand_gain.gain") == Axis("hand_gain.gain", "Gain", "", 0.0, 2.0, "linear")
    assert Axis.of(patch, "hand_gain.pair[1]") == Axis("hand_gain.pair[1]", "High pair", "Hz", 1.0, 100.0, "log")


def test_a_log_axis_has_its_geometric_mean_in_the_middle(patch):
    axis = Axis.of(patch, "hand_gain.pair[0]")
    assert axis.at(0.5) == pytest.approx(10.0)
    assert axis.position(10.0) == pytest.approx(0.5)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_slope_of_the_value_is_its_derivative(scale):
    axis = Axis("a.b", "B", "", 1.0, 9.0, scale)
    difference = (axis.at(0.4001) - axis.at(0.3999)) / 0.0002
    assert axis.value_slope(axis.at(0.4)) == pytest.approx(difference, rel=1e-6)


def test_a_raw_axis_runs_between_the_raw_ends_of_its_slider():
    patch = Patch.chain(["compressor"])
    axis = Axis.raw(patch, "compressor.log_threshold")
    _, spec = patch.spec("compressor.log_threshold")
    ends = [spec.to_control(torch.tensor([end], dtype=torch.float64)).item() for end in (axis.low, axis.high)]
    assert ends == pytest.approx([-50.0, 0.0])
    assert (axis.space, axis.unit, axis.scale, axis.label) == ("raw", "", "linear", "Threshold, raw")


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ("hand_gain.pair", "name an entry, such as 'hand_gain.pair\\[0\\]'"),
        (["hand_gain.gain"] * 2, "choose two different controls"),
        ([], "one or two axes, not 0"),
    ],
)
def test_what_is_no_axis_is_refused_in_a_sentence(patch, axes, message):
    with pytest.raises(LandscapeError, match=message):
        resolve(patch, axes)


def test_an_unknown_control_is_refused_with_the_nearest_name(patch):
    with pytest.raises(ControlPathError, match="Did you mean 'gain'"):
        Axis.of(patch, "hand_gain.gian")


@pytest.mark.parametrize(("low", "high", "scale"), [(1.0, 1.0, "linear"), (0.0, 1.0, "log")])
def test_a_range_that_is_none_is_refused(patch, low, high, scale):
    with pytest.raises(LandscapeError, match="expected"):
        Axis.of(patch, "hand_gain.gain", low, high, scale)
