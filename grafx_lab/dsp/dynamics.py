"""Static curves of dynamic range processors, and one-pole coefficients from time constants.

Levels, thresholds and knees are natural logarithms of energies, gains natural logarithms of amplitude factors. See
D. Giannoulis, M. Massberg, J. D. Reiss, "Digital dynamic range compressor design", JAES 60(6), 2012.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

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
    return (1 / ratio - 1) / 2 * overshoot(level - threshold, shape, knee)


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
    return (1 - ratio) / 2 * overshoot(threshold - level, shape, knee)


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
