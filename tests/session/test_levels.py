"""Every wire has the level of its signal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from grafx_lab.audio import Audio
from grafx_lab.patch import Patch
from grafx_lab.session import Recordings, Session
from tests.waiting import PATIENCE

RATE = 16000
SOURCE = Audio(torch.full((2, RATE // 4), 0.1), RATE, "constant")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    patch = Patch.chain({"trim": "stereo_gain"}, sample_rate=RATE).with_controls({"trim.log_gain": -6.0})
    session = Session(folder=tmp_path / "session", patch=patch, recordings=Recordings(SOURCE), patience=PATIENCE)
    yield session
    session.close()


def wires(session: Session) -> dict:
    assert session.wait(PATIENCE)
    return {wire["source"]: wire for wire in session.board.get("levels")["wires"]}


def test_nothing_is_measured_before_somebody_asks(session):
    assert session.wait(PATIENCE)
    assert session.board.get("levels") is None


def test_levels_are_those_of_the_signals_and_follow_the_patch(session):
    session.call("levels", {})
    before = wires(session)
    assert before["in"]["level"] == pytest.approx(-20.0, abs=1e-3)
    assert before["trim"]["level"] == pytest.approx(-26.0, abs=1e-3)
    assert before["trim"]["text"] == "−26.0 dB"
    assert before["trim"]["target"] == "out"
    assert before["trim"]["share"] < before["in"]["share"] < 1
    session.call("edit", {"ops": [{"op": "control", "path": "trim.log_gain", "text": "0"}]})
    assert wires(session)["trim"]["level"] == pytest.approx(-20.0, abs=1e-3)


def test_silence_has_no_level(session):
    session.recordings.set("source", Audio(torch.zeros(2, 1000), RATE, "nothing"))
    session.call("levels", {})
    assert {wire["text"] for wire in wires(session).values()} == {"silent"}
    assert {wire["level"] for wire in wires(session).values()} == {None}


def test_a_patch_that_cannot_be_rendered_has_no_levels(session):
    session.call("levels", {})
    session.call("edit", {"ops": [{"op": "disconnect", "edge": {"source": "in", "target": "trim"}}]})
    assert wires(session) == {}


def test_levels_end_when_nobody_wants_them(session):
    session.call("levels", {})
    assert wires(session)
    session.call("levels", {"shown": False})
    assert session.board.get("levels") is None
