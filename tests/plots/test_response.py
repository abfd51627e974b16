import numpy as np
import pytest
import torch

from grafx_lab.analysis import Curve, Decay, Impulse, Response, Spectrogram, residual
from grafx_lab.plots import (
    DARK,
    LIGHT,
    plot_decay,
    plot_impulse,
    plot_residual,
    plot_response,
    plot_spectrogram,
    plot_spectrograms,
    plot_static_curve,
)

BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def line_of(ax, label):
    return next(line for line in ax.get_lines() if line.get_label() == label)


def bell(gain):
    frequencies = np.geomspace(20, 20_000, 50)
    curve = gain * np.exp(-(np.log(frequencies / 1000) ** 2))
    return Response(frequencies, curve, 2 * curve, 3 * curve)


@BOTH
@pytest.mark.parametrize("quantity", ["magnitude", "phase", "group_delay"])
def test_a_response_is_drawn_over_its_target_and_source(quantity, palette):
    ax = plot_response(bell(3), target=bell(6), source=bell(0), quantity=quantity, palette=palette)
    for role, gain in (("fitted", 3), ("target", 6), ("source", 0)):
        line = line_of(ax, role)
        np.testing.assert_array_equal(line.get_ydata(), getattr(bell(gain), quantity))
        assert line.get_color() == getattr(palette, role)
    assert ax.get_lines().index(line_of(ax, "target")) < ax.get_lines().index(line_of(ax, "fitted"))
    assert ax.get_xscale() == "log"
    assert bool(ax.collections) == (quantity == "magnitude")


@BOTH
def test_a_static_curve_has_the_line_of_equal_levels(palette):
    levels = np.linspace(-60, 0, 5)
    ax = plot_static_curve(Curve(levels, levels / 2), target=Curve(levels, levels / 3), palette=palette)
    assert line_of(ax, "unchanged").get_xydata().tolist() == [[-60, -60], [0, 0]]
    assert line_of(ax, "fitted").get_ydata().tolist() == (levels / 2).tolist()


def test_an_impulse_that_towers_over_its_tail_leaves_the_picture_and_it_says_so():
    tail = torch.tensor([[1.0, 0.01, -0.01, 0.005]])
    ax = plot_impulse(Impulse(tail, 1000))
    assert ax.get_ylim() == pytest.approx((-0.016, 0.016))
    assert ax.get_xlabel().splitlines() == ["time, ms", "The highest sample, 1.00, leaves the picture."]
    assert plot_impulse(Impulse(tail[:, 1:], 1000)).get_xlabel() == "time, ms"


def test_a_decay_says_its_reverberation_time():
    times = np.linspace(0, 1, 200)
    ax = plot_decay([Decay(times, -60 * times, 1.0), Decay(times, -30 * times, np.nan)])
    assert [text.get_text() for text in ax.texts] == ["1.00 s"]
    assert line_of(ax, "target").get_ydata()[-1] == -30


def test_spectrograms_share_their_colours():
    quiet = Spectrogram(np.arange(4) / 10, np.geomspace(30, 20_000, 6), np.full((6, 4), -70.0))
    loud = Spectrogram(quiet.times, quiet.frequencies, np.full((6, 4), -10.0))
    before, after = plot_spectrograms({"Before": quiet, "After": loud})
    limits = [ax.collections[0].get_clim() for ax in (before, after)]
    assert limits == [(-70.0, -10.0)] * 2
    assert [ax.get_title(loc="left") for ax in (before, after)] == ["Before", "After"]
    assert (before.get_xlabel(), after.get_xlabel()) == ("", "time, s")


def test_a_residual_is_drawn_over_its_target_with_its_level():
    target = torch.sin(torch.arange(100.0))[None]
    ax = plot_residual(residual(0.9 * target, target, 100))
    goal, rest, _ = ax.get_lines()
    np.testing.assert_array_equal(goal.get_ydata(), target[0])
    np.testing.assert_allclose(rest.get_ydata(), 0.1 * target[0], atol=1e-6)
    assert ax.get_xlabel().splitlines()[1] == "What the fit lacks is 20.0 dB below the target."


def test_an_impulse_of_one_sample_is_drawn():
    assert plot_impulse(Impulse(torch.ones(1, 1), 1000)).get_lines()[-1].get_ydata().tolist() == [1.0]


def test_a_spectrogram_of_one_frame_has_a_width():
    ax = plot_spectrogram(Spectrogram(np.zeros(1), np.geomspace(30, 20_000, 6), np.full((6, 1), -10.0)))
    left, right = ax.get_xlim()
    corners = ax.collections[0].get_coordinates()[0, :, 0]
    assert corners[0] <= left < right <= corners[-1]


def test_silence_leaves_the_colours_to_the_others():
    quiet = Spectrogram(np.arange(4) / 10, np.geomspace(30, 20_000, 6), np.full((6, 4), -200.0))
    loud = Spectrogram(quiet.times, quiet.frequencies, np.linspace(-70, -10, 24).reshape(6, 4))
    axes = plot_spectrograms({"Before": quiet, "After": loud})
    assert {ax.collections[0].get_clim() for ax in axes} == {(-100.0, -10.0)}


def test_a_residual_beside_silence_has_no_level():
    signal, silence = torch.sin(torch.arange(100.0))[None], torch.zeros(1, 100)
    assert "The fit lacks nothing." in plot_residual(residual(signal, signal, 100)).get_xlabel()
    assert "The target is silent, and the fit is not." in plot_residual(residual(signal, silence, 100)).get_xlabel()
