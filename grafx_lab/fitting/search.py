"""The points that a fit descends from, and where each has got to: everything that a crash would lose."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from grafx_lab.fitting.descent import OPTIMIZERS, Adam, Descent
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.options import Options
from grafx_lab.patch import Patch

CHUNK = 3
"""Starts that are rendered side by side: more fall out of the processor's cache."""

EXPLORING = 0.3
"""Share of a fit after which one start is left."""

MAX_REJECTED = 10
"""So many unusable steps since the last progress end a start; each halves what the next ones may move."""

OVERSHOT = 4.0
"""A step has gone too far when the loss after it is so many times the lowest."""

RECOVERY = 1.02
"""Factor by which shortened steps grow again: twice as long after 35 that have not gone too far."""


@dataclass
class Start:
    """One of the points that a fit descends from.

    Attributes:
        number: 0 is the user's own.
        vector: where it is now, raw ``(size,)``.
        bypassed: nodes of the patch that pass their input through.
        descent: its optimiser.
        origin: where it began.
        anchor: where it goes back to after a step that could not be used.
        anchor_loss: the loss there.
        best: the vector with the lowest exact loss so far.
        best_loss: that loss.
        refused: unusable steps since the last progress.
        caution: factor of the learning rate since the last unusable step.
        stride: factor of the learning rate, halved by steps that go too far and growing again.
        alive: whether it goes on.
    """

    number: int
    vector: Tensor
    bypassed: frozenset[str]
    descent: Descent
    origin: Tensor
    anchor: Tensor
    anchor_loss: float = math.inf
    best: Tensor = field(default_factory=lambda: torch.zeros(0))
    best_loss: float = math.inf
    refused: int = 0
    caution: float = 1.0
    stride: float = 1.0
    alive: bool = True

    def accept(self, loss: float, comparable: bool) -> None:
        """The vector can be used; it is progress if its loss is the lowest, or where losses cannot be compared."""
        if loss < self.anchor_loss or not comparable:
            self.anchor, self.anchor_loss, self.refused = self.vector, loss, 0

    def judged(self, loss: float) -> None:
        """The vector has this exact loss."""
        if loss < self.best_loss:
            self.best, self.best_loss = self.vector, loss


@dataclass(frozen=True)
class Structure:
    """The patch with some nodes bypassed, and which raw numbers may move then, ``(size,)``."""

    patch: Patch
    movable: Tensor


class Search:
    """All starts of a fit.

    Args:
        patch: what is fitted.
        layout: of its raw vectors.
        options: see :class:`.Options`.
        points: raw vectors and the nodes bypassed there.
    """

    def __init__(
        self, patch: Patch, layout: Layout, options: Options, points: list[tuple[Tensor, frozenset[str]]]
    ) -> None:
        self.patch, self.layout, self.options = patch, layout, options
        self.scale, self.factors = layout.scale(), layout.factors(patch, options.rates)
        self._structures: dict[frozenset[str], Structure] = {}
        self.generator = torch.Generator().manual_seed(options.seed)
        self.step = self.stale = self.halved = 0
        self.lowest = math.inf
        self.rounds = math.ceil(math.log2(len(points))) if points else 0
        self.starts = [self._begin(number, *point) for number, point in enumerate(points)]

    def structure(self, bypassed: frozenset[str]) -> Structure:
        """The patch with these nodes bypassed."""
        if bypassed not in self._structures:
            patch = self.patch.replace(bypassed=bypassed)
            self._structures[bypassed] = Structure(patch, self.layout.movable(patch))
        return self._structures[bypassed]

    def chunks(self) -> Iterator[list[Start]]:
        """The living starts in groups of one structure each."""
        for bypassed in dict.fromkeys(start.bypassed for start in self.alive):
            alike = [start for start in self.alive if start.bypassed == bypassed]
            for first in range(0, len(alike), CHUNK):
                yield alike[first : first + CHUNK]

    @property
    def alive(self) -> list[Start]:
        """The starts that go on."""
        return [start for start in self.starts if start.alive]

    @property
    def best(self) -> Start:
        """The start with the lowest exact loss."""
        return min(self.starts, key=lambda start: start.best_loss)

    @property
    def best_loss(self) -> float:
        """The lowest exact loss of all starts."""
        return self.best.best_loss

    def halving_due(self, progress: float) -> bool:
        """Whether the worse half of the starts is to be given up now."""
        return self.halved < self.rounds and progress >= EXPLORING * (self.halved + 1) / self.rounds

    def halve(self) -> None:
        """Give up the worse half, by the exact loss."""
        self.halved += 1
        ranked = sorted(self.alive, key=lambda start: start.best_loss)
        for start in ranked[math.ceil(len(ranked) / 2) :]:
            start.alive = False

    def turn_back(self, start: Start) -> None:
        """After a step that cannot be used: back to the anchor, with a new optimiser and half the rate."""
        start.refused += 1
        start.caution = 0.5**start.refused
        start.alive = start.refused <= MAX_REJECTED
        self._return(start)

    def goes_too_far(self, start: Start, loss: float) -> bool:
        """Whether Adam, whose steps are long however near the goal is, is losing the start that was found for it."""
        found = self.options.init == "auto" and self.options.crop is None
        return found and isinstance(start.descent, Adam) and loss > OVERSHOT * start.anchor_loss

    def shorten(self, start: Start) -> None:
        """After a step that went too far: back to the anchor, with a new optimiser and half the rate."""
        start.stride *= 0.5
        self._return(start)

    def advance(self, start: Start, loss: float, gradient: Tensor, rate: float) -> None:
        """Do a step from where a start has this loss and gradient ``(size,)``."""
        start.vector = start.descent.advance(start.vector, loss, gradient, rate * start.caution * start.stride)
        start.stride = min(1.0, RECOVERY * start.stride)

    def note(self, loss: float) -> None:
        """Count the steps since the lowest loss last fell by a thousandth."""
        self.stale = 0 if loss < (1 - 1e-3) * self.lowest else self.stale + 1
        self.lowest = min(self.lowest, loss)

    def state(self) -> dict[str, Any]:
        """Everything as plain data and tensors."""
        starts = [
            {**vars(start), "bypassed": sorted(start.bypassed), "descent": dict(vars(start.descent))}
            for start in self.starts
        ]
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return {"starts": starts, "generator": self.generator.get_state(), **numbers}

    def restore(self, state: dict[str, Any]) -> None:
        """Become what :meth:`state` has described."""
        for name in _NUMBERS:
            setattr(self, name, state[name])
        self.generator.set_state(state["generator"])
        self.starts = []
        for saved in state["starts"]:
            start = self._begin(saved["number"], saved["vector"], frozenset(saved["bypassed"]))
            vars(start.descent).update(saved["descent"])
            vars(start).update({name: value for name, value in saved.items() if name not in ("bypassed", "descent")})
            self.starts.append(start)

    def _return(self, start: Start) -> None:
        start.vector = start.anchor
        start.descent = self._descent(start.vector, start.bypassed, start.origin)

    def _begin(self, number: int, vector: Tensor, bypassed: frozenset[str]) -> Start:
        return Start(number, vector, bypassed, self._descent(vector, bypassed, vector), origin=vector, anchor=vector)

    def _descent(self, vector: Tensor, bypassed: frozenset[str], origin: Tensor) -> Descent:
        factors = self.factors * self.structure(bypassed).movable
        return OPTIMIZERS[self.options.optimizer](self.layout.reach(vector), factors, origin)


_NUMBERS = ("step", "stale", "halved", "lowest", "rounds")
