"""Trials of a search for a start: counted, kept for whoever goes on after a crash, and ended by the clock."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.stage import State
from grafx_lab.threads import side_by_side

Attempt = Callable[[torch.Generator], State | None]
Saved = tuple[torch.Tensor, list[str], float, float] | None


class Trials:
    """What a search has tried, in its order. What is known already from an earlier process is not tried again.

    Args:
        clock: says when there is no time for another one.
        seed: of what is drawn for a trial.
        known: :meth:`state` of an interrupted search.
        save: called after every trial that is new.

    Attributes:
        count: how many trials there have been of those that end with the time.
    """

    def __init__(
        self,
        clock: Clock,
        seed: int = 0,
        known: list[Saved] | None = None,
        save: Callable[["Trials"], None] = lambda trials: None,
    ) -> None:
        self.count = self._at = 0
        self._clock, self._seed, self._save = clock, seed, save
        self._results = [each and State(each[0], frozenset(each[1]), *each[2:]) for each in known or []]

    @property
    def over(self) -> bool:
        """Whether there is no time for another one."""
        return self._at >= len(self._results) and self._clock.search_over(self.count)

    def result(self, attempt: Attempt, counted: bool = True) -> State | None:
        """What ``attempt`` finds with a generator of its own, or has found before.

        Args:
            attempt: the trial.
            counted: whether it is one of those that end with the time.
        """
        return self.results([attempt], counted)[0]

    def results(self, attempts: Sequence[Attempt], counted: bool = True) -> list[State | None]:
        """As :meth:`result`, of several that do not need each other, side by side."""
        first, seed = self._at, self._seed + self.count
        self._at, self.count = first + len(attempts), self.count + counted * len(attempts)
        known = len(self._results) - first

        def found(number: int) -> State | None:
            return attempts[number](torch.Generator().manual_seed(seed + counted * number))

        if new := range(known, len(attempts)):
            self._results += side_by_side(found, new)
            self._save(self)
        return self._results[first : self._at]

    def state(self) -> list[Any]:
        """Everything as plain data and tensors."""
        return [each and (each.vector, sorted(each.bypassed), each.loss, each.loss_of_end) for each in self._results]
