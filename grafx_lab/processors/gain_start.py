"""Starts for dynamics: a regression of frame gains on levels, over a small grid of times."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.sliders import Sliders

FRAME = 0.005
"""Seconds of a frame."""

PLACES = 10
"""Of the threshold's slider; other sliders of a curve are tried at half as many."""

STEADY = 0.01
"""Standard deviation of the gain in nepers below which it is a constant."""

EXPLAINED = 0.1
"""Share of the variance of the gains that a curve has to explain to be more than a constant."""


def gain_start(
    sliders: Sliders,
    specs: dict[str, ParameterSpec],
    levels: Iterable[tuple[Any, Tensor]],
    curve: Callable[[Tensor, dict[str, Tensor]], Tensor],
    gain: Tensor,
    weight: Tensor,
) -> tuple[Any, dict[str, Any]] | None:
    """The time and the curve that explain frame gains best, up to a constant gain; ``None`` where none does.

    Args:
        sliders: of the parameters of ``specs``.
        specs: of the static curve, each with one entry.
        levels: for each time that is tried, the level in frames, ``(1, frames)``.
        curve: levels and raw parameters → log gains ``(batch, frames)``.
        gain: log gains ``(frames,)``.
        weight: of the frames ``(frames,)``.

    Returns:
        the time, and the raw parameters of ``specs``.
    """
    counts = [PLACES if name == "log_threshold" else PLACES // 2 for name in specs]
    grids = [torch.linspace(0.05, 0.95, count, dtype=torch.float64).tolist() for count in counts]
    grid = torch.tensor(list(product(*grids)), dtype=torch.float64)
    wanted = _centred(gain[None], weight)

    def misses(level: Tensor, positions: Tensor) -> Tensor:
        return _centred(curve(level, sliders.raw(positions)), weight) - wanted

    best: tuple[float, Any, Tensor, Tensor] | None = None
    for time, level in levels:
        errors = misses(level, grid).square().sum(-1)
        place = int(errors.argmin())
        if best is None or float(errors[place]) < best[0]:
            best = float(errors[place]), time, level, grid[place]
    variance = float(wanted.square().sum())
    constant = variance < STEADY**2 * float(weight.sum())
    if best is None or constant or best[0] > (1 - EXPLAINED) * variance:
        return None
    _, time, level, start = best
    return time, sliders.single(dsp.levenberg_marquardt(lambda positions: misses(level, positions), start, steps=10))


def _centred(gain: Tensor, weight: Tensor) -> Tensor:
    """Gains ``(batch, frames)`` without their mean, weighted."""
    mean = (gain * weight).sum(-1, keepdim=True) / weight.sum().clamp_min(1e-9)
    return weight.sqrt() * (gain - mean)
