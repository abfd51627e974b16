"""Measuring two programs on a machine that has fast and slow phases: in alternation, and judged by ratios alone."""

import ctypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

import torch

Run = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Seconds of every run of one program."""

    seconds: tuple[float, ...]

    @property
    def milliseconds(self) -> float:
        """The median."""
        return 1000 * median(self.seconds)


@dataclass(frozen=True)
class Ratio:
    """How many times faster than its peer something is."""

    typical: float
    least: float

    @classmethod
    def of(cls, ours: Timing, peer: Timing) -> "Ratio":
        """Each run against the peer's run of the same round."""
        pairs = [theirs / own for own, theirs in zip(ours.seconds, peer.seconds, strict=True)]
        return cls(median(pairs), min(pairs))


def alternate(programs: Sequence[Run], runs: int, least_seconds: float = 0.0) -> list[Timing]:
    """Time programs in alternation, so that a slow phase hits all of them; a first run is not counted.

    There are more than ``runs`` rounds where these take less than ``least_seconds``: a few runs of half a millisecond
    tell the state of the caches and the heap, not the speed. Rounds go there and back, since whoever comes behind
    another finds the caches as that one left them: of three programs, the first and the last have the same neighbours.
    """
    for program in programs:
        program()
    seconds: list[list[float]] = [[] for _ in programs]
    there = list(zip(programs, seconds, strict=True))
    end = time.perf_counter() + least_seconds
    for turn in count():
        if turn >= runs and time.perf_counter() >= end:
            break
        for program, own in there if turn % 2 == 0 else reversed(there):
            own.append(_seconds(program))
    return [Timing(tuple(own)) for own in seconds]


def _seconds(program: Run) -> float:
    began = time.perf_counter()
    program()
    return time.perf_counter() - began


def peak_megabytes(program: Run) -> float | None:
    """By how much the process' resident memory rises during a run, at most, whoever allocates; Linux only.

    The kernel's high-water mark (VmHWM) is reset before the run. PyTorch's profiler sees PyTorch's own tensors alone,
    and tracemalloc Python's objects.
    """
    try:
        _give_back_freed_memory()
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
        program()
        return (_status("VmHWM") - before) / 1000
    except (OSError, AttributeError):
        return None


def _status(key: str) -> int:
    """In kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))


def _give_back_freed_memory() -> None:
    ctypes.CDLL(None).malloc_trim(0)


def fft_probe(length: int, batch: int) -> Run:
    """A real FFT of stereo noise and back: what the machine gives at this moment."""
    signal = torch.randn(batch, 2, length, generator=torch.Generator().manual_seed(0))
    return lambda: torch.fft.irfft(torch.fft.rfft(signal), n=length)
