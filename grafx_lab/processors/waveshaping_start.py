"""Starts for distortions without memory: the curve that leads from a signal to a target, up to a filter."""

from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors.base import Processor
from grafx_lab.processors.filtered_match import FilteredMatch, FramePair
from grafx_lab.processors.sliders import Sliders

DRIVE = "log_pre_gain"

DRIVES = (-18.0, 0.0, 12.0, 24.0, 36.0)
"""Decibels from which the drive is looked for, because too little of it has no slope towards much."""

CLOSE_DRIVES = tuple(float(drive) for drive in range(-12, 43, 3))
"""Decibels that are tried where all else follows from them."""

HEIGHTS = 65
"""Of a curve, over which it is kept smooth where no sample tells its course."""


def waveshaping_start(processor: Processor, signal: Tensor, target: Tensor) -> dict[str, Any]:
    """Raw parameters whose curve leads from the signal to the target, up to a filter.

    Args:
        processor: without memory.
        signal: ``(1, channel, time)``.
        target: ``(1, channel, time)``.
    """
    pair = FramePair.of(signal, target)
    match = FilteredMatch(pair.target)
    drives = [{DRIVE: drive} for drive in DRIVES] if DRIVE in processor.specs else [{}]
    found = [_descended(processor, pair, match, drive) for drive in drives]
    return min(found, key=lambda item: item[0])[1]


def linear_start(processor: Processor, shape: str, signal: Tensor, target: Tensor) -> dict[str, Any]:
    """The same for a curve that is linear in the parameter ``shape``: no descent is needed at a given drive.

    Where no sample comes the curve goes on smoothly, and silence stays silent.
    """
    pair = FramePair.of(signal, target)
    match, rows = FilteredMatch(pair.target), _unwanted(processor, shape).to(pair.signal)
    drives = CLOSE_DRIVES if DRIVE in processor.specs else (0.0,)
    found = [_combined(processor, shape, pair, match, rows, drive) for drive in drives]
    _, controls = min(found, key=lambda item: item[0])
    high = processor.specs[shape].high
    controls[shape] = controls[shape] * min(1.0, high / max(float(controls[shape].abs().max()), 1e-30))
    return processor.raw_from_controls(**controls)


def _descended(
    processor: Processor, pair: FramePair, match: FilteredMatch, controls: dict[str, float]
) -> tuple[float, dict[str, Any]]:
    begin = processor.raw_from_controls(**processor.neutral_controls() | controls)
    sliders = Sliders(processor.specs, begin)

    def misses(positions: Tensor) -> Tensor:
        shaped = processor.run(pair.signal.reshape(1, 1, -1), **sliders.raw(positions)).signals[0]
        return match.misses(shaped.reshape(-1, *pair.signal.shape))

    place = dsp.levenberg_marquardt(misses, sliders.start, steps=12)
    return float(misses(place[None]).square().sum()), sliders.single(place)


def _combined(
    processor: Processor, shape: str, pair: FramePair, match: FilteredMatch, rows: Tensor, drive: float
) -> tuple[float, dict[str, Any]]:
    """The best shape at a drive, as loud as the target: the share that is missed, and the controls."""
    parts = _parts(processor, shape, pair.signal, drive)
    begin = processor.get_controls(**processor.neutral())[shape][0].to(parts)
    missed, weights = match.combination(parts, begin, rows)
    played = torch.einsum("k,kcfn->cfn", weights, parts)
    level = (pair.target.square().sum() / played.square().sum().clamp_min(1e-30)).sqrt()
    upright = torch.where((played * pair.target).sum() < 0, -1.0, 1.0)
    controls = {shape: upright * level * weights, DRIVE: drive}
    return missed, {name: control for name, control in controls.items() if name in processor.specs}


def _parts(processor: Processor, shape: str, signal: Tensor, drive: float) -> Tensor:
    """What each entry of the shape makes of a signal, with the others at zero: one dimension more, in front."""
    unit = torch.eye(processor.specs[shape].shape[0], dtype=signal.dtype, device=signal.device)
    given = {DRIVE: unit.new_full((1, 1), drive)} if DRIVE in processor.specs else {}
    return processor.get_signal(signal.reshape(1, 1, -1), **{shape: unit}, **given).reshape(-1, *signal.shape)


def _unwanted(processor: Processor, shape: str) -> Tensor:
    """Rows that make of a shape what is to be small: the bends of its curve, and its height over silence."""
    ramp = torch.linspace(-1, 1, HEIGHTS, dtype=torch.float64)
    heights = _parts(processor, shape, ramp, 0.0).T
    return torch.cat([torch.diff(heights, n=2, dim=0), heights[HEIGHTS // 2, None]])
