import pytest
import torch

from grafx_lab.landscapes import Axis, Direction, LandscapeError
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
        (3, "3 is no axis: give the name of a control"),
        ([("hand_gain.gain", 0.0, 1.0)], "no axis: give the name of a control"),
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


@pytest.mark.parametrize(("entry", "label"), [("0,1", "Mid decay 2"), ("1,0", "Side decay 1")])
def test_an_entry_of_a_curve_is_called_after_its_row_and_its_place_in_it(entry, label):
    patch = Patch.chain(["filtered_noise_shaping_reverb"])
    assert Axis.of(patch, f"filtered_noise_shaping_reverb.log_decay[{entry}]").label == label


@pytest.mark.parametrize(
    ("path", "low", "high", "message"),
    [
        ("low_pass_filter.w0", 1000.0, 20_000.0, "no raw value reaches 20.0 kHz; choose .* 20 Hz to 7.20 kHz"),
        ("compressor.log_ratio", 0.5, 4.0, "no raw value reaches 0.5 : 1"),
    ],
)
def test_ends_that_the_mapping_would_clamp_are_refused(path, low, high, message):
    patch = Patch.chain(["low_pass_filter", "compressor"], sample_rate=16_000)
    with pytest.raises(LandscapeError, match=message):
        Axis.of(patch, path, low, high)


def test_an_end_may_be_where_the_raw_value_is_infinite():
    assert Axis.of(Patch.chain(["compressor"]), "compressor.log_ratio", 1.0, 4.0).low == 1.0


def test_an_axis_or_a_direction_made_by_hand_needs_a_range_and_a_scale():
    with pytest.raises(LandscapeError, match=r"'gain\.gain' runs from 1\.0 to 1\.0"):
        Axis("gain.gain", "Gain", "dB", 1.0, 1.0)
    with pytest.raises(LandscapeError, match="the scale 'cubic', expected 'linear' or 'log'"):
        Axis("gain.gain", "Gain", "dB", 0.0, 1.0, "cubic")  # type: ignore[arg-type]
    with pytest.raises(LandscapeError, match=r"'Line' runs from 0\.0 to 0\.0"):
        Direction("Line", torch.ones(3), 0.0, 0.0)
