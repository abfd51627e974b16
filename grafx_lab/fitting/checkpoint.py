"""Checkpoints: a file from which a fit goes on after a crash as if nothing had happened."""

import os
import pickle
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from grafx_lab.atomic_file import replacing
from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.history import History
from grafx_lab.fitting.search import Search
from grafx_lab.fitting.trials import Trials
from grafx_lab.patch import Patch

VERSION = 4

_DAMAGE = (zipfile.BadZipFile, RuntimeError, EOFError, pickle.UnpicklingError, ValueError, LookupError)
"""What reading a file raises whose bytes are not those that were written."""


class Checkpoint:
    """Writes the state of a fit to a file now and then; the file is whole or the previous one.

    Args:
        path: of the file; ``None`` writes nothing.
        every: seconds between two writes.
        patch: that is fitted.
        clock: of the fit.

    Raises:
        FitError: there is no such folder, or a folder has that name.
    """

    def __init__(self, path: str | os.PathLike[str] | None, every: float, patch: Patch, clock: Clock) -> None:
        self.path, self.every, self.patch, self.clock = path, every, patch, clock
        self._written = time.perf_counter()
        if path is not None and (Path(path).is_dir() or not Path(path).parent.is_dir()):
            raise FitError(f"The checkpoint {str(path)!r} cannot be written: name a file in a folder that exists.")

    def offer_search(self, trials: Trials) -> None:
        """Write what a search for a start has tried, if it is time to."""
        self._offer(lambda: {"trials": trials.state()})

    def offer(self, search: Search, history: History) -> None:
        """Write where the descent is, if it is time to."""
        self._offer(lambda: {"search": search.state(), "history": history.state()})

    def _offer(self, state: Callable[[], dict[str, Any]]) -> None:
        if self.path is None or time.perf_counter() - self._written < self.every:
            return
        about = {"version": VERSION, "patch": self.patch.to_json()}
        times = {"elapsed": self.clock.elapsed, "searched": self.clock.searched}
        with replacing(self.path) as temporary, temporary.open("wb") as file:
            torch.save({**about, **times, **state()}, file)
        self._written = time.perf_counter()


def load_checkpoint(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What :class:`Checkpoint` has written.

    Raises:
        FitError: there is no such file, or it is not a checkpoint.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():  # PyTorch reads on where the checksum is wrong
                raise zipfile.BadZipFile
        state = torch.load(path, weights_only=True)
    except OSError as error:
        raise FitError(f"The checkpoint {str(path)!r} cannot be read: {error}. Start the fit anew.") from error
    except _DAMAGE as error:
        raise FitError(f"The file {str(path)!r} is damaged, or no checkpoint. Start the fit anew.") from error
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise FitError(f"The file {str(path)!r} is not a checkpoint of this version. Start the fit anew.")
    return state
