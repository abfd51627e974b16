"""Waveforms over each other."""

import torch
from matplotlib.axes import Axes
from torch import Tensor

from grafx_lab.analysis import Residual
from grafx_lab.plots.theme import LIGHT, Palette, axes_for, themed

_ROLES = ("source", "target", "fitted")
"""Drawn in this order: target before fitted."""


def plot_waveforms(
    sample_rate: float,
    *,
    source: Tensor | None = None,
    target: Tensor | None = None,
    fitted: Tensor | None = None,
    start: float = 0.0,
    seconds: float | None = None,
    ax: Axes | None = None,
    palette: Palette = LIGHT,
) -> Axes:
    """Draw source, fitted and target in the strokes that mean them.

    Args:
        sample_rate: of all three, in Hz.
        source: samples ``(time,)``, or ``(channel, time)`` of which the first channel is drawn; so are the others.
        start: where the drawn stretch begins, in seconds.
        seconds: how long it is; to the end by default.
    """
    first = round(start * sample_rate)
    last = None if seconds is None else first + round(seconds * sample_rate)
    unit, factor = ("ms", 1e3) if seconds is not None and seconds < 1 else ("s", 1.0)
    with themed(palette):
        ax = axes_for(ax, (7.2, 2.4))
        ax.axhline(0, color=palette.control, linewidth=0.8, alpha=0.8)
        for role, signal in zip(_ROLES, (source, target, fitted), strict=True):
            if signal is None:
                continue
            samples = signal.detach().cpu().reshape(-1, signal.shape[-1])[0, first:last]
            times = [(first + i) * factor / sample_rate for i in range(len(samples))]
            ax.plot(times, samples.numpy(), label=role, **palette.line_of(role))
        ax.margins(x=0)
        ax.set_xlabel(f"time, {unit}")
        ax.legend(loc="upper right", ncols=3, bbox_to_anchor=(1, 1.18), handlelength=2.6, borderpad=0)
    return ax


def plot_residual(rest: Residual, *, ax: Axes | None = None, palette: Palette = LIGHT) -> Axes:
    """What the target has and the fit has not (first channel), over the faint target; says how much quieter it is."""
    times = torch.arange(rest.samples.shape[-1]) / rest.sample_rate
    with themed(palette):
        ax = axes_for(ax, (7.2, 2.4))
        ax.plot(times, rest.target[0], **palette.line_of("target") | {"linewidth": 0.8, "linestyle": "-", "alpha": 0.4})
        ax.plot(times, rest.samples[0], color=palette.fitted, linewidth=1.0)
        ax.axhline(0, color=palette.control, linewidth=0.8, alpha=0.8)
        ax.margins(x=0)
        ax.set_title("Residual")
        ax.set_xlabel(f"time, s\n{_how_much(rest)}")
    return ax


def _how_much(rest: Residual) -> str:
    if not rest.samples.any():
        return "The fit lacks nothing."
    if not rest.target.any():
        return "The target is silent, and the fit is not."
    side = "below" if rest.level <= 0 else "above"
    return f"What the fit lacks is {abs(rest.level):.1f} dB {side} the target."
