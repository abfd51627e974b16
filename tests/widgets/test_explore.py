"""Panels are views of one session: linked, responsive, and gone when they are closed."""

import numpy as np
import pytest
import torch

from grafx_lab.audio import Audio, AudioError, read_audio, write_audio
from grafx_lab.patch import Patch
from grafx_lab.processors import ParametricEqualizer
from grafx_lab.widgets import (
    ABPlayer,
    ConvergencePanel,
    GraphPanel,
    ParameterPanel,
    ResponsePanel,
    explore,
)
from tests.own_threads import own_threads
from tests.waiting import PATIENCE, eventually

RATE = 8000
EQUALIZER = ParametricEqualizer(num_filters=4, sample_rate=RATE)
PATCH = Patch.chain({"tone": EQUALIZER, "trim": "stereo_gain"}, sample_rate=RATE, title="Two nodes")
TRUTH = {"trim.log_gain[0]": -6.0, "trim.log_gain[1]": -6.0, "tone.log_gain[3]": 6.0}
SOURCE = 0.2 * torch.randn(2, RATE // 8, generator=torch.Generator().manual_seed(0))
TARGET = PATCH.with_controls(TRUTH).render(SOURCE)


@pytest.fixture
def explorer():
    explorer = explore(PATCH, SOURCE, TARGET, truth=TRUTH)
    explorer.session.landscapes.open(("trim.log_gain[0]", "tone.log_gain[3]"), resolution=3)
    yield explorer
    explorer.close()


def answer(panel, call: str, **args) -> dict:
    sent: list = []
    panel.send = lambda content, buffers=None: sent.append((content, buffers))
    panel.answer({"id": "1", "call": call, "args": args})
    (reply,) = sent
    return {**reply[0], "buffers": reply[1]}


def control_of(panel, path: str) -> dict:
    controls = [c for node in panel.patch_slice["nodes"] for group in node["groups"] for c in group["controls"]]
    return next(control for control in controls if control["path"] == path)


def test_the_call_returns_before_the_landscape_is_there():
    before = own_threads()
    explorer = explore(PATCH, SOURCE, TARGET)
    assert explorer.landscape_slice is None or not explorer.landscape_slice["final"]
    explorer.close()
    eventually(lambda: own_threads() <= before, "no thread is left")


def test_a_slider_moves_patch_point_sound_and_arrows(explorer):
    assert explorer.wait(PATIENCE)
    before = explorer.audio_slice["fitted"]["url"]
    answer(explorer, "edit", ops=[{"op": "control", "path": "trim.log_gain[0]", "text": "-6"}], gesture="g")
    assert control_of(explorer, "trim.log_gain[0]")["text"] == "−6.0 dB"
    assert explorer.wait(PATIENCE)
    axis = explorer.session.landscapes.axes[0]
    assert explorer.point_slice["positions"][0] == pytest.approx(axis.position(-6.0))
    assert explorer.audio_slice["fitted"]["url"] != before
    assert explorer.live_slice["gradients"]["tone.log_gain[3]"] > 0


def test_the_point_of_the_landscape_moves_the_sliders(explorer):
    assert explorer.wait(PATIENCE)
    ops = [{"path": "trim.log_gain[0]", "position": 0.5}, {"path": "tone.log_gain[3]", "position": 0.75}]
    answer(explorer, "walk", ops=ops, gesture="g")
    axes = explorer.session.landscapes.axes
    for op, axis in zip(ops, axes, strict=True):
        assert control_of(explorer, op["path"])["text"] == axis.format(axis.at(op["position"]))
    explorer.session.call("undo", {})
    assert control_of(explorer, "trim.log_gain[0]")["text"] == "0.0 dB"


def test_panels_on_one_session_show_the_same(explorer):
    panels = [ParameterPanel(explorer), GraphPanel(explorer), ABPlayer(explorer), ResponsePanel(explorer)]
    answer(panels[0], "edit", ops=[{"op": "control", "path": "trim.log_gain[1]", "text": "3"}], gesture=None)
    answer(panels[1], "select", node="trim")
    assert explorer.wait(PATIENCE)
    assert explorer.selection_slice == {"node": "trim"}
    assert panels[1].patch_slice == explorer.patch_slice
    assert panels[2].audio_slice == explorer.audio_slice
    assert panels[3].response_slice["node"] == "trim"
    for panel in panels:
        panel.close()
    assert explorer.session.patch.control("trim.log_gain[1]") == pytest.approx(3.0, abs=1e-5)


def test_what_is_drawn_is_the_patch_and_what_python_sets_is_drawn():
    panel = GraphPanel(PATCH)
    wire = {"source": "trim", "target": "out"}
    answer(panel, "edit", ops=[{"op": "add", "type": "tanh_distortion", "insert": wire}])
    assert panel.patch.names == ("in", "tone", "trim", "out", "tanh_distortion")
    panel.patch = Patch.chain(["stereo_gain"], sample_rate=RATE)
    assert [node["name"] for node in panel.patch_slice["nodes"]] == ["in", "stereo_gain", "out"]
    panel.session.call("undo", {})
    assert "tanh_distortion" in panel.patch.names
    panel.close()


def test_a_parameter_panel_needs_no_sound():
    panel = ParameterPanel(PATCH)
    answer(panel, "edit", ops=[{"op": "control", "path": "tone.log_gain[3]", "position": 1.0}], gesture="g")
    assert panel.wait(PATIENCE)
    assert control_of(panel, "tone.log_gain[3]")["position"] == pytest.approx(1.0)
    assert panel.live_slice is None
    panel.close()


def test_two_settings_are_kept_and_compared():
    panel = ParameterPanel(PATCH)

    def left() -> float:
        return panel.patch.control("trim.log_gain[0]")

    answer(panel, "switch_slot", slot="B")
    answer(panel, "edit", ops=[{"op": "control", "path": "trim.log_gain[0]", "text": "6"}], gesture=None)
    answer(panel, "switch_slot", slot="A")
    assert left() == 0.0
    answer(panel, "switch_slot", slot="B")
    assert left() == pytest.approx(6.0, abs=1e-5)
    answer(panel, "copy_slot")
    answer(panel, "switch_slot", slot="A")
    assert left() == pytest.approx(6.0, abs=1e-5)
    assert panel.snapshots_slice["slot"] == "A"
    panel.close()


@pytest.mark.parametrize(
    "kind", ["magnitude", "phase", "group_delay", "impulse", "waveform", "spectrum", "spectrogram"]
)
def test_every_picture_of_an_equaliser_is_finite_and_within_its_frame(kind):
    panel = ResponsePanel(PATCH, SOURCE, TARGET, truth=TRUTH, kind=kind)
    assert panel.wait(PATIENCE)
    shown = panel.response_slice
    assert shown["kind"] == kind
    picture = shown["picture"]
    parts = [line["y"] for line in picture.get("lines", ())] + [image["values"] for image in picture.get("images", ())]
    roles = [part["role"] for part in picture.get("lines", picture.get("images"))]
    sound = next(entry["of"] for entry in shown["kinds"] if entry["name"] == kind) == "sound"
    assert roles == (["source", "target", "fitted"] if sound else ["target", "fitted"])
    for part in parts:
        assert np.isfinite(np.frombuffer(part, "<f4")).all()
    panel.close()


def test_a_picture_follows_the_selection_to_one_that_suits():
    panel = ResponsePanel(Patch.chain({"comp": "compressor", "trim": "stereo_gain"}, sample_rate=RATE), SOURCE, TARGET)
    assert panel.wait(PATIENCE)
    assert panel.response_slice["kind"] == "static"
    answer(panel, "select", node="trim")
    assert panel.wait(PATIENCE)
    assert panel.response_slice["kind"] == "magnitude"
    assert "no picture 'x-ray'" in answer(panel, "response", kind="x-ray")["error"]["message"]
    panel.close()


def test_the_browser_fetches_the_sound_that_is_the_render(explorer, tmp_path):
    assert explorer.wait(PATIENCE)
    reply = answer(explorer, "file", name=explorer.audio_slice["fitted"]["url"])
    path = tmp_path / "heard.wav"
    path.write_bytes(reply["buffers"][0])
    torch.testing.assert_close(read_audio(path).data, PATCH.render(SOURCE), atol=1e-6, rtol=0)
    assert "not there any more" in answer(explorer, "file", name="../../etc/passwd")["error"]["message"]


def test_recordings_may_be_files_audio_or_tensors(tmp_path):
    write_audio(tmp_path / "dry.wav", Audio(SOURCE, RATE, "dry"))
    explorer = explore(PATCH, tmp_path / "dry.wav", Audio(TARGET, RATE, "wet"))
    assert explorer.wait(PATIENCE)
    assert [explorer.audio_slice[role]["name"] for role in ("source", "target")] == ["dry", "wet"]
    explorer.close()
    with pytest.raises(AudioError, match=r"shape \(1, 2, 3\)"):
        explore(PATCH, torch.zeros(1, 2, 3), TARGET)
    with pytest.raises(TypeError, match="shows a Patch"):
        explore("parametric_equalizer")


def test_a_fit_in_one_panel_is_walked_through_in_another(explorer):
    panel = ConvergencePanel(explorer)
    assert panel.fit_slice["status"] == "idle"
    answer(explorer, "fit", steps=6)
    assert explorer.wait(PATIENCE)
    assert panel.fit_slice["status"] == "done"
    answer(panel, "show_step", step=0)
    assert explorer.fit_slice["shown"] == 0
    assert explorer.patch.control("trim.log_gain[0]") == pytest.approx(0.0, abs=1e-5)
    assert "no step 99" in answer(panel, "show_step", step=99)["error"]["message"]
    panel.close()


@pytest.mark.parametrize("make", [ParameterPanel, GraphPanel, ABPlayer, ResponsePanel, explore])
def test_still_outputs_are_pictures_with_words_and_sound(monkeypatch, make):
    monkeypatch.setenv("GRAFX_LAB_STATIC", "1")
    panel = make(PATCH, SOURCE, TARGET)
    bundle = panel._repr_mimebundle_()
    assert bundle["image/png"] in bundle["text/html"]
    assert bundle["text/html"].count("data:audio/wav;base64,") == 3
    assert bundle["text/plain"].endswith(".")
    panel.close()
