"""What processors do to sines, levels and impulses."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from grafx_lab.analysis import Curve, Decay, Impulse, Response
from grafx_lab.plots.theme import LIGHT, Palette, axes_for, end_label, log_ticks, themed

_ROLES = ("source", "target", "fitted")
"""Drawn in this order: target before fitted."""

_TOWERING = 8
"""A sample this many times higher than all others, such as the dry sound, would make them invisible."""

_QUANTITIES = {"magnitude": ("Frequency response", "dB"), "phase": ("Phase", "°"), "group_delay": ("Group delay", "ms")}


def plot_response(
    fitted: Response,
    *,
    target: Response | None = None,
    source: Response | None = None,
    quantity: Literal["magnitude", "phase", "group_delay"] = "magnitude",
    ax: Axes | None = None,
    palette: Palette = LIGHT,
) -> Axes:
    """A frequency response, over those that it is compared with; what they differ by in magnitude is shaded.

    Args:
        fitted: the response.
        target: what it approaches.
        source: what it began as.
        quantity: magnitude in dB, phase in degrees or group delay in ms.
    """
    title, unit = _QUANTITIES[quantity]
    with themed(palette):
        ax = axes_for(ax, (6.2, 3.2))
        ax.axhline(0, color=palette.control, linewidth=0.8)
        if target is not None and quantity == "magnitude":
            goal = np.interp(fitted.frequencies, target.frequencies, target.magnitude)
            ax.fill_between(fitted.frequencies, goal, fitted.magnitude, color=palette.gradient, alpha=0.11, linewidth=0)
        for role, curve in zip(_ROLES, (source, target, fitted), strict=True):
            if curve is not None:
                ax.plot(curve.frequencies, getattr(curve, quantity), label=role, **palette.line_of(role))
        ax.set_xscale("log")
        ax.set_xlim(fitted.frequencies[0], fitted.frequencies[-1])
        log_ticks(ax.xaxis, *ax.get_xlim())
        ax.set_title(f"{title}, {unit}")
        ax.set_xlabel("Hz")
        if target is not None or source is not None:
            _legend(ax)
    return ax


def plot_static_curve(
    fitted: Curve, *, target: Curve | None = None, ax: Axes | None = None, palette: Palette = LIGHT
) -> Axes:
    """Output level over input level (:func:`~grafx_lab.analysis.static_curve`), with the line of equal levels."""
    with themed(palette):
        ax = axes_for(ax, (4.2, 4.0))
        ends = [float(fitted.x[0]), float(fitted.x[-1])]
        ax.plot(ends, ends, **palette.line_of("source"), label="unchanged")
        for role, curve in (("target", target), ("fitted", fitted)):
            if curve is not None:
                ax.plot(curve.x, curve.y, label=role, **palette.line_of(role))
        ax.set(xlim=ends, aspect="equal", xlabel="input level, dB", ylabel="output level, dB")
        ax.set_title("Static curve")
        ax.legend(loc="upper left", handlelength=2.6)
    return ax


def plot_impulse(
    fitted: Impulse, *, target: Impulse | None = None, ax: Axes | None = None, palette: Palette = LIGHT
) -> Axes:
    """The first channel of impulse responses."""
    with themed(palette):
        ax = axes_for(ax, (6.2, 2.8))
        ax.axhline(0, color=palette.control, linewidth=0.8)
        longest = max(impulse.samples.shape[-1] / impulse.sample_rate for impulse in (fitted, target) if impulse)
        unit, factor = ("ms", 1e3) if longest < 1 else ("s", 1.0)
        for role, impulse in (("target", target), ("fitted", fitted)):
            if impulse is not None:
                times = np.arange(impulse.samples.shape[-1]) * factor / impulse.sample_rate
                (line,) = ax.plot(times, impulse.samples[0].numpy(), label=role, **palette.line_of(role))
                line.set_linewidth(1.3)
        ax.margins(x=0)
        ax.set_title("Impulse response")
        ax.set_xlabel(f"time, {unit}")
        two = fitted.samples[0].abs().sort(descending=True).values[:2].tolist()
        if len(two) == 2 and two[0] > _TOWERING * two[1] > 0:
            ax.set_ylim(-1.6 * two[1], 1.6 * two[1])
            ax.set_xlabel(f"{ax.get_xlabel()}\nThe highest sample, {two[0]:.2f}, leaves the picture.")
        if target is not None:
            _legend(ax)
    return ax


def plot_decay(decays: Sequence[Decay], *, ax: Axes | None = None, palette: Palette = LIGHT) -> Axes:
    """Energy decay curves, the first as fitted and the second as target; each says its reverberation time."""
    with themed(palette):
        ax = axes_for(ax, (6.2, 3.0))
        for role, decay in reversed(list(zip(("fitted", "target"), decays, strict=False))):
            ax.plot(decay.times, decay.levels, label=role, **palette.line_of(role))
            if np.isfinite(decay.reverberation_time):
                place = int(np.argmax(decay.levels < -30)) or len(decay.levels) - 1
                text = f"{decay.reverberation_time:.2f} s"
                end_label(ax, decay.times[place], decay.levels[place], text, getattr(palette, role))
        ax.set_ylim(-72, 2)
        ax.margins(x=0)
        ax.set_title("Energy decay, dB")
        ax.set_xlabel("time, s")
        if len(decays) > 1:
            _legend(ax)
    return ax


def _legend(ax: Axes) -> None:
    ax.legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 1), handlelength=2.6, borderpad=0.2)
