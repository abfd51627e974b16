"""The search for sines in an image as a compiled loop; see also :mod:`.kernels`."""

import math
from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled


@compiled
def brightest_sines(rates: Any, best: Any, image: Any, phases: Any, widths: Any, seconds: Any, turns: Any) -> None:
    """For each rate the sine along which an image is brightest, tried at every phase, width and center.

    rates: (rows,) Hz; image: (frames, places); phases, turns: in cycles, a sine for each of the turns; widths: in
    places; seconds: (frames,). Written is best, (rows, 4): the sum along it, its phase, width and center's place.
    """
    frames, places = image.shape
    sums = np.zeros(places)
    for row in range(len(rates)):
        best[row, 0] = -1.0
        for phase in phases:
            for width in widths:
                sums[:] = 0.0
                for turn in turns:
                    for frame in range(frames):
                        cycles = rates[row] * seconds[frame] + phase + turn
                        offset = round(width * math.sin(2 * math.pi * cycles))
                        low, high = max(0, -offset), min(places, places - offset)
                        for place in range(low, high):
                            sums[place] += image[frame, place + offset]
                center = np.argmax(sums)
                if sums[center] > best[row, 0]:
                    best[row, 0] = sums[center]
                    best[row, 1], best[row, 2], best[row, 3] = phase, width, center
