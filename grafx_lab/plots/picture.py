"""A picture of the slice ``response``: measured curves, or images one above the other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from grafx_lab.plots.theme import LIGHT, Palette, axes_for, themed


def plot_picture(picture: Mapping[str, Any], *, ax: Axes | None = None, palette: Palette = LIGHT) -> Axes:
    """Draw a picture of the GUI protocol.

    Args:
        picture: the entry ``picture`` of the slice ``response``.
    """
    with themed(palette):
        ax = axes_for(ax, (5.2, 2.9))
        (_lines if picture["type"] == "lines" else _images)(ax, picture, palette)
        ax.set_title(picture["title"])
        ax.set_xlabel(picture["x_label"])
        ax.set_ylabel(picture["y_label"])
    return ax


def _lines(ax: Axes, picture: Mapping[str, Any], palette: Palette) -> None:
    ax.set_xscale(picture["x_scale"])
    if picture["zero"] is not None:
        ax.axhline(picture["zero"], color=palette.control, linewidth=0.8)
    if picture["diagonal"]:
        ax.axline((0, 0), slope=1, **palette.line_of("source"))
    for line in picture["lines"]:
        if picture["stems"]:
            ax.vlines(line["x"], picture["y_range"][0], line["y"], color=palette.line_of(line["role"])["color"])
        ax.plot(line["x"], line["y"], **palette.line_of(line["role"]))
    ax.set(xlim=picture["x_range"], ylim=picture["y_range"])
    for side in "xy":
        ticks = picture[f"{side}_ticks"]
        getattr(ax, f"set_{side}ticks")([place for place, _ in ticks], [text for _, text in ticks], minor=False)
    ax.minorticks_off()


def _images(ax: Axes, picture: Mapping[str, Any], palette: Palette) -> None:
    low, high = picture["range"]
    images = picture["images"]
    count = len(images)
    ax.grid(visible=False)
    for number, image in enumerate(images):
        values = np.reshape(image["values"], image["shape"])
        bottom = 1 - (number + 1) / count
        place = (*picture["x_range"], bottom + 0.01, bottom + 1 / count - 0.01)
        ax.imshow(values, origin="lower", aspect="auto", extent=place, vmin=low, vmax=high)
        color = palette.line_of(image["role"])["color"]
        ax.text(0.01, bottom + 1 / count - 0.04, image["role"], transform=ax.transAxes, va="top", color="white",
                fontsize=9, fontweight="bold", bbox={"facecolor": color, "edgecolor": "none", "pad": 2})  # fmt: skip
    ax.set(xlim=picture["x_range"], ylim=(0, 1), yticks=[])
