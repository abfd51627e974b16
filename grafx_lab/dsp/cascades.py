"""Cascades of second-order sections as compiled loops: eight rows at once, block by block, with their adjoint.

State is float64 whatever the signal is; see :mod:`.kernels`. A block of all signals of a cascade stays in the cache;
only the states between blocks are kept for the adjoint, which filters again.
"""

from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled
from grafx_lab.dsp.lanes import WIDTH, load, store
from grafx_lab.dsp.tiles import read, write

BLOCK = 256
"""Samples between two stored states."""

COLUMNS = (0, 1, 2, 4, 5)
"""Where b0 b1 b2 a1 a2 stand in a section; a0 is one."""


@compiled
def cascade(x: Any, sos: Any, y: Any, states: Any) -> None:
    """Filter rows through their cascades.

    x, y: (rows, time); sos: (rows, stages, 6). Written are y and states, (rows, blocks, stages + 1, 2): the last two
    samples of every stage's signal before each block, from which the adjoint can start again.
    """
    for first in range(0, x.shape[0], WIDTH):
        part = slice(first, first + WIDTH)
        _filter(x[part], sos[part], y[part], states[part])


@compiled
def cascade_adjoint(grad: Any, x: Any, sos: Any, states: Any, grad_x: Any, grad_sos: Any) -> None:
    """Gradients of :func:`cascade`: grad_x (rows, time) and grad_sos (rows, stages, 6) are written."""
    for first in range(0, x.shape[0], WIDTH):
        part = slice(first, first + WIDTH)
        _filter_adjoint(grad[part], x[part], sos[part], states[part], grad_x[part], grad_sos[part])


@compiled
def _filter(x: Any, sos: Any, y: Any, states: Any) -> None:
    """At most eight rows of :func:`cascade`."""
    stages = sos.shape[1]
    sections, signals = _side_by_side(sos), np.zeros((stages + 1, 2 + BLOCK, WIDTH))
    for block in range(states.shape[1]):
        start = block * BLOCK
        count = min(BLOCK, x.shape[1] - start)
        read(x, start, count, signals[0, 2:])
        for row in range(x.shape[0]):
            for stage in range(stages + 1):
                states[row, block, stage, 0], states[row, block, stage, 1] = (
                    signals[stage, 0, row],
                    signals[stage, 1, row],
                )
        _advance(signals, sections, count)
        write(signals[stages, 2:], start, count, y)
        for stage in range(stages + 1):
            for n in range(2):
                store(signals[stage], n, load(signals[stage], n + count))


@compiled
def _filter_adjoint(grad: Any, x: Any, sos: Any, states: Any, grad_x: Any, grad_sos: Any) -> None:
    """At most eight rows of :func:`cascade_adjoint`; the last block comes first."""
    rows, stages = sos.shape[:2]
    sections, signals = _side_by_side(sos), np.zeros((stages + 1, 2 + BLOCK, WIDTH))
    flow, future = np.zeros((BLOCK, WIDTH)), np.zeros((stages, 2, WIDTH))
    sums = np.zeros((stages, 5, WIDTH))
    for block in range(states.shape[1] - 1, -1, -1):
        for row in range(rows):
            for stage in range(stages + 1):
                signals[stage, 0, row], signals[stage, 1, row] = (
                    states[row, block, stage, 0],
                    states[row, block, stage, 1],
                )
        start = block * BLOCK
        count = min(BLOCK, x.shape[1] - start)
        read(x, start, count, signals[0, 2:])
        read(grad, start, count, flow)
        _advance(signals, sections, count)
        for stage in range(stages - 1, -1, -1):
            _retreat(flow, sections[stage], future[stage], signals[stage], signals[stage + 1], sums[stage], count)
        write(flow, start, count, grad_x)
    for row in range(rows):
        for stage in range(stages):
            for place, column in enumerate(COLUMNS):
                grad_sos[row, stage, column] = sums[stage, place, row]
            grad_sos[row, stage, 3] = 0.0


@compiled
def _side_by_side(sos: Any) -> Any:
    """Sections (rows, stages, 6) → b0 b1 b2 a1 a2 (stages, 5, 8)."""
    rows, stages = sos.shape[:2]
    sections = np.zeros((stages, 5, WIDTH))
    for row in range(rows):
        for stage in range(stages):
            # One by one: numba takes seconds to compile an assignment of slices, for the sake of its error message.
            for place, column in enumerate(COLUMNS):
                sections[stage, place, row] = sos[row, stage, column]
    return sections


@compiled
def _advance(signals: Any, sections: Any, count: Any) -> None:
    """Filter ``count`` samples, each stage fed by the stage before.

    signals: (stages + 1, 2 + count or more, 8): input of every stage and the output, two past samples first.
    """
    for stage in range(sections.shape[0]):
        u, v, section = signals[stage], signals[stage + 1], sections[stage]
        b0, b1, b2, a1, a2 = load(section, 0), load(section, 1), load(section, 2), load(section, 3), load(section, 4)
        u2, u1, v2, v1 = load(u, 0), load(u, 1), load(v, 0), load(v, 1)
        for n in range(2, count + 2):
            u0 = load(u, n)
            # The newest output enters last: all else is ready while it is still being computed.
            v0 = (b0 * u0 + b1 * u1 + b2 * u2 - a2 * v2) - a1 * v1
            store(v, n, v0)
            u2, u1, v2, v1 = u1, u0, v1, v0


@compiled
def _retreat(flow: Any, section: Any, future: Any, u: Any, v: Any, sums: Any, count: Any) -> None:
    """One stage backwards in time: flow, the gradient of its output v, becomes the gradient of its input u.

    flow: (count or more, 8); section: (5, 8); future: (2, 8), the adjoint of the next two samples, moves on by a block;
    u, v: (2 + count or more, 8), two past samples first; sums: (5, 8), to which the section's gradient is added.
    """
    b0, b1, b2, a1, a2 = load(section, 0), load(section, 1), load(section, 2), load(section, 3), load(section, 4)
    sum0, sum1, sum2, sum3, sum4 = load(sums, 0), load(sums, 1), load(sums, 2), load(sums, 3), load(sums, 4)
    next1, next2 = load(future, 0), load(future, 1)
    u0, u1, v1 = load(u, count + 1), load(u, count), load(v, count)
    for n in range(count - 1, -1, -1):
        u2, v2 = load(u, n), load(v, n)
        adjoint = (load(flow, n) - a2 * next2) - a1 * next1
        store(flow, n, b0 * adjoint + b1 * next1 + b2 * next2)
        sum0, sum1, sum2 = sum0 + adjoint * u0, sum1 + adjoint * u1, sum2 + adjoint * u2
        sum3, sum4 = sum3 - adjoint * v1, sum4 - adjoint * v2
        u0, u1, v1 = u1, u2, v2
        next1, next2 = adjoint, next1
    store(future, 0, next1)
    store(future, 1, next2)
    store(sums, 0, sum0)
    store(sums, 1, sum1)
    store(sums, 2, sum2)
    store(sums, 3, sum3)
    store(sums, 4, sum4)
