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

from grafx_lab.dsp import cascades, kernels, scan
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator


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
        state = _smooth(signal, rise, fall, initial)
        ctx.save_for_backward(signal, rise, fall, state)
        ctx.initial = initial
        return state.to(signal.dtype, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        grad_signal, grad_rates = _smooth_adjoint(grad_output, *ctx.saved_tensors, ctx.initial)
        return grad_signal, *grad_rates.split(1, 1), None


class _Cascade(torch.autograd.Function):
    """Autograd around :func:`cascades.cascade`; rows ``(rows, time)``, sections ``(rows, stages, 6)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, sos: Tensor) -> Tensor:
        filtered, states = _cascade(signal, sos)
        ctx.save_for_backward(signal, sos, states)
        return filtered

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        return _cascade_adjoint(grad_output, *ctx.saved_tensors)


def _empty_states(signal: Tensor, sos: Tensor) -> Tensor:
    shape = (signal.shape[0], -(-signal.shape[1] // cascades.BLOCK), sos.shape[1] + 1, 2)
    return signal.new_empty(shape, dtype=torch.float64)


@operator(
    "smooth(Tensor signal, Tensor rise, Tensor fall, float initial) -> Tensor",
    lambda signal, rise, fall, initial: signal.new_empty(signal.shape, dtype=torch.float64),
)
def _smooth(signal: Tensor, rise: Tensor, fall: Tensor, initial: float) -> Tensor:
    state = np.empty(signal.shape)
    kernels.over_rows(kernels.smooth, array(signal), array(rise)[:, 0], array(fall)[:, 0], initial, state)
    return torch.from_numpy(state).to(signal.device)


@operator(
    "smooth_adjoint(Tensor grad, Tensor signal, Tensor rise, Tensor fall, Tensor state, float initial)"
    " -> (Tensor, Tensor)",
    lambda grad, *_: (grad.new_empty(grad.shape), grad.new_empty((grad.shape[0], 2), dtype=torch.float64)),
)
def _smooth_adjoint(
    grad: Tensor, signal: Tensor, rise: Tensor, fall: Tensor, state: Tensor, initial: float
) -> tuple[Tensor, Tensor]:
    flow, x, up, down, y = (array(tensor) for tensor in (grad, signal, rise, fall, state))
    grad_signal, grad_rates = np.empty_like(flow), np.empty((len(flow), 2))
    kernels.over_rows(kernels.smooth_adjoint, flow, x, up[:, 0], down[:, 0], initial, y, grad_signal, grad_rates)
    return torch.from_numpy(grad_signal).to(grad.device), torch.from_numpy(grad_rates).to(grad.device)


@operator(
    "cascade(Tensor signal, Tensor sos) -> (Tensor, Tensor)",
    lambda signal, sos: (signal.new_empty(signal.shape), _empty_states(signal, sos)),
)
def _cascade(signal: Tensor, sos: Tensor) -> tuple[Tensor, Tensor]:
    x, states = array(signal), _empty_states(signal, sos)
    y = np.empty_like(x)
    kernels.over_rows(cascades.cascade, x, array(sos), y, states.numpy())
    return torch.from_numpy(y), states


@operator(
    "cascade_adjoint(Tensor grad, Tensor signal, Tensor sos, Tensor states) -> (Tensor, Tensor)",
    lambda grad, signal, sos, states: (grad.new_empty(grad.shape), sos.new_empty(sos.shape)),
)
def _cascade_adjoint(grad: Tensor, signal: Tensor, sos: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    flow, x, sections, saved = (array(tensor) for tensor in (grad, signal, sos, states))
    grad_x, grad_sos = np.empty_like(flow), np.empty_like(sections)
    kernels.over_rows(cascades.cascade_adjoint, flow, x, sections, saved, grad_x, grad_sos)
    return torch.from_numpy(grad_x), torch.from_numpy(grad_sos)
