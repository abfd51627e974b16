"""Parts of a computation side by side, each on a thread of its own.

PyTorch spreads every single operation over its threads; Python and compiled loops in between run on one, and each
operation waits for its last part. Larger parts that do not need each other share a machine better.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from threading import Barrier, current_thread
from typing import TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")

NAME = "grafx_lab threads"
"""What the threads are called, with a number behind."""


def side_by_side(function: Callable[[T], R], parts: Iterable[T]) -> list[R]:
    """Call a function with every part, on as many threads as PyTorch uses.

    What PyTorch does within a part stays on the part's thread: the result depends on the parts, never on the threads.
    Gradients are recorded as where this is called. Within a part, everything is one part.

    Args:
        function: gets one part.
        parts: what to call it with.

    Returns:
        the results, in the order of the parts.

    Raises:
        Exception: that of the first part that fails, once all have ended.
    """
    parts = list(parts)
    threads = torch.get_num_threads()
    # A thread that waited for others of its kind might wait for itself.
    if threads < 2 or len(parts) < 2 or current_thread().name.startswith(NAME):
        return [function(part) for part in parts]
    recording = torch.is_grad_enabled()

    def compute(part: T) -> R:
        with torch.set_grad_enabled(recording):
            return function(part)

    pool = _pool(threads)
    results = [pool.submit(compute, part) for part in parts]
    wait(results)
    return [result.result() for result in results]


@lru_cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads on each of which PyTorch uses one."""
    pool, together = ThreadPoolExecutor(threads, thread_name_prefix=NAME), Barrier(threads)

    def settle(_: int) -> None:
        # Every thread passes here once: none is free for a second time before all have come.
        together.wait()
        # A thread that has never asked takes over everybody's number when it first does.
        torch.get_num_threads()
        torch.set_num_threads(1)

    list(pool.map(settle, range(threads)))
    # The number is a thread's own, but threads that begin later take over the one that was set last.
    torch.set_num_threads(threads)
    return pool


if hasattr(os, "register_at_fork"):
    # A forked process has none of its parent's threads.
    os.register_at_fork(after_in_child=_pool.cache_clear)
