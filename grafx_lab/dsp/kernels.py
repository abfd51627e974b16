"""Recursions as compiled loops over NumPy arrays: what no tensor operation does without a loop over time.

State is float64 whatever the signal is: near the unit circle float32 rounds small increments away. Rows are
independent, so :func:`over_rows` may spread them over threads. Compiled code is kept on disk: only the first call ever
on a machine compiles.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numba import njit

BLOCK = 256
"""Samples between two stored states of a cascade. A block of all its signals stays in the cache."""

SMALLEST_SHARE = 1 << 15
"""Samples that are worth a thread."""


def over_rows(kernel: Callable[..., None], *arguments: Any) -> None:
    """Run a kernel whose arrays all have rows as their first axis, on as many threads as PyTorch uses."""
    rows, size = len(arguments[0]), arguments[0].size
    workers = min(rows, torch.get_num_threads(), size // SMALLEST_SHARE)
    if workers < 2:
        return kernel(*arguments)

    def share(worker: int) -> None:
        part = slice(worker * rows // workers, (worker + 1) * rows // workers)
        kernel(*(argument[part] if isinstance(argument, np.ndarray) else argument for argument in arguments))

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(share, range(workers)))


def _kernel(function: Any = None, *, reassociate: bool = False) -> Any:
    flags = {"contract", "nsz", "reassoc"} if reassociate else {"contract", "nsz"}
    compile_later = njit(cache=True, nogil=True, error_model="numpy", fastmath=flags)
    return compile_later if function is None else compile_later(function)


@_kernel
def smooth(x: Any, rise: Any, fall: Any, initial: float, y: Any) -> None:
    """``y[n] = y[n-1] + r (x[n] - y[n-1])``, r = rise where x is above y, else fall.

    x: (rows, time); rise, fall: (rows,); y: (rows, time), float64, is written.
    """
    for row in range(x.shape[0]):
        up, down, state = rise[row], fall[row], initial
        for n in range(x.shape[1]):
            step = x[row, n] - state
            state += (up if step > 0 else down) * step
            y[row, n] = state


@_kernel
def smooth_adjoint(
    grad: Any, x: Any, rise: Any, fall: Any, initial: float, y: Any, grad_x: Any, grad_rates: Any
) -> None:
    """Gradients of :func:`smooth`: grad_x (rows, time) and grad_rates (rows, 2) for rise and fall are written."""
    for row in range(x.shape[0]):
        up, down, adjoint, grad_up, grad_down = rise[row], fall[row], 0.0, 0.0, 0.0
        for n in range(x.shape[1] - 1, -1, -1):
            step = x[row, n] - (y[row, n - 1] if n > 0 else initial)
            adjoint += grad[row, n]
            if step > 0:
                grad_up += adjoint * step
                through = up * adjoint
            else:
                grad_down += adjoint * step
                through = down * adjoint
            grad_x[row, n] = through
            adjoint -= through
        grad_rates[row, 0] = grad_up
        grad_rates[row, 1] = grad_down


@_kernel
def cascade(x: Any, sos: Any, y: Any, states: Any) -> None:
    """Filter rows through their cascades.

    x, y: (rows, time); sos: (rows, stages, 6). Written are y and states, (rows, blocks, stages + 1, 2): the last two
    samples of every stage's signal before each block, from which the adjoint can start again.
    """
    rows, length = x.shape
    stages = sos.shape[1]
    signals = np.empty((stages + 1, 2 + BLOCK))
    for row in range(rows):
        signals[:] = 0.0
        for block in range(states.shape[1]):
            start = block * BLOCK
            count = min(BLOCK, length - start)
            for n in range(count):
                signals[0, n + 2] = x[row, start + n]
            for stage in range(stages + 1):
                for n in range(2):
                    states[row, block, stage, n] = signals[stage, n]
            _advance(signals, sos[row], count)
            for n in range(count):
                y[row, start + n] = signals[stages, n + 2]
            for stage in range(stages + 1):
                for n in range(2):
                    signals[stage, n] = signals[stage, n + count]


@_kernel
def cascade_adjoint(grad: Any, x: Any, sos: Any, states: Any, grad_x: Any, grad_sos: Any) -> None:
    """Gradients of :func:`cascade`: grad_x (rows, time) and grad_sos (rows, stages, 6) are written.

    Blocks are filtered again from their stored states, the last one first; so nothing but those states is kept.
    """
    rows, length = x.shape
    stages = sos.shape[1]
    signals, flow = np.empty((stages + 1, 2 + BLOCK)), np.empty(BLOCK)
    adjoint, future = np.empty(BLOCK + 2), np.empty((stages, 2))
    grad_sos[:] = 0.0
    for row in range(rows):
        future[:] = 0.0
        for block in range(states.shape[1] - 1, -1, -1):
            start = block * BLOCK
            count = min(BLOCK, length - start)
            for stage in range(stages + 1):
                for n in range(2):
                    signals[stage, n] = states[row, block, stage, n]
            for n in range(count):
                signals[0, n + 2] = x[row, start + n]
                flow[n] = grad[row, start + n]
            _advance(signals, sos[row], count)
            for stage in range(stages - 1, -1, -1):
                _retreat(flow, sos[row, stage], future[stage], adjoint, count)
                _correlate(adjoint, signals[stage], signals[stage + 1], grad_sos[row, stage], count)
            for n in range(count):
                grad_x[row, start + n] = flow[n]


@_kernel
def _advance(signals: Any, sos: Any, count: int) -> None:
    """Filter ``count`` samples, each stage fed by the stage before.

    signals: (stages + 1, 2 + count or more): input of every stage and the output, two past samples first.
    """
    for stage in range(sos.shape[0]):
        u, v = signals[stage], signals[stage + 1]
        b0, b1, b2, _, a1, a2 = sos[stage]
        before, last = v[0], v[1]
        for n in range(2, count + 2):
            # The newest output enters last: all else is ready while it is still being computed.
            value = (b0 * u[n] + b1 * u[n - 1] + b2 * u[n - 2] - a2 * before) - a1 * last
            v[n] = value
            before, last = last, value


@_kernel
def _retreat(flow: Any, section: Any, future: Any, adjoint: Any, count: int) -> None:
    """One stage backwards in time: flow, the gradient of its output, becomes the gradient of its input.

    flow: (count or more,); future: (2,), adjoint of the next two samples, moves on by a block; adjoint:
    (count + 2 or more,) is written.
    """
    b0, b1, b2, _, a1, a2 = section
    first, second = future[0], future[1]
    adjoint[count], adjoint[count + 1] = first, second
    for n in range(count - 1, -1, -1):
        value = (flow[n] - a2 * second) - a1 * first
        adjoint[n] = value
        first, second = value, first
    future[0], future[1] = first, second
    for n in range(count):
        flow[n] = b0 * adjoint[n] + b1 * adjoint[n + 1] + b2 * adjoint[n + 2]


@_kernel(reassociate=True)
def _correlate(adjoint: Any, u: Any, v: Any, grad_section: Any, count: int) -> None:
    """Add the gradient of one stage's coefficients; u and v are its input and output, two past samples first."""
    b0 = b1 = b2 = a1 = a2 = 0.0
    for n in range(count):
        value = adjoint[n]
        b0 += value * u[n + 2]
        b1 += value * u[n + 1]
        b2 += value * u[n]
        a1 -= value * v[n + 1]
        a2 -= value * v[n]
    for index, gradient in ((0, b0), (1, b1), (2, b2), (4, a1), (5, a2)):
        grad_section[index] += gradient
