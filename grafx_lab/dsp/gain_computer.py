"""The steps of dynamic range processors as compiled loops on the CPU, differentiable; plain tensors on a GPU.

The formulas are those of :mod:`.dynamics` and :mod:`.recursion`; second derivatives are not available.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import dynamics_kernels, kernels
from grafx_lab.dsp.kernels import array, uncropped
from grafx_lab.dsp.operators import operator
from grafx_lab.dsp.recursion import ballistics, one_pole


def smoothed_energy(signal: Tensor, rise: Tensor, fall: Tensor | None = None) -> Tensor:
    r"""Mean energy over the channels, smoothed as by :func:`ballistics` or, with one rate, :func:`one_pole`.

    Args:
        signal: ``(batch, channel, time)``.
        rise: rate :math:`1-\alpha` towards higher energies, ``(batch, 1)``.
        fall: rate towards lower energies, ``(batch, 1)``; the same by default.

    Returns:
        ``(batch, time)``; a batch of one broadcasts on either side.
    """
    if signal.is_cuda:
        energy = signal.square().mean(-2)
        return one_pole(energy, rise) if fall is None else ballistics(energy, rise, fall)
    rates = [rate.double() for rate in (rise, rise if fall is None else fall)]
    batch = max(len(signal), *map(len, rates))
    return _EnergyFollower.apply(signal.expand(batch, -1, -1), *(rate.expand(batch, 1) for rate in rates))


def amplify(signal: Tensor, gain: Tensor) -> Tensor:
    """Every channel of a signal ``(batch, channel, time)`` times a gain ``(batch, time)``; batches broadcast."""
    batch = max(len(signal), len(gain))
    if signal.is_cuda:
        return signal * gain[:, None]
    return _Amplifier.apply(signal.expand(batch, -1, -1), gain.expand(batch, -1))


class _EnergyFollower(torch.autograd.Function):
    """Signals ``(batch, channel, time)``, rates ``(batch, 1)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, rise: Tensor, fall: Tensor) -> Tensor:
        smoothed = _follow_energy(signal, rise, fall)
        ctx.save_for_backward(signal, rise, fall, smoothed)
        return smoothed

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, ...]:
        grad_signal, grad_rates = _follow_energy_adjoint(grad_output, *ctx.saved_tensors)
        return grad_signal, *grad_rates.split(1, 1)


class _Amplifier(torch.autograd.Function):
    """Both gradients of a product in one pass, without a temporary of the signal's size."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, gain: Tensor) -> Tensor:
        ctx.save_for_backward(signal, gain)
        return signal * gain[:, None]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor]:
        return _amplify_adjoint(grad_output, *ctx.saved_tensors)


@operator(
    "follow_energy(Tensor signal, Tensor rise, Tensor fall) -> Tensor",
    lambda signal, rise, fall: signal.new_empty((signal.shape[0], signal.shape[2])),
)
def _follow_energy(signal: Tensor, rise: Tensor, fall: Tensor) -> Tensor:
    x = array(signal)
    y = np.empty((x.shape[0], x.shape[2]), x.dtype)
    kernels.over_rows(dynamics_kernels.follow_energy, x, array(rise)[:, 0], array(fall)[:, 0], y)
    return torch.from_numpy(y)


@operator(
    "follow_energy_adjoint(Tensor grad, Tensor signal, Tensor rise, Tensor fall, Tensor y) -> (Tensor, Tensor)",
    lambda grad, signal, *_: (signal.new_empty(signal.shape), signal.new_empty((len(grad), 2), dtype=torch.float64)),
)
def _follow_energy_adjoint(
    grad: Tensor, signal: Tensor, rise: Tensor, fall: Tensor, y: Tensor
) -> tuple[Tensor, Tensor]:
    x, up, down = array(signal), array(rise)[:, 0], array(fall)[:, 0]
    grads = np.empty_like(x), np.empty((len(x), 2))
    kernels.over_rows(dynamics_kernels.follow_energy_adjoint, array(grad), x, up, down, array(y), *grads)
    return torch.from_numpy(grads[0]), torch.from_numpy(grads[1])


@operator(
    "amplify_adjoint(Tensor grad, Tensor signal, Tensor gain) -> (Tensor, Tensor)",
    lambda grad, signal, gain: (signal.new_empty(signal.shape), gain.new_empty(gain.shape)),
)
def _amplify_adjoint(grad: Tensor, signal: Tensor, gain: Tensor) -> tuple[Tensor, Tensor]:
    flow, x, factor = uncropped(grad), uncropped(signal), array(gain)
    grads = np.empty(signal.shape, x.dtype), np.empty_like(factor)
    kernels.over_rows(dynamics_kernels.amplify_adjoint, flow, x, factor, *grads)
    return torch.from_numpy(grads[0]), torch.from_numpy(grads[1])
