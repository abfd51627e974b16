import pytest
import torch

from grafx_lab.fitting import History, Layout
from grafx_lab.landscapes import (
    Axis,
    Direction,
    LandscapeError,
    Plane,
    landscape,
    principal_directions,
    random_directions,
    trajectory,
)
from grafx_lab.patch import Patch
from tests.landscapes.gain import gain_objective
from tests.landscapes.place import X, Y, place_objective


@pytest.fixture
def patch():
    return gain_objective().patch


def history_of(patch, raws):
    history = History(patch, Layout(patch))
    for raw in raws:
        history.append(1.0, torch.as_tensor(raw, dtype=torch.float32))
    return history


def test_only_the_named_entry_is_moved(patch):
    plane = Plane(patch, Axis.of(patch, "hand_gain.pair[1]"))
    raw = plane.raw(torch.tensor([[2.0], [50.0]], dtype=torch.float64))
    assert raw["hand_gain"]["pair"].tolist() == [[10.0, 2.0], [10.0, 50.0]]
    assert raw["hand_gain"]["gain"] is patch.raw["hand_gain"]["gain"]


def test_values_that_are_all_one_are_set_once(patch):
    plane = Plane(patch, ("hand_gain.gain", "hand_gain.pair[1]"))
    raw = plane.raw(torch.tensor([[2.0, 5.0], [2.0, 7.0]], dtype=torch.float64))
    assert raw["hand_gain"]["gain"].tolist() == [[2.0]]
    assert raw["hand_gain"]["pair"].tolist() == [[10.0, 5.0], [10.0, 7.0]]


def test_a_raw_axis_sets_the_raw_number():
    patch = Patch.chain(["compressor"])
    raw = Plane(patch, Axis.raw(patch, "compressor.log_ratio")).raw(torch.tensor([[-0.25]], dtype=torch.float64))
    assert raw["compressor"]["log_ratio"].tolist() == [[-0.25]]


def test_a_direction_adds_its_vector_and_a_control_is_set_on_top(patch):
    line = Direction("along", torch.tensor([1.0, 2.0, 3.0]))
    values = torch.tensor([[0.5, 1.5]], dtype=torch.float64)
    raw = Plane(patch, (line, "hand_gain.gain")).raw(values)
    assert raw["hand_gain"]["gain"].tolist() == [[1.5]]
    assert raw["hand_gain"]["pair"].tolist() == [[11.0, 11.5]]


def test_a_patch_stands_at_its_controls_and_in_the_middle_of_directions(patch):
    assert Plane(patch, ("hand_gain.gain", "hand_gain.pair[0]")).point == pytest.approx((1.0, 10.0))
    assert Plane(patch, Direction("along", torch.ones(3))).point == (0.0,)


def test_random_directions_are_as_long_as_the_parameters_and_seeded(patch):
    first, second = random_directions(patch, seed=3)
    again, _ = random_directions(patch, seed=3)
    assert torch.equal(first.vector, again.vector)
    assert not torch.allclose(first.vector, second.vector)
    assert first.vector[:1].norm() == pytest.approx(1.0)
    assert first.vector[1:].norm() == pytest.approx(200**0.5)


def test_random_directions_leave_frozen_parameters_alone(patch):
    (direction,) = random_directions(patch.replace(frozen={"hand_gain.gain"}), 1)
    assert direction.vector[0] == 0
    assert direction.vector[1:].all()


def test_random_directions_need_something_to_scale_with():
    with pytest.raises(LandscapeError, match="all zero"):
        random_directions(place_objective(lambda x, y: x).patch)


def test_a_direction_of_another_patch_is_refused(patch):
    with pytest.raises(LandscapeError, match="make the direction from this patch"):
        Plane(patch, Direction("foreign", torch.ones(7)))


def test_principal_directions_span_a_planar_way_exactly():
    patch = Patch.chain(["parametric_equalizer"])
    layout = Layout(patch)
    generator = torch.Generator().manual_seed(0)
    plane = torch.randn(2, layout.size, generator=generator)
    way = torch.randn(30, 2, generator=generator) @ plane
    history = history_of(patch, layout.pack(patch.raw) + way)
    axes = principal_directions(history, patch)
    assert trajectory(history, axes).off_plane.max() < 1e-4
    line = trajectory(history, axes[:1])
    assert line.off_plane.max() > 0.1
    foot = layout.pack(Plane(patch, axes).raw(trajectory(history, axes).values))
    torch.testing.assert_close(foot, history.raws, rtol=0, atol=1e-3)


def test_the_first_component_is_the_one_along_which_most_happens():
    patch = place_objective(lambda x, y: x).patch
    history = history_of(patch, [[0.01 * step, 0.5 * step] for step in (0, 1, 2)])
    (axis,) = principal_directions(history, patch, 1)
    assert axis.label == "Component 1 (100 % of the way)"
    assert (axis.vector / axis.vector.norm()).abs().tolist() == pytest.approx([0.02, 1.0], abs=1e-3)
    with pytest.raises(LandscapeError, match="moved in 1 direction"):
        principal_directions(history, patch, 2)


def test_a_way_has_the_controls_of_every_step_and_its_distance_from_the_plane(patch):
    history = history_of(patch, [[1.0, 10.0, 10.0], [0.7, 10.0, 20.0]])
    axes = [Axis.of(patch, "hand_gain.gain"), Axis.of(patch, "hand_gain.pair[0]")]
    way = trajectory(history, axes)
    torch.testing.assert_close(way.values.float(), torch.tensor([[1.0, 10.0], [0.7, 10.0]]))
    assert way.off_plane.tolist() == pytest.approx([0.0, 10 / 99])  # the slider runs from 1 to 100


def test_a_landscape_along_a_direction_is_the_objective_on_that_line():
    objective = place_objective(lambda x, y: (x - 0.5).square() + (y - 1.0).square())
    surface = landscape(objective, Direction("diagonal", torch.tensor([0.5, 1.0])), 5)
    values = surface.values[0]
    torch.testing.assert_close(surface.losses.double(), 1.25 * (values - 1).square(), rtol=0, atol=1e-6)
    assert (X, Y) == ("hand_place.x", "hand_place.y")


def test_a_point_of_the_plane_lies_on_it_also_where_a_control_is_set_on_top_of_a_direction(patch):
    plane = Plane(patch, (Direction("along", torch.tensor([1.0, 2.0, 3.0])), "hand_gain.gain"))
    values = torch.tensor([[0.5, 0.2], [-0.5, 1.9]], dtype=torch.float64)
    steps = torch.stack([torch.tensor([0.2, 11.0, 11.5]), torch.tensor([1.9, 9.0, 8.5])])
    torch.testing.assert_close(plane.coordinates(steps), values, rtol=0, atol=1e-6)
    assert plane.distance(steps).tolist() == pytest.approx([0.0, 0.0], abs=1e-6)


def test_principal_directions_of_another_patch_are_refused():
    patch = place_objective(lambda x, y: x).patch
    history = history_of(patch, [[0.0, 0.0], [0.1, 0.5]])
    with pytest.raises(LandscapeError, match="give a patch of its history"):
        principal_directions(history, gain_objective().patch, 1)


def test_the_way_of_a_fit_that_pruned_says_which_patch_to_take(patch):
    history = history_of(patch, [[1.0, 10.0, 10.0]])
    with pytest.raises(LandscapeError, match=r"3 raw numbers, but the patch has 2.*history\.patch_at"):
        trajectory(history, X, place_objective(lambda x, y: x).patch)
