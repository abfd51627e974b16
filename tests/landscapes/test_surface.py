from dataclasses import replace

import pytest
import torch

from grafx_lab.fitting import Objective
from grafx_lab.landscapes import LandscapeError, basins, gradient_field, landscape, minima
from grafx_lab.patch import Patch
from tests.landscapes.place import X, Y, place_objective

BEST, WORSE = (0.42, -0.31), (-0.57, 0.23)


def bowl(x, y):
    return 3 * (x - 0.4).square() + (y + 0.2).square() + 0.5 * x * y


def two_wells(x, y):
    """The lower of two paraboloids; the worse one is lifted by 0.05."""
    best, worse = ((x - a).square() + (y - b).square() for a, b in (BEST, WORSE))
    return torch.minimum(best, worse + 0.05)


def test_a_quadratic_loss_gives_the_landscape_of_its_formula():
    surface = landscape(place_objective(bowl), (X, Y), 17)
    x, y = surface.values
    torch.testing.assert_close(surface.losses.double(), bowl(x[:, None], y), rtol=0, atol=1e-6)


def test_the_gradient_field_is_the_derivative_of_the_formula_by_position():
    field = gradient_field(place_objective(bowl), (X, Y), 7)
    x, y = (values.reshape(shape) for values, shape in zip(field.values, [(-1, 1), (1, -1)], strict=True))
    expected = torch.stack([6 * (x - 0.4) + 0.5 * y, 2 * (y + 0.2) + 0.5 * x], dim=-1)
    torch.testing.assert_close(field.gradients, 2 * expected, rtol=1e-6, atol=1e-6)  # two units from end to end


def test_the_gradient_field_equals_finite_differences_on_a_log_axis():
    objective = compressor_objective()
    field = gradient_field(objective, "compressor.log_ratio", 5)
    fine = landscape(objective, "compressor.log_ratio", 2001)
    (slope,) = torch.gradient(fine.losses.double(), spacing=(fine.positions[0],))
    nearest = (field.positions[0] * 2000).round().long()
    torch.testing.assert_close(field.gradients[:, 0], slope[nearest], rtol=0.02, atol=1e-4)


def compressor_objective():
    patch = Patch.chain(["compressor"], sample_rate=8000)
    source = 0.5 * torch.randn(1, 800, generator=torch.manual_seed(0), dtype=torch.float64)
    return Objective(patch, source, patch.with_controls({"compressor.log_ratio": 6.0}).render(source), "waveform_l1")


def test_both_wells_are_found_lowest_first_and_refined_between_the_lines():
    objective = place_objective(two_wells)
    surface = landscape(objective, (X, Y), 15)
    coarse, fine = minima(surface), minima(surface, objective)
    assert len(coarse) == len(fine) == 2
    assert fine[0].values == pytest.approx(BEST, abs=1e-4)
    assert fine[1].values == pytest.approx(WORSE, abs=1e-4)
    assert [minimum.loss for minimum in fine] == pytest.approx([0.0, 0.05], abs=1e-6)
    assert not any(minimum.at_edge for minimum in fine)
    assert coarse[0].loss > 1e-4


def test_refining_over_one_axis_finds_the_vertex_of_a_parabola():
    objective = place_objective(lambda x, y: (x - 0.123).square())
    (minimum,) = minima(landscape(objective, X, 11), objective)
    assert minimum.values == pytest.approx((0.123,), abs=1e-5)


def test_the_basin_of_the_best_well_is_the_half_plane_of_its_side():
    found = basins(landscape(place_objective(lambda x, y: ((x - 0.2).abs() - 0.4).square() + 0.01 * x), X, 201))
    # Wells at −0.2 and 0.6, a ridge at 0.2: the left one is lower and reaches from −1 to the ridge.
    assert len(found.minima) == 2
    assert found.fraction == pytest.approx(0.6, abs=0.01)
    assert found.fraction_to((0.7,)) == pytest.approx(0.4, abs=0.01)


def test_the_fraction_of_a_plane_is_that_of_its_area_also_on_an_uneven_grid():
    surface = landscape(place_objective(two_wells), (X, Y), 81)
    uneven = torch.tensor([*range(40), *range(40, 81, 2)])
    thinned = replace(
        surface, positions=(surface.positions[0][uneven], surface.positions[1]), losses=surface.losses[uneven]
    )
    x, y = torch.meshgrid(*[torch.linspace(-1, 1, 401, dtype=torch.float64)] * 2, indexing="ij")
    best, worse = ((x - a).square() + (y - b).square() for a, b in (BEST, WORSE))
    expected = (best < worse + 0.05).double().mean().item()
    assert basins(surface).fraction == pytest.approx(expected, abs=0.02)
    assert basins(thinned).fraction == pytest.approx(expected, abs=0.03)


def test_a_flat_landscape_is_one_floor():
    found = basins(landscape(place_objective(lambda x, y: 0 * x + 2), (X, Y), 9))
    assert len(found.minima) == 1
    assert found.fraction == 1.0


def test_holes_belong_to_no_basin_and_stop_nothing():
    function = lambda x, y: torch.where(x > 0.5, torch.nan, (x + 0.5).square() + y.square())  # noqa: E731
    surface = landscape(place_objective(function), (X, Y), 21)
    found = basins(surface)
    assert surface.holes == int((found.labels < 0).sum()) == 5 * 21
    assert found.fraction == pytest.approx(1.0)
    field = gradient_field(place_objective(function), (X, Y), 8)
    assert field.gradients.isnan().any(dim=-1).sum() == 2 * 8


def test_a_landscape_of_holes_has_no_basins():
    with pytest.raises(LandscapeError, match="finite nowhere"):
        basins(landscape(place_objective(lambda x, y: x / 0), (X, Y), 5))


def test_signs_of_a_bowl_are_right_everywhere_and_of_an_upturned_one_nowhere():
    for sign, share in ((1.0, 1.0), (-1.0, 0.0)):
        objective = place_objective(lambda x, y, sign=sign: sign * ((x - 0.3).square() + (y + 0.4).square()))
        assert gradient_field(objective, (X, Y), 8).sign_accuracy((0.3, -0.4)) == (share, share)


def test_a_wave_points_the_right_way_in_half_of_the_places():
    objective = place_objective(lambda x, y: torch.sin(20 * torch.pi * x))
    assert gradient_field(objective, X, 400).sign_accuracy((0.0,))[0] == pytest.approx(0.5, abs=0.02)


def test_a_gradient_that_does_not_arrive_shows_no_way():
    field = gradient_field(place_objective(lambda x, y: 0 * x), (X, Y), 4)
    assert field.sign_accuracy((0.5, 0.5)) == (0.0, 0.0)


def test_pits_of_the_grid_in_a_slanting_valley_are_no_minima():
    # The floor falls along y = 0.37 x + 0.01, which slips between the lines.
    objective = place_objective(lambda x, y: 40 * (y - 0.37 * x - 0.01).square() + 0.2 * (x - 0.5).square())
    surface = landscape(objective, (X, Y), 13)
    assert len(basins(surface).minima) > 1
    found = basins(surface, objective)
    assert len(found.minima) == 1
    assert found.minima[0].values == pytest.approx((0.5, 0.195), abs=1e-3)
    assert found.fraction == pytest.approx(1.0)


def test_a_gradient_field_without_points_is_refused():
    with pytest.raises(LandscapeError, match="whole number of points along an axis, not 0"):
        gradient_field(place_objective(bowl), (X, Y), 0)
