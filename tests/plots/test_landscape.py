from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.quiver import Quiver

from grafx_lab.landscapes import Axis, GradientField, Landscape, LandscapeError, Minimum, Trajectory, basins
from grafx_lab.plots import DARK, LIGHT, plot_landscape, plot_landscapes

GAIN = Axis("gain.gain", "Gain", "dB", -6.0, 6.0)
TONE = Axis("eq.tone", "Tone", "Hz", 100.0, 10_000.0, "log")


def relief(size=7):
    positions = torch.linspace(0, 1, size, dtype=torch.float64)
    losses = (positions[:, None] - 0.4).square() + (positions - 0.6).square()
    return Landscape((GAIN, TONE), (positions, positions), losses.float(), "MR-STFT", (0.0, 1000.0))


def wells():
    """A curve with minima at −3 dB (0.1) and at 3 dB (0.0), and a ridge between them at 0 dB."""
    positions = torch.linspace(0, 1, 9, dtype=torch.float64)
    losses = torch.tensor([1.0, 0.5, 0.1, 0.5, 1.0, 0.5, 0.0, 0.5, 1.0])
    return Landscape((GAIN,), (positions,), losses, "Waveform L1", (1.5,))


def mesh_of(ax):
    return next(item for item in ax.collections if isinstance(item, QuadMesh))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_two_axes_are_drawn_in_viridis_on_their_scales(palette):
    surface = relief()
    ax = plot_landscape(surface, palette=palette)
    mesh = mesh_of(ax)
    assert mesh.get_cmap().name == "viridis"
    shade = np.asarray(mesh.get_array()).reshape(7, 7)
    assert np.argsort(shade.T.ravel()).tolist() == np.argsort(surface.losses.numpy().ravel()).tolist()
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert ax.get_ylim() == pytest.approx((100, 10_000))
    assert ax.get_ylabel() == "Tone, Hz"
    assert {"100", "1k", "10k"} <= {text.get_text() for text in ax.get_yticklabels()}


def test_the_bar_says_losses_not_their_logarithms():
    ax = plot_landscape(relief())
    _, bar = ax.figure.axes
    losses = relief().losses
    ends = [float(bar.get_yticklabels()[i].get_text()) for i in (0, -1)]
    assert ends == pytest.approx([losses.min().item(), losses.max().item()], rel=0.01)


def test_a_way_is_drawn_thinner_where_it_is_off_the_plane_and_says_how_far_it_ends():
    values = torch.tensor([[0.0, 1000.0], [-1.0, 2000.0], [-2.0, 3000.0]], dtype=torch.float64)
    ax = plot_landscape(relief(), trajectories=[Trajectory(values, torch.tensor([0.0, 0.0, 0.4]).double())])
    way = [item for item in ax.collections if isinstance(item, LineCollection)][-1]
    assert [piece.tolist() for piece in way.get_segments()] == [values[:2].tolist(), values[1:].tolist()]
    near, far = way.get_linewidths()
    assert near > far
    assert "0.40 off" in [text.get_text() for text in ax.texts]


def test_arrows_point_down_the_gradient_and_are_missing_where_there_is_none():
    positions = torch.tensor([0.25, 0.75], dtype=torch.float64)
    gradients = torch.zeros(2, 2, 2, dtype=torch.float64)
    gradients[0, 0] = torch.tensor([1.0, 0.0])  # falls to the left
    gradients[1, 1] = torch.tensor([0.0, -2.0])  # falls upwards
    gradients[0, 1] = torch.nan
    field = GradientField((GAIN, TONE), (positions, positions), torch.ones(2, 2), gradients)
    arrows = next(item for item in plot_landscape(relief(), field=field).collections if isinstance(item, Quiver))
    assert arrows.XY.tolist() == [[-3.0, pytest.approx(316.2, rel=1e-3)], [3.0, pytest.approx(3162, rel=1e-3)]]
    assert (arrows.U.tolist(), arrows.V.tolist()) == ([-1.0, 0.0], [0.0, 1.0])


def test_holes_are_hatched_and_told():
    losses = relief().losses.clone()
    losses[3:, 0] = torch.nan
    ax = plot_landscape(replace(relief(), losses=losses))
    assert np.ma.getmaskarray(mesh_of(ax).get_array()).sum() == 4
    assert ax.patch.get_hatch() == "////"
    assert ax.get_xlabel().splitlines() == ["Gain, dB", "Hatched: no finite loss (8 %)."]


def test_a_curve_has_the_point_its_minima_and_the_share_of_starts():
    surface = wells()
    ax = plot_landscape(surface, truth=(3.0,), basins=basins(surface))
    curve = next(line for line in ax.get_lines() if line.get_color() == LIGHT.fitted)
    assert curve.get_ydata().tolist() == surface.losses.tolist()
    lowest, other = (line for line in ax.get_lines() if line.get_marker() == "v")
    assert lowest.get_xydata().tolist() == [[3.0, 0.0]]
    assert other.get_xydata().tolist() == [[-3.0, pytest.approx(0.1)]]
    assert ax.get_xlabel().splitlines()[1] == "44 % of starts lead to the lowest of 2 minima."


def test_given_minima_are_drawn_instead_of_those_of_the_grid():
    ax = plot_landscape(wells(), minima=[Minimum((2.9,), -0.01, at_edge=False)])
    (low,) = (line for line in ax.get_lines() if line.get_marker() == "v")
    assert low.get_xydata().tolist() == [[2.9, -0.01]]


def test_several_losses_stand_side_by_side_under_their_names():
    axes = plot_landscapes([relief(), replace(relief(), loss_label="Waveform L1")])
    assert [ax.get_title(loc="left") for ax in axes] == ["MR-STFT", "Waveform L1"]
    assert axes[0].figure is axes[1].figure


def test_a_preview_is_called_one():
    assert plot_landscape(replace(relief(), preview=True)).get_title(loc="left") == "MR-STFT, preview"


def test_marks_lie_on_the_curve_also_between_the_points_of_a_log_axis():
    ends = torch.tensor([0.0, 1.0], dtype=torch.float64)
    surface = Landscape((TONE,), (ends,), torch.tensor([0.0, 1.0]), "Waveform L1", (1000.0,))
    way = Trajectory(torch.tensor([[10.0**2.5]]), torch.zeros(1))
    ax = plot_landscape(surface, trajectories=[way])
    marks = {line.get_marker(): line.get_xydata()[-1].tolist() for line in ax.get_lines()[1:3]}
    assert marks["."] == pytest.approx([10.0**2.5, 0.25])
    assert [1000.0, pytest.approx(0.5)] in [line.get_xydata()[-1].tolist() for line in ax.get_lines()]


@pytest.mark.parametrize(("lowest", "range_"), [(3.0, 1e-4), (-50.0, 1e-3), (0.0, 1.0)])
def test_the_numbers_of_the_bar_can_be_told_apart_and_begin_at_the_lowest_loss(lowest, range_):
    surface = relief()
    losses = lowest + range_ * (surface.losses - surface.losses.min())
    _, bar = plot_landscape(replace(surface, losses=losses)).figure.axes
    texts = [label.get_text() for label in bar.get_yticklabels()]
    assert len(set(texts)) == 5
    assert texts[0] == f"{lowest:g}".replace("-", "\N{MINUS SIGN}") or texts[0] == f"{lowest:g}"


def test_a_constant_loss_has_one_number_on_the_bar():
    _, bar = plot_landscape(replace(relief(), losses=torch.full((7, 7), 2.0))).figure.axes
    assert [label.get_text() for label in bar.get_yticklabels()] == ["2"]


def test_axes_of_one_label_are_told_apart_by_their_nodes():
    other = replace(GAIN, path="bus.chain.gain[1]")
    ax = plot_landscape(replace(relief(), axes=(GAIN, other)))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("gain: Gain, dB", "bus.chain: Gain, dB")


def test_many_losses_stand_in_rows_of_three():
    axes = plot_landscapes([wells()] * 4)
    assert axes[0].figure.get_size_inches().tolist() == pytest.approx([13.8, 6.4])
    columns = [ax.get_subplotspec().colspan.start for ax in axes]
    assert columns == [0, 1, 2, 0]


def test_no_landscape_at_all_is_refused():
    with pytest.raises(LandscapeError, match="give at least one"):
        plot_landscapes([])


def test_arrows_over_other_axes_are_refused():
    positions = torch.tensor([0.25, 0.75], dtype=torch.float64)
    field = GradientField((TONE, GAIN), (positions, positions), torch.ones(2, 2), torch.ones(2, 2, 2))
    with pytest.raises(LandscapeError, match="arrows are over Tone and Gain, the landscape is over Gain and Tone"):
        plot_landscape(relief(), field=field)
