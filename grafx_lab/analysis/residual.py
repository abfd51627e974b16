"""What is left of a target when a fit is taken away from it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

_SILENCE = 1e-20


@dataclass(frozen=True, eq=False)
class Residual:
    """Target minus fitted.

    Attributes:
        samples: ``(channel, time)``.
        target: ``(channel, time)``, with as many channels.
        sample_rate: of both, in Hz.
        level: energy of the residual over that of the target, in dB (the error-to-signal ratio).
    """

    samples: Tensor
    target: Tensor
    sample_rate: float
    level: float


def residual(fitted: Tensor, target: Tensor, sample_rate: float) -> Residual:
    """Compare two signals ``(channel, time)`` sample by sample, as far as both reach; mono is the same in all."""
    length = min(fitted.shape[-1], target.shape[-1])
    goal, heard = torch.broadcast_tensors(target[..., :length].detach().cpu(), fitted[..., :length].detach().cpu())
    rest = goal - heard
    ratio = (rest.double().square().sum() + _SILENCE) / (goal.double().square().sum() + _SILENCE)
    return Residual(rest, goal, sample_rate, 10 * math.log10(ratio))
