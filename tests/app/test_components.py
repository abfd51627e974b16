"""The stand-alone components between Python values and what the browser gets."""

import gradio as gr
import numpy as np
import pytest
import torch

from grafx_lab.app import ABPlayer, DrawnPatch, FitView, GraphEditor
from grafx_lab.audio import Audio
from grafx_lab.fitting import History, Layout, Objective, fit, fit_steps
from grafx_lab.patch import Patch


@pytest.fixture
def patch() -> Patch:
    return Patch.chain(["parametric_equalizer", "stereo_gain"])


@pytest.fixture(scope="module")
def noise() -> Audio:
    return Audio(0.1 * torch.randn(2, 30000, generator=torch.Generator().manual_seed(1)), 44100, "noise")


def test_the_editor_hands_over_the_patch_on_show(patch):
    editor = GraphEditor(patch)
    received = editor.preprocess({"revision": 4, "patch": editor.postprocess(patch)["patch"]})
    assert isinstance(received, Patch)
    assert received.to_json() == patch.to_json()


def test_what_is_made_of_a_drawing_remembers_its_revision(patch):
    editor = GraphEditor()
    drawn = editor.preprocess({"revision": 4, "patch": editor.postprocess(patch)["patch"]})
    louder = drawn.with_controls({"stereo_gain.log_gain": 6.0})
    assert isinstance(louder, DrawnPatch)
    assert editor.postprocess(louder)["revision"] == 4


def test_a_patch_that_nobody_has_drawn_replaces_the_drawing(patch):
    assert GraphEditor().postprocess(patch)["revision"] is None


def test_a_fit_of_a_drawing_remembers_its_revision(noise):
    editor = GraphEditor()
    drawn = editor.preprocess({"revision": 2, "patch": editor.postprocess(Patch.chain(["stereo_gain"]))["patch"]})
    result = fit(drawn, noise, noise, steps=1)
    assert editor.postprocess(result.patch)["revision"] == 2


@pytest.mark.parametrize("document", [{"kind": "poem"}, "not JSON", {"kind": "grafx_lab.patch", "schema_version": 99}])
def test_a_damaged_drawing_is_one_sentence(document):
    with pytest.raises(gr.Error, match="patch"):
        GraphEditor().preprocess({"revision": 0, "patch": document})


def test_an_empty_editor_gives_nothing():
    assert GraphEditor().preprocess(None) is None
    assert GraphEditor().postprocess(None) is None


def test_the_player_takes_recordings_files_and_gradios_arrays(noise, tmp_path):
    from grafx_lab.audio import write_audio

    write_audio(tmp_path / "take.wav", noise)
    integers = (noise.data.T.numpy() * 32768).astype(np.int16)
    value = {"source": noise, "fitted": tmp_path / "take.wav", "target": (44100, integers)}
    tracks = ABPlayer().postprocess(value)["audio"]
    assert {role: track["name"] for role, track in tracks.items()} == {
        "source": "noise",
        "fitted": "take",
        "target": "target",
    }
    assert all(abs(track["offset_db"] - tracks["source"]["offset_db"]) < 0.01 for track in tracks.values())


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32])
def test_whole_numbers_are_as_loud_as_the_floats_they_stand_for(noise, dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    share = (noise.data.T.numpy().astype(float) + 1) / 2
    whole = np.clip(np.round(share * (high - low) + low), low, high).astype(dtype)
    tracks = ABPlayer().postprocess({"source": noise, "target": (44100, whole)})["audio"]
    assert tracks["target"]["offset_db"] == pytest.approx(tracks["source"]["offset_db"], abs=0.05)


def test_the_player_never_changes_a_level(noise):
    quiet = Audio(noise.data / 100, 44100, "quiet")
    tracks = ABPlayer().postprocess({"source": noise, "target": (44100, quiet.data.T.numpy())})["audio"]
    assert tracks["target"]["offset_db"] - tracks["source"]["offset_db"] == pytest.approx(40, abs=0.1)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"before": None}, "knows no 'before'"),
        ({"source": "no.wav"}, "no file"),
        ({"source": (44100, np.full(100, np.nan, np.float32))}, "'source' holds 100 samples that are NaN"),
        ({"source": (44100, np.zeros((0, 2), np.float32))}, "expected .channel, time. with one sample"),
    ],
)
def test_what_the_player_cannot_play_is_a_sentence(value, sentence):
    with pytest.raises(gr.Error, match=sentence):
        ABPlayer().postprocess(value)


def test_the_fit_view_shows_steps_histories_and_results(noise):
    patch = Patch.chain(["stereo_gain"]).with_controls({"stereo_gain.log_gain": -6.0})
    objective = Objective(patch, noise, noise)
    history, view = History(patch, Layout(patch)), FitView(steps=3)
    steps = list(fit_steps(objective, 3, history=history))
    single = view.postprocess(steps[2])["fit"]
    assert single["single"]
    assert (single["step"], single["status"]) == (2, "running")
    running = view.postprocess(history)["fit"]
    assert (running["step"], running["steps"], running["status"]) == (3, 3, "running")
    done = view.postprocess(fit(patch, noise, noise, steps=3))["fit"]
    assert done["status"] == "done"
    assert done["loss"] == pytest.approx(steps[-1].loss)
    assert view.preprocess({"fit": done})["step"] == 3


def test_the_fit_view_refuses_what_is_no_progress():
    with pytest.raises(gr.Error, match="was given int"):
        FitView().postprocess(3)


@pytest.mark.parametrize("component", [GraphEditor, ABPlayer, FitView])
def test_components_describe_themselves_to_programs(component):
    info = component().api_info()
    assert info["type"] == "object"
    assert info["description"]


def test_components_listen_to_their_events():
    with gr.Blocks(analytics_enabled=False) as demo:
        editor, view = GraphEditor(), FitView()
        editor.edit(lambda patch: None, editor, None)
        view.fit(lambda: None, None, None)
        view.stop(lambda: None, None, None)
    assert [target[1] for fn in demo.fns.values() for target in fn.targets] == ["edit", "fit", "stop"]
