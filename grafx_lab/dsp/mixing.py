"""Gains of signals and mixtures of them, differentiable; on the CPU each gradient takes one pass of a compiled loop.

Signals are ``(batch, channel, time)``, and all shapes broadcast. Second derivatives are not available on the CPU.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, mixing_kernels
from grafx_lab.dsp.kernels import array, uncropped
from grafx_lab.dsp.operators import operator
from grafx_lab.dsp.units import DECIBEL_PER_NEPER, decibel_to_amplitude


def apply_gain(signal: Tensor, decibel: Tensor) -> Tensor:
    """A signal made louder.

    Args:
        signal: ``(batch, channel, time)``.
        decibel: ``(batch, 1)``, or ``(batch, channel)`` for a gain of its own for each channel.
    """
    if _is_plain(signal):
        return signal * decibel_to_amplitude(decibel)[..., None]
    if signal.shape[:2] != decibel.shape:
        shape = torch.broadcast_shapes(signal.shape, (*decibel.shape, 1))
        signal, decibel = signal.expand(shape), decibel.expand(shape[:2])
    return _Gain.apply(signal, decibel)


def crossfade(dry: Tensor, wet: Tensor, weight: Tensor) -> Tensor:
    """``(1 - weight) * dry + weight * wet`` of two signals, ``weight`` being ``(batch, 1)``."""
    if _is_plain(dry):
        return torch.lerp(*torch.broadcast_tensors(dry, wet, weight[..., None]))
    if dry.shape != wet.shape or len(weight) != len(dry):
        dry, wet, weight = torch.broadcast_tensors(dry, wet, weight[..., None])
        weight = weight[:, :1, 0]
    return _Crossfade.apply(dry, wet, weight)


def weighted_sum(signals: Sequence[Tensor], weights: Tensor) -> Tensor:
    """Signals, each times its own column of the weights ``(batch, signals)``, added up."""
    if _is_plain(weights):
        return _weighted_sum(signals, weights)
    if any(signal.shape != signals[0].shape or len(signal) != len(weights) for signal in signals):
        *signals, first = torch.broadcast_tensors(*signals, weights[:, :1, None])
        weights = weights.expand(len(first), -1)
    return _WeightedSum.apply(weights, *signals)


def _is_plain(tensor: Tensor) -> bool:
    """Whether tensor operations do as well as compiled loops: on a GPU, and without gradients."""
    return tensor.is_cuda or not torch.is_grad_enabled()


def _weighted_sum(signals: Sequence[Tensor], weights: Tensor) -> Tensor:
    columns = weights[..., None, None].unbind(1)
    parts = zip(signals[1:], columns[1:], strict=True)
    return reduce(lambda total, part: torch.addcmul(total, *part), parts, signals[0] * columns[0])


class _Gain(torch.autograd.Function):
    """Signals ``(batch, channel, time)``, decibels ``(batch, channel)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, decibel: Tensor) -> Tensor:
        gain = decibel_to_amplitude(decibel)
        ctx.save_for_backward(signal, gain)
        return signal * gain.unsqueeze(-1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, ...]:
        return _decibel_adjoint(grad_output, *ctx.saved_tensors)


class _Crossfade(torch.autograd.Function):
    """Signals ``(batch, channel, time)``, weights ``(batch, 1)``."""

    @staticmethod
    def forward(ctx: Any, dry: Tensor, wet: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(dry, wet, weight)
        return torch.lerp(dry, wet, weight[..., None])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, ...]:
        return _crossfade_adjoint(grad_output, *ctx.saved_tensors)


class _WeightedSum(torch.autograd.Function):
    """Weights ``(batch, signals)``, signals ``(batch, channel, time)``."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, *signals: Tensor) -> Tensor:
        ctx.save_for_backward(weights, *signals)
        return _weighted_sum(signals, weights)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, ...]:
        weights, *signals = ctx.saved_tensors
        pairs = zip(signals, weights.split(1, 1), strict=True)
        grads = [_scale_adjoint(grad_output, signal, weight) for signal, weight in pairs]
        return torch.cat([by_weight for _, by_weight in grads], 1), *(by_signal for by_signal, _ in grads)


@operator(
    "scale_adjoint(Tensor grad, Tensor signal, Tensor gain) -> (Tensor, Tensor)",
    lambda grad, *tensors: tuple(tensor.new_empty(tensor.shape) for tensor in tensors),
)
def _scale_adjoint(grad: Tensor, signal: Tensor, gain: Tensor) -> tuple[Tensor, ...]:
    """Gradients of a signal times gains ``(batch, 1 or channel)``."""
    return _gradients(mixing_kernels.scale_adjoint, grad, signal, gain)


@operator(
    "decibel_adjoint(Tensor grad, Tensor signal, Tensor gain) -> (Tensor, Tensor)",
    lambda grad, *tensors: tuple(tensor.new_empty(tensor.shape) for tensor in tensors),
)
def _decibel_adjoint(grad: Tensor, signal: Tensor, gain: Tensor) -> tuple[Tensor, ...]:
    """As _scale_adjoint, with the gradient of decibels in place of the gains'."""
    return _gradients(mixing_kernels.decibel_adjoint, grad, signal, gain, shared=(1 / DECIBEL_PER_NEPER,))


@operator(
    "crossfade_adjoint(Tensor grad, Tensor dry, Tensor wet, Tensor weight) -> (Tensor, Tensor, Tensor)",
    lambda grad, *tensors: tuple(tensor.new_empty(tensor.shape) for tensor in tensors),
)
def _crossfade_adjoint(grad: Tensor, dry: Tensor, wet: Tensor, weight: Tensor) -> tuple[Tensor, ...]:
    return _gradients(mixing_kernels.crossfade_adjoint, grad, dry, wet, weight)


def _gradients(
    adjoint: Callable[..., None], grad: Tensor, *tensors: Tensor, shared: tuple[float, ...] = ()
) -> tuple[Tensor, ...]:
    """What a kernel writes behind the gradient of the output and the inputs, signals and gains: one for each."""
    inputs = [uncropped(tensor) if tensor.ndim == 3 else array(tensor) for tensor in tensors]
    grads = [np.empty(tensor.shape, numbers.dtype) for tensor, numbers in zip(tensors, inputs, strict=True)]
    # Behind a sum all rows have the same gradient, which is there once.
    flow = grad[:1] if grad.stride(0) == 0 else grad
    kernels.over_rows(adjoint, uncropped(flow), *inputs, *grads, shared=shared)
    return tuple(map(torch.from_numpy, grads))
