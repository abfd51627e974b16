"""A slow swing in a curve: its rate, phase and depth."""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.least_squares import levenberg_marquardt

SLOWEST, FASTEST = 0.4, 12.0
"""Hz between which a swing is looked for."""

SHORTEST = 0.25
"""Seconds in which a swing can be seen."""

CYCLES = 1.5
"""A slower swing than so many in the whole curve could be anything."""

CANDIDATES = 3


def find_swing(gain: Tensor, weight: Tensor, frame_rate: float) -> tuple[float, float, float]:
    r"""The sine that explains a gain best, :math:`g\,(1-d\,(1-\sin(2\pi ft+\varphi))/2)`.

    Args:
        gain: factors of frames, ``(frames,)``.
        weight: how far each can be trusted, ``(frames,)``.
        frame_rate: frames per second.

    Returns:
        rate in Hz, phase in degrees, depth 0 to 1; a depth of 0 where there are too few frames.
    """
    frames = len(gain)
    seconds = (torch.arange(frames, dtype=torch.float64) + 0.5) / frame_rate
    if seconds[-1] < SHORTEST:
        return 1.0, 0.0, 0.0
    mean = (gain * weight).sum() / weight.sum().clamp_min(1e-9)
    wanted = (gain / mean.clamp_min(1e-9) - 1).double() * weight
    slowest = max(SLOWEST, CYCLES / float(seconds[-1]))
    rates = torch.arange(slowest, FASTEST, 0.25 / float(seconds[-1]), dtype=torch.float64)
    strength = (torch.exp(-2j * math.pi * rates[:, None] * seconds) @ wanted.to(torch.complex128)).abs()
    starts = rates[strength.argsort(descending=True)][: 4 * CANDIDATES : 4]

    def swing(unknowns: Tensor) -> Tensor:
        rate, phase, depth = unknowns.split(1, -1)
        wave = torch.sin(2 * math.pi * (FASTEST * rate * seconds + phase))
        curve = 1 - depth * (1 - wave) / 2
        level = (curve * weight * gain).sum(-1, keepdim=True) / (weight * curve.square()).sum(-1, keepdim=True)
        return weight.sqrt() * (level * curve - gain)

    phases = torch.tensor([0.1, 0.35, 0.6, 0.85])
    found = [
        levenberg_marquardt(swing, torch.tensor([float(rate) / FASTEST, float(phase), 0.4], dtype=torch.float64))
        for rate in starts
        for phase in phases
    ]
    best = min(found, key=lambda unknowns: float(swing(unknowns[None]).square().sum()))
    return FASTEST * float(best[0]), (360 * float(best[1]) + 180) % 360 - 180, float(best[2])
