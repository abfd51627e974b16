"""A landscape over one axis, as a curve."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from grafx_lab.landscapes import Basins, GradientField, Landscape, Minimum, Trajectory
from grafx_lab.plots.theme import Palette

_ARROW = 0.035
"""Length of an arrow as a share of the axis."""


def draw_curve(
    ax: Axes,
    surface: Landscape,
    trajectories: Sequence[Trajectory],
    truth: Sequence[float] | None,
    field: GradientField | None,
    basins: Basins | None,
    minima: Sequence[Minimum],
    palette: Palette,
) -> None:
    """Draw the curve, and on it the ways, arrows, basins and minima that there are."""
    values, losses = surface.values[0].numpy(), surface.losses.numpy()
    floor = min(0.0, float(np.nanmin(losses)))
    reached = losses if basins is None else np.where(basins.labels.numpy() == 0, losses, np.nan)
    ax.fill_between(values, floor, losses, color=palette.source, alpha=0.1, linewidth=0)
    ax.fill_between(values, floor, reached, color=palette.fitted, alpha=0.16, linewidth=0)
    ax.plot(values, losses, **palette.line_of("fitted"))
    _draw_holes(ax, values, losses, palette)
    for way in trajectories:
        draw_way_along(ax, surface, way, palette)
    if field is not None:
        _draw_arrows(ax, field, palette)
    if truth is not None:
        ax.axvline(truth[0], **palette.line_of("target"))
        ax.annotate(
            "target", (truth[0], 1), xycoords=("data", "axes fraction"), xytext=(5, -9), textcoords="offset points",
            color=palette.target, fontsize=10, fontweight="bold",
        )  # fmt: skip
    here = _heights(surface, surface.point)
    ax.plot(surface.point, here, "o", color=palette.fitted, markersize=9, markeredgecolor=palette.surface, zorder=5)
    for rank, low in enumerate(minima or (surface.minimum,)):
        face = palette.ink if rank == 0 else palette.surface
        ax.plot(
            low.values, [low.loss], "v", color=face, markeredgecolor=palette.ink, markersize=7, zorder=5, clip_on=False
        )
    ax.set_ylim(bottom=floor)


def draw_way_along(ax: Axes, surface: Landscape, way: Trajectory, palette: Palette) -> list[Artist]:
    """Draw the way of a fit as points on the curve, the last one larger."""
    steps = way.values[:, 0].tolist()
    heights = _heights(surface, steps)
    return [
        *ax.plot(steps, heights, ".", color=palette.ink, markersize=4, alpha=0.5),
        *ax.plot(steps[-1:], heights[-1:], "o", color=palette.ink, markersize=6, markeredgecolor=palette.surface),
    ]


def _heights(surface: Landscape, values: Sequence[float]) -> np.ndarray:
    """Where the drawn curve is at some values: its pieces are straight in the picture, so by position."""
    places = [surface.axes[0].position(value) for value in values]
    return np.interp(places, surface.positions[0].numpy(), surface.losses.numpy())


def _draw_holes(ax: Axes, values: np.ndarray, losses: np.ndarray, palette: Palette) -> None:
    ax.fill_between(
        values, 0, 1, where=~np.isfinite(losses), transform=ax.get_xaxis_transform(), facecolor="none",
        edgecolor=palette.control, hatch="////", linewidth=0, alpha=0.6, step="mid",
    )  # fmt: skip


def _draw_arrows(ax: Axes, field: GradientField, palette: Palette) -> None:
    """Purple arrows in the direction of descent, a little above the curve."""
    axis, pushes = field.axes[0], -np.sign(field.gradients[:, 0].numpy())
    losses = field.losses.numpy()
    lifted = losses + 0.04 * (np.nanmax(losses) - np.nanmin(losses))
    for position, height, push in zip(field.positions[0].tolist(), lifted, pushes, strict=True):
        if np.isfinite(height) and push:
            ends = [(axis.at(position + side * push * _ARROW / 2), height) for side in (-1, 1)]
            ax.annotate(
                "", ends[1], ends[0], arrowprops={"arrowstyle": "->", "color": palette.gradient, "linewidth": 1.3}
            )
    first = next((i for i in range(len(pushes)) if np.isfinite(lifted[i]) and pushes[i]), None)
    if first is not None:
        place = axis.at(field.positions[0][first].item())
        ax.annotate(
            "descent", (place, lifted[first]), xytext=(-4, 7), textcoords="offset points", color=palette.gradient,
            fontsize=10, fontweight="bold",
        )  # fmt: skip
