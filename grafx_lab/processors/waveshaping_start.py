"""Starts for distortions without memory: their controls by least squares on samples, whatever level the target has."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors.base import Processor
from grafx_lab.processors.sliders import Sliders

SAMPLES = 4096

DRIVES = (-18.0, 0.0, 12.0, 24.0, 36.0)
"""Decibels from which the drive is looked for, because too little of it has no slope towards much."""


def waveshaping_start(
    processor: Processor, signal: Tensor, target: Tensor, drive: str | None = "log_pre_gain"
) -> dict[str, Any]:
    """Raw parameters whose curve leads from the signal's samples to the target's, up to a factor.

    Args:
        processor: without memory.
        signal: ``(1, channel, time)``.
        target: ``(1, channel, time)``.
        drive: the parameter that is tried at several places first; ``None`` where there is none.
    """
    before, after = _loud_samples(signal, target)
    trials = DRIVES if drive in processor.specs else (0.0,)
    found = [_fitted(processor, before, after, {drive: level} if drive in processor.specs else {}) for level in trials]
    return min(found, key=lambda pair: pair[0])[1]


def _fitted(
    processor: Processor, before: Tensor, after: Tensor, controls: dict[str | None, float]
) -> tuple[float, dict[str, Any]]:
    begin = processor.raw_from_controls(**processor.neutral_controls() | {str(k): v for k, v in controls.items()})
    sliders = Sliders(processor.specs, begin)

    def residuals(positions: Tensor) -> Tensor:
        shaped = processor.run(before[None, None], **sliders.raw(positions)).signals[0][:, 0]
        level = (shaped * after).sum(-1, keepdim=True) / shaped.square().sum(-1, keepdim=True).clamp_min(1e-30)
        return (level * shaped - after) / after.norm().clamp_min(1e-30)

    place = dsp.levenberg_marquardt(residuals, sliders.start, steps=12)
    return float(residuals(place[None]).square().sum()), sliders.single(place)


def _loud_samples(signal: Tensor, target: Tensor) -> Sequence[Tensor]:
    """Samples at which the signal is loud enough to tell a curve from a line, ``(count,)`` each."""
    channels = max(signal.shape[1], target.shape[1])
    before, after = (item[0].expand(channels, -1).reshape(-1).double() for item in (signal, target))
    level = before.abs()
    loud = (level >= level.quantile(0.5) if len(level) < 10**6 else level >= level.median()).nonzero()[:, 0]
    chosen = loud[:: max(1, len(loud) // SAMPLES)]
    return before[chosen], after[chosen]
