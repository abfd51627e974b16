"""The search for sines along which an effect explains a signal, as a compiled loop; see also :mod:`.kernels`."""

import math
from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled

LEAST = 1e-6
"""Share of the effect's energy that it must have beside the dry signal."""


@compiled
def best_sines(
    rates: Any,
    best: Any,
    wet: Any,
    crossed: Any,
    common: Any,
    dry: Any,
    kept: Any,
    phases: Any,
    widths: Any,
    seconds: Any,
    turns: Any,
) -> None:
    """For each rate the sine of places along which effect and dry signal explain most of the target's energy.

    rates: (rows,) Hz; wet, crossed, common: (frames, places), the effect's energy and its product with the dry signal
    and with the target; dry, kept: the dry signal's energy and its product with the target, over all frames; phases,
    turns: in cycles, a sine for each of the turns; widths: in places; seconds: (frames,). Written is best, (rows, 4):
    the energy explained beside the dry signal alone, and the sine's phase, width and center's place.
    """
    frames, places = wet.shape
    sums = np.zeros((3, places))
    for row in range(len(rates)):
        best[row] = 0.0
        for phase in phases:
            for width in widths:
                sums[:] = 0.0
                for turn in turns:
                    for frame in range(frames):
                        cycles = rates[row] * seconds[frame] + phase + turn
                        offset = round(width * math.sin(2 * math.pi * cycles))
                        for place in range(places):
                            there = min(max(place + offset, 0), places - 1)
                            sums[0, place] += wet[frame, there]
                            sums[1, place] += crossed[frame, there]
                            sums[2, place] += common[frame, there]
                for place in range(places):
                    beside = sums[0, place] * dry - sums[1, place] ** 2
                    matching = sums[2, place] * dry - kept * sums[1, place]
                    if beside > LEAST * sums[0, place] * dry and matching > 0:
                        explained = matching**2 / (dry * beside)
                        if explained > best[row, 0]:
                            best[row, 0] = explained
                            best[row, 1], best[row, 2], best[row, 3] = phase, width, place
