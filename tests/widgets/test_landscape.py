import numpy as np
import pytest

from grafx_lab.landscapes import Axis, landscape
from grafx_lab.widgets import LandscapePanel
from tests.widgets.gain import LEVEL, PATH, gain_objective


@pytest.fixture
def panel():
    panel = LandscapePanel(gain_objective(), PATH, truth=-6.0, losses=["spectral_magnitude"], resolution=25)
    assert panel.wait(20)
    yield panel
    panel.close()


def edit(panel: LandscapePanel, **op) -> dict:
    """What the panel answers to one operation."""
    sent: list[dict] = []
    panel.send = sent.append
    panel.answer({"id": "1", "call": "edit", "args": {"ops": [{"path": PATH, **op}], "gesture": "g"}})
    return sent[0]


def channel_loss(gain_db: float) -> float:
    """The other channel stays at 0 dB, 6 dB off."""
    factors = [10 ** (decibel / 20) for decibel in (gain_db, 0.0, -6.0)]
    return LEVEL * (abs(factors[0] - factors[2]) + abs(factors[1] - factors[2])) / 2


def test_the_curve_is_the_landscape(panel):
    surface = landscape(panel.objectives["Waveform L1"], PATH, 25)
    np.testing.assert_allclose(np.frombuffer(panel.surface["losses"], "<f4"), surface.losses.numpy())
    assert panel.surface["final"]
    assert panel.surface["minimum"]["loss"] == pytest.approx(surface.minimum.loss)


def test_the_point_has_the_exact_loss_and_slope(panel):
    edit(panel, op="control", text="-3 dB")
    assert panel.point["loss"] == pytest.approx(channel_loss(-3.0), rel=1e-5)
    span = panel.axis.high - panel.axis.low
    rise = (channel_loss(-2.99) - channel_loss(-3.01)) / 0.02
    assert panel.point["slope"] == pytest.approx(rise * span, rel=1e-3)
    assert panel.point["push"] < 0


def test_a_position_moves_point_text_and_words_together(panel):
    before = panel.words
    assert edit(panel, op="control", position=0.25) == {"id": "1", "result": {}}
    assert panel.point["position"] == 0.25
    assert panel.point["text"] == panel.axis.format(panel.value)
    assert panel.words != before
    assert panel.axis.format(panel.value) in panel.words


def test_reset_goes_to_the_default(panel):
    edit(panel, op="control", position=0.9)
    edit(panel, op="reset")
    assert panel.value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("text", "said"), [("99 dB", "lies outside"), ("loud", "is not a number")])
def test_what_cannot_be_is_refused_and_the_point_stays(panel, text, said):
    before = panel.value
    assert said in edit(panel, op="control", text=text)["error"]["message"]
    assert panel.value == before


def test_another_loss_shows_its_own_curve(panel):
    waveform = panel.surface
    panel.answer({"id": "2", "call": "loss", "args": {"name": "Spectral magnitude"}})
    panel.wait(20)
    assert panel.surface["loss"] == "Spectral magnitude"
    assert panel.surface["losses"] != waveform["losses"]


def test_words_say_where_descent_goes_and_whether_the_target_lies_there(panel):
    edit(panel, op="control", text="6 dB")
    assert "Descent pushes **left gain** down, towards the minimum at `−6.0 dB`." in panel.words
    assert "The target has `−6.0 dB`, and the minimum lies there." in panel.words


def test_words_change_with_the_data():
    objective = gain_objective()
    panel = LandscapePanel(objective, Axis.of(objective.patch, PATH, -6.0, 6.0), truth=3.0, resolution=25)
    panel.wait(20)
    assert "whoever follows this curve does not arrive" in panel.words
    panel.close()


def test_a_control_that_does_nothing_leaves_descent_where_it_is():
    objective = gain_objective()
    silent = objective.with_patch(objective.patch.replace(bypassed={"stereo_gain"}))
    panel = LandscapePanel(silent, PATH, resolution=12)
    panel.wait(20)
    assert "It is level here: descent stays." in panel.words
    assert panel.point["push"] == 0
    panel.close()


def test_still_output_has_a_picture_of_every_loss(monkeypatch):
    monkeypatch.setenv("GRAFX_LAB_STATIC", "1")
    panel = LandscapePanel(gain_objective(), PATH, truth=-6.0, losses=["spectral_magnitude"], resolution=25)
    bundle = panel._repr_mimebundle_()
    assert "Waveform L1: At " in bundle["text/plain"]
    assert "Spectral magnitude: At " in bundle["text/plain"]
    assert "data:audio/wav;base64," in bundle["text/html"]
    panel.close()
