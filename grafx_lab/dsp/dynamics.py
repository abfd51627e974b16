"""Static curves of dynamic range processors, and one-pole coefficients from time constants.

Levels, thresholds and knees are natural logarithms of energies, gains natural logarithms of amplitude factors. See
D. Giannoulis, M. Massberg, J. D. Reiss, "Digital dynamic range compressor design", JAES 60(6), 2012.
"""

from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from grafx_lab.dsp import dynamics_kernels, kernels
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator

Knee = Literal["hard", "quadratic", "exponential"]
KNEES: tuple[Knee, ...] = ("hard", "quadratic", "exponential")

SMALLEST_RATE = 1e-6
"""One-pole smoothers keep their pole at or below 1 − 1e-6: a time constant of 23 s at 44.1 kHz."""


ENERGY_FLOOR = 1e-5
"""Added to an energy before its logarithm: −50 dB, as in GRAFX."""


def log_energy(energy: Tensor, floor: float = ENERGY_FLOOR) -> Tensor:
    """Energy ``(batch, time)`` → its natural logarithm; the floor keeps silence finite."""
    return torch.log(energy + floor)


def overshoot(excess: Tensor, shape: Knee, knee: Tensor | None = None) -> Tensor:
    r"""What exceeds the threshold, bent by the knee: 0 far below, ``excess`` far above.

    Args:
        excess: level over threshold ``(batch, time)``, log energy.
        shape: ``"hard"`` for :math:`\max(x,0)`; ``"quadratic"`` for :math:`(x+W/2)^2/(2W)` where
            :math:`|x|\le W/2`; ``"exponential"`` for :math:`\ln(1+e^{kx})/k`.
        knee: ``(batch, 1)``: the width W of the quadratic knee, the sharpness k of the exponential one.

    Returns:
        ``(batch, time)``.
    """
    if shape == "hard":
        return F.relu(excess)
    if knee is None:
        raise ValueError(f"overshoot: the {shape} knee needs 'knee'.")
    if shape == "exponential":
        return F.softplus(knee * excess) / knee
    half = knee / 2
    # At its upper end the parabola has slope one and at its lower end slope zero, so no gradient jumps.
    parabola = (F.relu(excess + half)).square() / (4 * half)
    return torch.where(excess > half, excess, parabola)


def compressor_gain(
    level: Tensor, threshold: Tensor, ratio: Tensor, shape: Knee = "hard", knee: Tensor | None = None
) -> Tensor:
    """Log gain after which each ``ratio`` decibels above the threshold are one.

    Args:
        level: ``(batch, time)``, log energy.
        threshold: ``(batch, 1)``, log energy.
        ratio: ``(batch, 1)``, above 1, or negative for a level that falls above the threshold.
        shape: of the knee, see :func:`overshoot`.
        knee: ``(batch, 1)``, see :func:`overshoot`.

    Returns:
        ``(batch, time)``, at most 0.
    """
    # The level is a log energy, the gain a log amplitude: half of it.
    return _bent_gain(level, threshold, (1 / ratio - 1) / 2, 1, shape, knee)


def gate_gain(
    level: Tensor, threshold: Tensor, ratio: Tensor, shape: Knee = "hard", knee: Tensor | None = None
) -> Tensor:
    """Log gain after which each decibel below the threshold is ``ratio`` decibels.

    Args:
        level: ``(batch, time)``, log energy.
        threshold: ``(batch, 1)``, log energy.
        ratio: ``(batch, 1)``, above 1; below 1 quiet levels rise.
        shape: of the knee, see :func:`overshoot`.
        knee: ``(batch, 1)``, see :func:`overshoot`.

    Returns:
        ``(batch, time)``, at most 0 for a ratio above 1.
    """
    return _bent_gain(level, threshold, (1 - ratio) / 2, -1, shape, knee)


def smoothing_rate(milliseconds: Tensor, sample_rate: float) -> Tensor:
    r"""Time constant τ → :math:`1-\alpha=1-e^{-1/(f_s\tau)}`: the share of a step that one sample covers.

    The rate keeps its digits where the pole α rounds to 1. Any shape; result between 1e-6 and 1.
    """
    return (-torch.expm1(-1000 / (sample_rate * milliseconds))).clamp_min(SMALLEST_RATE)


def truncated_one_pole(rate: Tensor, length: int) -> Tensor:
    r"""The first ``length`` taps of :math:`(1-\alpha)\alpha^n`.

    Args:
        rate: :math:`1-\alpha`, ``(batch, 1)``.
        length: taps.

    Returns:
        ``(batch, length)``.
    """
    n = torch.arange(length, dtype=rate.dtype, device=rate.device)
    # For α = 0 the first tap is 1 and the others vanish; the clamp keeps its logarithm finite.
    return rate * torch.exp(n * torch.log1p(-rate.clamp_max(1 - 1e-7)))


def _bent_gain(level: Tensor, threshold: Tensor, slope: Tensor, side: int, shape: Knee, knee: Tensor | None) -> Tensor:
    """``slope`` times the overshoot on one side of the threshold; compiled on the CPU."""
    if level.is_cuda or (knee is None and shape != "hard"):
        return slope * overshoot(side * (level - threshold), shape, knee)
    curve = (threshold, slope, torch.ones_like(slope) if knee is None else knee)
    batch = max(map(len, (level, *curve)))
    parts = (part.to(level.dtype).expand(batch, -1) for part in (level, *curve))
    return _BentGain.apply(*parts, side, KNEES.index(shape))


class _BentGain(torch.autograd.Function):
    """Autograd around :func:`dynamics_kernels.bent_gain`; levels ``(batch, time)``, curves ``(batch, 1)``."""

    @staticmethod
    def forward(
        ctx: Any, level: Tensor, threshold: Tensor, slope: Tensor, knee: Tensor, side: int, shape: int
    ) -> Tensor:
        ctx.save_for_backward(level, threshold, slope, knee)
        ctx.form = side, shape
        return _compute_bent_gain(level, threshold, slope, knee, side, shape)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        grad_level, sums = _bent_gain_adjoint(grad_output, *ctx.saved_tensors, *ctx.form)
        return grad_level, *sums.split(1, 1), None, None


@operator(
    "bent_gain(Tensor level, Tensor threshold, Tensor slope, Tensor knee, int side, int shape) -> Tensor",
    lambda level, *_: level.new_empty(level.shape),
)
def _compute_bent_gain(level: Tensor, threshold: Tensor, slope: Tensor, knee: Tensor, side: int, shape: int) -> Tensor:
    levels, *curve = (array(tensor) for tensor in (level, threshold, slope, knee))
    gain = np.empty_like(levels)
    kernels.over_rows(dynamics_kernels.bent_gain, levels, *(part[:, 0] for part in curve), side, shape, gain)
    return torch.from_numpy(gain)


@operator(
    "bent_gain_adjoint(Tensor grad, Tensor level, Tensor threshold, Tensor slope, Tensor knee, int side, int shape)"
    " -> (Tensor, Tensor)",
    lambda grad, *_: (grad.new_empty(grad.shape), grad.new_empty((len(grad), 3))),
)
def _bent_gain_adjoint(
    grad: Tensor, level: Tensor, threshold: Tensor, slope: Tensor, knee: Tensor, side: int, shape: int
) -> tuple[Tensor, Tensor]:
    flow, levels, *curve = (array(tensor) for tensor in (grad, level, threshold, slope, knee))
    grads = np.empty_like(levels), np.empty((len(levels), 3), levels.dtype)
    columns = (part[:, 0] for part in curve)
    kernels.over_rows(dynamics_kernels.bent_gain_adjoint, flow, levels, *columns, side, shape, *grads)
    return torch.from_numpy(grads[0]), torch.from_numpy(grads[1])
