"""Recursions as compiled loops over NumPy arrays: what no tensor operation does without a loop over time.

State is float64 whatever the signal is: near the unit circle float32 rounds small increments away. Rows are
independent, so :func:`over_rows` may spread them over threads. Compiled code is kept on disk: only the first call ever
on a machine compiles.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor

SMALLEST_SHARE = 1 << 15
"""Samples that are worth a thread."""

PARALLEL_SIZE = 1 << 17
"""Numbers for which PyTorch takes all its threads."""


def array(tensor: Tensor) -> np.ndarray:
    """A tensor's numbers, on the CPU and in order."""
    return np.ascontiguousarray(tensor.numpy(force=True))


def uncropped(tensor: Tensor) -> np.ndarray:
    """A tensor's numbers in order as :func:`array` gives them, but without a copy where it is a crop of its last axis.

    Its rows are then followed by what has been cropped: a kernel has to ask its results for their length.
    """
    if tensor.is_contiguous() or tensor.is_cuda or tensor.ndim < 2:
        return array(tensor)
    whole = torch.Size((*tensor.shape[:-1], tensor.stride(-2)))
    kept = tensor.untyped_storage().nbytes() // tensor.element_size() - tensor.storage_offset()
    if whole[-1] < tensor.shape[-1] or whole.numel() > kept:
        return array(tensor)
    strides = torch.empty(whole, device="meta").stride()
    return array(tensor.as_strided(whole, strides) if tensor.stride() == strides else tensor)


def over_rows(kernel: Callable[..., None], *arguments: Any, shared: tuple[Any, ...] = ()) -> None:
    """Run a kernel whose arrays all have rows as their first axis, on as many threads as PyTorch uses.

    The kernel's last arguments are those that all rows share, and so is an array of a single row beside longer ones.
    """
    rows = max(len(argument) for argument in arguments if isinstance(argument, np.ndarray))
    size = arguments[0].size // max(1, len(arguments[0])) * rows
    workers = min(rows, torch.get_num_threads(), size // SMALLEST_SHARE)
    if workers < 2:
        return kernel(*arguments, *shared)

    def is_apart(argument: Any) -> bool:
        return isinstance(argument, np.ndarray) and len(argument) == rows

    def share(worker: int) -> None:
        part = slice(worker * rows // workers, (worker + 1) * rows // workers)
        kernel(*(argument[part] if is_apart(argument) else argument for argument in arguments), *shared)

    # Threads that stay: to begin and end one takes as long as a short kernel. This one takes a share of its own.
    others = [_threads(workers - 1).submit(share, worker) for worker in range(1, workers)]
    try:
        share(0)
    finally:
        # Whoever fails: nobody writes into the arrays any more when this returns.
        wait(others)
    for other in others:
        other.result()


@lru_cache
def _threads(count: int) -> ThreadPoolExecutor:
    # Not those of grafx_lab.threads: they may be busy with parts that take a thousand times as long as a kernel.
    pool = ThreadPoolExecutor(count, thread_name_prefix="grafx_lab kernels")
    # PyTorch's threads wait for its next operation by spinning for milliseconds on the cores that ours need, unless
    # OpenMP knows of more threads than there are cores (libgomp's throttled spin count): so one of ours calls on it.
    pool.submit(torch.ones, PARALLEL_SIZE)
    return pool


if hasattr(os, "register_at_fork"):
    # A forked process has none of its parent's threads.
    os.register_at_fork(after_in_child=_threads.cache_clear)


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}

compiled = njit(**_OPTIONS, fastmath={"contract", "nsz"})
"""Compiles a loop; a division by zero gives infinity, and products may be fused with sums."""

compiled_in_any_order = njit(**_OPTIONS, fastmath={"contract", "nsz", "reassoc"})
"""Compiles a loop whose sums may be taken in any order, several at a time."""


@compiled
def smooth(x: Any, rise: Any, fall: Any, initial: float, y: Any) -> None:
    """``y[n] = y[n-1] + r (x[n] - y[n-1])``, r = rise where x is above y, else fall.

    x: (rows, time); rise, fall: (rows,); y: (rows, time), float64, is written.
    """
    for row in range(x.shape[0]):
        up, down, state = rise[row], fall[row], initial
        for n in range(x.shape[1]):
            # Both outcomes are ready before the choice: the state waits for one multiplication only.
            risen, fallen = up * x[row, n] + (1 - up) * state, down * x[row, n] + (1 - down) * state
            state = risen if x[row, n] > state else fallen
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
            rising = step > 0
            rate = up if rising else down
            grad_up += adjoint * step if rising else 0.0
            grad_down += 0.0 if rising else adjoint * step
            grad_x[row, n] = rate * adjoint
            adjoint *= 1 - rate
        grad_rates[row, 0] = grad_up
        grad_rates[row, 1] = grad_down
