import json
import threading
import time

import numpy as np
import pytest

from grafx_lab.fitting import FitError
from grafx_lab.widgets import ConvergencePanel
from grafx_lab.widgets.transport import Transport
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


def until(condition, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_the_constructor_returns_while_the_fit_runs(panels):
    panel = panels(steps=100_000)
    assert panel.fit["status"] in ("waiting", "running")
    assert panel.result is None
    panel.stop()
    assert panel.wait().status == "stopped"


def test_slices_hold_the_numbers_of_the_history_as_float32(panels):
    panel = panels(steps=20)
    result = panel.wait()
    assert panel.fit["status"] == "done"
    np.testing.assert_allclose(np.frombuffer(panel.fit["losses"], "<f4"), result.history.losses, rtol=1e-6)
    curve = next(curve for curve in panel.fit["curves"] if curve["path"] == PATH)
    positions = np.frombuffer(curve["positions"], "<f4")
    np.testing.assert_allclose(positions, result.history.positions(PATH).numpy(), rtol=1e-5)


def test_the_truth_is_a_position_beside_its_curve(panels):
    panel = panels(steps=20)
    panel.wait()
    _, spec = panel.objective.patch.spec(PATH)
    expected = spec.to_position(spec.full(-6.0))[0].item()
    assert [curve["target_position"] for curve in panel.fit["curves"]] == pytest.approx([expected, expected])


def test_the_signal_on_show_is_the_render_of_the_best_patch(panels):
    panel = panels(steps=20, shown=0.002)
    result = panel.wait()
    rendered = result.patch.render(panel.objective.inputs["in"])[0, 0, :16]
    np.testing.assert_allclose(np.frombuffer(panel.signal["fitted"], "<f4"), rendered.numpy(), rtol=1e-6)
    assert panel.signal["ms"] == 2.0
    assert len(panel.signal["target"]) == len(panel.signal["source"]) == 4 * 16


def test_a_held_fit_shows_its_newest_step_and_goes_on_by_one(panels):
    panel = panels(steps=100_000)
    until(lambda: panel.fit["step"] > 0)
    panel.pause()
    assert not panel.transport["playing"]
    time.sleep(0.2)
    held = panel.fit["step"]
    time.sleep(0.1)
    assert panel.fit["step"] == held
    panel.step()
    until(lambda: panel.fit["step"] == held + 1)
    panel.play()
    until(lambda: panel.fit["step"] > held + 1)


def test_play_after_the_end_fits_again_with_the_same_numbers(panels):
    panel = panels(steps=10)
    first = panel.wait()
    panel.play()
    again = panel.wait()
    assert again is not first
    assert again.history.losses == first.history.losses


def test_words_follow_the_numbers(panels):
    arrived = panels(steps=120)
    arrived.wait()
    assert "arrived at `−6.0 dB`; the target has `−6.0 dB`" in arrived.words
    short = panels(steps=3)
    short.wait()
    assert "far from the target's `−6.0 dB`" in short.words
    assert "the loss would be lower, `0`" in short.words


def test_the_optimizer_is_handed_on(panels):
    panel = panels(steps=1, optimizer="sgd", learning_rate=0.5)
    start, end = panel.wait().history.raws
    # The loss is 0.5 |e^r − e^t| with 0.25 as slope by each channel's raw gain.
    np.testing.assert_allclose((start - end).numpy(), 0.5 * 0.25, rtol=1e-4)


def test_a_fit_that_cannot_begin_says_why(monkeypatch, panels):
    def refuse(*_, **__):
        raise FitError("There is nothing to fit.")
        yield

    monkeypatch.setattr("grafx_lab.widgets.convergence.fit_steps", refuse)
    panel = panels(steps=5)
    panel.wait()
    assert panel.fit["status"] == "failed"
    assert panel.words == "There is nothing to fit."


def test_closing_ends_the_thread(panels):
    panel = panels(steps=100_000)
    panel.pause()
    panel.close()
    assert panel.worker.wait(5)


def test_calls_are_answered_and_unknown_ones_refused_in_a_sentence(panels, monkeypatch):
    panel, sent = panels(steps=5), []
    monkeypatch.setattr(panel, "send", sent.append)
    panel.answer({"id": "a", "call": "pause"})
    panel.answer({"id": "b", "call": "fly"})
    assert sent[0] == {"id": "a", "result": {}}
    assert sent[1]["error"]["message"] == "ConvergencePanel cannot 'fly'; it can play, pause, step, stop."
    json.dumps(sent)


def test_still_output_is_finished_and_holds_picture_sound_and_words(panels, monkeypatch):
    monkeypatch.setenv("GRAFX_LAB_STATIC", "1")
    panel = panels(steps=60)
    assert panel.fit["status"] == "done"
    bundle = panel._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert bundle["text/html"].count("data:audio/wav;base64,") == 2
    assert bundle["image/png"] in bundle["text/html"]
    assert "The loss fell from" in bundle["text/plain"]


def test_a_transport_keeps_its_pace():
    transport = Transport(pace=100)
    began = time.monotonic()
    for _ in range(20):
        transport.wait(lambda: None)
    assert 0.15 < time.monotonic() - began < 2


def test_the_end_opens_a_held_transport():
    transport, held = Transport(), threading.Event()
    transport.pause()
    thread = threading.Thread(target=transport.wait, args=(held.set,))
    thread.start()
    assert held.wait(5)
    transport.end()
    thread.join(5)
    assert not thread.is_alive()
