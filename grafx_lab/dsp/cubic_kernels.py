"""Curves of cubic pieces as compiled loops, with their adjoint."""

import math
from typing import Any

from grafx_lab.dsp.kernels import compiled


@compiled
def _piece(sample: Any, cells: int) -> tuple[int, float]:
    """The number of the piece that a sample lies on, and how far from the piece's beginning."""
    place = (float(sample) + 1.0) * (0.5 * cells)
    # Held as a number first: what is huge fits into no integer. Then as an integer: NaN may have become any.
    cell = min(max(math.floor(min(max(place, -1.0), float(cells))), -1), cells)
    return cell + 1, place - max(cell, 0)


@compiled
def follow_cubics(x: Any, pieces: Any, y: Any) -> None:
    """Heights of curves over samples.

    x: (rows, time); pieces: (rows, cells + 2, 4), the coefficients of 1, t, t² and t³, t in cells: the first below −1,
    the last above 1; y: (rows, time) is written.
    """
    for row in range(x.shape[0]):
        curve, cells = pieces[row], pieces.shape[1] - 2
        for n in range(x.shape[1]):
            k, t = _piece(x[row, n], cells)
            y[row, n] = curve[k, 0] + t * (curve[k, 1] + t * (curve[k, 2] + t * curve[k, 3]))


@compiled
def follow_cubics_adjoint(grad: Any, x: Any, pieces: Any, grad_x: Any, grad_pieces: Any) -> None:
    """Gradients of :func:`follow_cubics`: grad_x (rows, time) and grad_pieces (rows, cells + 2, 4) are written."""
    for row in range(x.shape[0]):
        curve, sums, cells = pieces[row], grad_pieces[row], pieces.shape[1] - 2
        sums[:] = 0.0
        for n in range(x.shape[1]):
            k, t = _piece(x[row, n], cells)
            flow = float(grad[row, n])
            grad_x[row, n] = 0.5 * cells * flow * (curve[k, 1] + t * (2 * curve[k, 2] + 3 * t * curve[k, 3]))
            for order in range(4):
                sums[k, order] += flow
                flow *= t
