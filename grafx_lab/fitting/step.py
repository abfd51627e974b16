"""FitStep: what a fit tells at each of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grafx_lab.patch import Patch


@dataclass(frozen=True)
class FitStep:
    """One step of a fit.

    Attributes:
        step: 0 is the start; step n has seen n updates.
        loss: of ``raw``; by the objective where ``exact``, otherwise by its coarser form or on an excerpt.
        raw: raw parameters ``(1, *shape)`` by node.
        seconds: since the fit began.
        gradient: derivative of the loss by each raw parameter, laid out as ``raw``; zero where it is frozen.
        best_loss: the lowest exact one so far.
        structure: the graph that this step renders: the fitted patch, with processors bypassed that were taken out.
        phase: what the fit is doing: ``"init"``, ``"descent"`` or ``"prune"``.
        start: which of several starts this is.
        rejected: the loss or its gradient was not finite; the fit went back.
        cause: for a rejected step, what was not finite, in words; for a phase without descent, what was tried.
        exact: whether ``loss`` is the objective's own.
        wet: while pruning draws processors to dry, how much of each is still heard, 0 to 1; the step then stands still.
    """

    step: int
    loss: float
    raw: dict[str, Any]
    seconds: float
    gradient: dict[str, Any]
    best_loss: float
    structure: Patch = field(repr=False)
    phase: str = "descent"
    start: int = 0
    rejected: bool = False
    cause: str = ""
    exact: bool = True
    wet: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def patch(self) -> Patch:
        """The patch of this step."""
        return self.structure.with_raw(self.raw)

    @property
    def controls(self) -> dict[str, dict[str, Any]]:
        """The controls of this step in their units: see :meth:`Patch.controls`."""
        return self.patch.controls()
