"""The landscape of a session: losses beside, basins, directions, scales, races, on formulas whose shape is known."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.landscapes import Axis
from grafx_lab.patch import Patch
from grafx_lab.session import Recordings, Session, SessionError
from tests.landscapes.place import X, Y, place_objective
from tests.waiting import PATIENCE

BEST, WORSE = (0.42, -0.31), (-0.57, 0.23)
RESOLUTION = 21


def two_wells(x: Tensor, y: Tensor) -> Tensor:
    """The lower of two paraboloids; the worse one is lifted by 0.05."""
    best, worse = ((x - a).square() + (y - b).square() for a, b in (BEST, WORSE))
    return torch.minimum(best, worse + 0.05)


def bowl(x: Tensor, y: Tensor) -> Tensor:
    return (x - 0.4).square() + (y + 0.2).square()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Opens sessions on objectives and closes them."""
    sessions: list[Session] = []

    def begin(objective: Objective, axes: Any = (X, Y), truth: Patch | None = None) -> Session:
        known = {"patch": objective.patch, "recordings": Recordings.of(objective, truth), "loss": objective.loss}
        session = Session(folder=tmp_path / "session", patience=PATIENCE, **known)
        sessions.append(session)
        session.landscapes.open(axes, RESOLUTION)
        assert session.wait(PATIENCE)
        return session

    yield begin
    for session in sessions:
        session.close()


def shown(session: Session, name: str) -> Any:
    assert session.wait(PATIENCE)
    return session.board.get(name)


def test_losses_beside_have_the_same_grid_and_their_own_numbers(begin):
    session = begin(place_objective(bowl))
    session.call("beside", {"losses": ["waveform_l1", "waveform_l2"]})
    main, beside = shown(session, "landscape"), shown(session, "beside")
    assert [other["loss"] for other in beside] == ["waveform_l1", "waveform_l2"]
    x, y = (2 * positions - 1 for positions in main["positions"])
    np.testing.assert_allclose(main["values"], (x[:, None] - 0.4) ** 2 + (y + 0.2) ** 2, atol=1e-6)
    # The target is silence, the output the two numbers.
    np.testing.assert_allclose(beside[0]["values"], (abs(x[:, None]) + abs(y)) / 2, atol=1e-6)
    assert beside[0]["minimum"]["positions"] == pytest.approx([0.5, 0.5])
    session.call("beside", {"losses": []})
    assert shown(session, "beside") == []


def test_an_unknown_loss_beside_is_refused_and_nothing_changes(begin):
    session = begin(place_objective(bowl))
    with pytest.raises(SessionError, match="no loss 'wave'"):
        session.call("beside", {"losses": ["wave"]})
    assert shown(session, "beside") == []


def test_basins_say_which_share_of_the_plane_reaches_the_lowest_minimum(begin):
    session = begin(place_objective(two_wells))
    assert shown(session, "basins") is None
    session.call("basins", {"wanted": True})
    found = shown(session, "basins")
    lowest, other = found["minima"]
    assert found["exact"]
    assert lowest["positions"] == pytest.approx([(value + 1) / 2 for value in BEST], abs=1e-3)
    assert other["positions"] == pytest.approx([(value + 1) / 2 for value in WORSE], abs=1e-3)
    x, y = torch.meshgrid(*[torch.linspace(-1, 1, 400)] * 2, indexing="ij")
    nearer = ((x - BEST[0]) ** 2 + (y - BEST[1]) ** 2 < (x - WORSE[0]) ** 2 + (y - WORSE[1]) ** 2 + 0.05).float().mean()
    assert lowest["share"] == pytest.approx(float(nearer), abs=0.05)
    assert f"**{100 * lowest['share']:.0f} %** of this plane leads downhill to the lowest minimum" in found["words"]
    assert "another minimum" in found["words"]
    session.call("basins", {"wanted": False})
    assert shown(session, "basins") is None


def test_words_about_basins_follow_the_data(begin):
    session = begin(place_objective(bowl))
    session.call("basins", {"wanted": True})
    assert shown(session, "basins")["words"].startswith("From everywhere on this plane descent reaches the one minimum")


def test_the_target_in_another_basin_is_said(begin):
    objective = place_objective(two_wells)
    truth = objective.patch.with_controls({X: WORSE[0], Y: WORSE[1]})
    session = begin(objective, truth=truth)
    session.call("basins", {"wanted": True})
    assert "The target lies where" in shown(session, "basins")["words"]


def test_a_race_is_won_by_who_stays_at_the_lowest_place_first(begin):
    session = begin(place_objective(bowl))
    session.call("race", {"positions": [0.1, 0.9]})
    race = shown(session, "race")
    assert race["status"] == "done"
    assert race["start"] == pytest.approx([0.1, 0.9], abs=1e-6)
    home = np.array([0.7, 0.4])
    for racer in race["racers"]:
        assert racer["positions"].shape == (101, 2)
        np.testing.assert_allclose(racer["positions"][0], [0.1, 0.9], atol=1e-6)
        x, y = 2 * racer["positions"].T - 1
        np.testing.assert_allclose(racer["losses"], (x - 0.4) ** 2 + (y + 0.2) ** 2, atol=1e-5)
        if racer["arrived"] is not None:
            assert np.abs(racer["positions"][racer["arrived"] :] - home).max() < 0.035
    arrived = {racer["label"]: racer["arrived"] for racer in race["racers"] if racer["arrived"] is not None}
    winner = min(arrived, key=lambda label: arrived[label])
    assert f"**{winner}** arrives first, after `{arrived[winner]}` steps." in race["words"]
    assert session.patch.control(X) == 0.0  # a race leaves the patch alone


def test_racers_in_another_valley_are_told_so(begin):
    session = begin(place_objective(two_wells))
    session.call("race", {"positions": [0.1, 0.7]})
    race = shown(session, "race")
    assert {racer["state"] for racer in race["racers"]} == {"elsewhere"}
    assert "nobody reaches the lowest place in `100` steps" in race["words"]
    assert "**Adam** is in another valley" in race["words"]


def test_a_race_begins_at_the_point_and_frozen_controls_take_part(begin):
    objective = place_objective(bowl)
    session = begin(objective.with_patch(objective.patch.replace(frozen={X})), axes=[X])
    session.call("walk", {"ops": [{"path": X, "position": 0.2}]})
    session.call("race", {"optimizers": ["lbfgs"], "steps": 20})
    (racer,) = shown(session, "race")["racers"]
    assert racer["positions"][0] == pytest.approx([0.2], abs=1e-6)
    assert racer["positions"][-1] == pytest.approx([0.7], abs=0.01)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"optimizers": ["newton"]}, "There is no optimiser 'newton'"),
        ({"positions": [0.5]}, "has 2 positions, not 1"),
        ({"steps": 0}, "1 to 1000 steps"),
    ],
)
def test_a_race_that_cannot_be_says_why(begin, args, said):
    session = begin(place_objective(bowl))
    with pytest.raises(SessionError, match=said):
        session.call("race", args)
    assert session.board.get("race") is None


def test_another_ground_ends_the_race_and_takes_the_basins_away_until_they_are_found(begin):
    session = begin(place_objective(bowl))
    session.call("basins", {"wanted": True})
    session.call("race", {})
    assert shown(session, "race")["status"] == "done"
    session.call("loss", {"name": "waveform_l2"})
    assert session.board.get("race") is None
    assert shown(session, "basins")["minima"][0]["positions"] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_a_logarithmic_axis_becomes_linear_and_back(begin):
    patch = Patch.chain({"low": "low_pass_filter"}, sample_rate=8000)
    path = next(f"low.{name}" for name, spec in patch.specs("low").items() if spec.scale == "log")
    source = torch.randn(1, 400, generator=torch.manual_seed(0))
    session = begin(Objective(patch, source, source, "waveform_l2"), axes=[path])
    (axis,) = shown(session, "landscape")["axes"]
    assert (axis["scale"], axis["scales"]) == ("log", ["linear", "log"])
    session.call("axis_scale", {"path": path, "scale": "linear"})
    (linear,) = shown(session, "landscape")["axes"]
    assert linear["scale"] == "linear"
    assert linear["ticks"][2][1] != axis["ticks"][2][1]
    assert shown(session, "landscape")["final"]


def test_an_axis_through_zero_cannot_be_logarithmic(begin):
    session = begin(place_objective(bowl))
    assert [axis["scales"] for axis in shown(session, "landscape")["axes"]] == [["linear"], ["linear"]]
    with pytest.raises(SessionError, match="has no logarithmic axis"):
        session.call("axis_scale", {"path": X, "scale": "log"})


def test_directions_of_the_latest_fit_span_a_plane_on_which_its_way_lies(begin):
    session = begin(place_objective(lambda x, y: (x - 0.4).square() + 5 * (y + 0.2).square()))
    with pytest.raises(SessionError, match="no fit of this patch yet"):
        session.call("directions", {"kind": "principal"})
    session.call("fit", {"steps": 30})
    assert session.wait(PATIENCE)
    session.call("directions", {"kind": "principal"})
    landscape, (way,) = shown(session, "landscape"), shown(session, "paths")
    assert [axis["path"] for axis in landscape["axes"]] == ["direction 1", "direction 2"]
    assert all(axis["node"] is None for axis in landscape["axes"])
    assert way["off_plane"].max() < 1e-5  # two numbers, two directions
    before = shown(session, "point")
    session.call("walk", {"ops": [{"path": "direction 1", "position": 0.9}], "gesture": "hand"})
    after = shown(session, "point")
    assert after["positions"] == pytest.approx([0.9, before["positions"][1]], abs=1e-4)
    x, y = session.patch.control(X), session.patch.control(Y)
    assert after["loss"] == pytest.approx((x - 0.4) ** 2 + 5 * (y + 0.2) ** 2, abs=1e-5)


def test_the_slope_along_a_direction_is_that_of_the_loss(begin):
    objective = place_objective(bowl)
    session = begin(objective.with_patch(objective.patch.with_controls({X: 0.3, Y: -0.7})))
    session.call("directions", {"kind": "random", "seed": 2})
    here = shown(session, "point")
    session.call("walk", {"ops": [{"path": "direction 1", "position": here["positions"][0] + 1e-3}]})
    there = shown(session, "point")
    assert (there["loss"] - here["loss"]) / 1e-3 == pytest.approx(here["slopes"][0], rel=0.02, abs=1e-3)


def test_a_fit_off_the_plane_says_how_far(begin):
    session = begin(place_objective(bowl), axes=[X])
    session.call("fit", {"steps": 60})
    assert session.wait(PATIENCE)
    session.call("walk", {"ops": [{"path": X, "position": 0.5}]})
    (way,) = shown(session, "paths")
    # The plane goes through the fit's end; it began a tenth of Y's slider off it.
    assert way["off_plane"][0] == pytest.approx(0.1, abs=0.01)
    assert way["off_plane"][-1] == pytest.approx(0.0, abs=1e-3)
    assert way["text"] == "0.00 off the plane"


def test_ranges_of_ones_own_stay_when_a_race_is_run(begin):
    objective = place_objective(bowl)
    session = begin(objective, axes=[Axis.of(objective.patch, X, 0.0, 0.8), Axis.of(objective.patch, Y, -0.5, 0.5)])
    session.call("race", {"positions": [0.0, 1.0], "optimizers": ["adam"], "steps": 5})
    (racer,) = shown(session, "race")["racers"]
    assert racer["positions"][0] == pytest.approx([0.0, 1.0], abs=1e-6)
    assert racer["losses"][0] == pytest.approx(0.16 + 0.49, abs=1e-5)
