"""A landscape over two axes, as colours and contours."""

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import NullLocator

from grafx_lab.landscapes import Basins, GradientField, Landscape, Minimum, Trajectory
from grafx_lab.plots.theme import DARK, LABEL, MONO, Palette

_CONTOURS = 11
_FLOOR = 0.05
"""Share of the range of losses that is added before the logarithm: how deep the valleys look."""

_NEAR, _FAR = 0.01, 0.5
"""Distances off the plane, in lengths of sliders, at which a way is drawn thickest and thinnest."""

_FADED = "#8B897F"


def draw_relief(
    ax: Axes,
    surface: Landscape,
    trajectories: Sequence[Trajectory],
    truth: Sequence[float] | None,
    field: GradientField | None,
    basins: Basins | None,
    minima: Sequence[Minimum],
    palette: Palette,
) -> None:
    """Draw the colours, and on them the basins, arrows, ways and minima that there are."""
    ax.grid(visible=False)
    _draw_colours(ax, surface, palette)
    if basins is not None:
        _draw_basins(ax, basins)
    if field is not None:
        _draw_arrows(ax, field, palette)
    for way, (color, marker) in zip(trajectories, _styles(palette), strict=False):
        draw_way(ax, way, color, marker, palette)
    if truth is not None:
        # Viridis is dark and light at once: marks on it look alike in both themes.
        ax.plot(truth[0], truth[1], "P", markersize=13, color=DARK.target, markeredgecolor=palette.casing[:7], zorder=6)
        _label(ax, truth, "target", DARK.target, palette)
    ax.plot(*surface.point, "o", color=palette.fitted, markersize=9, markeredgecolor="white", zorder=5)
    for rank, low in enumerate(minima or (surface.minimum,)):
        face, rim = ("white", palette.casing[:7]) if rank == 0 else ("none", "white")
        x, y = low.values
        ax.plot(x, y, "v", color=face, markeredgecolor=rim, markersize=8 if rank == 0 else 6, zorder=5, clip_on=False)


def _draw_colours(ax: Axes, surface: Landscape, palette: Palette) -> None:
    x, y = (values.numpy() for values in surface.values)
    losses = surface.losses.numpy().T
    low, high = float(np.nanmin(losses)), float(np.nanmax(losses))
    floor = _FLOOR * (high - low or 1.0)
    shade = np.log(losses - low + floor)
    if surface.holes:
        ax.patch.set(facecolor=palette.sunken, hatch="////", edgecolor=palette.control)
        mesh = ax.pcolormesh(x, y, shade, shading="nearest", cmap="viridis", rasterized=True)
    else:
        mesh = ax.pcolormesh(x, y, shade, shading="gouraud", cmap="viridis", rasterized=True)
    if high > low:
        ax.contour(x, y, shade, levels=_CONTOURS, colors="white", linewidths=0.8, alpha=0.26, linestyles="solid")
    for axis, side in zip(surface.axes, (ax.set_xlim, ax.set_ylim), strict=True):
        side(axis.low, axis.high)  # cells around the outermost points reach further
    bar = ax.figure.colorbar(mesh, ax=ax, aspect=34, pad=0.02, fraction=0.05)
    marked = np.exp(np.linspace(np.log(floor), np.log(high - low + floor), 5)) - floor if high > low else np.zeros(1)
    marked[0] = 0.0  # not what rounding has left of it
    bar.set_ticks(np.log(marked + floor).tolist(), labels=_told_apart(marked + low))
    bar.ax.tick_params(labelfontfamily=MONO, length=0)
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.outline.set_visible(False)  # type: ignore[operator]


def _told_apart(losses: np.ndarray) -> list[str]:
    """Numbers with as many digits as it takes for no two to look alike."""
    for digits in range(3, 9):
        texts = [f"{loss:.{digits}g}" for loss in losses]
        if len(set(texts)) == len(texts):
            break
    return texts


def _draw_basins(ax: Axes, basins: Basins) -> None:
    """Fade what does not lead to the lowest minimum."""
    x, y = (values.numpy() for values in basins.surface.values)
    labels = basins.labels.numpy().T
    if labels.max() <= 0:
        return
    lost = (labels > 0).astype(float)
    ax.contourf(x, y, lost, levels=[0.5, 1.5], colors=[_FADED], alpha=0.55)
    ax.contour(x, y, lost, levels=[0.5], colors="white", linewidths=1.6)


def _draw_arrows(ax: Axes, field: GradientField, palette: Palette) -> None:
    """White arrows of one length; only their direction counts. None where no gradient arrives."""
    x, y = np.meshgrid(*(values.numpy() for values in field.values), indexing="ij")
    box = ax.get_window_extent()
    # Descent is seen in positions, which the picture stretches to its width and height.
    push = -field.gradients.numpy() * [box.width, box.height]
    length = np.linalg.norm(push, axis=-1)
    shown = np.isfinite(length) & (length > 0)
    u, v = (push[shown] / length[shown, None]).T
    ax.quiver(
        x[shown], y[shown], u, v, angles="uv", pivot="mid", scale=1.6 * len(x), width=0.0042, headwidth=4.2,
        headlength=4.2, headaxislength=3.8, color="white", edgecolor=palette.casing, linewidth=0.5, zorder=3,
    )  # fmt: skip


def draw_way(ax: Axes, way: Trajectory, color: str, marker: str, palette: Palette) -> list[Artist]:
    """Draw the way of a fit, thinner where it lies far off the plane, and say how far off it ends."""
    steps = way.values.numpy()
    depth = np.clip((way.off_plane.numpy() - _NEAR) / (_FAR - _NEAR), 0, 1)
    widths = 2.6 - 1.8 * (depth[1:] + depth[:-1]) / 2
    pieces = list(np.stack([steps[:-1], steps[1:]], axis=1))
    artists: list[Artist] = [
        ax.add_collection(
            LineCollection(pieces, linewidths=widths + extra, colors=[to_rgba(ink)], capstyle="round", zorder=4)
        )
        for extra, ink in ((2.4, palette.casing), (0.0, color))
    ]
    casing = palette.casing[:7]
    artists += ax.plot(*steps[0], "o", color=casing, markersize=5, markeredgecolor=color, zorder=5)
    artists += ax.plot(*steps[-1], marker, color=color, markersize=8, markeredgecolor=casing, zorder=5)
    if (distance := float(way.off_plane[-1])) > _NEAR:
        artists.append(_label(ax, steps[-1], f"{distance:.2f} off", color, palette))
    return artists


def _styles(palette: Palette) -> Iterator[tuple[str, str]]:
    while True:
        yield from zip((palette.opt_1, palette.opt_2, palette.opt_3), "os^", strict=True)


def _label(ax: Axes, place: Sequence[float], text: str, color: str, palette: Palette) -> Artist:
    cased = [Stroke(linewidth=3, foreground=palette.casing), Normal()]
    right = ax.transAxes.inverted().transform(ax.transData.transform(place))[0] > 0.8
    return ax.annotate(
        text, (place[0], place[1]), xytext=(-9 if right else 9, 6), textcoords="offset points", color=color,
        fontsize=LABEL, ha="right" if right else "left", fontweight="bold", path_effects=cased, zorder=6,
    )  # fmt: skip
