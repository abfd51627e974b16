"""Delays: by whole samples, by fractions that may change from sample to sample, and in a loop.

All are differentiable by their delay times, because what lies between two samples is interpolated; second derivatives
are not available on the CPU.
"""

from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from grafx_lab.dsp import delay_kernels, kernels, loops
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator

Interpolation = Literal["linear", "cubic"]


def shift(signal: Tensor, samples: int) -> Tensor:
    """Delay ``(batch, channel, time)`` by whole samples; a negative number advances it. The length stays."""
    length = signal.shape[-1]
    if samples < 0:
        return F.pad(signal[..., -samples:], (0, min(-samples, length)))
    return F.pad(signal, (samples, 0))[..., :length] if samples else signal


def delay(signal: Tensor, samples: Tensor, interpolation: Interpolation = "cubic") -> Tensor:
    """Delay by a fractional number of samples, :math:`y[n]=u(n-d[n])`; before its beginning the signal is zero.

    ``"linear"`` joins neighbouring samples by lines: it dulls the treble, and its gradient jumps where the delay passes
    a whole number. ``"cubic"`` (Catmull-Rom) runs smoothly through four samples, one of them ahead of the delay, so
    that delays below one sample look one sample into the future.

    Args:
        signal: ``(batch, channel, time)``.
        samples: the delay, not negative, ``(batch, channel, time)`` or with axes of length one; in float64 it keeps its
            fractions also where it is long.
        interpolation: how to read between samples.

    Returns:
        ``(batch, channel, time)``; batch and channel broadcast.
    """
    if interpolation not in ("linear", "cubic"):
        raise ValueError(f"delay: interpolation is {interpolation!r}, expected 'linear' or 'cubic'.")
    length = signal.shape[-1]
    batch, channels = np.broadcast_shapes(signal.shape[:2], samples.shape[:2])
    if signal.is_cuda:
        return _gathered(signal.expand(batch, channels, length), samples, interpolation == "cubic")

    def rows(tensor: Tensor) -> Tensor:
        return tensor.expand(batch, channels, length).reshape(batch * channels, length)

    delayed = _Delay.apply(rows(signal), rows(samples.double()), interpolation == "cubic")
    return delayed.reshape(batch, channels, length)


def _gathered(signal: Tensor, samples: Tensor, cubic: bool) -> Tensor:
    """:func:`delay` by tensor operations."""
    length = signal.shape[-1]
    # Beyond a sample before the beginning there is only silence, however long the delay.
    whole = samples.detach().clamp(max=length + 2).floor()
    fraction = (samples.clamp(max=length + 2) - whole).to(signal.dtype)
    place = (torch.arange(length, device=signal.device) - whole.long()).expand(signal.shape)
    padded = F.pad(signal, (1, 1))

    def ago(offset: int) -> Tensor:
        return padded.gather(-1, (place + 1 - offset).clamp(0, length + 1))

    if not cubic:
        return torch.lerp(ago(0), ago(1), fraction.expand(signal.shape))
    ahead, near, far, beyond = (ago(offset) for offset in (-1, 0, 1, 2))
    bend = 2 * ahead - 5 * near + 4 * far - beyond + fraction * (3 * (near - far) + beyond - ahead)
    return near + fraction / 2 * (far - ahead + fraction * bend)


def feedback_delay(signal: Tensor, samples: Tensor, feedback: Tensor) -> Tensor:
    r"""The echoes of a delay that hears itself: :math:`w[n]=v(n-d[n])` of :math:`v[n]=u[n]+g\,w[n]`.

    Interpolation is linear, because its weights are positive and sum to one: whatever path the delay takes, the loop
    is stable for :math:`|g|<1`. On the CPU also for signals on a GPU, as no parallel form exists.

    Args:
        signal: ``(batch, channel, time)``.
        samples: the delay, at least 1, ``(batch, channel, time)`` or with axes of length one.
        feedback: g, ``(batch, channel, 1)`` or with axes of length one.

    Returns:
        w, ``(batch, channel, time)``; batch and channel broadcast.
    """
    length = signal.shape[-1]
    batch, channels = np.broadcast_shapes(signal.shape[:2], samples.shape[:2], feedback.shape[:2])

    def rows(tensor: Tensor, time: int) -> Tensor:
        return tensor.expand(batch, channels, time).reshape(batch * channels, time)

    arguments = rows(signal, length), rows(samples.double(), length), rows(feedback.double(), 1)
    return _FeedbackDelay.apply(*arguments).reshape(batch, channels, length)


class _Delay(torch.autograd.Function):
    """Autograd around :func:`delay_kernels.read_back`; rows ``(rows, time)``, delays float64."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, samples: Tensor, cubic: bool) -> Tensor:
        ctx.save_for_backward(signal, samples)
        ctx.cubic = cubic
        return _read_back(signal, samples, cubic)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, None]:
        return *_read_back_adjoint(grad_output, *ctx.saved_tensors, ctx.cubic), None


@operator(
    "read_back(Tensor signal, Tensor samples, bool cubic) -> Tensor",
    lambda signal, samples, cubic: signal.new_empty(signal.shape),
)
def _read_back(signal: Tensor, samples: Tensor, cubic: bool) -> Tensor:
    u = array(signal)
    y = np.empty_like(u)
    kernels.over_rows(delay_kernels.read_back, u, array(samples), y, shared=(cubic,))
    return torch.from_numpy(y)


@operator(
    "read_back_adjoint(Tensor grad, Tensor signal, Tensor samples, bool cubic) -> (Tensor, Tensor)",
    lambda grad, signal, samples, cubic: (signal.new_empty(signal.shape), samples.new_empty(samples.shape)),
)
def _read_back_adjoint(grad: Tensor, signal: Tensor, samples: Tensor, cubic: bool) -> tuple[Tensor, Tensor]:
    flow, u, delays = (array(tensor) for tensor in (grad, signal, samples))
    grad_u, grad_delay = np.empty_like(u), np.empty_like(delays)
    kernels.over_rows(delay_kernels.read_back_adjoint, flow, u, delays, grad_u, grad_delay, shared=(cubic,))
    return torch.from_numpy(grad_u), torch.from_numpy(grad_delay)


class _FeedbackDelay(torch.autograd.Function):
    """Autograd around :func:`loops.feedback_delay`; rows ``(rows, time)``, feedback ``(rows, 1)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, samples: Tensor, feedback: Tensor) -> Tensor:
        echo, loop = _echoes(signal, samples, feedback)
        ctx.save_for_backward(samples, feedback, echo, loop)
        return echo.to(signal.dtype, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        grad_signal, grad_samples, grad_feedback = _echoes_adjoint(grad_output, *ctx.saved_tensors)
        return grad_signal.to(grad_output.dtype), grad_samples, grad_feedback


def _rows_like(*shapes: Tensor) -> tuple[Tensor, ...]:
    return tuple(tensor.new_empty(tensor.shape, dtype=torch.float64) for tensor in shapes)


@operator(
    "echoes(Tensor signal, Tensor samples, Tensor feedback) -> (Tensor, Tensor)",
    lambda signal, samples, feedback: _rows_like(signal, signal),
)
def _echoes(signal: Tensor, samples: Tensor, feedback: Tensor) -> tuple[Tensor, Tensor]:
    echo, loop = np.empty(signal.shape), np.empty(signal.shape)
    arguments = (array(tensor) for tensor in (signal, samples, feedback))
    kernels.over_rows(loops.feedback_delay, *arguments, echo, loop)
    return torch.from_numpy(echo).to(signal.device), torch.from_numpy(loop).to(signal.device)


@operator(
    "echoes_adjoint(Tensor grad, Tensor samples, Tensor feedback, Tensor echo, Tensor loop)"
    " -> (Tensor, Tensor, Tensor)",
    lambda grad, samples, feedback, echo, loop: _rows_like(grad, grad, feedback),
)
def _echoes_adjoint(
    grad: Tensor, samples: Tensor, feedback: Tensor, echo: Tensor, loop: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    arguments = [array(tensor) for tensor in (grad, samples, feedback, echo, loop)]
    grads = np.empty(grad.shape), np.empty(grad.shape), np.empty((len(grad), 1))
    kernels.over_rows(loops.feedback_delay_adjoint, *arguments, *grads)
    grad_signal, grad_samples, grad_feedback = (torch.from_numpy(array).to(grad.device) for array in grads)
    return grad_signal, grad_samples, grad_feedback
