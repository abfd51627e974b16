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
    reach = math.ceil(max(0.0, widths.max()))
    tables = _repeated(wet, reach), _repeated(crossed, reach), _repeated(common, reach)
    sums, sines = np.zeros((3, places)), np.empty((len(turns), frames))
    for row in range(len(rates)):
        best[row] = 0.0
        for phase in phases:
            for turn in range(len(turns)):
                for frame in range(frames):
                    sines[turn, frame] = math.sin(2 * math.pi * (rates[row] * seconds[frame] + phase + turns[turn]))
            for width in widths:
                _along(sines, width, reach, tables, sums)
                for place in range(places):
                    beside = sums[0, place] * dry - sums[1, place] ** 2
                    matching = sums[2, place] * dry - kept * sums[1, place]
                    if beside > LEAST * sums[0, place] * dry and matching > 0:
                        explained = matching**2 / (dry * beside)
                        if explained > best[row, 0]:
                            best[row, 0] = explained
                            best[row, 1], best[row, 2], best[row, 3] = phase, width, place


@compiled
def _along(sines: Any, width: Any, reach: Any, tables: Any, sums: Any) -> None:
    """Sums of three tables (frames, reach + places + reach) along sines around each place; sums (3, places)."""
    places = sums.shape[1]
    sums[:] = 0.0
    for turn in range(sines.shape[0]):
        for frame in range(sines.shape[1]):
            first = reach + round(width * sines[turn, frame])
            # One by one, and lying side by side: so compilers add several numbers at once.
            for table in range(3):
                column, total = tables[table][frame, first : first + places], sums[table]
                for place in range(places):
                    total[place] += column[place]


@compiled
def _repeated(table: Any, reach: Any) -> Any:
    """A table whose first and last columns are repeated beyond its ends."""
    frames, places = table.shape
    wide = np.empty((frames, places + 2 * reach))
    for frame in range(frames):
        for place in range(places + 2 * reach):
            wide[frame, place] = table[frame, min(max(place - reach, 0), places - 1)]
    return wide
