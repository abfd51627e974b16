"""How far a fit has got: by its steps, by its seconds, or as it was recorded."""

import time
from collections.abc import Sequence


class Clock:
    """Steps and seconds of a fit; whichever is used up first ends it.

    Args:
        steps: how many updates.
        seconds: a time budget.
        replay: the progress of an earlier fit at each number of updates; steps and seconds do not count then.
    """

    def __init__(self, steps: int, seconds: float | None = None, replay: Sequence[float] | None = None) -> None:
        self.steps = steps if replay is None else len(replay) - 1
        self.seconds = seconds if replay is None else None
        self.replay = replay
        self._began = time.perf_counter()

    def resume(self, elapsed: float) -> None:
        """Count so many seconds of an earlier process, too."""
        self._began = time.perf_counter() - elapsed

    @property
    def elapsed(self) -> float:
        """Seconds since the fit began."""
        return time.perf_counter() - self._began

    @property
    def over(self) -> bool:
        """Whether the seconds are used up."""
        return self.seconds is not None and self.elapsed >= self.seconds

    def progress(self, step: int) -> float:
        """The share of the fit that is over when the update after ``step`` has been made."""
        if self.replay is not None:
            return self.replay[step]
        share = (step + 1) / self.steps if self.steps else 1.0
        return min(1.0, share if self.seconds is None else max(share, self.elapsed / max(self.seconds, 1e-9)))
