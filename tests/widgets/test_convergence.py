import json

import numpy as np
import pytest
from PIL import Image

from grafx_lab.fitting import FitError
from grafx_lab.session import SessionError
from grafx_lab.widgets import ConvergencePanel
from tests.waiting import PATIENCE, eventually
from tests.widgets.gain import PATH, TRUTH, gain_objective


@pytest.fixture
def panels():
    """Makes panels, and closes them behind the test."""
    made = []

    def make(**settings) -> ConvergencePanel:
        made.append(ConvergencePanel(gain_objective(), truth=TRUTH, **settings))
        return made[-1]

    yield make
    for panel in made:
        panel.close()


def finished(panel: ConvergencePanel):
    assert panel.wait(PATIENCE)
    return panel.result


def test_the_constructor_returns_while_the_fit_runs(panels):
    panel = panels(steps=100_000)
    assert panel.fit_slice["status"] in ("waiting", "running")
    assert panel.result is None
    panel.stop()
    assert finished(panel).status == "stopped"


def test_slices_hold_the_numbers_of_the_history_as_float32(panels):
    panel = panels(steps=20)
    result = finished(panel)
    assert panel.fit_slice["status"] == "done"
    np.testing.assert_allclose(np.frombuffer(panel.fit_slice["losses"], "<f4"), result.history.losses, rtol=1e-6)
    curve = next(curve for curve in panel.fit_slice["curves"] if curve["path"] == PATH)
    positions = np.frombuffer(curve["positions"], "<f4")
    np.testing.assert_allclose(positions, result.history.positions(PATH).numpy(), rtol=1e-5)


def test_the_truth_is_a_position_beside_its_curve(panels):
    panel = panels(steps=20)
    finished(panel)
    _, spec = panel.patch.spec(PATH)
    expected = spec.to_position(spec.full(-6.0))[0].item()
    assert [c["target_position"] for c in panel.fit_slice["curves"]] == pytest.approx([expected, expected], abs=1e-6)


def test_the_signal_on_show_is_the_render_of_the_patch(panels):
    panel = panels(steps=20, shown=0.002)
    finished(panel)
    lines = {line["role"]: np.frombuffer(line["y"], "<f4") for line in panel.response_slice["picture"]["lines"]}
    source = panel.session.recordings.given.inputs["in"]
    np.testing.assert_allclose(lines["fitted"], panel.patch.render(source)[0, 0, :16].numpy(), rtol=1e-6)
    assert [len(line) for line in lines.values()] == [16, 16, 16]


def test_a_held_fit_shows_its_newest_step_and_goes_on_by_one(panels):
    panel = panels(steps=100_000)
    eventually(lambda: panel.fit_slice["step"] > 0, "a step is shown")
    panel.pause()
    assert not panel.fit_slice["playing"]
    eventually(lambda: panel.fit_slice["held"], "the fit is held")
    held = panel.fit_slice["step"]
    assert len(panel.session.fits.history) == held + 1
    panel.step()
    eventually(
        lambda: panel.fit_slice["step"] == held + 1 and panel.fit_slice["held"], "one step further it is held again"
    )
    assert len(panel.session.fits.history) == held + 2
    panel.play()
    eventually(lambda: panel.fit_slice["step"] > held + 1, "it goes on")
    assert not panel.fit_slice["held"]


def test_play_after_the_end_fits_again_with_the_same_numbers(panels):
    panel = panels(steps=10)
    first = finished(panel)
    panel.play()
    again = finished(panel)
    assert again is not first
    assert again.history.losses == first.history.losses
    assert [run["label"] for run in panel.fit_slice["runs"]] == ["Waveform L1, adam"]


def test_a_step_that_is_shown_is_the_patch_and_one_undo(panels):
    panel = panels(steps=10)
    history = finished(panel).history
    for step in (2, 3, 4):
        panel.show_step(step)
    assert panel.patch.control(PATH) == pytest.approx(history.patch_at(4).control(PATH))
    assert panel.fit_slice["shown"] == 4
    assert panel.wait(PATIENCE)
    assert panel.audio_slice["fitted"]["note"] == "step 4"
    panel.session.call("undo", {})
    assert panel.patch.control(PATH) == pytest.approx(history.patch_at(10).control(PATH))


def test_words_follow_the_numbers(panels):
    arrived = panels(steps=120)
    finished(arrived)
    assert "arrived at `−6.0 dB`; the target has `−6.0 dB`" in arrived.fit_slice["words"]
    short = panels(steps=3)
    finished(short)
    assert "far from the target's `−6.0 dB`" in short.fit_slice["words"]
    assert "the loss would be lower, `" in short.fit_slice["words"]


def test_the_optimizer_is_handed_on(panels):
    panel = panels(steps=1, optimizer="sgd", learning_rate=0.5)
    start, end = finished(panel).history.raws
    # The loss is 0.5 |e^r − e^t| with 0.25 as slope by each channel's raw gain.
    np.testing.assert_allclose((start - end).numpy(), 0.5 * 0.25, rtol=1e-4)


def test_a_fit_that_cannot_begin_says_why(monkeypatch, panels):
    def refuse(*_, **__):
        raise FitError("There is nothing to fit.")
        yield

    monkeypatch.setattr("grafx_lab.session.fits.fit_steps", refuse)
    panel = panels(steps=5)
    assert panel.wait(PATIENCE)
    assert panel.fit_slice["status"] == "failed"
    assert panel.notice_slice["message"] == "There is nothing to fit."


def test_closing_ends_the_thread_of_a_held_fit(panels):
    panel = panels(steps=100_000)
    panel.pause()
    panel.close()
    assert panel.session.wait(PATIENCE)
    assert not panel.session.folder.exists()


def test_calls_are_answered_and_unknown_ones_refused_in_a_sentence(panels, monkeypatch):
    panel, sent = panels(steps=5), []
    monkeypatch.setattr(panel, "send", lambda content, buffers=None: sent.append(content))
    panel.answer({"id": "a", "call": "pause"})
    panel.answer({"id": "b", "call": "fly"})
    assert sent[0] == {"id": "a", "result": {}}
    assert sent[1]["error"]["message"] == "There is no call 'fly'."
    json.dumps(sent)


def test_still_output_is_finished_and_holds_picture_sound_and_words(panels, monkeypatch):
    monkeypatch.setenv("GRAFX_LAB_STATIC", "1")
    panel = panels(steps=60)
    assert panel.fit_slice["status"] == "done"
    bundle = panel._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert bundle["text/html"].count("data:audio/wav;base64,") == 2
    assert bundle["image/png"] in bundle["text/html"]
    assert "The loss fell from" in bundle["text/plain"]


def test_a_fit_is_saved_as_a_film_that_is_whole(panels, tmp_path, monkeypatch):
    monkeypatch.setattr("grafx_lab.session.exports.FRAMES", 3)
    panel = panels(steps=5)
    path = panel.save(tmp_path / "fit.gif")
    with Image.open(path) as film:
        assert film.n_frames == 3
    with pytest.raises(SessionError, match="no format 'avi'"):
        panel.save(tmp_path / "fit.avi")


def test_a_pruned_fit_says_so_in_its_settings(panels):
    panel = panels(steps=2, prune=0.001, strategy="brute_force")
    finished(panel)
    assert panel.fit_slice["settings"].endswith("2 steps, pruned within 0.1 % (each processor tried)")
    assert panel.fit_slice["pruned"] == []
    assert set(panel.patch.raw) == {"stereo_gain"}
