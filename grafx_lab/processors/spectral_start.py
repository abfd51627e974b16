"""Starts for filters and equalizers: their controls so that their response is the ratio of two average spectra."""

from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors.base import Processor
from grafx_lab.processors.sliders import Sliders

FREQUENCIES = 96
IMPULSE = 8192
"""Samples of the impulse through which a filter is looked at: frequencies 5 Hz apart at 44.1 kHz."""

STEPS = 60
"""Of the least squares at most: where bands change places, the later ones are worth several decibels."""

TIMIDITY = 0.05
"""Weight of the way that a slider has moved against a decibel: what no frequency asks for stays neutral."""


def spectral_start(processor: Processor, signal: Tensor, target: Tensor, sides: str = "mono") -> dict[str, Any]:
    """Raw parameters by least squares on the processor's own response.

    Args:
        processor: a linear one that keeps the number of channels.
        signal: ``(1, channel, time)``.
        target: ``(1, channel, time)``.
        sides: ``"mono"``, ``"stereo"`` or ``"midside"``: what the processor treats apart.
    """
    frequencies = dsp.log_frequencies(FREQUENCIES, processor.sample_rate)
    ratio, weight = ratio_of_sides(signal, target, frequencies, processor.sample_rate, sides)
    sliders = Sliders(processor.specs, processor.neutral())
    start = sliders.start
    impulse = torch.zeros(1, len(ratio), IMPULSE, dtype=torch.float64)
    impulse[..., 0] = 1.0
    if sides == "midside":
        impulse = dsp.to_leftright(impulse)

    def residuals(positions: Tensor) -> Tensor:
        heard = processor.run(impulse, **sliders.raw(positions)).signals[0]
        response = _decibel(heard, frequencies, processor.sample_rate, sides)
        misses = (weight * (response - ratio)).flatten(1)
        return torch.cat([misses, TIMIDITY * FREQUENCIES**0.5 * (positions - start)], -1)

    return sliders.single(dsp.levenberg_marquardt(residuals, start, STEPS))


def ratio_of_sides(
    signal: Tensor, target: Tensor, frequencies: Tensor, sample_rate: float, sides: str
) -> tuple[Tensor, Tensor]:
    """Decibels by which the target is louder, and their weights, ``(sides, bins)`` each; see :func:`spectral_ratio`."""
    channels = max(signal.shape[1], target.shape[1])
    before, after = (item[0].expand(channels, -1) for item in (signal, target))
    if sides == "midside" and channels == 2:
        before, after = (dsp.to_midside(item[None])[0] for item in (before, after))
    if sides == "mono":
        before, after = before[None], after[None]
    return dsp.spectral_ratio(before, after, frequencies, sample_rate)


def _decibel(heard: Tensor, frequencies: Tensor, sample_rate: float, sides: str) -> Tensor:
    if sides == "midside":
        heard = dsp.to_midside(heard)
    magnitude = torch.fft.rfft(heard).abs()
    place = frequencies * (heard.shape[-1] / sample_rate)
    below = place.floor().long()
    between = torch.lerp(magnitude[..., below], magnitude[..., below + 1], (place - below).to(magnitude))
    return dsp.amplitude_to_decibel(between, floor=1e-4)
