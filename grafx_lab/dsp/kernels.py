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


compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
"""Compiles a loop; a division by zero gives infinity, and products may be fused with sums."""


@compiled
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


@compiled
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
