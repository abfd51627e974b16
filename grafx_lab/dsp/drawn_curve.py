"""Curves through points, that each sample is replaced by the height of."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import cubic_kernels, kernels
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator


def follow_curve(signal: Tensor, curve: Tensor) -> Tensor:
    """The heights of a curve over the samples: cubic between its points, straight beyond its ends.

    Slopes at the points are those of the line between their neighbours (Catmull-Rom), so that the curve has no kinks
    and points on a straight line give that line exactly.

    Args:
        signal: ``(batch, channel, time)``.
        curve: ``(batch, points)``, evenly spread from −1 to 1; at least two.

    Returns:
        ``(batch, channel, time)``; batches broadcast.
    """
    batch, pieces = max(len(signal), len(curve)), _cubics(curve)
    signal, pieces = signal.expand(batch, -1, -1), pieces.expand(batch, -1, -1)
    return _plainly_along(signal, pieces) if signal.is_cuda else _Cubics.apply(signal, pieces)


def _cubics(curve: Tensor) -> Tensor:
    """Coefficients of 1, t, t² and t³ in the cells between points and in one beyond either end.

    ``(batch, points)`` → ``(batch, points + 1, 4)``; t is 0 where a cell begins and 1 where it ends.
    """
    rise, nothing = curve.diff(), torch.zeros_like(curve[:, :1])
    slope = torch.cat([rise[:, :1], (rise[:, 1:] + rise[:, :-1]) / 2, rise[:, -1:]], -1)
    start, leave, arrive = curve[:, :-1], slope[:, :-1], slope[:, 1:]
    inner = torch.stack([start, leave, 3 * rise - 2 * leave - arrive, leave + arrive - 2 * rise], -1)
    below, above = (torch.stack([curve[:, [at]], slope[:, [at]], nothing, nothing], -1) for at in (0, -1))
    return torch.cat([below, inner, above], 1)


def _plainly_along(signal: Tensor, pieces: Tensor) -> Tensor:
    cells, shape = pieces.shape[1] - 2, signal.shape
    place = (signal.flatten(1) + 1) * (cells / 2)
    cell = place.detach().floor().clamp(-1, cells)
    t = place - cell.clamp(min=0)
    index = (cell.long() + 1)[..., None].expand(-1, -1, 4)
    first, second, third, fourth = pieces.gather(1, index).unbind(-1)
    return (first + t * (second + t * (third + t * fourth))).reshape(shape)


class _Cubics(torch.autograd.Function):
    """Autograd around :func:`cubic_kernels.follow_cubics`, for signals ``(batch, channel, time)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, pieces: Tensor) -> Tensor:
        ctx.save_for_backward(signal, pieces)
        return _follow(signal, pieces)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        return _follow_adjoint(grad_output, *ctx.saved_tensors)


@operator(
    "follow_cubics(Tensor signal, Tensor pieces) -> Tensor", lambda signal, pieces: signal.new_empty(signal.shape)
)
def _follow(signal: Tensor, pieces: Tensor) -> Tensor:
    x, curves = _rows(signal, pieces)
    y = np.empty_like(x)
    kernels.over_rows(cubic_kernels.follow_cubics, x, curves, y)
    return torch.from_numpy(y).reshape(signal.shape)


@operator(
    "follow_cubics_adjoint(Tensor grad, Tensor signal, Tensor pieces) -> (Tensor, Tensor)",
    lambda grad, signal, pieces: (signal.new_empty(signal.shape), pieces.new_empty(pieces.shape)),
)
def _follow_adjoint(grad: Tensor, signal: Tensor, pieces: Tensor) -> tuple[Tensor, Tensor]:
    x, curves = _rows(signal, pieces)
    flow, grads = array(grad).reshape(x.shape), (np.empty_like(x), np.empty_like(curves))
    kernels.over_rows(cubic_kernels.follow_cubics_adjoint, flow, x, curves, *grads)
    by_curve = torch.from_numpy(grads[1]).unflatten(0, signal.shape[:2]).sum(1)
    return torch.from_numpy(grads[0]).reshape(signal.shape), by_curve.to(pieces.dtype)


def _rows(signal: Tensor, pieces: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """A row for each channel of each item, that a thread can take, and float64 pieces for each."""
    batch, channels, time = signal.shape
    curves = array(pieces.double()).repeat(channels, 0)
    return array(signal).reshape(batch * channels, time), curves
