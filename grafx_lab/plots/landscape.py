"""A loss landscape over one or two controls."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from torch import Tensor

from grafx_lab.landscapes import Landscape
from grafx_lab.plots.theme import LIGHT, Palette, axes_for, themed

_CONTOURS = 11
_FLOOR = 0.05
"""Share of the range of losses that is added before the logarithm: how deep the valleys look."""


def plot_landscape(
    surface: Landscape,
    *,
    trajectories: Sequence[Tensor] = (),
    truth: Sequence[float] | None = None,
    ax: Axes | None = None,
    palette: Palette = LIGHT,
) -> Axes:
    """Draw a landscape: a curve over one control, colours and contours over two. Dark is low loss.

    The blue point is where the objective's patch stands, the triangle the minimum.

    Args:
        trajectories: ways of fits, controls in their units ``(steps, axes)`` each (:func:`landscapes.trajectory`).
        truth: the controls that made the target, where they are known.
    """
    with themed(palette):
        ax = axes_for(ax, (5.2, 2.9) if len(surface.axes) == 1 else (5.6, 4.6))
        draw = _curve if len(surface.axes) == 1 else _heat
        draw(ax, surface, [way.numpy() for way in trajectories], truth, palette)
        for axis, side in zip(surface.axes, ("x", "y"), strict=False):
            getattr(ax, f"set_{side}scale")(axis.scale)
            getattr(ax, f"set_{side}lim")(axis.low, axis.high)
            getattr(ax, f"set_{side}label")(", ".join(filter(None, [axis.label.lower(), axis.unit])))
        ax.set_title(surface.loss_label)
    return ax


def _curve(
    ax: Axes, surface: Landscape, ways: list[np.ndarray], truth: Sequence[float] | None, palette: Palette
) -> None:
    values, losses = surface.values[0].numpy(), surface.losses.numpy()
    ax.fill_between(values, losses, color=palette.fitted, alpha=0.1, linewidth=0)
    ax.plot(values, losses, **palette.line_of("fitted"))
    for way in ways:
        heights = np.interp(way[:, 0], values, losses)
        ax.plot(way[:, 0], heights, ".", color=palette.ink, markersize=4, alpha=0.5)
    if truth is not None:
        ax.axvline(truth[0], **palette.line_of("target"))
        ax.annotate(
            "target", (truth[0], 1), xycoords=("data", "axes fraction"), xytext=(5, -9), textcoords="offset points",
            color=palette.target, fontsize=10, fontweight="bold",
        )  # fmt: skip
    here = float(np.interp(surface.point[0], values, losses))
    ax.plot(surface.point, [here], "o", color=palette.fitted, markersize=9, markeredgecolor=palette.surface, zorder=5)
    low = surface.minimum
    ax.plot(low.values, [low.loss], "v", color=palette.ink, markersize=7, zorder=5, clip_on=False)
    ax.set_ylim(bottom=min(0.0, float(np.nanmin(losses))))


def _heat(
    ax: Axes, surface: Landscape, ways: list[np.ndarray], truth: Sequence[float] | None, palette: Palette
) -> None:
    x, y = (values.numpy() for values in surface.values)
    losses = surface.losses.numpy().T
    spread = float(np.nanmax(losses) - np.nanmin(losses)) or 1.0
    floor = _FLOOR * spread
    shade = np.log(losses - np.nanmin(losses) + floor)
    ax.grid(visible=False)
    ax.pcolormesh(x, y, shade, shading="gouraud", cmap="viridis", rasterized=True)
    ax.contour(x, y, shade, levels=_CONTOURS, colors="white", linewidths=0.8, alpha=0.26, linestyles="solid")
    styles = zip((palette.opt_1, palette.opt_2, palette.opt_3), "os^", ("-", (0, (7, 4)), (0, (2, 2))), strict=True)
    for way, (color, marker, dashes) in zip(ways, list(styles) * (1 + len(ways) // 3), strict=False):
        cased = [Stroke(linewidth=4.5, foreground=palette.casing), Normal()]
        ax.plot(way[:, 0], way[:, 1], color=color, linewidth=2, linestyle=dashes, path_effects=cased)
        ax.plot(*way[-1], marker, color=color, markersize=8, markeredgecolor=palette.casing[:7])
    if truth is not None:
        ax.plot(*truth, "P", markersize=13, color="#FF9A4D", markeredgecolor=palette.casing[:7])
    ax.plot(*surface.point, "o", color=palette.fitted, markersize=9, markeredgecolor="white", zorder=5)
    ax.plot(*surface.minimum.values, "v", color="white", markersize=8, markeredgecolor=palette.casing[:7])
