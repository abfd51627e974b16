"""The controls of a patch as sliders."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from grafx_lab.plots.theme import LIGHT, MONO, Palette, themed

_ROW = 0.24
"""Inches that a slider takes."""

_MOST = 14
"""Sliders of a node; those that stand farthest from their default are drawn."""


def plot_sliders(
    nodes: Sequence[Mapping[str, Any]], pushes: Mapping[str, float], *, palette: Palette = LIGHT
) -> Figure:
    """Draw every node's sliders: the tick is the default, the triangle the target, the arrow where descent pushes.

    Args:
        nodes: as the slice ``patch`` of the GUI protocol has them.
        pushes: −1…1 by the path of a control.
    """
    rows = {node["name"]: _farthest(node) for node in nodes if node["groups"]}
    counts = [max(1, len(controls)) for controls in rows.values()] or [1]
    with themed(palette):
        size = (7.2, 0.3 + sum(_ROW * count + 0.36 for count in counts))
        figure = plt.figure(figsize=size, layout="constrained")
        plt.close(figure)
        axes = figure.subplots(len(counts), 1, squeeze=False, height_ratios=[_ROW * count + 0.2 for count in counts])
        for ax, (name, controls) in zip(axes[:, 0], rows.items(), strict=False):
            _draw(ax, name, controls, pushes, palette)
    return figure


def _farthest(node: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Controls with their labels; of many those that have been moved most, in their order."""
    controls = [
        (f"{control['label']}, {group['label']}" if group["label"] else control["label"], control)
        for group in node["groups"]
        for control in group["controls"]
    ]
    moved = sorted(controls, key=lambda row: -abs(row[1]["position"] - row[1]["default_position"]))[:_MOST]
    return [row for row in controls if row in moved]


def _draw(
    ax: Axes, name: str, rows: list[tuple[str, Mapping[str, Any]]], pushes: Mapping[str, float], palette: Palette
) -> None:
    ax.set_title(name)
    ax.set(xlim=(-0.42, 1.24), ylim=(len(rows) - 0.4, -0.6))
    ax.axis("off")
    for y, (label, control) in enumerate(rows):
        place, default = (min(1.0, max(0.0, control[key])) for key in ("position", "default_position"))
        ax.plot([0, 1], [y, y], color=palette.line, linewidth=2)
        ax.plot([default, place], [y, y], color=palette.ink, linewidth=2)
        ax.plot([default, default], [y - 0.2, y + 0.2], color=palette.control, linewidth=1)
        if control["target_position"] is not None:
            ax.plot(control["target_position"], y - 0.28, "v", color=palette.target, markersize=5, clip_on=False)
        push = pushes.get(control["path"], 0.0)
        if abs(push) > 0.02:
            ax.annotate(
                "", (place + 0.12 * push + (0.03 if push > 0 else -0.03), y), (place, y),
                arrowprops={"arrowstyle": "->", "color": palette.gradient, "linewidth": 2}, annotation_clip=False,
            )  # fmt: skip
        shape = "s" if control["frozen"] else "o"
        ax.plot(place, y, shape, color=palette.surface, markeredgecolor=palette.ink, markersize=7, markeredgewidth=1.8)
        ax.text(-0.42, y, label, va="center", fontsize=9)
        ax.text(1.24, y, control["text"], va="center", ha="right", fontsize=9, family=MONO)
