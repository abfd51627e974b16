"""Transients as the difference between a fast and a slow follower of the level."""

from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.dynamics import log_energy
from grafx_lab.dsp.recursion import one_pole

FLOOR = 1e-8
"""Energy below which nothing counts as a transient: −80 dB."""


def transient_gain(energy: Tensor, attack: Tensor, sustain: Tensor, fast: Tensor, slow: Tensor) -> Tensor:
    """Log gain that grows with the lead of the fast follower over the slow one.

    Args:
        energy: ``(batch, time)``.
        attack: decibels of gain for each decibel by which the fast follower is louder, ``(batch, 1)``.
        sustain: decibels of gain for each decibel by which it is quieter, ``(batch, 1)``.
        fast: rate of the fast follower, ``(batch, 1)``; see :func:`grafx_lab.dsp.dynamics.smoothing_rate`.
        slow: rate of the slow follower, ``(batch, 1)``.

    Returns:
        log amplitudes ``(batch, time)``, 0 where the level is steady.
    """
    quick, lazy = (log_energy(one_pole(energy, rate).clamp_min(0), FLOOR) for rate in (fast, slow))
    lead = quick - lazy
    # The followers tell energies, the gain is an amplitude's: half of it.
    return (attack * F.relu(lead) + sustain * F.relu(-lead)) / 2
