"""The look of the house for Matplotlib; its colours are those of ``frontend/src/style/tokens.css``.

Matplotlib reads no woff2, so three weights of the web fonts were made static (fontTools' instancer) and lie beside.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis as MatplotlibAxis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

FONTS = Path(__file__).parent / "fonts"
SANS, MONO = ["Geist", "DejaVu Sans"], ["Geist Mono", "DejaVu Sans Mono"]
"""Geist lacks → ≤ ≥ Δ √ σ ∞; the second family has them."""

TITLE, LABEL, TICK = 11.5, 10, 9.5


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; names are those of the tokens, with ``_`` for ``-``."""

    page: str
    surface: str
    sunken: str
    line: str
    control: str
    ink: str
    ink_2: str
    ink_3: str
    source: str
    fitted: str
    target: str
    gradient: str
    fam_eq: str
    fam_dynamics: str
    fam_nonlinear: str
    fam_delay: str
    fam_reverb: str
    fam_stereo: str
    fam_synth: str
    fam_routing: str
    fam_container: str
    opt_1: str = "#FFFFFF"
    opt_2: str = "#FFD24D"
    opt_3: str = "#F5A8DC"
    casing: str = "#0B0D10CC"

    def line_of(self, role: str) -> dict[str, Any]:
        """How a line of ``"source"``, ``"fitted"`` or ``"target"`` is drawn: never by hue alone."""
        dashes = {"source": (0, (1, 2)), "fitted": "-", "target": (0, (6, 4))}
        widths = {"source": 1.5, "fitted": 2.25, "target": 2.0}
        return {"color": getattr(self, role), "linestyle": dashes[role], "linewidth": widths[role]}


LIGHT = Palette(
    page="#F6F5F1", surface="#FFFFFF", sunken="#EFEEE9", line="#E1DFD8", control="#85888F",
    ink="#17191E", ink_2="#4A4F59", ink_3="#666C77",
    source="#6B6F78", fitted="#0068A6", target="#B74A00", gradient="#A6357F",
    fam_eq="#07503F", fam_dynamics="#4A35C4", fam_nonlinear="#B0304F", fam_delay="#5C4708", fam_reverb="#7C2F98",
    fam_stereo="#2B7A30", fam_synth="#965000", fam_routing="#5C636E", fam_container="#1F232A",
)  # fmt: skip
DARK = Palette(
    page="#101216", surface="#181B20", sunken="#0B0D10", line="#2A2E36", control="#6F7683",
    ink="#ECEEF1", ink_2="#B4BAC4", ink_3="#8B929E",
    source="#9CA3AE", fitted="#5DB9F0", target="#FF9A4D", gradient="#E58CC4",
    fam_eq="#22AE8A", fam_dynamics="#8F8BFB", fam_nonlinear="#F9B0A5", fam_delay="#C4873A", fam_reverb="#D095E2",
    fam_stereo="#86E274", fam_synth="#EFDF93", fam_routing="#A2A9B5", fam_container="#E6E9ED",
)  # fmt: skip


@contextmanager
def themed(palette: Palette = LIGHT) -> Iterator[Palette]:
    """Within it, figures that are made have the look of the house."""
    _load_fonts()
    with mpl.rc_context(_settings(palette)):
        yield palette


def axes_for(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The given axes, or those of a new figure of ``size`` inches that pyplot does not keep; with numbers in mono."""
    if ax is None:
        figure = plt.figure(figsize=size, layout="constrained")
        plt.close(figure)  # the caller shows it; a notebook must not show it twice
        ax = figure.subplots()
    ax.tick_params(labelfontfamily=MONO)
    return ax


def mosaic(layout: str, size: tuple[float, float], palette: Palette = LIGHT) -> tuple[Figure, dict[str, Axes]]:
    """A new figure of ``size`` inches with axes by letter, as :meth:`Figure.subplot_mosaic` lays them out."""
    with themed(palette):
        figure = plt.figure(figsize=size, layout="constrained")
        plt.close(figure)
        return figure, figure.subplot_mosaic(layout)


def end_label(ax: Axes, x: float, y: float, text: str, color: str, lift: float = 0.0) -> None:
    """A label at the end of a line, ``lift`` points above it."""
    ax.annotate(
        text, (x, y), xytext=(6, lift), textcoords="offset points", va="center", color=color, fontsize=LABEL,
        fontweight="bold", annotation_clip=False,
    )  # fmt: skip


def end_labels(ax: Axes, x: float, ends: Sequence[tuple[float, str, str]]) -> None:
    """Labels at the ends ``(y, text, colour)`` of lines, moved apart where they would lie on each other."""
    order = sorted(ends)
    ax.autoscale_view()  # before it, the axes do not know what they will show
    point = 72 / ax.figure.dpi  # a pixel in points
    places = [ax.transData.transform((x, y))[1] * point for y, _, _ in order]
    box = ax.get_window_extent()
    gap = min(1.35 * LABEL, box.height * point / max(1, len(order)))
    spread = _apart(places, gap, box.y0 * point, box.y1 * point)
    for (y, text, color), place, height in zip(order, places, spread, strict=True):
        end_label(ax, x, y, text, color, height - place)


def _apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending places, moved as little as it takes to be ``gap`` apart and between ``low`` and ``high``.

    Groups that touch become one, which stays around the middle of where its members belong.
    """

    def bottom(group: Sequence[float]) -> float:
        reach = gap * (len(group) - 1)
        return max(low, min(high - reach, sum(group) / len(group) - reach / 2))

    groups: list[list[float]] = []
    for place in places:
        groups.append([place])
        while len(groups) > 1 and bottom(groups[-1]) - bottom(groups[-2]) < gap * len(groups[-2]):
            last = groups.pop()
            groups[-1] += last
    return [bottom(group) + gap * number for group in groups for number in range(len(group))]


def log_ticks(axis: MatplotlibAxis, low: float, high: float) -> None:
    """Numbers that people read along a logarithmic axis: 100, 1k, 10k, and what lies between where there is room."""
    decades = np.log10(high / low)
    axis.set_major_locator(LogLocator(subs=(1,) if decades > 2.2 else (1, 3) if decades > 1.4 else (1, 2, 5)))
    axis.set_major_formatter(lambda number, _: f"{number / 1000:g}k" if number >= 1000 else f"{number:g}")
    axis.set_minor_locator(NullLocator())


def _settings(palette: Palette) -> Any:
    return {
        "figure.facecolor": palette.page,
        "savefig.facecolor": palette.page,
        "axes.facecolor": palette.surface,
        "axes.edgecolor": palette.control,
        "axes.linewidth": 0.8,
        "axes.labelcolor": palette.ink_2,
        "axes.labelsize": LABEL,
        "axes.titlecolor": palette.ink_2,
        "axes.titlesize": TITLE,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "grid.color": palette.line,
        "grid.linewidth": 0.8,
        "text.color": palette.ink,
        "xtick.color": palette.ink_3,
        "ytick.color": palette.ink_3,
        "xtick.labelsize": TICK,
        "ytick.labelsize": TICK,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "font.family": SANS,
        "font.size": 11,
        "lines.linewidth": 2.25,
        "image.cmap": "viridis",
        "legend.frameon": False,
        "legend.fontsize": LABEL,
    }


def _load_fonts() -> None:
    fonts = font_manager.fontManager
    known = {entry.fname for entry in fonts.ttflist}
    for path in sorted(FONTS.glob("*.ttf")):
        if str(path) in known:
            continue
        fonts.addfont(path)
        if "SemiBold" in path.name:
            # The fallback family has no half weights: the semi-bold answers where bold is asked for.
            fonts.ttflist[-1] = replace(fonts.ttflist[-1], weight=700)
