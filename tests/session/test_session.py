"""A session answers the calls of the protocol, keeps everything on errors, and fits on its worker."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grafx_lab.audio import Audio, read_audio, write_audio
from grafx_lab.patch import Patch
from grafx_lab.processors import Processor, registry
from grafx_lab.session import Session, SessionError, live, responses, tracks
from grafx_lab.session import session as session_module
from tests.own_threads import own_threads
from tests.waiting import PATIENCE, eventually

RATE = 16000


def noise(seconds: float = 0.5, seed: int = 0, channels: int = 2) -> Audio:
    generator = torch.Generator().manual_seed(seed)
    return Audio(0.2 * torch.randn(channels, round(seconds * RATE), generator=generator), RATE, "noise")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    start = Patch.chain(["stereo_gain"], sample_rate=RATE)
    session = Session(folder=tmp_path / "session", patch=start, patience=PATIENCE)
    yield session
    session.close()
    assert session.wait(PATIENCE)


def upload(session: Session, role: str, audio: Audio, tmp_path: Path) -> None:
    path = tmp_path / f"{role}.wav"
    write_audio(path, audio)
    session.call("upload", {"role": role, "name": path.name}, [path.read_bytes()])


def slices(session: Session) -> dict[str, Any]:
    return session.changes({})[0]


def gain_pair(session: Session, tmp_path: Path, decibel: float = 6.0) -> None:
    source = noise()
    upload(session, "source", source, tmp_path)
    upload(session, "target", Audio(source.data * 10 ** (decibel / 20), RATE), tmp_path)


def test_only_newer_slices_are_delivered(session: Session):
    assert session.wait(PATIENCE)
    everything, versions = session.changes({})
    assert set(everything) >= {"catalog", "patch", "fit", "audio", "notice"}
    assert session.changes(versions)[0] == {}
    session.call("edit", {"ops": [{"op": "title", "title": "Mine"}]})
    news, _ = session.changes(versions)
    assert news["patch"]["title"] == "Mine"
    assert "catalog" not in news


def test_a_control_moves_with_its_text_and_one_drag_is_one_undo(session: Session):
    for position in (0.55, 0.6, 0.7):
        session.call(
            "edit",
            {"ops": [{"op": "control", "path": "stereo_gain.log_gain[0]", "position": position}], "gesture": "drag"},
        )
    control = slices(session)["patch"]["nodes"][1]["groups"][0]["controls"][0]
    assert control["position"] == pytest.approx(0.7)
    spec = session.patch.specs("stereo_gain")["log_gain"]
    assert control["text"] == spec.format(session.patch.control("stereo_gain.log_gain[0]"))
    session.call("undo", {})
    assert session.patch.control("stereo_gain.log_gain[0]") == 0.0
    session.call("redo", {})
    assert slices(session)["patch"]["can_redo"] is False
    assert session.patch.control("stereo_gain.log_gain[0]") != 0.0


def test_the_curve_of_the_node_in_hand_is_shown_before_all_that_follows(session: Session, monkeypatch):
    monkeypatch.setattr(responses, "HEAD_START", 20.0)
    session.responses.open("magnitude")
    assert session.wait(PATIENCE)
    heard: list[str] = []
    stop = session.board.listen(lambda name, _: heard.append(name))
    heard.clear()
    session.call("edit", {"ops": [{"op": "control", "path": "stereo_gain.log_gain[0]", "position": 0.7}]})
    stop()
    assert heard[:2] == ["response", "patch"]


def test_a_patch_that_cannot_be_shown_leaves_the_curve_of_the_one_in_place(session: Session, monkeypatch):
    session.responses.open("magnitude")
    assert session.wait(PATIENCE)
    before = session.board.get("response")["picture"]["lines"][0]["y"]

    def refuse(*_):
        raise SessionError("It cannot be drawn.")

    monkeypatch.setattr(session_module, "patch_slice", refuse)
    with pytest.raises(SessionError, match="cannot be drawn"):
        session.call("edit", {"ops": [{"op": "control", "path": "stereo_gain.log_gain[0]", "position": 0.9}]})
    assert session.wait(PATIENCE)
    assert session.patch.control("stereo_gain.log_gain[0]") == 0.0
    assert (session.board.get("response")["picture"]["lines"][0]["y"] == before).all()


def test_a_sound_that_a_hand_has_overtaken_is_not_described(session: Session, tmp_path: Path, monkeypatch):
    upload(session, "source", noise(), tmp_path)
    assert session.wait(PATIENCE)
    shown = []
    session.board.listen(lambda _, audio: shown.append(audio["fitted"]["url"]), ("audio",))
    before = shown[-1]
    old = session.patch
    session.call("edit", {"ops": [{"op": "control", "path": "stereo_gain.log_gain[0]", "position": 0.9}]})
    session.sounds.worker.clear()
    session.sounds._render(old.with_controls({"stereo_gain.log_gain": 3.0}))
    assert set(shown) == {before}
    session.sounds.refresh(0.0)
    assert session.wait(PATIENCE)
    assert shown[-1] != before


@pytest.mark.parametrize("names", [("fit",), ("fit", "live")])
def test_what_nobody_reads_of_a_fit_is_not_worked_out(session: Session, tmp_path: Path, monkeypatch, names):
    gain_pair(session, tmp_path)
    assert session.wait(PATIENCE)
    during_the_fit: list[bool] = []
    live_slice = live.live_slice
    monkeypatch.setattr(
        live, "live_slice", lambda *args: during_the_fit.append(session.fits.running) or live_slice(*args)
    )
    session.board.listen(lambda *_: None, names)
    session.call("fit", {"steps": 5})
    assert session.wait(PATIENCE)
    assert any(during_the_fit) == ("live" in names)


def test_there_is_nothing_to_undo_at_the_start(tmp_path: Path):
    session = Session(folder=tmp_path)
    assert slices(session)["patch"]["can_undo"] is False
    assert slices(session)["fit"]["ready"] is True
    session.close()


def test_a_refused_edit_changes_nothing_and_says_why(session: Session):
    before = session.patch
    wires = [{"source": "stereo_gain", "target": "stereo_gain"}]
    with pytest.raises(SessionError, match="cannot feed itself") as caught:
        session.call("edit", {"ops": [{"op": "title", "title": "x"}, {"op": "connect", "edge": wires[0]}]})
    assert caught.value.nodes == ("stereo_gain",)
    assert session.patch is before


def test_a_fit_moves_the_patch_to_the_target_and_is_one_undo(session: Session, tmp_path: Path):
    gain_pair(session, tmp_path)
    session.call("fit", {"steps": 60, "loss": "waveform_l1"})
    assert session.wait(PATIENCE)
    fit = slices(session)["fit"]
    assert fit["status"] == "done"
    assert fit["best_loss"] < 0.1 * fit["losses"][0]
    assert len(fit["losses"]) == 61
    assert session.patch.control("stereo_gain.log_gain[0]") == pytest.approx(6.0, abs=0.3)
    assert fit["changed"][0]["text"].startswith("**stereo_gain** gain")
    session.call("undo", {})
    assert session.patch.control("stereo_gain.log_gain[0]") == 0.0


def test_stop_keeps_the_best_so_far(session: Session, tmp_path: Path):
    gain_pair(session, tmp_path, 12.0)
    session.call("fit", {"steps": 100_000, "loss": "waveform_l1"})
    eventually(lambda: slices(session)["fit"]["step"] >= 5, "five steps are shown")
    session.call("stop", {})
    fit = slices(session)["fit"]
    assert fit["status"] == "stopped"
    assert fit["best_loss"] == pytest.approx(float(np.min(fit["losses"])), rel=1e-6)
    assert session.patch.control("stereo_gain.log_gain[0]") > 0.0


def test_an_edit_during_a_fit_stops_it_and_is_applied_to_its_best(session: Session, tmp_path: Path):
    gain_pair(session, tmp_path)
    session.call("fit", {"steps": 100_000, "loss": "waveform_l1"})
    session.call(
        "edit",
        {"ops": [{"op": "add", "type": "tanh_distortion", "insert": {"source": "stereo_gain", "target": "out"}}]},
    )
    assert slices(session)["fit"]["status"] == "stopped"
    assert "tanh_distortion" in session.patch.names


def test_moving_a_node_during_a_fit_does_not_stop_it(session: Session, tmp_path: Path):
    gain_pair(session, tmp_path)
    session.call("fit", {"steps": 100_000, "loss": "waveform_l1"})
    session.call("edit", {"ops": [{"op": "move", "positions": {"stereo_gain": {"x": 10, "y": 20}}}]})
    assert slices(session)["fit"]["status"] in ("waiting", "running")
    session.call("stop", {})
    assert session.patch.positions["stereo_gain"] == (10, 20)


def test_a_fit_that_nobody_looks_at_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session_module, "UNATTENDED_SECONDS", 0.2)
    session = Session(folder=tmp_path / "session", patch=Patch.chain(["stereo_gain"], sample_rate=RATE))
    gain_pair(session, tmp_path)
    session.call("fit", {"steps": 100_000, "loss": "waveform_l1"})
    assert session.wait(PATIENCE)
    assert slices(session)["fit"]["status"] == "stopped"
    session.close()


def test_what_is_heard_is_the_render_of_the_patch(session: Session, tmp_path: Path):
    upload(session, "source", noise(), tmp_path)
    session.call("edit", {"ops": [{"op": "control", "path": "stereo_gain.log_gain", "text": "-6 dB"}]})
    assert session.wait(PATIENCE)
    track = slices(session)["audio"]["fitted"]
    heard = read_audio(track["url"])
    source = read_audio(slices(session)["audio"]["source"]["url"])
    torch.testing.assert_close(heard.data, session.patch.render(source).data, atol=1e-6, rtol=0)


def test_generators_are_heard_as_long_as_the_source(session: Session, tmp_path: Path):
    upload(session, "source", noise(), tmp_path)
    session.call("load", {"text": Patch.from_expression("oscillator >> stereo_gain", sample_rate=RATE).to_json()})
    assert session.wait(PATIENCE)
    heard = read_audio(slices(session)["audio"]["fitted"]["url"])
    torch.testing.assert_close(heard.data, session.patch.render(length=RATE // 2).data, atol=1e-6, rtol=0)


def test_downloads_load_back_and_sound_the_same(session: Session, tmp_path: Path):
    upload(session, "source", noise(), tmp_path)
    session.call("edit", {"ops": [{"op": "control", "path": "stereo_gain.log_gain[1]", "text": "3.3"}]})
    files = {file["name"]: file["url"] for file in session.call("downloads", {})["files"]}
    before = session.patch
    session.call("edit", {"ops": [{"op": "reset", "path": "stereo_gain.log_gain"}]})
    session.call("load", {"text": files["patch.json"].read_text()})
    probe = torch.randn(1, 100)
    assert torch.equal(session.patch.render(probe), before.render(probe))
    assert files["patch.py"].read_text() == before.to_python()


def test_why_a_fit_is_not_ready_is_a_sentence(session: Session, tmp_path: Path):
    assert slices(session)["fit"]["why_not"] == "Choose a source first: click its name above."
    gain_pair(session, tmp_path)
    assert slices(session)["fit"]["ready"] is True
    session.call("edit", {"ops": [{"op": "disconnect", "edge": {"source": "in", "target": "stereo_gain"}}]})
    assert "inlet of 'stereo_gain' is open" in slices(session)["fit"]["why_not"]
    with pytest.raises(SessionError, match="is open"):
        session.call("fit", {"steps": 1})


@pytest.mark.parametrize(
    ("call", "args", "sentence"),
    [
        ("nonsense", {}, "no call 'nonsense'"),
        ("load", {"text": "{"}, "not JSON"),
        ("load", {"text": "[]"}, "not a patch"),
        ("clip", {"role": "source", "id": "nothing"}, "no clip"),
        ("example", {"id": "nothing"}, "no example"),
        ("fit", {"steps": 0}, "1 to 100000 steps"),
        ("edit", {"ops": [{"op": "control", "path": "stereo_gain.log_gain[0]", "text": "loud"}]}, "not a number"),
    ],
)
def test_bad_calls_are_answered_with_a_sentence(session: Session, call: str, args: dict, sentence: str):
    with pytest.raises(SessionError, match=sentence):
        session.call(call, args)


def test_what_was_given_is_seen_before_it_is_rendered(session: Session, tmp_path: Path):
    assert session.wait(PATIENCE)
    shown: list[dict[str, Any]] = []
    session.board.listen(lambda name, value: shown.append(value) if name == "audio" else None)
    upload(session, "source", noise(0.5), tmp_path)
    assert session.wait(PATIENCE)
    first, *_, last = [view for view in shown if view["source"]]
    assert first["fitted"] is None
    assert last["fitted"]["seconds"] == 0.5


def test_an_edit_measures_the_loudness_of_the_changed_sound_alone(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gain_pair(session, tmp_path)
    assert session.wait(PATIENCE)
    measured: list[str] = []
    monkeypatch.setattr(tracks, "loudness", lambda audio, channels=1: measured.append(audio.name))
    session.call("edit", {"ops": [{"op": "bypass", "node": "stereo_gain", "bypassed": True}], "gesture": None})
    assert session.wait(PATIENCE)
    assert measured == ["fitted"]


def test_an_upload_that_no_browser_plays_is_refused(session: Session, tmp_path: Path):
    with pytest.raises(SessionError, match="has a sample rate of 100 Hz; browsers play 3 to 768 kHz"):
        upload(session, "source", Audio(torch.zeros(1, 50), 100, "slow"), tmp_path)


def test_an_upload_that_is_not_audio_keeps_the_old_recording(session: Session, tmp_path: Path):
    upload(session, "source", noise(), tmp_path)
    with pytest.raises(SessionError, match=r"notes\.txt.*not audio"):
        session.call("upload", {"role": "source", "name": "notes.txt"}, [b"no audio at all"])
    assert session.wait(PATIENCE)
    assert slices(session)["audio"]["source"]["name"] == "source"


def test_arrows_point_toward_the_target(session: Session, tmp_path: Path):
    gain_pair(session, tmp_path, 6.0)
    assert session.wait(PATIENCE)
    live = slices(session)["live"]
    assert live["revision"] == slices(session)["patch"]["revision"]
    assert live["gradients"]["stereo_gain.log_gain[0]"] > 0
    assert live["shares"]["stereo_gain"] == pytest.approx(1.0)


def test_the_document_in_the_slice_is_the_patch_file(session: Session):
    assert slices(session)["patch"]["document"] == json.loads(session.patch.to_json())


def test_no_thread_is_left_behind(tmp_path: Path):
    before = own_threads()
    for number in range(5):
        session = Session(folder=tmp_path / str(number), patch=Patch.chain(["stereo_gain"], sample_rate=RATE))
        session.call("edit", {"ops": [{"op": "title", "title": "x"}]})
        session.close()
    eventually(lambda: own_threads() <= before, "no thread is left")


def test_a_processor_that_fails_ends_the_fit_in_a_sentence_and_not_the_session(session: Session, tmp_path: Path):
    class Faulty(Processor):
        """Fails at every call."""

        def get_signal(self, signal: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("out of order")

    try:
        gain_pair(session, tmp_path)
        wire = {"source": "stereo_gain", "target": "out"}
        session.call("edit", {"ops": [{"op": "add", "type": "faulty", "insert": wire}]})
        session.call("fit", {"steps": 5})
        assert session.wait(PATIENCE)
        state = slices(session)
        assert state["fit"]["status"] == "failed"
        assert "'faulty' cannot be rendered: Faulty failed (RuntimeError: out of order)." in state["fit"]["message"]
        session.call("undo", {})
        session.call("fit", {"steps": 2})
        assert session.wait(PATIENCE)
        assert slices(session)["fit"]["status"] == "done"
    finally:
        del registry["faulty"]


def test_a_step_is_heard_beside_the_patch_which_stays(session: Session, tmp_path: Path):
    gain_pair(session, tmp_path)
    start = session.patch
    session.call("fit", {"steps": 4})
    assert session.wait(PATIENCE)
    fitted = session.patch
    session.call("hear_step", {"step": 0})
    assert session.wait(PATIENCE)
    audio = slices(session)["audio"]
    assert session.patch is fitted
    assert (audio["step"]["step"], audio["step"]["note"]) == (0, "step 0")
    source = read_audio(audio["source"]["url"])
    torch.testing.assert_close(read_audio(audio["step"]["url"]).data, start.render(source).data, atol=1e-5, rtol=0)
    with pytest.raises(SessionError, match="no step 9"):
        session.call("hear_step", {"step": 9})
    session.call("hear_step", {"step": None})
    assert slices(session)["audio"]["step"] is None


def test_the_spectrogram_of_a_track_is_loudest_where_its_tone_is(session: Session, tmp_path: Path):
    rate = 8000
    tone = 0.5 * torch.sin(2 * torch.pi * 1000 / rate * torch.arange(rate))[None]
    upload(session, "source", Audio(tone, rate, "tone"), tmp_path)
    assert session.wait(PATIENCE)
    picture = slices(session)["audio"]["source"]["spectrogram"]
    levels = np.fromfile(picture["url"], "<f4").reshape(picture["shape"])
    row = int(levels[:, levels.shape[1] // 2].argmax())
    assert picture["rows"][row].endswith("kHz") or abs(float(picture["rows"][row].split()[0]) - 1000) < 60
    assert levels.max() == pytest.approx(20 * math.log10(0.5), abs=0.4)
    assert picture["range"][0] < levels.max() <= picture["range"][1]


def test_a_text_is_that_of_one_entry(session: Session):
    session.set_patch(Patch.chain({"shape": "waveshaper"}))
    assert session.call("text", {"path": "shape.curve[0]"}) == {"text": "−1.00"}
