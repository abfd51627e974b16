import pytest
import torch

from grafx_lab.landscapes import Axis, Direction, LandscapeError, random_directions
from grafx_lab.landscapes.plane import resolve
from grafx_lab.patch import Patch
from grafx_lab.session.ground import Ground

LEFT, RIGHT, DRIVE = "stereo_gain.log_gain[0]", "stereo_gain.log_gain[1]", "tanh_distortion.log_pre_gain"


@pytest.fixture
def patch() -> Patch:
    patch = Patch.chain(["stereo_gain", "tanh_distortion"], sample_rate=8000)
    return patch.with_controls({LEFT: 2.0, RIGHT: -3.0})


def on_controls(patch: Patch) -> Ground:
    return Ground(patch, resolve(patch, [LEFT, RIGHT]))


def on_directions(patch: Patch) -> Ground:
    return Ground(patch, random_directions(patch, seed=1))


@pytest.mark.parametrize("make", [on_controls, on_directions])
def test_a_patch_that_moves_along_the_axes_stays_on_its_ground(patch, make):
    ground = make(patch)
    moved = ground.at([0.3, -0.4], {})
    assert ground.under(moved) is ground
    assert ground.values(moved) == pytest.approx([0.3, -0.4], abs=1e-5)
    assert ground.off_plane(moved) < 1e-6


@pytest.mark.parametrize("make", [on_controls, on_directions])
def test_a_patch_that_moves_elsewhere_gets_a_ground_of_its_own_on_which_it_stands(patch, make):
    ground = make(patch)
    moved = patch.with_controls({DRIVE: 30.0})
    other = ground.under(moved)
    assert other is not ground
    assert ground.off_plane(moved) > 1e-3
    assert other.off_plane(moved) < 1e-6


def test_directions_keep_their_zero_where_it_was_along_themselves(patch):
    ground = on_directions(patch)
    moved = ground.at([0.5, 0.25], {})
    away = moved.with_controls({DRIVE: moved.control(DRIVE) + 1e-2})
    # So little moves the point by next to nothing, though the picture is another one.
    assert ground.under(away) is not ground
    assert ground.under(away).values(away) == pytest.approx([0.5, 0.25], abs=0.01)


def test_what_a_hand_asks_for_is_a_value_or_a_sentence(patch):
    ground = on_controls(patch)
    axis = ground.axes[0]
    assert ground.wanted(0, {"position": 0.25}) == pytest.approx(axis.at(0.25))
    assert ground.wanted(0, {"text": "-6 dB"}) == pytest.approx(-6.0)
    assert ground.wanted(0, {"op": "reset"}) == 0.0
    with pytest.raises(LandscapeError, match="lies outside"):
        ground.wanted(0, {"text": "400 dB"})
    line = Ground(patch, (Direction("Line", torch.ones(ground.plane.layout.size)),))
    assert line.wanted(0, {"text": "−0.5"}) == -0.5
    with pytest.raises(LandscapeError, match="is not a number"):
        line.wanted(0, {"text": "loud"})


def test_the_truth_is_known_on_controls_and_near_a_plane_of_directions_only(patch):
    truth = patch.with_controls({LEFT: -6.0, DRIVE: 45.0})
    assert on_controls(patch).known(truth) == pytest.approx([-6.0, -3.0], abs=1e-4)
    assert on_controls(patch).known(None) is None
    assert on_controls(patch).known(Patch.chain(["tanh_distortion"], sample_rate=8000)) is None
    assert on_directions(patch).known(truth) is None
    assert on_directions(truth).known(truth) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_raw_axis_is_moved_by_its_raw_number(patch):
    ground = Ground(patch, (Axis.raw(patch, LEFT),))
    (value,) = ground.values(patch)
    moved = ground.at([value + 0.5], {})
    assert ground.values(moved) == pytest.approx([value + 0.5])
