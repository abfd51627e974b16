import numpy as np
import pytest

from grafx_lab.landscapes import Axis, landscape
from grafx_lab.widgets import LandscapePanel
from tests.waiting import PATIENCE
from tests.widgets.gain import LEVEL, PATH, TRUTH, gain_objective

OTHER = "stereo_gain.log_gain[1]"


@pytest.fixture
def panel():
    panel = LandscapePanel(gain_objective(), PATH, truth=-6.0, losses=["spectral_magnitude"], resolution=25)
    assert panel.wait(PATIENCE)
    yield panel
    panel.close()


@pytest.fixture
def plane():
    panel = LandscapePanel(gain_objective(), (PATH, OTHER), truth=TRUTH, resolution=13)
    assert panel.wait(PATIENCE)
    yield panel
    panel.close()


def walk(panel: LandscapePanel, *ops: dict) -> dict:
    """What the panel answers to moves of the point."""
    sent: list[dict] = []
    panel.send = lambda content, buffers=None: sent.append(content)
    panel.answer({"id": "1", "call": "walk", "args": {"ops": [{"path": PATH, **op} for op in ops], "gesture": "g"}})
    assert panel.wait(PATIENCE)
    return sent[0]


def values(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, "<f4")


def channel_loss(*gains_db: float) -> float:
    """The loss with both gains in dB; the other channel stays at 0 dB where it is not given."""
    left, right, target = (10 ** (decibel / 20) for decibel in (gains_db[0], *(gains_db[1:] or (0.0,)), -6.0))
    return LEVEL * (abs(left - target) + abs(right - target)) / 2


def test_the_curve_is_the_landscape(panel):
    surface = landscape(gain_objective(), PATH, 25)
    np.testing.assert_allclose(values(panel.landscape_slice["values"]), surface.losses.numpy(), rtol=1e-5)
    assert panel.landscape_slice["final"]
    assert panel.landscape_slice["minimum"]["loss"] == pytest.approx(surface.minimum.loss)


def test_the_point_has_the_exact_loss_and_slope(panel):
    walk(panel, {"text": "-3 dB"})
    axis = panel.session.landscapes.axes[0]
    assert panel.point_slice["loss"] == pytest.approx(channel_loss(-3.0), rel=1e-5)
    rise = (channel_loss(-2.99) - channel_loss(-3.01)) / 0.02
    assert panel.point_slice["slopes"] == pytest.approx([rise * (axis.high - axis.low)], rel=1e-3)
    assert panel.point_slice["push"][0] < 0


def test_a_walk_moves_patch_point_and_words_together(panel):
    before = panel.point_slice["words"]
    assert walk(panel, {"position": 0.25}) == {"id": "1", "result": {}}
    value = panel.session.landscapes.axes[0].at(0.25)
    assert panel.patch.control(PATH) == pytest.approx(value, abs=1e-4)
    assert panel.point_slice["positions"] == pytest.approx([0.25], abs=1e-6)
    assert panel.point_slice["words"] != before
    assert panel.point_slice["texts"][0] in panel.point_slice["words"]


def test_reset_goes_to_the_default(panel):
    walk(panel, {"position": 0.9})
    walk(panel, {"op": "reset"})
    assert panel.patch.control(PATH) == pytest.approx(0.0, abs=1e-5)


def test_a_race_in_the_next_cell_waits_for_the_landscape():
    panel = LandscapePanel(gain_objective(), PATH, resolution=25)
    panel.race([-12.0], steps=3)
    assert panel.wait(PATIENCE)
    assert panel.race_slice is not None
    panel.close()


@pytest.mark.parametrize(("text", "said"), [("99 dB", "lies outside"), ("loud", "is not a number")])
def test_what_cannot_be_is_refused_and_the_point_stays(panel, text, said):
    before = panel.patch
    assert said in walk(panel, {"text": text})["error"]["message"]
    assert panel.patch is before


def test_another_loss_shows_its_own_curve(panel):
    waveform = panel.landscape_slice
    assert [loss["label"] for loss in waveform["losses"]] == ["Waveform L1", "Spectral magnitude"]
    panel.session.call("loss", {"name": "spectral_magnitude"})
    assert panel.wait(PATIENCE)
    assert panel.landscape_slice["loss"] == "spectral_magnitude"
    assert panel.landscape_slice["values"] != waveform["values"]


def test_words_say_where_descent_goes_and_whether_the_target_lies_there(panel):
    walk(panel, {"text": "6 dB"})
    words = panel.point_slice["words"]
    assert "Descent pushes **left gain** down, towards the minimum at `−6.0 dB`." in words
    assert "The target has `−6.0 dB`, and the minimum lies there." in words


def test_words_change_with_the_data():
    objective = gain_objective()
    panel = LandscapePanel(objective, Axis.of(objective.patch, PATH, -6.0, 6.0), truth=3.0, resolution=25)
    assert panel.wait(PATIENCE)
    assert "whoever follows this curve does not arrive" in panel.point_slice["words"]
    panel.close()


def test_a_control_that_does_nothing_leaves_descent_where_it_is():
    objective = gain_objective()
    panel = LandscapePanel(objective, PATH, resolution=12)
    panel.session.call("edit", {"ops": [{"op": "bypass", "node": "stereo_gain", "bypassed": True}]})
    assert panel.wait(PATIENCE)
    assert "It is level here: descent stays." in panel.point_slice["words"]
    assert panel.point_slice["push"] == [0]
    panel.close()


def test_a_surface_has_the_losses_of_both_controls_and_arrows_that_point_to_its_minimum(plane):
    shown = plane.landscape_slice
    losses = values(shown["values"]).reshape(shown["shape"])
    axes = plane.session.landscapes.axes
    x, y = (np.frombuffer(positions, "<f4") for positions in shown["positions"])
    assert losses[3, 7] == pytest.approx(channel_loss(axes[0].at(x[3]), axes[1].at(y[7])), rel=1e-4)
    places, arrows = (values(shown["field"][name]).reshape(-1, 2) for name in ("places", "arrows"))
    home = np.asarray(shown["minimum"]["positions"])
    far = np.linalg.norm(places - home, axis=1) > 0.3
    assert ((home - places) * arrows).sum(axis=1)[far].min() > 0


def test_moving_an_axis_keeps_the_surface_and_moving_another_control_draws_it_anew(panel):
    desk = panel.session.landscapes
    before = desk.surface
    walk(panel, {"position": 0.3})
    assert desk.surface is before
    panel.session.call("edit", {"ops": [{"op": "control", "path": OTHER, "text": "-6 dB"}]})
    assert panel.wait(PATIENCE)
    assert desk.surface is not before
    assert desk.surface.minimum.loss < before.minimum.loss


def test_the_two_controls_that_are_pushed_hardest_span_it_by_default():
    panel = LandscapePanel(gain_objective(), resolution=5)
    assert panel.wait(PATIENCE)
    assert {axis["path"] for axis in panel.landscape_slice["axes"]} == {PATH, OTHER}
    panel.close()


def test_ways_of_fits_cross_the_surface(plane):
    plane.session.call("fit", {"steps": 8})
    assert plane.wait(PATIENCE)
    (way,) = plane.paths_slice
    start, *_, end = values(way["positions"]).reshape(-1, 2)
    assert len(values(way["positions"])) == 2 * 9
    assert end[0] < start[0]
    assert way["label"] == "Waveform L1, adam"


def test_still_output_has_a_picture_of_every_loss(monkeypatch):
    monkeypatch.setenv("GRAFX_LAB_STATIC", "1")
    panel = LandscapePanel(gain_objective(), PATH, truth=-6.0, losses=["spectral_magnitude"], resolution=25)
    bundle = panel._repr_mimebundle_()
    assert "Waveform L1: At " in bundle["text/plain"]
    assert "Spectral magnitude: At " in bundle["text/plain"]
    assert "data:audio/wav;base64," in bundle["text/html"]
    panel.close()
