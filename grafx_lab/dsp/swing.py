"""A slow swing in the level of signals: its rate, phase and depth."""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.least_squares import levenberg_marquardt

SLOWEST, FASTEST = 0.05, 12.0
"""Hz between which a swing is looked for."""

SHORTEST = 0.25
"""Seconds in which a swing can be seen."""

CANDIDATES = 3

RIDGE = 1e-6
"""Of the energy of a sine: keeps one of which hardly anything is seen from growing beyond all bounds."""

SIDE_BY_SIDE = 64
"""Rates that are tried at a time."""


def find_swing(gain: Tensor, weight: Tensor, frame_rate: float) -> tuple[float, list[float], float]:
    r"""The sine that explains gains best, :math:`g\,(1-d\,(1-\sin(2\pi ft+\varphi))/2)`, with a phase for each channel.

    At a given rate, level, phase and depth follow from linear least squares: the rates that leave least are refined.

    Args:
        gain: factors of frames, ``(channel, frames)``.
        weight: how far each can be trusted, ``(channel, frames)``.
        frame_rate: frames per second.

    Returns:
        rate in Hz, phases in degrees, depth 0 to 1; a depth of 0 where there are too few frames.
    """
    channels, frames = gain.shape
    seconds = (torch.arange(frames, dtype=torch.float64, device=gain.device) + 0.5) / frame_rate
    if seconds[-1] < SHORTEST or not (weight * gain).any():
        return 1.0, [0.0] * channels, 0.0
    gain, weight = gain.double(), weight.double()
    rates = torch.arange(SLOWEST, FASTEST, 0.25 / float(seconds[-1]), dtype=torch.float64, device=gain.device)
    found = [_sines(gain, weight, seconds, part) for part in rates.split(SIDE_BY_SIDE)]
    left, starts = (torch.cat(parts) for parts in zip(*found, strict=True))

    def swing(unknowns: Tensor) -> Tensor:
        rate, depth, phases = unknowns[:, :1, None], unknowns[:, 1:2, None], unknowns[:, 2:, None]
        curve = 1 - depth * (1 - torch.sin(2 * math.pi * (FASTEST * rate * seconds + phases))) / 2
        level = (curve * weight * gain).sum(-1, keepdim=True) / (weight * curve.square()).sum(-1, keepdim=True)
        return (weight.sqrt() * (level * curve - gain)).flatten(1)

    def refined(start: Tensor) -> Tensor:
        turn = torch.nn.functional.pad(start[2:] - 0.5, (2, 0))  # phases are circles, which begin anywhere
        return levenberg_marquardt(lambda unknowns: swing(unknowns + turn), start - turn) + turn

    candidates = map(refined, starts[left.argsort()[: 4 * CANDIDATES : 4]])
    best = min(candidates, key=lambda unknowns: float(swing(unknowns[None]).square().sum()))
    rate, depth, *phases = best.tolist()
    return FASTEST * rate, [(360 * phase + 180) % 360 - 180 for phase in phases], depth


def _sines(gain: Tensor, weight: Tensor, seconds: Tensor, rates: Tensor) -> tuple[Tensor, Tensor]:
    """What the best sine of each rate leaves, ``(rates,)``, and its unknowns ``(rates, 2 + channels)``."""
    angle = 2 * math.pi * rates[:, None] * seconds
    parts = torch.stack([torch.ones_like(angle), angle.sin(), angle.cos()], -1)[:, None]
    weighted = parts * weight[..., None]
    lift = RIDGE * weight.sum(-1)[:, None, None] * torch.eye(3, dtype=gain.dtype, device=gain.device)
    shares = torch.linalg.solve(weighted.mT @ parts + lift, weighted.mT @ gain[..., None])
    left = (weight * ((parts @ shares)[..., 0] - gain).square()).sum((-1, -2))
    level, sine, cosine = shares[..., 0].unbind(-1)
    swing = torch.hypot(sine, cosine)
    depth = (2 * swing / (level + swing).abs().clamp_min(1e-9)).clamp(0, 1).mean(-1, keepdim=True)
    phase = (torch.atan2(cosine, sine) / (2 * math.pi)) % 1
    return left, torch.cat([rates[:, None] / FASTEST, depth, phase], -1)
