import math
from itertools import pairwise

import numpy as np
import torch
from matplotlib import pyplot as plt

from grafx_lab import Patch
from grafx_lab.fitting import History, Layout
from grafx_lab.landscapes import Axis, Landscape
from grafx_lab.plots import LIGHT, plot_controls, plot_landscape, plot_losses, plot_waveforms

GAIN = Axis("gain.gain", "Gain", "dB", -6.0, 6.0)
TONE = Axis("eq.tone", "Tone", "Hz", 100.0, 10_000.0, "log")


def lines_of(ax, color):
    return [line for line in ax.get_lines() if line.get_color() == color]


def history() -> History:
    patch = Patch.chain(["stereo_gain"])
    kept = History(patch, Layout(patch))
    for loss, raw in ((2.0, 0.0), (0.5, 0.1), (1.0, 0.2)):
        kept.append(loss, torch.full((kept.layout.size,), raw))
    return kept


def curve() -> Landscape:
    positions = torch.linspace(0, 1, 5, dtype=torch.float64)
    return Landscape((GAIN,), (positions,), torch.tensor([4.0, 1.0, 0.5, 1.0, 4.0]), "Waveform L1", (3.0,))


def test_waveforms_are_drawn_target_before_fitted_in_their_strokes():
    ax = plot_waveforms(1000, source=torch.ones(2, 9), target=torch.zeros(9), fitted=torch.ones(9), seconds=0.004)
    source, target, fitted = (lines_of(ax, getattr(LIGHT, role))[0] for role in ("source", "target", "fitted"))
    assert ax.get_lines().index(target) < ax.get_lines().index(fitted)
    assert [line.is_dashed() for line in (source, target, fitted)] == [True, True, False]
    assert fitted.get_xdata().tolist() == [0, 1, 2, 3]
    assert ax.get_xlabel() == "time, ms"


def test_losses_are_drawn_with_the_best_so_far_on_a_log_axis():
    ax = plot_losses(history())
    every, best, _ = ax.get_lines()
    assert every.get_ydata().tolist() == [2.0, 0.5, 1.0]
    assert best.get_ydata().tolist() == [2.0, 0.5, 0.5]
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["best 0.5"]


def test_one_control_is_drawn_in_its_unit_with_its_truth():
    kept = history()
    ax = plot_controls(kept, ("stereo_gain.log_gain[0]",), truth={"stereo_gain.log_gain[0]": 1.0})
    (truth,) = lines_of(ax, LIGHT.target)
    assert set(truth.get_ydata()) == {1.0}
    (way,) = lines_of(ax, LIGHT.fitted)
    expected = [kept.patch_at(step).control("stereo_gain.log_gain[0]") for step in range(3)]
    np.testing.assert_allclose(way.get_ydata(), expected, rtol=1e-6)


def test_several_controls_are_drawn_as_positions():
    ax = plot_controls(history())
    assert ax.get_title(loc="left") == "Controls, as slider position"
    assert len(ax.get_lines()) == 2


def test_a_landscape_over_one_control_shows_curve_point_minimum_and_target():
    ax = plot_landscape(curve(), truth=(1.5,))
    line, truth, point, low = ax.get_lines()
    assert line.get_ydata().tolist() == [4.0, 1.0, 0.5, 1.0, 4.0]
    assert truth.get_color() == LIGHT.target
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (3.0, 1.0)
    assert (low.get_xdata()[0], low.get_ydata()[0]) == (0.0, 0.5)
    assert ax.get_xlabel() == "Gain, dB"
    assert ax.get_title(loc="left") == "Waveform L1"


def test_given_axes_are_drawn_on_and_returned():
    figure, given = plt.subplots()
    assert plot_losses(history(), ax=given) is given
    plt.close(figure)


def test_a_figure_of_our_own_is_not_kept_by_pyplot():
    before = plt.get_fignums()
    plot_losses(history())
    assert plt.get_fignums() == before


def test_the_best_loss_is_an_exact_and_finite_one():
    patch = Patch.chain(["stereo_gain"])
    kept = History(patch, Layout(patch))
    for loss, exact in ((2.0, True), (math.nan, True), (0.1, False), (1.0, True), (math.inf, True)):
        kept.append(loss, torch.zeros(kept.layout.size), exact=exact)
    ax = plot_losses(kept)
    assert ax.get_lines()[1].get_ydata().tolist() == [2.0, 2.0, 2.0, 1.0, 1.0]
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["best 1"]


def test_labels_of_controls_that_end_together_do_not_lie_on_each_other():
    patch = Patch.chain(["parametric_equalizer"])
    kept = History(patch, Layout(patch))
    for step in range(3):
        kept.append(1.0, torch.full((kept.layout.size,), 0.1 * step))
    ax = plot_controls(kept, tuple(f"parametric_equalizer.log_gain[{band}]" for band in range(4)))
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))


def test_controls_of_one_label_are_told_apart_by_their_nodes():
    patch = Patch.chain(["compressor", "compressor"])
    kept = History(patch, Layout(patch))
    kept.append(1.0, torch.zeros(kept.layout.size))
    ax = plot_controls(kept, ("compressor.log_ratio", "compressor_2.log_ratio", "compressor.log_knee"))
    assert {text.get_text() for text in ax.texts} == {"compressor: Ratio", "compressor_2: Ratio", "Knee"}
