"""The steps of a fit: its loss and its controls."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from grafx_lab.fitting import History
from grafx_lab.landscapes import Axis, trajectory
from grafx_lab.parameters import entries
from grafx_lab.paths import ControlPath, short_index
from grafx_lab.plots.naming import names_of
from grafx_lab.plots.theme import LIGHT, Palette, axes_for, end_label, end_labels, themed

_MOST_CURVES = 6
_DASHES = ("-", (0, (7, 3)), (0, (2, 2)), (0, (9, 3, 2, 3)), (0, (12, 4)), (0, (1, 3)))


def plot_losses(history: History, *, ax: Axes | None = None, palette: Palette = LIGHT) -> Axes:
    """The loss of every step, faint, and the best exact one so far, strong; logarithmic where all are above zero."""
    losses = np.asarray(history.losses, dtype=float)
    # A step that was rejected or judged by a coarser loss is not the best.
    usable = np.isfinite(losses) & history.exact
    best = np.minimum.accumulate(np.where(usable, losses, np.inf))
    best[np.isinf(best)] = np.nan
    finite = losses[np.isfinite(losses)]
    with themed(palette):
        ax = axes_for(ax, (5.2, 2.6))
        ax.plot(losses, color=palette.fitted, linewidth=1, alpha=0.4)
        ax.plot(best, **palette.line_of("fitted"))
        if len(finite) and finite.min() > 0:
            ax.set_yscale("log")
            few = finite.min() * 30 > finite.max()  # less than a decade and a half: label within it
            ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
            ax.yaxis.set_major_formatter("{x:g}")
            ax.yaxis.set_minor_formatter(NullFormatter())
        if usable.any():
            ax.plot(len(losses) - 1, best[-1], "o", color=palette.fitted, markeredgecolor=palette.surface)
            end_label(ax, len(losses) - 1, best[-1], f"best {best[-1]:.3g}", palette.fitted)
        ax.set_title("Loss")
        ax.set_xlabel("step")
    return ax


def plot_controls(
    history: History,
    paths: tuple[str, ...] | None = None,
    *,
    truth: Mapping[str, float] | None = None,
    ax: Axes | None = None,
    palette: Palette = LIGHT,
) -> Axes:
    """Controls by step: one control in its unit, several as positions on their sliders.

    Args:
        paths: which; by default those that moved farthest, at most six.
        truth: controls in their units where they are known, by path; drawn as the target's dashes.
    """
    axes = [Axis.of(history.patch, path) for path in paths or _farthest(history)]
    known = truth or {}
    steps = history.kept
    best = steps.index(history.best)
    with themed(palette):
        ax = axes_for(ax, (5.2, 2.6))
        ends: list[tuple[float, str, str]] = []
        for axis, name, dashes in zip(axes, names_of(axes), cycle(_DASHES), strict=False):
            values = trajectory(history, [axis]).values[:, 0].tolist()
            place = (lambda value: value) if len(axes) == 1 else axis.position
            color = palette.fitted if len(axes) == 1 else palette.ink_2
            if axis.path in known:
                ax.plot([steps[0], steps[-1]], [place(known[axis.path])] * 2, **palette.line_of("target"))
            ax.plot(steps, [place(value) for value in values], color=color, linestyle=dashes, linewidth=2)
            text = f"best {axis.format(values[best])}" if len(axes) == 1 else name
            ends.append((place(values[-1]), text, color))
        end_labels(ax, steps[-1], ends)
        one = axes[0] if len(axes) == 1 else None
        ax.set_title(", ".join(filter(None, [one.label, one.unit])) if one else "Controls, as slider position")
        ax.set_xlabel("step")
    return ax


def _farthest(history: History) -> list[str]:
    moved = {}
    for entry in history.layout.entries:
        if entry.spec.display != "slider":
            continue
        for index in entries(entry.spec):
            path = str(ControlPath(entry.node, entry.parameter, short_index(index, entry.spec.shape)))
            positions = history.positions(path)
            moved[path] = float(positions.max() - positions.min()) if len(positions) else 0.0
    return sorted(moved, key=lambda path: -moved[path])[:_MOST_CURVES]
