"""How far a fit has got: by its steps, by its seconds, or as it was recorded.

A fit with a time budget may search for a start, then descends, and then may look for processors to take out. Each of
these ends in time for the next one.
"""

import time
from collections.abc import Sequence

SEARCHING = 0.5
"""Share of the seconds after which a search for a start looks no further; what it has found is set once more then."""

PRUNING = 0.2
"""Share of the seconds that a descent leaves to pruning."""


class Clock:
    """Steps and seconds of a fit; whichever is used up first ends it.

    Args:
        steps: how many updates.
        seconds: a time budget.
        replay: :attr:`.History.progress` of an earlier fit; steps and seconds do not count then.
        prunes: whether the descent has to leave time for pruning.

    Attributes:
        searched: how many seconds a search for a start has taken.
    """

    def __init__(
        self,
        steps: int,
        seconds: float | None = None,
        replay: Sequence[float] | None = None,
        *,
        prunes: bool = False,
    ) -> None:
        self.trials = 0 if replay is None else sum(share == 0 for share in replay)
        self.replay = None if replay is None else replay[self.trials :]
        self.steps = steps if self.replay is None else max(0, len(self.replay) - 1)
        self.seconds = seconds if replay is None else None
        self.searched = 0.0
        self._share = 1 - PRUNING if prunes else 1.0
        self._began = time.perf_counter()

    def resume(self, elapsed: float, searched: float) -> None:
        """Count so many seconds of an earlier process, too."""
        self._began = time.perf_counter() - elapsed
        self.searched = searched

    def more(self, steps: int) -> "Clock":
        """A clock of so many steps that go on from now; its seconds end nothing."""
        clock = Clock(steps)
        clock.resume(self.elapsed, self.searched)
        return clock

    def descend(self) -> None:
        """The search for a start is over; what is left of the seconds is for the descent."""
        self.searched = self.elapsed

    def search_over(self, trials: int) -> bool:
        """Whether a search for a start has to end after so many trials."""
        return trials >= self.trials if self.replay is not None else self._used(SEARCHING)

    @property
    def elapsed(self) -> float:
        """Seconds since the fit began."""
        return time.perf_counter() - self._began

    @property
    def over(self) -> bool:
        """Whether the seconds of the descent are used up."""
        return self._used(self._share)

    @property
    def wholly_over(self) -> bool:
        """Whether all seconds are used up."""
        return self._used(1.0)

    def progress(self, step: int) -> float:
        """The share of the descent that is over when the update after ``step`` has been made."""
        if self.replay is not None:
            return self.replay[step] if step < len(self.replay) else 1.0
        share = (step + 1) / self.steps if self.steps else 1.0
        if self.seconds is not None:
            left = self._share * self.seconds - self.searched
            share = max(share, (self.elapsed - self.searched) / max(left, 1e-9))
        return min(1.0, share)

    def _used(self, share: float) -> bool:
        return self.seconds is not None and self.elapsed >= share * self.seconds
