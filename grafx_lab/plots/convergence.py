"""A fit as it converges, step by step: the signal against its target, the loss, the controls on their way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from grafx_lab.fitting import History
from grafx_lab.plots.animation import overlaid
from grafx_lab.plots.fit import plot_controls, plot_losses
from grafx_lab.plots.picture import plot_picture
from grafx_lab.plots.theme import LIGHT, MONO, Palette, themed

SIZE = (9.6, 5.4)
FUTURE = 0.86
"""How far what is still to come is covered."""


def convergence_frames(
    history: History,
    pictures: Mapping[int, Mapping[str, Any]],
    *,
    truth: Mapping[str, float] | None = None,
    palette: Palette = LIGHT,
) -> Iterator[Image.Image]:
    """One frame a step, drawn when it is asked for.

    Args:
        history: of the fit.
        pictures: the steps to show, each with the curves of its sound (the entry ``picture`` of the slice
            ``response``); all have the axes of the first.
        truth: controls in their units where they are known, by path; drawn as the target's dashes.
        palette: of the frames.
    """
    figure, places = _stage(history, next(iter(pictures.values())), truth or {}, palette)
    losses, last = history.losses, len(history) - 1

    def artists(step: int) -> list[Artist]:
        curves = {line["role"]: line for line in pictures[step]["lines"]}
        drawn: list[Artist] = []
        if "fitted" in curves:
            fitted = curves["fitted"]
            drawn += places["s"].plot(fitted["x"], fitted["y"], **palette.line_of("fitted"))
        for name in "lc":
            drawn.append(places[name].axvspan(step, max(last, step + 1e-6), color=palette.surface, alpha=FUTURE, lw=0))
            drawn.append(places[name].axvline(step, color=palette.ink, linewidth=1))
        drawn += places["l"].plot(step, losses[step], "o", color=palette.fitted, markeredgecolor=palette.surface)
        text = f"step {step} of {last}, loss {losses[step]:.3g}"
        drawn.append(places["s"].text(
            1, 1.03, text, transform=places["s"].transAxes, ha="right", va="bottom", color=palette.fitted, fontsize=10,
            fontfamily=MONO,
        ))  # fmt: skip
        return drawn

    return overlaid(figure, map(artists, pictures))


def _stage(
    history: History, picture: Mapping[str, Any], truth: Mapping[str, float], palette: Palette
) -> tuple[Figure, dict[str, Axes]]:
    """What stands still: axes, source and target, the whole loss and the whole ways of the controls."""
    with themed(palette):
        # Not pyplot's: it is drawn on a thread of its own.
        figure = Figure(figsize=SIZE, layout="constrained")
        places = figure.subplot_mosaic("ss\nlc", gridspec_kw={"height_ratios": (1.15, 1)})
    still: Sequence[Mapping[str, Any]] = [line for line in picture["lines"] if line["role"] != "fitted"]
    plot_picture({**picture, "lines": still}, ax=places["s"], palette=palette)
    plot_losses(history, ax=places["l"], palette=palette)
    plot_controls(history, tuple(truth) or None, truth=truth, ax=places["c"], palette=palette)
    for name in "lc":
        # What covers the future must not stretch the axes.
        places[name].set(xlim=places[name].get_xlim(), ylim=places[name].get_ylim())
    return figure, places
