"""Spectrograms beside each other."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from grafx_lab.analysis import RANGE_DB, Spectrogram
from grafx_lab.plots.theme import LIGHT, MONO, Palette, axes_for, log_ticks, mosaic, themed


def plot_spectrogram(
    picture: Spectrogram,
    *,
    levels: tuple[float, float] | None = None,
    title: str = "Spectrogram",
    ax: Axes | None = None,
    palette: Palette = LIGHT,
) -> Axes:
    """Levels in colours, over time and logarithmic frequency.

    Args:
        levels: the lowest and the highest in dB; those of the picture by default.
        title: above it.
    """
    with themed(palette):
        ax = axes_for(ax, (6.2, 3.2))
        low, high = levels or (float(picture.levels.min()), float(picture.levels.max()))
        ax.grid(visible=False)
        times, drawn = picture.times, picture.levels
        if len(times) == 1:  # one frame has no width of its own
            times, drawn = np.array([0.0, 2 * times[0] or 1e-3]), np.repeat(drawn, 2, axis=1)
        mesh = ax.pcolormesh(times, picture.frequencies, drawn, cmap="viridis", vmin=low, vmax=high, rasterized=True)
        ax.set_yscale("log")
        ax.set_ylim(picture.frequencies[0], picture.frequencies[-1])
        log_ticks(ax.yaxis, *ax.get_ylim())
        ax.set_title(title)
        ax.set_xlabel("time, s")
        bar = ax.figure.colorbar(mesh, ax=ax, aspect=30, pad=0.02, fraction=0.04)
        bar.ax.tick_params(labelfontfamily=MONO, length=0)
        bar.ax.set_title("dB", loc="left", fontweight="normal")
        bar.outline.set_visible(False)  # type: ignore[operator]
    return ax


def plot_spectrograms(pictures: Mapping[str, Spectrogram], *, palette: Palette = LIGHT) -> tuple[Axes, ...]:
    """Several below each other with the same colours for the same levels, such as before, after and target."""
    letters = [chr(ord("a") + number) for number in range(len(pictures))]
    _, places = mosaic("\n".join(letters), (7.2, 2.2 * len(pictures)), palette)
    high = max(float(picture.levels.max()) for picture in pictures.values())
    # Silence must not spread the colours so far that nothing is seen of the others.
    low = max(high - RANGE_DB, min(float(picture.levels.min()) for picture in pictures.values()))
    for letter, (title, picture) in zip(letters, pictures.items(), strict=True):
        ax = plot_spectrogram(picture, levels=(low, high), title=title, ax=places[letter], palette=palette)
        ax.set_xlabel("time, s" if letter == letters[-1] else "")
    return tuple(places[letter] for letter in letters)
