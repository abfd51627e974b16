"""How far a signal's short-time spectrum lies from a target's, summed as the frames are transformed.

The whole transform never exists: a block of frames is windowed, transformed and compared while it is in the cache. A
sum of distances of logarithms is the logarithm of a product, so that many bins share one logarithm:
:math:`\\sum|\\ln Y-\\ln X|=\\ln\\prod\\max(Y,X)/\\min(Y,X)`.
"""

import math
from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor

from grafx_lab.dsp.spectrum import FLOOR, stft_frames

BLOCK = 1 << 17
"""Samples that are transformed together: with their spectrum they fill the cache of a core."""

SEGMENT = 512
"""Bins that are compared before their logarithms are summed."""

TOGETHER = 64
"""Numbers from 1 to 2 whose product float32 can hold."""


def can_stream(signal: Tensor) -> bool:
    """Whether :func:`stft_distance` takes this signal: float32 on the CPU, and nobody wants a gradient of it."""
    return (
        signal.dtype == torch.float32
        and signal.device.type == "cpu"
        and not (torch.is_grad_enabled() and signal.requires_grad)
    )


def stft_distance(
    signal: Tensor, target: Tensor, fft_size: int, hop_size: int, window_size: int
) -> tuple[Tensor, Tensor]:
    r"""Compare the magnitudes of :func:`grafx_lab.dsp.spectrum.stft_magnitude` with a target's, without gradients.

    Args:
        signal: ``(batch, channel, time)``, float32 on the CPU.
        target: magnitudes ``(batch or 1, channel, frame, bin)``.
        fft_size: length of the transform in samples.
        hop_size: step in samples.
        window_size: length of the Hann window.

    Returns:
        :math:`\sum(Y-X)^2` and :math:`\sum|\ln Y-\ln X|` over channels, frames and bins, float64 ``(batch,)`` each.
    """
    frames = stft_frames(signal, fft_size, hop_size, window_size)
    window = torch.hann_window(window_size, dtype=signal.dtype)
    size = max(1, BLOCK // fft_size)
    padded = torch.zeros(size, fft_size)
    magnitudes = target.contiguous().numpy()
    sums = np.zeros((len(signal), 2))
    for item, total in zip(range(len(signal)), sums, strict=True):
        for channel in range(signal.shape[1]):
            goal = magnitudes[item % len(magnitudes), channel]
            for first in range(0, len(goal), size):
                part = goal[first : first + size]
                torch.mul(frames[item, channel, first : first + size], window, out=padded[: len(part), :window_size])
                _add_distances(torch.fft.rfft(padded[: len(part)]).numpy().ravel(), part.ravel(), FLOOR, total)
    squares, logarithms = torch.from_numpy(sums).unbind(1)
    return squares, logarithms


def _kernel(function: Any) -> Any:
    return njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz", "reassoc"})(function)


@_kernel
def _add_distances(spectrum: Any, target: Any, floor: float, sums: Any) -> None:
    """Add the distances of spectral values (bins,) from magnitudes (bins,) to ``sums`` (2,)."""
    lowest = np.float32(floor)
    scratch = np.empty(SEGMENT, np.float32)
    for first in range(0, len(target), SEGMENT):
        values, wanted = spectrum[first : first + SEGMENT], target[first : first + SEGMENT]
        ratios, squares = scratch[: len(wanted)], np.float32(0)
        for i in range(len(wanted)):
            power = values[i].real * values[i].real + values[i].imag * values[i].imag
            magnitude = math.sqrt(max(power, lowest))
            louder = magnitude > wanted[i]
            ratios[i] = (magnitude if louder else wanted[i]) / (wanted[i] if louder else magnitude)
            squares += (wanted[i] - magnitude) * (wanted[i] - magnitude)
        sums[0] += squares
        sums[1] += _sum_of_logarithms(ratios) if math.isfinite(squares) else squares


@_kernel
def _sum_of_logarithms(numbers: Any) -> float:
    """The logarithm of the product of positive float32 numbers, from the sum of their exponents as integers."""
    bits = numbers.view(np.int32)
    fractions = np.empty(len(numbers), np.float32)  # 1 to 2
    fraction_bits = fractions.view(np.int32)
    exponents = 0
    for i in range(len(numbers)):
        exponents += (bits[i] >> 23) - 127
        fraction_bits[i] = bits[i] & 0x007FFFFF | 0x3F800000
    total = exponents * math.log(2.0)
    for first in range(0, len(numbers), TOGETHER):
        product = np.float32(1)
        for fraction in fractions[first : first + TOGETHER]:
            product *= fraction
        total += math.log(product)
    return total
