"""What moves an effect: the low-frequency oscillator, and what it moves."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, loops
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator

PLACES = 1e-6, 0.499
"""Shares of the sample rate between which an all-pass filter's corner stays, so that its pole stays inside."""


def lfo(rate: Tensor, phase: Tensor, length: int, sample_rate: float) -> Tensor:
    """A sine from its phase onwards.

    Args:
        rate: in Hz, ``(batch, 1)``.
        phase: in degrees, ``(batch, rows)``.
        length: in samples.
        sample_rate: in Hz.

    Returns:
        ``(batch, rows, time)``, float64, so that its phase is right after minutes too.
    """
    seconds = torch.arange(length, dtype=torch.float64, device=rate.device) / sample_rate
    cycles = rate.double()[..., None] * seconds + phase.double()[..., None] / 360
    # What is subtracted is whole, so the sine and its gradient stay; float64 keeps more digits of small phases.
    return torch.sin(2 * math.pi * (cycles - cycles.detach().floor()))


def tremolo_gain(wave: Tensor, depth: Tensor) -> Tensor:
    """Gain between 1 (``wave`` at 1) and ``1 - depth`` (``wave`` at −1), any shapes that broadcast."""
    return 1 - depth * (1 - wave) / 2


def vibrato_depth(cents: Tensor, rate: Tensor) -> Tensor:
    r"""How far (s) a sinusoidal delay of ``rate`` Hz swings around its middle to detune by ``cents`` at most.

    A delay that shrinks by r seconds per second raises all frequencies by the factor :math:`1+r`.
    """
    return torch.expm1(cents * (math.log(2) / 1200)) / (2 * math.pi * rate)


def allpass_cascade(signal: Tensor, frequency: Tensor, feedback: Tensor, stages: int, sample_rate: float) -> Tensor:
    r"""Equal first-order all-pass filters in a row, with feedback around them by way of one sample.

    Each shifts its corner frequency by 90° and is computed as a rotation of its input and state (A. Gray, J. Markel,
    "A normalized digital filter structure", IEEE Trans. ASSP 1975): it neither adds nor takes energy however its
    corner moves, so that the loop is stable for every feedback below 1. The compiled loop runs on the CPU.

    Args:
        signal: ``(batch, channel, time)``.
        frequency: corner in Hz, ``(batch, channel, time)`` or with axes of length one.
        feedback: share of the output that returns, ``(batch, channel, 1)`` or with axes of length one.
        stages: number of filters.
        sample_rate: in Hz.

    Returns:
        ``(batch, channel, time)``; batch and channel broadcast.
    """
    length = signal.shape[-1]
    batch, channels = np.broadcast_shapes(signal.shape[:2], frequency.shape[:2], feedback.shape[:2])
    place = (frequency.double() / sample_rate).clamp(*PLACES)
    # The coefficient (tan ω/2 − 1) / (tan ω/2 + 1) is this tangent; beside a sine belongs its cosine.
    sine = torch.tan(math.pi * place - math.pi / 4)
    cosine = torch.sqrt(1 - sine.square())

    def rows(tensor: Tensor, time: int) -> Tensor:
        return tensor.expand(batch, channels, time).reshape(batch * channels, time)

    arguments = rows(signal, length), rows(sine, length), rows(cosine, length), rows(feedback.double(), 1)
    return _AllpassCascade.apply(*arguments, stages).reshape(batch, channels, length)


class _AllpassCascade(torch.autograd.Function):
    """Autograd around :func:`loops.allpass_cascade`; rows ``(rows, time)``, feedback ``(rows, 1)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, sine: Tensor, cosine: Tensor, feedback: Tensor, stages: int) -> Tensor:
        output, states = _allpass(signal, sine, cosine, feedback, stages)
        ctx.save_for_backward(sine, cosine, feedback, output, states)
        return output.to(signal.dtype, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        grad_signal, *others = _allpass_adjoint(grad_output, *ctx.saved_tensors)
        return grad_signal.to(grad_output.dtype), *others, None


def _empty(tensor: Tensor, *shape: int) -> Tensor:
    return tensor.new_empty(shape, dtype=torch.float64)


@operator(
    "allpass(Tensor signal, Tensor sine, Tensor cosine, Tensor feedback, int stages) -> (Tensor, Tensor)",
    lambda signal, sine, cosine, feedback, stages: (
        _empty(signal, *signal.shape),
        _empty(signal, signal.shape[0], stages),
    ),
)
def _allpass(signal: Tensor, sine: Tensor, cosine: Tensor, feedback: Tensor, stages: int) -> tuple[Tensor, Tensor]:
    output, states = np.empty(signal.shape), np.empty((len(signal), stages))
    arguments = (array(tensor) for tensor in (signal, sine, cosine, feedback))
    kernels.over_rows(loops.allpass_cascade, *arguments, output, states)
    return torch.from_numpy(output).to(signal.device), torch.from_numpy(states).to(signal.device)


@operator(
    "allpass_adjoint(Tensor grad, Tensor sine, Tensor cosine, Tensor feedback, Tensor output, Tensor states)"
    " -> (Tensor, Tensor, Tensor, Tensor)",
    lambda grad, sine, cosine, feedback, output, states: (
        *(_empty(grad, *grad.shape) for _ in range(3)),
        _empty(grad, grad.shape[0], 1),
    ),
)
def _allpass_adjoint(
    grad: Tensor, sine: Tensor, cosine: Tensor, feedback: Tensor, output: Tensor, states: Tensor
) -> tuple[Tensor, ...]:
    arguments = [array(tensor) for tensor in (grad, sine, cosine, feedback, output)]
    grads = *(np.empty(grad.shape) for _ in range(3)), np.empty((len(grad), 1))
    # The kernel winds the states back in place.
    kernels.over_rows(loops.allpass_cascade_adjoint, *arguments, array(states).copy(), *grads)
    return tuple(torch.from_numpy(array).to(grad.device) for array in grads)
