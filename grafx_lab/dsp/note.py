"""The envelope of a note: attack, decay, sustain, release."""

import math

import torch
from torch import Tensor

NEPERS_TO_SILENCE = math.log(1000.0)
"""Decay and release have covered their way to 0.1 %, which is −60 dB, in their time."""


def adsr(
    time: Tensor, onset: Tensor, duration: Tensor, attack: Tensor, decay: Tensor, sustain: Tensor, release: Tensor
) -> Tensor:
    """A note's envelope: a straight rise to one, an exponential fall to the sustained level, an exponential end.

    Args:
        time: seconds ``(time,)``.
        onset: when the note begins, ``(batch, 1)`` in seconds like all times here.
        duration: from the onset to the beginning of the release, also if the attack has not ended by then.
        attack: from zero to one.
        decay: until 0.1 % of the way to the sustained level is left.
        sustain: that level, a factor.
        release: until −60 dB of the last level.

    Returns:
        factors ``(batch, time)``.
    """
    since = time - onset
    held = torch.minimum(since, duration)
    rise = (held / attack).clamp(0, 1)
    fall = torch.exp(-NEPERS_TO_SILENCE * (held - attack).clamp_min(0) / decay)
    end = torch.exp(-NEPERS_TO_SILENCE * (since - duration).clamp_min(0) / release)
    return rise * (sustain + (1 - sustain) * fall) * end
