"""Levels frame by frame, and the gain between two signals."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

QUIET = 1e-6
"""Energy relative to the loudest frame below which a frame says nothing about a gain, unless asked: −60 dB."""


def frame_energy(signal: Tensor, hop: int) -> Tensor:
    """Mean energy over the channels of frames, ``(…, channel, time)`` → ``(…, frames)``; the last may be shorter."""
    energy = signal.square().mean(-2)
    frames = F.avg_pool1d(energy.reshape(-1, 1, energy.shape[-1]), hop, ceil_mode=True)
    return frames.reshape(*energy.shape[:-1], -1)


def frame_gain(signal: Tensor, target: Tensor, hop: int, quiet: float = QUIET) -> tuple[Tensor, Tensor]:
    """Log amplitude gain of each frame from signal to target, and how far it can be trusted.

    Args:
        signal: ``(…, channel, time)``.
        target: ``(…, channel, time)``.
        hop: length of a frame in samples.
        quiet: energy relative to the loudest frame below which a frame says nothing.

    Returns:
        natural logarithms and weights 0 to 1, ``(…, frames)`` each.
    """
    before, after = frame_energy(signal, hop).double(), frame_energy(target, hop).double()
    loudest, loudest_after = (energy.amax(-1, keepdim=True) for energy in (before, after))
    loudest = loudest.clamp_min(1e-30)
    gain = 0.5 * torch.log((after + quiet * loudest_after + 1e-30) / (before + quiet * loudest + 1e-30))
    return gain, (1 - torch.log10((before / loudest).clamp_min(quiet)) / math.log10(quiet)).clamp(0, 1)


def at_frames(envelope: Tensor, hop: int) -> Tensor:
    """The mean over each frame, ``(batch, time)`` → ``(batch, frames)``."""
    return F.avg_pool1d(envelope[:, None], hop, ceil_mode=True)[:, 0]
