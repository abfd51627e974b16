"""Checkpoints: a file from which a fit goes on after a crash as if nothing had happened."""

import os
import pickle
import time
from typing import Any

import torch

from grafx_lab.atomic_file import replacing
from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.history import History
from grafx_lab.fitting.search import Search

VERSION = 1


class Checkpoint:
    """Writes the state of a fit to a file now and then; the file is whole or the previous one.

    Args:
        path: of the file.
        every: seconds between two writes.
    """

    def __init__(self, path: str | os.PathLike[str], every: float = 10.0) -> None:
        self.path, self.every = path, every
        self._written = time.perf_counter()

    def offer(self, search: Search, history: History, clock: Clock) -> None:
        """Write, if it is time to."""
        if time.perf_counter() - self._written >= self.every:
            state = {
                "version": VERSION, "patch": search.patch.to_json(), "steps": clock.steps, "elapsed": clock.elapsed,
                "search": search.state(), "history": history.state(),
            }  # fmt: skip
            with replacing(self.path) as temporary:
                torch.save(state, temporary)
            self._written = time.perf_counter()


def load_checkpoint(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What :class:`Checkpoint` has written.

    Raises:
        FitError: there is no such file, or it is not a checkpoint.
    """
    try:
        state = torch.load(path, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise FitError(f"The checkpoint {str(path)!r} cannot be read: {error}. Start the fit anew.") from error
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise FitError(f"The file {str(path)!r} is not a checkpoint of this version. Start the fit anew.")
    return state
