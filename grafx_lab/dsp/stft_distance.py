"""How far the magnitudes of a signal's frames lie from stored ones, without ever having all of them in memory.

Frames are cut, transformed and compared in blocks that stay in the processor's cache; the gradient goes the same way
back: what :func:`grafx_lab.dsp.spectrum.stft_magnitude` and differences of its result would give, several times faster.
Signals that differ by a gain have one spectrum: where a landscape runs along gains, it is made once for all of them.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import frame_kernels
from grafx_lab.dsp.operators import operator
from grafx_lab.dsp.spectrum import FLOOR, stft_magnitude, stft_support

BLOCK = 1 << 18
"""Samples of frames that are worked on at once."""

ROUNDING = 4
"""What is the same but for a gain differs by so many units in the last place at most: each factor rounds once."""

LARGEST_FACTOR = 1e6
"""A signal that much louder is no multiple of another: their powers might not both be numbers."""

LOUDEST = 1e12
"""What peaks higher has no multiples: where its powers are no numbers, those of a quieter one would not be either."""

_ONE = {23: 127 << 23, 52: 1023 << 52}
"""The number 1 as an integer, by the place of the exponent in float32 and float64 (IEEE 754)."""


def stft_distances(signal: Tensor, fft_size: int, hop_size: int, window_size: int, target: Tensor) -> Tensor:
    """Sums of the squared, the absolute and the absolute logarithmic differences of magnitudes.

    Args:
        signal: ``(batch, channel, time)``; batch and channel broadcast against the target's.
        fft_size: as in :func:`grafx_lab.dsp.spectrum.stft_magnitude`, which makes the target.
        hop_size: as there.
        window_size: as there.
        target: magnitudes ``(batch, channel, frame, bin)``.

    Returns:
        ``(batch, 3)``, float64.

    Raises:
        ValueError: the signal has not as many frames and bins as the target.
    """
    if signal.is_cuda:
        magnitude = stft_magnitude(signal, fft_size, hop_size, window_size)
        difference, ratio = magnitude - target, (magnitude / target).log()
        terms = (difference.square(), difference.abs(), ratio.abs())
        return torch.stack([term.sum(dim=(1, 2, 3), dtype=torch.float64) for term in terms], -1)
    batch, channels = torch.broadcast_shapes(signal.shape[:2], target.shape[:2])
    signal, target = signal.expand(batch, channels, -1), target.expand(-1, channels, -1, -1)
    support = stft_support(signal, fft_size, window_size).flatten(0, 1).contiguous()
    window = torch.hann_window(window_size, dtype=signal.dtype)
    # The kernels trust these numbers: they would read and write beyond the signal.
    expected = 1 + (support.shape[-1] - window_size) // hop_size, fft_size // 2 + 1
    if target.shape[2:] != expected:
        given = tuple(target.shape[2:])
        raise ValueError(f"stft_distances: the target has {given} frames and bins, expected {expected} as the signal.")
    sums = _Distances.apply(support, window, target.flatten(0, 1), fft_size, hop_size)
    return sums.unflatten(0, (batch, channels)).sum(1)


class _Distances(torch.autograd.Function):
    """Autograd around the kernels; rows ``(rows, time)`` → ``(rows, 3)``. Row r has target r modulo their number."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, window: Tensor, target: Tensor, fft_size: int, hop: int) -> Tensor:
        sums, spectra = _compare(rows, window, target, fft_size, hop, ctx.needs_input_grad[0])
        ctx.save_for_backward(target, window, *spectra)
        ctx.fft_size, ctx.hop, ctx.length = fft_size, hop, rows.shape[1]
        return sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor | None, ...]:
        target, window, *spectra = ctx.saved_tensors
        rows = _compare_adjoint(grad[0], spectra, target, window, ctx.fft_size, ctx.hop, ctx.length)
        return rows, None, None, None, None


class _Alike:
    """Rows that are multiples of one.

    Attributes:
        row: that one.
        members: by what each of them is to be multiplied, itself included.
        twins: rows that are compared like one of the members: of the same multiple, with the same target.
    """

    def __init__(self, row: int) -> None:
        self.row = row
        self.members = {row: 1.0}
        self.twins: dict[int, int] = {}

    def take(self, row: int, factor: float, targets: int) -> None:
        """Take in another row; row r has target r modulo their number."""
        for member, known in self.members.items():
            if known == factor and member % targets == row % targets:
                self.twins[row] = member
                return
        self.members[row] = factor


def _families(rows: np.ndarray, targets: int) -> list[_Alike]:
    """Rows ``(rows, time)`` by what they are multiples of."""
    families: list[tuple[_Alike, int]] = []
    limits = rows.dtype.type(ROUNDING * np.finfo(rows.dtype).eps), np.finfo(rows.dtype).tiny
    for row, samples in enumerate(rows):
        for family, peak in families:
            head = rows[family.row]
            factor = frame_kernels.multiple(head, peak, samples, *limits)
            if abs(factor) < LARGEST_FACTOR and abs(head[peak]) < LOUDEST:
                family.take(row, factor, targets)
                break
        else:
            families.append((_Alike(row), int(np.abs(samples).argmax())))
    return [family for family, _ in families]


def _blocks(target: Tensor, fft_size: int) -> list[tuple[int, int]]:
    """First frames of all blocks, and those behind their last ones; target: ``(rows, frames, bins)``."""
    count = target.shape[1]
    size = max(1, BLOCK // fft_size)
    return [(first, min(first + size, count)) for first in range(0, count, size)]


def _empty_spectra(rows: Tensor, target: Tensor, fft_size: int, keep: bool) -> list[Tensor]:
    """As :func:`_compare` keeps them: of each block all rows one behind the other ``(frames, bins)``, or none."""
    blocks = [block for block in _blocks(target, fft_size) for _ in range(rows.shape[0])] if keep else []
    dtype = rows.dtype.to_complex()
    return [rows.new_empty((last - first, target.shape[2]), dtype=dtype) for first, last in blocks]


@operator(
    "stft_compare(Tensor rows, Tensor window, Tensor target, int fft_size, int hop, bool keep) -> (Tensor, Tensor[])",
    lambda rows, window, target, fft_size, hop, keep: (
        rows.new_empty((rows.shape[0], 3), dtype=torch.float64),
        _empty_spectra(rows, target, fft_size, keep),
    ),
)
def _compare(
    rows: Tensor, window: Tensor, target: Tensor, fft_size: int, hop: int, keep: bool
) -> tuple[Tensor, list[Tensor]]:
    blocks, kept = _blocks(target, fft_size), []
    sums, frames = np.zeros((rows.shape[0], 3)), rows.new_zeros(blocks[0][1], fft_size)
    samples, shape, wanted = (tensor.numpy(force=True) for tensor in (rows, window, target))
    scratch = np.ones((3, target.shape[2]), frames.numpy().dtype)
    shift, integer = (23, np.int32) if scratch.itemsize == 4 else (52, np.int64)
    bits, form = scratch.view(integer), np.array([shift, (1 << shift) - 1, _ONE[shift]], integer)
    floor = scratch.dtype.type(FLOOR)
    # The gradient needs everybody's own spectrum.
    alike = [_Alike(row) for row in range(rows.shape[0])] if keep else _families(samples, len(wanted))
    for first, last in blocks:
        block = frames[: last - first]
        # All rows in turn: while it is cached, a part of the target serves each of them.
        for family in alike:
            frame_kernels.cut(samples[family.row], shape, hop, first, block.numpy())
            spectrum = torch.fft.rfft(block)
            if keep:
                kept.append(spectrum)
            parts = _parts(spectrum)
            for row, factor in family.members.items():
                gain = scratch.dtype.type(factor * factor)
                goal = wanted[row % len(wanted), first:last]
                frame_kernels.compare(parts, gain, goal, floor, sums[row], scratch, bits, form)
    for family in alike:
        for row, twin in family.twins.items():
            sums[row] = sums[twin]
    return torch.from_numpy(sums), kept


@operator(
    "stft_compare_adjoint(Tensor grad, Tensor[] spectra, Tensor target, Tensor window,"
    " int fft_size, int hop, int length) -> Tensor",
    lambda grad, spectra, target, window, fft_size, hop, length: window.new_empty((grad.shape[0], length)),
)
def _compare_adjoint(
    grad: Tensor, spectra: list[Tensor], target: Tensor, window: Tensor, fft_size: int, hop: int, length: int
) -> Tensor:
    count, blocks = grad.shape[0], _blocks(target, fft_size)
    rows, weighted = window.new_zeros((count, length)), torch.empty_like(spectra[0])
    slopes, shape = (0.5 * grad).to(window.dtype).numpy(force=True), window.numpy(force=True)
    floor, half = shape.dtype.type(FLOOR), (fft_size + 1) // 2
    for row, signal in enumerate(rows.numpy()):
        wanted = target[row % target.shape[0]].numpy(force=True)
        for (first, last), spectrum in zip(blocks, spectra[row::count], strict=True):
            part = weighted[: last - first]
            frame_kernels.compare_adjoint(_parts(spectrum), wanted[first:last], floor, slopes[row], half, _parts(part))
            # With out= PyTorch would copy what it has transformed.
            inverse = torch.fft.irfft(part, n=fft_size, norm="forward")
            frame_kernels.lay(inverse.numpy(), shape, hop, first, signal)
    return rows


def _parts(spectrum: Tensor) -> np.ndarray:
    """Real and imaginary parts in turn, complex ``(frames, bins)`` → a view ``(frames, 2 bins)``."""
    array = spectrum.numpy(force=True)
    return array.view(np.float32 if array.dtype == np.complex64 else np.float64)
