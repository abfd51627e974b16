"""Recursive filters, exact and differentiable: one-pole smoothers, ballistics, cascades of second-order sections.

Gradients are analytic: the adjoint of a recursion is the same recursion run backwards in time, and the gradients of
its coefficients are correlations with that adjoint (C.-Y. Yu, G. Fazekas, "Differentiable all-pole filters for
time-varying audio systems", DAFx 2024). Second derivatives are not available.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, scan


def one_pole(signal: Tensor, rate: Tensor, initial: float = 0.0) -> Tensor:
    r"""Smooth: :math:`y[n]=y[n-1]+r\,(u[n]-y[n-1])`.

    Args:
        signal: ``(batch, time)``.
        rate: :math:`r=1-\alpha` between 0 and 1, ``(batch, 1)``; see :func:`grafx_lab.dsp.dynamics.smoothing_rate`.
        initial: the state before the first sample.

    Returns:
        ``(batch, time)``; a batch of one broadcasts on either side.
    """
    if signal.is_cuda:
        return scan.one_pole(signal, rate, initial)
    return ballistics(signal, rate, rate, initial)


def ballistics(signal: Tensor, rise: Tensor, fall: Tensor, initial: float = 0.0) -> Tensor:
    r"""Smooth with one rate while the signal lies above the state and another one while it lies below.

    Args:
        signal: ``(batch, time)``.
        rise: rate :math:`1-\alpha` towards higher values, ``(batch, 1)``.
        fall: rate towards lower values, ``(batch, 1)``.
        initial: the state before the first sample.

    Returns:
        ``(batch, time)``; a batch of one broadcasts on either side. This recursion runs on the CPU: signals on a
        GPU travel there and back, because no parallel scan exists for it.
    """
    batch = max(signal.shape[0], rise.shape[0], fall.shape[0])
    rates = [rate.double().expand(batch, 1) for rate in (rise, fall)]
    return _Smoother.apply(signal.expand(batch, -1), *rates, initial)


def sosfilt(signal: Tensor, sos: Tensor) -> Tensor:
    """Filter through a cascade of second-order sections, each fed by the one before, from rest.

    Args:
        signal: ``(batch, channel, time)``.
        sos: sections ``(batch, channel, stages, 6)`` with ``a0 = 1``; see :mod:`grafx_lab.dsp.biquad`.

    Returns:
        ``(batch, channel, time)``; batch and channel broadcast.
    """
    batch, channels = np.broadcast_shapes(signal.shape[:2], sos.shape[:2])
    length, stages = signal.shape[-1], sos.shape[-2]
    rows = signal.expand(batch, channels, length).reshape(-1, length)
    sections = sos.double().expand(batch, channels, stages, 6).reshape(-1, stages, 6)
    filtered = scan.cascade(rows, sections) if signal.is_cuda else _Cascade.apply(rows, sections)
    return filtered.reshape(batch, channels, length)


class _Smoother(torch.autograd.Function):
    """Autograd around :func:`kernels.smooth`; rows ``(batch, time)``, rates ``(batch, 1)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, rise: Tensor, fall: Tensor, initial: float) -> Tensor:
        state = np.empty(signal.shape)
        kernels.over_rows(kernels.smooth, _array(signal), _array(rise)[:, 0], _array(fall)[:, 0], initial, state)
        ctx.save_for_backward(signal, rise, fall)
        ctx.state, ctx.initial = state, initial
        return torch.from_numpy(state).to(signal, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        signal, rise, fall = (_array(tensor) for tensor in ctx.saved_tensors)
        grad = _array(grad_output)
        grad_signal, grad_rates = np.empty_like(grad), np.empty((len(grad), 2))
        arguments = grad, signal, rise[:, 0], fall[:, 0], ctx.initial, ctx.state, grad_signal, grad_rates
        kernels.over_rows(kernels.smooth_adjoint, *arguments)
        grad_rise, grad_fall = torch.from_numpy(grad_rates).to(grad_output.device).split(1, 1)
        return torch.from_numpy(grad_signal).to(grad_output), grad_rise, grad_fall, None


class _Cascade(torch.autograd.Function):
    """Autograd around :func:`kernels.cascade`; rows ``(rows, time)``, sections ``(rows, stages, 6)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, sos: Tensor) -> Tensor:
        rows, length = signal.shape
        x, sections = _array(signal), _array(sos)
        y = np.empty_like(x)
        states = np.empty((rows, -(-length // kernels.BLOCK), sections.shape[1] + 1, 2))
        kernels.over_rows(kernels.cascade, x, sections, y, states)
        ctx.save_for_backward(signal, sos)
        ctx.states = states
        return torch.from_numpy(y)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        x, sections = (_array(tensor) for tensor in ctx.saved_tensors)
        grad = _array(grad_output)
        grad_x, grad_sos = np.empty_like(grad), np.empty_like(sections)
        kernels.over_rows(kernels.cascade_adjoint, grad, x, sections, ctx.states, grad_x, grad_sos)
        return torch.from_numpy(grad_x), torch.from_numpy(grad_sos)


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().contiguous().numpy()
