"""Soft clipping: curves made of pieces of tanh; compiled loops on the CPU, plain tensors on a GPU.

Second derivatives are not available on the CPU.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, saturation_kernels
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator


def saturate(
    signal: Tensor, before: Tensor | None = None, after: Tensor | None = None, bias: Tensor | None = None
) -> Tensor:
    r"""A tanh between two gains, :math:`g_\mathrm{after}\,(\tanh(g_\mathrm{before}\,u+b)-\tanh b)`.

    Args:
        signal: ``(batch, channel, time)``.
        before, after: factors, ``(batch, 1)``; one by default.
        bias: shift of the curve, ``(batch, 1)``; none by default.
    """
    before, after = _factor(before, signal), _factor(after, signal)
    if bias is None:
        shift = offset = torch.zeros_like(before)
    else:
        shift = bias if signal.is_cuda else bias.double()
        offset = -_height(shift)
    piece = torch.stack(torch.broadcast_tensors(before, shift, after, offset), -1)
    return _along(signal, piece, before.new_empty(1, 0))


def piecewise_tanh(
    signal: Tensor,
    thresholds: Tensor,
    hardness: Tensor,
    before: Tensor | None = None,
    after: Tensor | None = None,
) -> Tensor:
    r"""A tanh between two thresholds, and beyond each of them another tanh that goes on with the same slope.

    Above :math:`k_p` it is :math:`\tanh k+\frac{1-\tanh^2 k}{h}\tanh(h(u-k))`, below :math:`-k_n` its mirror image.

    Args:
        signal: ``(batch, channel, time)``.
        thresholds: :math:`(k_n,k_p)`, 0 to 1, ``(batch, 2)``.
        hardness: :math:`(h_n,h_p)`, ``(batch, 2)``; above 1 the curve saturates sooner.
        before, after: factors in front of and behind the curve, ``(batch, 1)``; one by default.
    """
    gains = _factor(before, signal), _factor(after, signal)
    thresholds, hardness, drive, level = torch.broadcast_tensors(thresholds, hardness, *gains)
    sides = thresholds * thresholds.new_tensor([-1.0, 1.0])
    reached, nothing = torch.tanh(sides), torch.zeros_like(drive)
    slope = (1 - reached.square()) / hardness
    outer = hardness * drive, -hardness * sides, level * slope, reached / slope
    middle = drive, nothing, level, nothing
    numbers = [torch.cat([both[:, :1], own[:, :1], both[:, 1:]], 1) for both, own in zip(outer, middle, strict=True)]
    return _along(signal, torch.stack(numbers, -1), (sides / drive).detach())


def _factor(given: Tensor | None, signal: Tensor) -> Tensor:
    return signal.new_ones(1, 1) if given is None else given


def _height(argument: Tensor) -> Tensor:
    """tanh of ``(batch, 1)`` to the last bit as curves have it, so that what is silent stays so."""
    nothing, one = torch.zeros_like(argument), torch.ones_like(argument)
    piece = torch.stack([nothing, argument, one, nothing], -1)
    return _along(argument.new_zeros(1, 1, 1), piece, argument.new_empty(1, 0))[:, 0]


def _along(signal: Tensor, pieces: Tensor, bounds: Tensor) -> Tensor:
    """Heights of a curve of pieces ``(batch, pieces, 4)`` between bounds ``(batch, pieces - 1)``."""
    batch = max(len(signal), len(pieces))
    pieces, bounds = pieces.expand(batch, -1, -1), bounds.expand(batch, -1)
    if signal.is_cuda:
        return _plainly_along(signal, pieces, bounds)
    return _Curve.apply(signal.expand(batch, -1, -1), pieces, bounds, torch.is_grad_enabled())


def _plainly_along(signal: Tensor, pieces: Tensor, bounds: Tensor) -> Tensor:
    heights = (
        height * (torch.tanh(slope * signal + shift) + offset)
        for slope, shift, height, offset in (piece[..., None, None].unbind(1) for piece in pieces.unbind(1))
    )
    curve = next(heights)
    for bound, height in zip(bounds[..., None, None].unbind(1), heights, strict=True):
        curve = torch.where(signal > bound, height, curve)
    return curve


class _Curve(torch.autograd.Function):
    """Autograd around :func:`saturation_kernels.follow_pieces`, for signals ``(batch, channel, time)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, pieces: Tensor, bounds: Tensor, keep: bool) -> Tensor:
        output, saturated = _follow(signal, pieces, bounds, keep)
        ctx.save_for_backward(signal, saturated, pieces, bounds)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, None, None]:
        return *_follow_adjoint(grad_output, *ctx.saved_tensors), None, None


@operator(
    "follow_pieces(Tensor signal, Tensor pieces, Tensor bounds, bool keep) -> (Tensor, Tensor)",
    lambda signal, pieces, bounds, keep: (
        signal.new_empty(signal.shape),
        signal.new_empty((*signal.shape[:2], signal.shape[2] if keep else 0)),
    ),
)
def _follow(signal: Tensor, pieces: Tensor, bounds: Tensor, keep: bool) -> tuple[Tensor, Tensor]:
    """Heights of the curve, and those of its tanh alone where a gradient will need them."""
    x = array(signal)
    y, saturated = np.empty_like(x), np.empty_like(x if keep else x[..., :0])
    curves = (_of_channels(part, x.shape[1]) for part in (pieces, bounds))
    kernels.over_rows(saturation_kernels.follow_pieces, _rows(x), *curves, _rows(y), _rows(saturated))
    return torch.from_numpy(y), torch.from_numpy(saturated)


@operator(
    "follow_pieces_adjoint(Tensor grad, Tensor signal, Tensor saturated, Tensor pieces, Tensor bounds) "
    "-> (Tensor, Tensor)",
    lambda grad, signal, saturated, pieces, bounds: (signal.new_empty(signal.shape), pieces.new_empty(pieces.shape)),
)
def _follow_adjoint(
    grad: Tensor, signal: Tensor, saturated: Tensor, pieces: Tensor, bounds: Tensor
) -> tuple[Tensor, Tensor]:
    signals, channels = [_rows(array(each)) for each in (grad, signal, saturated)], signal.shape[1]
    numbers, ends = (_of_channels(part, channels) for part in (pieces, bounds))
    grads = np.empty_like(signals[0]), np.empty_like(numbers)
    kernels.over_rows(saturation_kernels.follow_pieces_adjoint, *signals, numbers, ends, *grads)
    grad_pieces = grads[1].reshape(-1, channels, *pieces.shape[1:]).sum(1)
    return torch.from_numpy(grads[0].reshape(signal.shape)), torch.from_numpy(grad_pieces).to(pieces.dtype)


def _of_channels(numbers: Tensor, channels: int) -> np.ndarray:
    """What says the curve of each item, ``(batch, …)``, for each of its channels: a row that a thread can take."""
    return array(numbers).astype(np.float64, copy=False).repeat(channels, 0)


def _rows(signal: np.ndarray) -> np.ndarray:
    """``(batch, channel, time)`` → ``(batch · channel, time)``."""
    return signal.reshape(signal.shape[0] * signal.shape[1], signal.shape[2])
