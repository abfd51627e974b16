"""History: every step of a fit, compact, and able to sound again."""

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from grafx_lab.audio import Alignment
from grafx_lab.fitting.layout import Layout
from grafx_lab.patch import Patch

MOST_NUMBERS = 2**24
"""Raw numbers that a history keeps, 64 MB. Beyond, every second vector goes; losses stay."""


@dataclass(frozen=True)
class Entry:
    """What is known about a step beside its raw vector."""

    loss: float
    start: int = 0
    exact: bool = True
    bypassed: frozenset[str] = frozenset()


@dataclass
class History:
    """The losses and the raw parameters of all steps so far.

    Attributes:
        patch: the patch that is fitted: structure and start.
        layout: how raw parameters lie in the vectors.
        progress: the share of the descent that was over at each number of updates, behind a zero for every trial of a
            search for its start: what a time budget came to. Given to :func:`.fit_steps` as ``replay``, it leads to
            the same result on a machine of another speed; pruning is then not cut short.
        alignment: how the target was moved before the fit.
        searched: the loss at the patch, and the lowest one after every trial of a search for a start; empty where none
            was looked for. What was found is step 0.
    """

    patch: Patch
    layout: Layout
    progress: list[float] = field(default_factory=list)
    alignment: Alignment = field(default_factory=Alignment)
    searched: list[float] = field(default_factory=list)
    _entries: list[Entry] = field(default_factory=list)
    _vectors: dict[int, Tensor] = field(default_factory=dict)
    _stride: int = 1
    _best: int | None = None
    _only_found: bool = False
    """Whether the only step is a start that a search has found."""

    def append(
        self,
        loss: float,
        vector: Tensor,
        start: int = 0,
        exact: bool = True,
        bypassed: frozenset[str] | None = None,
    ) -> None:
        """Keep a step: its loss and its raw vector ``(size,)``; see :class:`.FitStep` for the others."""
        if self._only_found:
            self._forget_steps()
        entry = Entry(loss, start, exact, self.patch.bypassed if bypassed is None else bypassed)
        step = len(self._entries)
        self._entries.append(entry)
        is_best = exact and (self._best is None or loss < self._entries[self._best].loss)
        if is_best and self._best is not None and self._best % self._stride:
            self._vectors.pop(self._best, None)  # it was kept only for being the best
        if is_best:
            self._best = step
        if is_best or step % self._stride == 0:
            self._vectors[step] = vector
        if len(self._vectors) * self.layout.size > MOST_NUMBERS and len(self._vectors) > 8:
            self._thin()

    def search(self, loss: float, vector: Tensor, bypassed: frozenset[str]) -> None:
        """Note a trial of a search for a start, and keep the best start so far."""
        self.searched.append(loss)
        self.find(loss, vector, bypassed)

    def find(self, loss: float, vector: Tensor, bypassed: frozenset[str]) -> None:
        """Keep a start as the only step, until the descent has one in its place."""
        self._forget_steps()
        self.append(loss, vector, bypassed=bypassed)
        self._only_found = True

    def begin_anew(self) -> None:
        """From here on the patch has fewer processors: earlier steps are not compared with later ones."""
        self._best = None

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def losses(self) -> list[float]:
        """The loss of every step; the first is the start."""
        return [entry.loss for entry in self._entries]

    @property
    def first_loss(self) -> float:
        """The loss before anything was done: before the search for a start, where there was one; NaN without a step."""
        known = [*self.searched[:1], *self.losses[:1]]
        return known[0] if known else math.nan

    @property
    def starts(self) -> list[int]:
        """Which of several starts each step belongs to."""
        return [entry.start for entry in self._entries]

    @property
    def exact(self) -> list[bool]:
        """Whether each loss is the objective's own, not that of its coarser form or of an excerpt."""
        return [entry.exact for entry in self._entries]

    @property
    def best(self) -> int:
        """The step with the lowest exact loss, since :meth:`begin_anew`."""
        return len(self) - 1 if self._best is None else self._best

    @property
    def kept(self) -> list[int]:
        """The steps whose raw parameters are kept: all of them, unless there are very many numbers."""
        return sorted(self._vectors)

    @property
    def raws(self) -> Tensor:
        """The raw parameters of every kept step, ``(steps, size)``."""
        vectors = [self._vectors[step] for step in self.kept]
        return torch.stack(vectors) if vectors else torch.zeros(0, self.layout.size)

    def patch_at(self, step: int) -> Patch:
        """The patch of a step, to be heard or saved; the nearest one where that step is not kept."""
        step = range(len(self))[step]
        nearest = min(self._vectors, key=lambda kept: abs(kept - step))
        structure = self.patch.replace(bypassed=self._entries[nearest].bypassed)
        return structure.with_raw(self.layout.unpack(self._vectors[nearest][None]))

    def positions(self, path: str) -> Tensor:
        """The slider position of a control at every kept step, ``(steps,)``; of several entries the mean."""
        return self.layout.positions(self.raws)[:, self.layout.places(self.patch, path)].mean(dim=1)

    def state(self) -> dict[str, Any]:
        """Everything but the patch as plain data and tensors."""
        entries = [(entry.loss, entry.start, entry.exact, sorted(entry.bypassed)) for entry in self._entries]
        alignment = (self.alignment.delay, self.alignment.inverted)
        return {
            "progress": list(self.progress), "alignment": alignment, "entries": entries,
            "vectors": dict(self._vectors), "stride": self._stride, "best": self._best, "searched": list(self.searched),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Become what :meth:`state` has described."""
        self.progress = list(state["progress"])
        self.alignment = Alignment(*state["alignment"])
        self.searched = list(state["searched"])
        self._entries = [Entry(loss, start, exact, frozenset(names)) for loss, start, exact, names in state["entries"]]
        self._vectors, self._stride, self._best = dict(state["vectors"]), state["stride"], state["best"]

    def _forget_steps(self) -> None:
        self._entries, self._vectors, self._stride, self._best, self._only_found = [], {}, 1, None, False

    def _thin(self) -> None:
        self._stride *= 2
        kept = {step for step in self._vectors if step % self._stride == 0} | {self._best}
        self._vectors = {step: vector for step, vector in self._vectors.items() if step in kept}
