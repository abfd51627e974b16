"""A fit becomes a film on a thread of its own: with progress, whole or not at all."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from grafx_lab.session import Recordings, Session, SessionError, exports
from tests.waiting import PATIENCE
from tests.widgets.gain import TRUTH, gain_objective


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    objective = gain_objective()
    truth = objective.patch.with_controls(TRUTH)
    session = Session(
        folder=tmp_path / "session", patch=objective.patch, loss=objective.loss,
        recordings=Recordings.of(objective, truth), patience=PATIENCE,
    )  # fmt: skip
    yield session
    session.close()


@pytest.fixture
def fitted(session: Session, monkeypatch) -> Session:
    monkeypatch.setattr(exports, "FRAMES", 4)
    session.call("fit", {"steps": 8})
    assert session.wait(PATIENCE)
    return session


def state(session: Session) -> dict:
    return session.board.get("export")


def watched(session: Session) -> list[dict]:
    told: list[dict] = []
    session.board.listen(lambda name, value: told.append(value) if name == "export" else None)
    return told


def test_a_film_has_frames_from_the_first_step_to_the_last(fitted):
    told = watched(fitted)
    fitted.call("export", {"format": "gif"})
    assert fitted.wait(PATIENCE)
    made = state(fitted)
    assert made["status"] == "done"
    assert made["file"]["name"] == "convergence.gif"
    with Image.open(made["file"]["url"]) as film:
        assert film.n_frames == 4
    shares = [view["share"] for view in told if view["status"] == "running"]
    assert shares == sorted(shares)
    assert len(set(shares)) > 6
    assert f"{made['file']['size_text']}" in made["message"]


def test_the_film_before_goes_when_another_is_made(fitted):
    for kind in ("html", "gif"):
        fitted.call("export", {"format": kind})
        assert fitted.wait(PATIENCE)
    assert [path.suffix for path in fitted.folder.glob("convergence*")] == [".gif"]


def test_a_cancelled_film_leaves_nothing_behind(fitted, monkeypatch):
    reached, released = threading.Event(), threading.Event()
    drawn = exports.convergence_frames

    def slow(*args, **settings):
        for frame in drawn(*args, **settings):
            reached.set()
            released.wait(PATIENCE)
            yield frame

    monkeypatch.setattr(exports, "convergence_frames", slow)
    fitted.call("export", {"format": "html"})
    assert reached.wait(PATIENCE)
    with pytest.raises(SessionError, match="being made already"):
        fitted.call("export", {"format": "gif"})
    fitted.call("cancel_export", {})
    released.set()
    assert fitted.wait(PATIENCE)
    assert state(fitted)["status"] == "idle"
    assert list(fitted.folder.glob("*convergence*")) == []


def test_a_film_of_an_earlier_fit_is_made_while_another_runs(fitted):
    fitted.call("fit", {"steps": 100_000})
    with pytest.raises(SessionError, match="still running"):
        fitted.call("export", {"format": "gif"})
    fitted.call("export", {"format": "gif", "run": 1})
    assert fitted.exports.worker.wait(PATIENCE)
    assert state(fitted)["status"] == "done"
    assert fitted.fits.running
    fitted.call("stop", {})


def test_what_cannot_be_made_is_refused_in_a_sentence(session, monkeypatch):
    with pytest.raises(SessionError, match="There is no fit yet"):
        session.call("export", {"format": "gif"})
    with pytest.raises(SessionError, match="no format 'avi'; choose gif, html, mp4"):
        session.call("export", {"format": "avi"})
    monkeypatch.setattr(exports, "film_program", lambda: None)
    with pytest.raises(SessionError, match="needs the program ffmpeg"):
        session.call("export", {"format": "mp4"})


def test_the_formats_say_what_is_missing(session, monkeypatch):
    monkeypatch.setattr(exports, "film_program", lambda: None)
    session.exports._show(exports.IDLE)
    why = {entry["name"]: entry["why_not"] for entry in state(session)["formats"]}
    assert why["gif"] is None
    assert "ffmpeg" in why["mp4"]


def test_a_failure_is_a_sentence_and_the_next_film_can_be_made(fitted, monkeypatch):
    def broken(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(exports.Animation, "save", broken)
    fitted.call("export", {"format": "gif"})
    assert fitted.wait(PATIENCE)
    assert state(fitted)["status"] == "failed"
    assert state(fitted)["message"] == "The film was not made: the disk is full"
    monkeypatch.undo()
    fitted.call("export", {"format": "gif"})
    assert fitted.wait(PATIENCE)
    assert state(fitted)["status"] == "done"
