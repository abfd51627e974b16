"""Recordings that nobody should give: a session says what is wrong and goes on."""

import logging
import math

import pytest

from grafx_lab.patch import Patch
from grafx_lab.session import Session, SessionError
from tests.recordings_of_torture import RATE, TORTURES, deaf_patch, each_torture
from tests.waiting import PATIENCE


@pytest.fixture
def opened(tmp_path, caplog):
    """Opens a session with a patch; nothing may be logged as a defect of ours."""
    sessions = []

    def open_with(patch):
        sessions.append(Session(folder=tmp_path / "session", patch=patch, patience=PATIENCE))
        return sessions[-1]

    yield open_with
    for session in sessions:
        session.close()
        assert session.wait(PATIENCE)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def load(session, torture, folder):
    for role, path in zip(("source", "target"), torture.write(folder), strict=True):
        session.call("upload", {"role": role, "name": path.name}, [path.read_bytes()])
    assert session.wait(PATIENCE)


def fit_and_look(session, axis):
    session.landscapes.open([axis], resolution=3)
    session.fits.start(steps=2)
    assert session.wait(PATIENCE)
    return session.changes({})[0]


@each_torture
def test_a_fit_and_a_landscape_end_with_a_loss_or_a_sentence(torture, tmp_path, opened):
    session = opened(Patch.chain(["compressor", "stereo_gain"], sample_rate=RATE))
    if not torture.comparable:
        with pytest.raises(SessionError, match=r"\.$"):
            load(session, torture, tmp_path)
        return
    load(session, torture, tmp_path)
    shown = fit_and_look(session, "compressor.log_threshold")
    assert shown["fit"]["status"] == "done"
    assert math.isfinite(session.fits.result.loss)


@pytest.mark.parametrize("name", ["clipping target", "silent source"])
def test_a_graph_whose_loss_is_constant(name, tmp_path, opened):
    session = opened(deaf_patch())
    load(session, TORTURES[name], tmp_path)
    shown = fit_and_look(session, "stereo_gain.log_gain[0]")
    assert shown["fit"]["status"] == "done"
    assert shown["fit"]["message"].endswith(".")
