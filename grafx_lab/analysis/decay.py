"""How the energy of an impulse response dies away."""

import math
from dataclasses import dataclass

import numpy as np

from grafx_lab.analysis.impulse import Impulse

_FIT = (-5.0, -25.0)
"""Between these levels in dB the decay is measured, as ISO 3382 has it for T20."""


@dataclass(frozen=True, eq=False)
class Decay:
    """An energy decay curve.

    Attributes:
        times: in s, ``(time,)``.
        levels: energy that is still to come, in dB of all energy, ``(time,)``; at least −120.
        reverberation_time: seconds for 60 dB, extrapolated from −5 to −25 dB; NaN where it does not fall that far.
        label: what people call it.
    """

    times: np.ndarray
    levels: np.ndarray
    reverberation_time: float
    label: str = ""


def energy_decay(impulse: Impulse) -> Decay:
    """Integrate an impulse response backwards.

    M. R. Schroeder, "New method of measuring reverberation time", JASA 37(3), 1965. Channels count by
    their sum of energies.
    """
    energy = (impulse.samples.double().numpy() ** 2).sum(axis=0)
    remaining = np.cumsum(energy[::-1])[::-1]
    levels = 10 * np.log10(np.maximum(remaining / (remaining[0] or 1.0), 1e-12))
    times = np.arange(len(levels)) / impulse.sample_rate
    return Decay(times, levels, _reverberation_time(times, levels), impulse.label)


def _reverberation_time(times: np.ndarray, levels: np.ndarray) -> float:
    upper, lower = _FIT
    inside = (levels <= upper) & (levels >= lower)
    if inside.sum() < 2 or levels.min() > lower:
        return math.nan
    slope, _ = np.polyfit(times[inside], levels[inside], 1)
    return -60 / slope if slope < 0 else math.nan
