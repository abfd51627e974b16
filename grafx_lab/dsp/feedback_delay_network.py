r"""A feedback delay network: delay lines whose outputs, mixed by a lossless matrix, return to their inputs.

Each line is followed by an absorbing filter, so that all of them decay alike, whatever their length (J.-M. Jot,
A. Chaigne, "Digital delay networks for designing artificial reverberators", AES convention 90, 1991). With an
orthogonal matrix and filters that never amplify, the network is stable.
"""

import math
from typing import Any

import numpy as np
import torch
from scipy.linalg import hadamard
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp.kernels import array, compiled, over_rows

SLOWEST_DECAY = 1e-6
"""Nepers per sample that every line loses at least: no pole lies nearer to the unit circle."""


def prime_delays(shortest: float, longest: float, count: int) -> tuple[int, ...]:
    """Delays in samples that grow by equal ratios, each the next prime: echoes of different lines rarely coincide."""
    delays: list[int] = []
    for delay in np.geomspace(shortest, longest, count):
        candidate = max(math.ceil(delay), 2, delays[-1] + 1 if delays else 0)
        while any(candidate % divisor == 0 for divisor in range(2, math.isqrt(candidate) + 1)):
            candidate += 1
        delays.append(candidate)
    return tuple(delays)


def absorption(
    decay_low: Tensor, decay_high: Tensor, crossover: Tensor, delays: tuple[int, ...], sample_rate: float
) -> Tensor:
    """First-order shelves that make delay lines decay by 60 dB in one time at low and in another at high frequencies.

    Args:
        decay_low: seconds, ``(batch, 1)``.
        decay_high: seconds, ``(batch, 1)``.
        crossover: Hz, between 0 and half the sample rate, ``(batch, 1)``.
        delays: of the lines in samples.
        sample_rate: in Hz.

    Returns:
        coefficients ``b0 b1 a1``, ``(batch, lines, 3)``, float64.
    """
    samples = torch.tensor(delays, dtype=torch.float64, device=crossover.device)
    low, high = (
        torch.exp(-samples * (math.log(1000) / (decay.double() * sample_rate)).clamp_min(SLOWEST_DECAY))
        for decay in (decay_low, decay_high)
    )
    # The bilinear transform of (ω g_low + s g_high) / (ω + s), whose magnitude lies between the two gains everywhere.
    warped = torch.tan(crossover.double() * (math.pi / sample_rate))
    coefficients = torch.broadcast_tensors(warped * low + high, warped * low - high, warped - 1)
    return torch.stack(coefficients, -1) / (warped + 1)[..., None]


def rotated_hadamard(angles: Tensor, lines: int) -> Tensor:
    """An orthogonal matrix for every value of its angles; at zero, Hadamard's, which feeds each line to all alike.

    Args:
        angles: ``(batch, lines * (lines - 1) / 2)``, entries of the skew-symmetric matrix whose exponential rotates.
        lines: a power of two.

    Returns:
        ``(batch, lines, lines)``, float64.
    """
    rows, columns = torch.triu_indices(lines, lines, offset=1, device=angles.device)
    skew = angles.new_zeros(angles.shape[0], lines, lines, dtype=torch.float64)
    skew[:, rows, columns] = angles.double()
    start = torch.from_numpy(hadamard(lines) / math.sqrt(lines)).to(skew)
    return torch.matrix_exp(skew - skew.mT) @ start


def feedback_delay_network(inputs: Tensor, delays: tuple[int, ...], filters: Tensor, matrix: Tensor) -> Tensor:
    """Run the network from rest.

    Args:
        inputs: what enters each line ``(batch, lines, time)``.
        delays: of the lines in samples, at least 1 each.
        filters: coefficients ``b0 b1 a1`` behind each line ``(batch, lines, 3)``; see :func:`absorption`.
        matrix: from the filters' outputs to the lines' inputs ``(batch, lines, lines)``.

    Returns:
        the filters' outputs ``(batch, lines, time)``; batches of one broadcast. This recursion runs on the CPU:
        signals on a GPU travel there and back.
    """
    batch = max(inputs.shape[0], filters.shape[0], matrix.shape[0])
    whole = [tensor.double().expand(batch, -1, -1) for tensor in (inputs, filters, matrix)]
    return _Network.apply(*whole, delays).to(inputs.dtype)


class _Network(torch.autograd.Function):
    """The adjoint of a network is the network with its matrix transposed, run backwards in time."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, filters: Tensor, matrix: Tensor, delays: tuple[int, ...]) -> Tensor:
        entering, leaving = _run(array(inputs), delays, array(filters), array(matrix))
        ctx.save_for_backward(filters, matrix)
        ctx.entering, ctx.leaving, ctx.delays = entering, leaving, delays
        return torch.from_numpy(leaving).to(inputs, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        filters, matrix = (array(tensor) for tensor in ctx.saved_tensors)
        transposed = np.ascontiguousarray(matrix.swapaxes(-1, -2))
        reversed_signals = _run(array(grad_output.flip(-1)), ctx.delays, filters, transposed)
        adjoint, grad_inputs = (signal[..., ::-1].copy() for signal in reversed_signals)
        grad_filters = np.zeros_like(filters)
        delays = np.tile(ctx.delays, (len(filters), 1))
        over_rows(_correlate, ctx.entering, ctx.leaving, delays, filters, adjoint, grad_filters)
        gradients = (grad_inputs, grad_filters, grad_inputs @ ctx.leaving.swapaxes(-1, -2))
        return *(torch.from_numpy(gradient).to(grad_output) for gradient in gradients), None


def _run(
    inputs: np.ndarray, delays: tuple[int, ...], filters: np.ndarray, matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What enters the delay lines and what leaves the filters behind them, ``(batch, lines, time)`` each."""
    entering, leaving = np.empty_like(inputs), np.empty_like(inputs)
    over_rows(_circulate, inputs, np.tile(delays, (len(inputs), 1)), filters, matrix, entering, leaving)
    return entering, leaving


@compiled
def _circulate(inputs: Any, delays: Any, filters: Any, matrix: Any, entering: Any, leaving: Any) -> None:
    """Whole blocks at a time: nothing that enters a line comes out of it within the shortest delay."""
    lines, length = inputs.shape[1], inputs.shape[2]
    for row in range(inputs.shape[0]):
        block = length
        for line in range(lines):
            block = min(block, delays[row, line])
        for start in range(0, length, block):
            stop = min(start + block, length)
            for line in range(lines):
                b0, b1, a1 = filters[row, line, 0], filters[row, line, 1], filters[row, line, 2]
                past = start - 1 - delays[row, line]
                delayed = entering[row, line, past] if past >= 0 else 0.0
                output = leaving[row, line, start - 1] if start > 0 else 0.0
                for n in range(start, stop):
                    before, past = delayed, n - delays[row, line]
                    delayed = entering[row, line, past] if past >= 0 else 0.0
                    output = b0 * delayed + b1 * before - a1 * output
                    leaving[row, line, n] = output
            for line in range(lines):
                for n in range(start, stop):
                    entering[row, line, n] = inputs[row, line, n]
                for other in range(lines):
                    gain = matrix[row, line, other]
                    for n in range(start, stop):
                        entering[row, line, n] += gain * leaving[row, other, n]


@compiled
def _correlate(entering: Any, leaving: Any, delays: Any, filters: Any, adjoint: Any, grad_filters: Any) -> None:
    """Gradients of b0, b1 and a1: each is the adjoint's product with what that coefficient multiplies, filtered."""
    rows, lines, length = entering.shape
    for row in range(rows):
        for line in range(lines):
            a1, b0_signal, output_signal = filters[row, line, 2], 0.0, 0.0
            for n in range(length):
                past = n - delays[row, line]
                b1_signal = b0_signal
                b0_signal = (entering[row, line, past] if past >= 0 else 0.0) - a1 * b0_signal
                grad_filters[row, line, 0] += adjoint[row, line, n] * b0_signal
                grad_filters[row, line, 1] += adjoint[row, line, n] * b1_signal
                grad_filters[row, line, 2] -= adjoint[row, line, n] * output_signal
                output_signal = leaving[row, line, n] - a1 * output_signal
