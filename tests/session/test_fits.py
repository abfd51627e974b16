"""Fits of a session: compared, explained, and with processors taken out while one looks on."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from grafx_lab.audio import read_audio
from grafx_lab.fitting import History, Layout
from grafx_lab.patch import Patch
from grafx_lab.processors import ParametricEqualizer
from grafx_lab.session import Recordings, Session, SessionError
from grafx_lab.session.fit_settings import FitSettings
from grafx_lab.session.fit_view import fall, loss_text
from tests.session.test_session import RATE, noise
from tests.waiting import PATIENCE


def tone() -> ParametricEqualizer:
    return ParametricEqualizer(num_filters=2, sample_rate=RATE)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    start = Patch.chain({"idle": tone(), "shelf": tone(), "soft": "tanh_distortion"}, sample_rate=RATE)
    start = start.with_controls({"shelf.log_gain": [[9.0, -9.0]], "soft.log_pre_gain": -20.0})
    truth, source = start.with_controls({"shelf.log_gain": [[10.0, -10.0]]}), noise(0.25)
    recordings = Recordings(source, truth.render(source), truth)
    session = Session(folder=tmp_path / "session", patch=start, recordings=recordings, patience=PATIENCE)
    session.fits.report_seconds = 0.0
    yield session
    session.close()


def fit(session: Session, **settings) -> dict:
    session.call("fit", settings)
    assert session.wait(PATIENCE)
    return session.board.get("fit")


def told(session: Session, slice: str) -> list[dict]:
    views: list[dict] = []
    session.board.listen(lambda name, value: views.append(value) if name == slice and value else None)
    return views


def test_a_pruned_fit_fades_processors_then_takes_them_out_of_the_drawing(session):
    lives, fits = told(session, "live"), told(session, "fit")
    view = fit(session, steps=10, prune=3.0)
    fading = [live["wet"] for live in lives if live["wet"]]
    assert fading[0]["soft"] > 0.9 > 0.3 > fading[-1]["soft"]
    assert any("soft" in live["bypassed"] for live in lives)
    assert any("drawn to dry: **soft**" in state["words"] for state in fits)
    assert [entry["node"] for entry in view["pruned"]] == ["soft", "idle"]
    assert f"Without **soft** the loss is `{view['pruned'][0]['loss_text']}`." in {state["words"] for state in fits}
    assert set(session.patch.names) == {"in", "shelf", "out"}
    assert "Taken out, since the target does without: **idle**, **soft**." in view["words"]
    assert view["step"] == len(view["losses"]) - 1 <= view["steps"]
    session.call("undo", {})
    assert "soft" in session.patch.raw


def test_the_steps_of_a_pruned_fit_bring_its_processors_back(session):
    view = fit(session, steps=5, prune=3.0)
    session.call("show_step", {"step": 0})
    assert set(session.patch.raw) == {"idle", "shelf", "soft"}
    assert not session.patch.bypassed
    session.call("show_step", {"step": view["step"]})
    assert session.patch.bypassed == {"idle", "soft"}
    assert session.board.get("fit")["shown"] == view["step"]


def test_a_fit_ends_with_a_diagnosis_of_its_own(session):
    view = fit(session, steps=5)
    assert any("**shelf** contributes" in finding for finding in view["findings"])
    assert view["findings"] == [
        finding.replace("'", "**") for finding in session.fits.result.diagnosis.findings
    ]  # fmt: skip


def test_earlier_fits_are_kept_with_their_settings_and_can_be_taken_up(session):
    fit(session, steps=3, learning_rate=0.02)
    first = session.fits.runs[0]
    view = fit(session, steps=4, optimizer="sgd")
    (run,) = view["runs"]
    assert (run["number"], view["number"]) == (1, 2)
    assert run["settings"] == "Multi-resolution STFT, adam, rate 0.02, 3 steps"
    assert view["settings"].endswith("sgd, rate 0.01, 4 steps")
    assert run["findings"]
    session.call("show_step", {"step": run["best_step"], "run": 1})
    assert session.patch.control("shelf.log_gain[0]") == pytest.approx(
        first.history.patch_at(first.history.best).control("shelf.log_gain[0]")
    )
    view = session.board.get("fit")
    assert (view["shown"], view["shown_run"]) == (None, 1)
    assert session.fits.note(session.patch) == f"step {run['best_step']} of fit 1"
    with pytest.raises(SessionError, match="There is no fit 7; those that are kept: 1, 2"):
        session.call("show_step", {"step": 0, "run": 7})


def test_an_automatic_start_is_told_as_a_stage_and_what_it_finds_is_step_0(session):
    before = session.objective(session.patch)().item()
    fits = told(session, "fit")
    view = fit(session, steps=3, init="auto")
    searching = [state for state in fits if state["phase"] == "init"]
    assert any(re.match(r"Looking for a start: \*\*\w+\*\* was set: it lowers", state["words"]) for state in searching)
    assert {len(state["losses"]) for state in searching} == {1}
    assert {len(state["curves"]) and len(state["curves"][0]["positions"]) for state in searching} <= {0, 1}
    assert len(view["losses"]) == 4
    assert view["losses"][0] < 0.5 * before
    said = f"fell from `{loss_text(before)}` to `{view['best_text']}`; the automatic start alone came to"
    assert f"{said} `{view['start_text']}`." in view["words"]
    assert view["settings"].endswith("3 steps, automatic start")
    session.call("show_step", {"step": 0})
    assert session.objective(session.patch)().item() == pytest.approx(view["losses"][0], rel=1e-3)


def test_the_script_of_a_fitted_patch_says_how_it_was_found(session):
    assert session.call("script", {})["text"] == session.patch.to_python()
    fit(session, steps=3, init="auto", optimizer="adamw")
    script = session.call("script", {})["text"]
    assert script.startswith(session.patch.to_python())
    found, call = script.splitlines()[-2:]
    assert found.startswith(f"# Step {session.fits.result.history.best} of a fit")
    assert call == "# gl.fit(start, source, target, loss='mr_stft', steps=3, optimizer='adamw', init='auto')"
    session.call("edit", {"ops": [{"op": "control", "path": "soft.log_pre_gain", "position": 0.5}]})
    assert "gl.fit" not in session.call("script", {})["text"]


def test_stop_during_the_search_for_a_start_keeps_the_best_one(session):
    session.call("fit", {"steps": 3, "init": "auto", "pace": 20})
    while not session.fits.history or len(session.fits.history.searched) < 3:
        time.sleep(0.005)
    session.call("stop", {})
    view = session.board.get("fit")
    assert view["message"].startswith("Stopped while looking for a start. The best so far, ")
    assert len(view["losses"]) == 1
    assert session.objective(session.patch)().item() == pytest.approx(view["losses"][0], rel=1e-3)


def test_after_a_fit_nothing_old_passes_for_the_fitted_sound(session):
    sounds = told(session, "audio")
    assert session.wait(60)
    fitted_before = session.board.get("audio")["fitted"]["url"]
    fit(session, steps=2, learning_rate=0.1)
    ends = [sound["fitted"] for sound in sounds]
    old = [sound for sound in ends if sound["url"] == fitted_before]
    assert old[-1]["pending"]
    assert (ends[-1]["pending"], ends[-1]["note"]) == (False, f"step {session.fits.result.history.best}")
    heard = read_audio(ends[-1]["url"]).data
    source = session.recordings.source
    torch.testing.assert_close(heard, session.patch.render(source).data, atol=1e-5, rtol=0)


def test_a_step_of_a_held_fit_is_heard(session):
    assert session.wait(60)
    session.call("fit", {"steps": 50, "pace": 50})
    while session.board.get("fit")["step"] < 2:
        time.sleep(0.005)
    session.call("show_step", {"step": 1})
    assert session.board.get("audio")["fitted"]["pending"]
    assert session.sounds.worker.wait(20)
    track = session.board.get("audio")["fitted"]
    assert session.fits.running
    assert (track["pending"], track["note"]) == (False, "step 1")
    source = session.recordings.source
    torch.testing.assert_close(read_audio(track["url"]).data, session.patch.render(source).data, atol=1e-5, rtol=0)


def test_moving_a_node_renders_nothing_anew(session):
    assert session.wait(60)
    before = session.board.get("audio")["fitted"]
    session.call("edit", {"ops": [{"op": "move", "positions": {"soft": {"x": 3.0, "y": 4.0}}}]})
    assert session.board.get("audio")["fitted"] == before
    assert session.wait(60)
    assert session.board.get("audio")["fitted"]["url"] == before["url"]


def test_settings_say_what_they_are_and_refuse_what_means_nothing():
    assert FitSettings(50, prune=0.1).words("L1") == "L1, adam, rate 0.01, 50 steps, pruned within 10 % (by weight)"
    with pytest.raises(SessionError, match="1 to 100000 steps, not 0"):
        FitSettings(0)
    with pytest.raises(ValueError, match="strategy"):
        FitSettings(5, strategy="guess")


def test_the_drawing_says_which_nodes_are_rendered_in_one_call(session):
    calls = session.board.get("patch")["render_order"]
    assert [name for call in calls for name in call] == ["in", "idle", "shelf", "soft", "out"]
    assert len(calls) == session.board.get("patch")["render_steps"]


def test_controls_that_are_off_their_target_are_drawn_before_those_that_only_moved(session):
    view = fit(session, steps=6)
    paths = [curve["path"] for curve in view["curves"]]
    assert set(paths[:2]) == {"shelf.log_gain[0]", "shelf.log_gain[1]"}
    assert all(curve["target_position"] is not None for curve in view["curves"][:2])


def test_at_the_targets_controls_the_loss_is_the_targets_wherever_the_fit_has_put_the_others(tmp_path):
    start = Patch.chain({"trim": "side_gain_imager", "soft": "tanh_distortion"}, sample_rate=RATE)
    truth, source = start.with_controls({"soft.log_pre_gain": 12.0}), noise(0.25)
    recordings = Recordings(source, truth.render(source), truth)
    session = Session(folder=tmp_path / "session", patch=start, recordings=recordings, patience=PATIENCE)
    view = fit(session, steps=4, learning_rate=0.1)
    moved = session.patch.control("trim.log_gain") - start.control("trim.log_gain")
    session.close()
    assert abs(moved) > 0.5
    lower = view["words"].partition("the loss would be lower, `")[2].partition("`")[0]
    assert float(lower) < 1e-3


@pytest.mark.parametrize(
    ("first", "said"), [(4.94, "the loss stayed at `4.94`"), (6.0, "the loss fell from `6.00` to `4.94`")]
)
def test_a_loss_that_did_not_fall_is_not_said_to_have_fallen(first, said):
    patch = Patch.chain(["stereo_gain"])
    history = History(patch, Layout(patch))
    for loss in (first, 4.938):
        history.append(loss, history.layout.pack(patch.raw)[0])
    assert fall(history) == said
