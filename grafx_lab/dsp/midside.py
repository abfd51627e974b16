"""Left and right ↔ mid and side. The mid is the mean of left and right, so that mono material keeps its level.

On the CPU compiled loops take one pass over the signals, and one more for their gradients; second derivatives of
:func:`widen` are not available there.
"""

from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, mixing_kernels
from grafx_lab.dsp.kernels import array, uncropped
from grafx_lab.dsp.operators import operator


def to_stereo(signal: Tensor) -> Tensor:
    """Mono ``(batch, 1, time)`` → both channels alike ``(batch, 2, time)``; stereo stays as it is."""
    return signal.expand(-1, 2, -1)


def to_midside(signal: Tensor, scale: float = 0.5) -> Tensor:
    """Left and right ``(batch, 2, time)``, or mono ``(batch, 1, time)`` → mid and side ``(batch, 2, time)``."""
    return cast(Tensor, _SumAndDifference.apply(scale, False, to_stereo(signal)))


def to_leftright(signal: Tensor, scale: float = 1.0) -> Tensor:
    """Mid and side ``(batch, 2, time)`` → left and right ``(batch, 2, time)``: undoes :func:`to_midside`."""
    return cast(Tensor, _SumAndDifference.apply(scale, False, signal))


def split_midside(signal: Tensor, scale: float = 0.5) -> tuple[Tensor, Tensor]:
    """Left and right ``(batch, 2, time)``, or mono ``(batch, 1, time)`` → mid, and side, ``(batch, 1, time)`` each."""
    return cast(tuple[Tensor, Tensor], _SumAndDifference.apply(scale, True, to_stereo(signal)))


def join_midside(mid: Tensor, side: Tensor, scale: float = 1.0) -> Tensor:
    """Mid, and side, ``(batch, 1, time)`` each → left and right ``(batch, 2, time)``."""
    return cast(Tensor, _SumAndDifference.apply(scale, False, *torch.broadcast_tensors(mid, side)))


def widen(signal: Tensor, gain: Tensor) -> Tensor:
    """Multiply the side of ``(batch, 1 or 2, time)`` by a gain ``(batch, 1)`` → left and right ``(batch, 2, time)``."""
    if signal.is_cuda:
        own, other = (1 + gain[..., None]) / 2, (1 - gain[..., None]) / 2
        return own * signal + other * signal.flip(1)
    batch = max(len(signal), len(gain))
    return _Widening.apply(signal.expand(batch, 2, -1), gain.expand(batch, 1))


class _SumAndDifference(torch.autograd.Function):
    """Two signals in one tensor ``(batch, 2, time)`` or in two ``(batch, 1, time)``; they leave in two if ``apart``."""

    @staticmethod
    def forward(ctx: Any, scale: float, apart: bool, *signals: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        ctx.scale, ctx.came_apart = scale, len(signals) == 2
        return _sum_and_difference(scale, apart, signals)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Any, ...]:
        flow = _SumAndDifference.apply(ctx.scale, ctx.came_apart, *grads)
        return None, None, *(flow if ctx.came_apart else (flow,))


def _sum_and_difference(scale: float, apart: bool, signals: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, Tensor]:
    first, last = signals[0], signals[-1]
    if first.is_cuda:
        left, right = first[:, :1], last[:, -1:]
        both = scale * (left + right), scale * (left - right)
        return both if apart else torch.cat(both, 1)
    return _apart(first, last, scale) if apart else _together(first, last, scale)


class _Widening(torch.autograd.Function):
    """Signals ``(batch, 2, time)``, gains ``(batch, 1)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, gain: Tensor) -> Tensor:
        ctx.save_for_backward(signal, gain)
        return _widen(signal, gain)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        signal, gain = ctx.saved_tensors
        return _widen(grad_output, gain), _side_products(grad_output, signal) / 2


@operator(
    "sum_and_difference(Tensor first, Tensor last, float scale) -> Tensor",
    lambda first, last, scale: first.new_empty((first.shape[0], 2, first.shape[2])),
)
def _together(first: Tensor, last: Tensor, scale: float) -> Tensor:
    """The first channel of one tensor and the last one of the other → ``(batch, 2, time)``."""
    left, right = uncropped(first), uncropped(last)
    both = np.empty((len(left), 2, first.shape[2]), left.dtype)
    kernels.over_rows(mixing_kernels.sum_and_difference, left, right, both, both, shared=(left.dtype.type(scale),))
    return torch.from_numpy(both)


@operator(
    "sum_and_difference_apart(Tensor first, Tensor last, float scale) -> (Tensor, Tensor)",
    lambda first, last, scale: tuple(first.new_empty((first.shape[0], 1, first.shape[2])) for _ in range(2)),
)
def _apart(first: Tensor, last: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """The first channel of one tensor and the last one of the other → ``(batch, 1, time)`` each."""
    left, right = uncropped(first), uncropped(last)
    total, difference = (np.empty((len(left), 1, first.shape[2]), left.dtype) for _ in range(2))
    channels = left, right, total, difference
    kernels.over_rows(mixing_kernels.sum_and_difference, *channels, shared=(left.dtype.type(scale),))
    return torch.from_numpy(total), torch.from_numpy(difference)


@operator("widen(Tensor signal, Tensor gain) -> Tensor", lambda signal, gain: signal.new_empty(signal.shape))
def _widen(signal: Tensor, gain: Tensor) -> Tensor:
    x, factor = array(signal), array(gain)[:, 0]
    y = np.empty_like(x)
    kernels.over_rows(mixing_kernels.widen, x, factor, y)
    return torch.from_numpy(y)


@operator(
    "side_products(Tensor first, Tensor second) -> Tensor", lambda first, second: first.new_empty((len(first), 1))
)
def _side_products(first: Tensor, second: Tensor) -> Tensor:
    """Sums over time of the products of two differences of channels ``(batch, 2, time)``, as ``(batch, 1)``."""
    x, y = array(first), array(second)
    products = np.empty(len(x), x.dtype)
    kernels.over_rows(mixing_kernels.side_products, x, y, products)
    return torch.from_numpy(products)[:, None]
