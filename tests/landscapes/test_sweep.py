from itertools import chain

import pytest
import torch

from grafx_lab.fitting import Objective
from grafx_lab.landscapes import Axis, LandscapeError, landscape, probe, sweep, sweep_losses
from grafx_lab.losses import Loss
from grafx_lab.patch import Patch
from tests.landscapes.gain import LEVEL, gain_objective


class Squared(Loss):
    """A second loss, which is not registered."""

    label = "Squared"

    def distance(self, estimate, features):
        return (estimate - features["target"]).square().mean(dim=(1, 2))


def test_losses_are_those_of_the_objective():
    surface = landscape(gain_objective(0.3), "hand_gain.gain", 21)
    expected = (surface.values[0] - 0.3).abs() * LEVEL
    torch.testing.assert_close(surface.losses.double(), expected, rtol=0, atol=1e-6)


def test_two_axes_give_a_grid_with_the_first_axis_first():
    objective = gain_objective(0.3)
    axes = (Axis.of(objective.patch, "hand_gain.pair[0]"), Axis.of(objective.patch, "hand_gain.gain"))
    surface = landscape(objective, axes, 5)
    assert surface.losses.shape == (5, 5)
    assert torch.equal(surface.losses[0], surface.losses[4])
    assert surface.losses[0, 4] == pytest.approx(1.7 * LEVEL)


def test_grids_become_finer_and_keep_what_they_know():
    grids = list(sweep(gain_objective(), "hand_gain.gain", 41))
    assert [len(grid.losses) for grid in grids] == [11, 21, 41]
    assert [grid.final for grid in grids] == [False, False, True]
    assert torch.equal(grids[0].losses, grids[2].losses[::4])


@pytest.fixture
def rendered(monkeypatch):
    """The raw gains of every point that is rendered, by render."""
    renders = []
    render = Objective.render

    def counted(self, raw, known=None):
        renders.append(raw["hand_gain"]["gain"][:, 0].tolist())
        return render(self, raw, known)

    monkeypatch.setattr(Objective, "render", counted)
    return renders


def test_a_point_is_computed_once_and_in_chunks(rendered):
    objective = gain_objective()
    rendered.clear()
    landscape(objective, "hand_gain.gain", 23, chunk=3)
    upstream, *points = rendered
    assert len(upstream) == 1
    assert max(map(len, points)) == 3
    assert sorted(chain.from_iterable(points)) == pytest.approx(torch.linspace(0, 2, 23).tolist())


def test_several_losses_share_one_rendering_of_a_point(rendered):
    objective = gain_objective(0.3)
    rendered.clear()
    *_, (absolute, squared) = sweep_losses(objective, "hand_gain.gain", [Squared()], 21)
    assert sum(map(len, rendered)) == 1 + 21
    gains = absolute.values[0]
    torch.testing.assert_close(absolute.losses.double(), (gains - 0.3).abs() * LEVEL, rtol=0, atol=1e-6)
    torch.testing.assert_close(squared.losses.double(), ((gains - 0.3) * LEVEL) ** 2, rtol=0, atol=1e-6)
    assert [surface.loss_label for surface in (absolute, squared)] == ["Waveform L1", "Squared"]


def test_a_preview_is_the_coarsest_grid_under_another_loss_and_says_so():
    preview, first, *_ = sweep(gain_objective(0.3), "hand_gain.gain", 41, preview=Squared())
    assert (preview.preview, preview.final, preview.loss_label) == (True, False, "Squared")
    assert (first.preview, first.loss_label) == (False, "Waveform L1")
    assert torch.equal(preview.positions[0], first.positions[0])


def test_what_has_not_been_asked_for_is_not_computed(rendered):
    objective = gain_objective()
    grids = sweep(objective, "hand_gain.gain", 41)
    rendered.clear()
    next(grids)
    assert sum(map(len, rendered)) == 1 + 11


def test_every_grid_reaches_both_ends_of_the_axis():
    for grid in sweep(gain_objective(), "hand_gain.gain", 26):
        assert grid.positions[0][[0, -1]].tolist() == [0.0, 1.0]


def test_what_lies_upstream_is_rendered_once(monkeypatch):
    patch = Patch.chain(["tanh_distortion", "stereo_gain"])
    source = 0.1 * torch.randn(1, 2, 256, generator=torch.manual_seed(0))
    objective = Objective(patch, source, source, "waveform_l1")
    distortion, calls = patch.processor("tanh_distortion"), []
    run = distortion.run
    monkeypatch.setattr(distortion, "run", lambda *signals, **raw: calls.append(1) or run(*signals, **raw))
    surface = landscape(objective, "stereo_gain.log_gain[0]", 12)
    assert len(calls) == 1
    value = surface.values[0][3].item()
    expected = objective(patch.with_controls({"stereo_gain.log_gain[0]": value}).raw)
    assert surface.losses[3] == pytest.approx(expected.item(), rel=1e-5)


def test_points_that_share_what_lies_upstream_are_rendered_together(monkeypatch):
    patch = Patch.chain(["tanh_distortion", "stereo_gain"])
    source = 0.1 * torch.randn(1, 1, 256, generator=torch.manual_seed(0))
    objective = Objective(patch, source, 2 * source, "waveform_l1")
    distortion, batches = patch.processor("tanh_distortion"), []
    run = distortion.run

    def counted(signal, *, length, **raw):
        batches.append(max(map(len, raw.values())))
        return run(signal, length=length, **raw)

    axes = ("stereo_gain.log_gain[0]", "tanh_distortion.log_pre_gain")
    with monkeypatch.context() as patched:
        patched.setattr(distortion, "run", counted)
        surface = landscape(objective, axes, 6, chunk=3)
    assert len(batches) == 1 + 6 * 2
    assert set(batches) == {1}
    for place in ((0, 5), (3, 2)):
        values = {axis: column[i].item() for axis, column, i in zip(axes, surface.values, place, strict=True)}
        assert surface.losses[place] == pytest.approx(objective(patch.with_controls(values).raw).item(), rel=1e-5)


def test_the_minimum_says_where_it_is_and_whether_it_is_at_the_edge():
    low = landscape(gain_objective(0.3), "hand_gain.gain", 21).minimum
    assert low.values == pytest.approx((0.3,))
    assert low.loss == pytest.approx(0.0, abs=1e-6)
    assert not low.at_edge
    assert landscape(gain_objective(-1.0), "hand_gain.gain", 21).minimum.at_edge


def test_the_slope_is_per_unit_of_the_control():
    slope = landscape(gain_objective(0.3), "hand_gain.gain", 21).slope
    assert slope[0] == pytest.approx(-LEVEL, rel=1e-5)
    assert slope[-1] == pytest.approx(LEVEL, rel=1e-5)


def test_a_landscape_over_two_axes_has_no_slope():
    with pytest.raises(LandscapeError, match="gradient field"):
        _ = landscape(gain_objective(), ("hand_gain.gain", "hand_gain.pair[0]"), 2).slope


def test_a_single_point_makes_no_landscape():
    with pytest.raises(LandscapeError, match="at least 2, not 1"):
        landscape(gain_objective(), "hand_gain.gain", 1)


def test_a_loss_that_is_not_finite_is_a_gap():
    objective = gain_objective()
    surface = landscape(objective, Axis.of(objective.patch, "hand_gain.gain", 0.0, 1e39), 3)
    assert surface.losses.isfinite().tolist() == [True, False, False]
    assert surface.minimum.values == (0.0,)


def test_a_probe_measures_loss_and_slope_exactly():
    objective = gain_objective(0.3)
    point = probe(objective, [Axis.of(objective.patch, "hand_gain.gain")], [0.8])
    assert point.loss == pytest.approx(0.5 * LEVEL)
    assert point.slopes == pytest.approx((LEVEL,))


def test_somebody_who_loses_interest_is_heard_between_the_points(rendered):
    class BoredError(Exception):
        pass

    asked = []

    def look_up():
        asked.append(len(rendered))
        if len(asked) == 3:
            raise BoredError

    with pytest.raises(BoredError):
        list(sweep(gain_objective(), "hand_gain.gain", 201, chunk=1, look_up=look_up))
    assert len(rendered) == asked[-1] < 20


def test_threads_change_nothing():
    objective = gain_objective(0.3)
    alone = landscape(objective, "hand_gain.gain", 41)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert torch.equal(landscape(objective, "hand_gain.gain", 41).losses, alone.losses)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"resolution": 5.5}, "whole number of points .* not 5.5"), ({"chunk": 0}, "chunks of at least 1, not 0")],
)
def test_numbers_that_make_no_grid_are_refused_in_a_sentence(settings, message):
    with pytest.raises(LandscapeError, match=message):
        landscape(gain_objective(), "hand_gain.gain", **settings)
