r"""Curves made of pieces of tanh as compiled loops, with their adjoint.

Each piece is a tanh that is shifted and scaled on both sides, :math:`y=a\,(\tanh(p\,x+q)+c)`. Blocks of samples stay in
the cache on their way through plain loops, which compilers turn into vector instructions; a call of the C library's
tanh would not let them.
"""

import math
from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled, compiled_in_any_order

BLOCK = 512
"""Samples that are on their way together."""

_LARGEST = 20.0
"""Where tanh is 1 in float64."""

_DOUBLINGS = 1 / math.log(2)
_LN2_HIGH = float.fromhex("0x1.62e42feep-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
"""ln 2 in two parts, of which the first one's multiples are exact."""

_TAYLOR = tuple(1 / math.factorial(order) for order in range(13, 0, -1))
"""Of :math:`(e^r-1)/r` below ln(2)/2, where what is left out is less than float64's rounding."""


@compiled
def tanh(argument: Any, curve: Any) -> None:
    r"""tanh of a block, within float64's rounding: (e² − 1) / (e² + 1) with :math:`e^{2|x|}=2^k e^r`."""
    bits = np.empty(BLOCK, np.int64)
    power = bits.view(np.float64)
    for n in range(len(argument)):
        twice = 2 * min(abs(argument[n]), _LARGEST)
        doublings = np.floor(twice * _DOUBLINGS + 0.5)
        curve[n] = (twice - doublings * _LN2_HIGH) - doublings * _LN2_LOW
        bits[n] = (np.int64(doublings) + 1023) << 52
    for n in range(len(argument)):
        rest, series = curve[n], 0.0
        for coefficient in _TAYLOR:
            series = series * rest + coefficient
        growth = power[n] * (series * rest) + (power[n] - 1)
        height = growth / (growth + 2)
        curve[n] = -height if argument[n] < 0 else height


@compiled
def _choose(samples: Any, pieces: Any, bounds: Any, chosen: Any) -> None:
    """The four numbers of the piece on which each sample lies: pieces (pieces, 4) → chosen (4, samples)."""
    for number in range(4):
        own = chosen[number, : len(samples)]
        own[:] = pieces[0, number]
        for k in range(len(bounds)):
            bound, following = bounds[k], pieces[k + 1, number]
            for n in range(len(samples)):
                own[n] = following if samples[n] > bound else own[n]


@compiled
def follow_pieces(x: Any, pieces: Any, bounds: Any, y: Any, saturated: Any) -> None:
    """The heights of a curve over samples.

    x: (rows, time); pieces: (rows, pieces, 4), the numbers p, q, a and c of each; bounds: (rows, pieces - 1), where one
    piece ends and the next one begins, increasing. Written are y and the tanh alone, saturated: (rows, time); or, where
    nobody wants that, (rows, 0).
    """
    chosen, argument, curve = np.empty((4, BLOCK)), np.empty(BLOCK), np.empty(BLOCK)
    for row in range(x.shape[0]):
        for start in range(0, x.shape[1], BLOCK):
            samples, result = x[row, start : start + BLOCK], y[row, start : start + BLOCK]
            kept, count = saturated[row, start : start + BLOCK], len(samples)
            if start == 0 or bounds.shape[1] > 0:
                _choose(samples, pieces[row], bounds[row], chosen)
            for n in range(count):
                argument[n] = chosen[0, n] * samples[n] + chosen[1, n]
            tanh(argument[:count], curve)
            for n in range(count):
                result[n] = chosen[2, n] * (curve[n] + chosen[3, n])
            for n in range(len(kept)):
                kept[n] = curve[n]


@compiled_in_any_order
def follow_pieces_adjoint(
    grad: Any, x: Any, saturated: Any, pieces: Any, bounds: Any, grad_x: Any, grad_pieces: Any
) -> None:
    """Gradients of :func:`follow_pieces`: grad_x (rows, time) and grad_pieces (rows, pieces, 4) are written.

    A continuous curve does not change where one of its bounds moves, so that bounds have none.
    """
    chosen, through, place = np.empty((4, BLOCK)), np.empty(BLOCK), np.empty(BLOCK)
    for row in range(x.shape[0]):
        grad_pieces[row] = 0.0
        for start in range(0, x.shape[1], BLOCK):
            samples, flow = x[row, start : start + BLOCK], grad[row, start : start + BLOCK]
            curve, result = saturated[row, start : start + BLOCK], grad_x[row, start : start + BLOCK]
            count = len(samples)
            if start == 0 or bounds.shape[1] > 0:
                _choose(samples, pieces[row], bounds[row], chosen)
            for n in range(count):
                through[n] = flow[n] * chosen[2, n] * (1 - curve[n] * curve[n])
                result[n] = through[n] * chosen[0, n]
                place[n] = 0.0
            for bound in bounds[row]:
                for n in range(count):
                    place[n] += 1.0 if samples[n] > bound else 0.0
            for k in range(pieces.shape[1]):
                by_slope = by_shift = by_height = by_offset = 0.0
                for n in range(count):
                    here = 1.0 if place[n] == k else 0.0
                    by_slope += here * through[n] * samples[n]
                    by_shift += here * through[n]
                    by_height += here * flow[n] * (curve[n] + chosen[3, n])
                    by_offset += here * flow[n] * chosen[2, n]
                grad_pieces[row, k, 0] += by_slope
                grad_pieces[row, k, 1] += by_shift
                grad_pieces[row, k, 2] += by_height
                grad_pieces[row, k, 3] += by_offset
