"""FitResult: what a fit has found, and how a history becomes one."""

import math
from dataclasses import dataclass
from typing import Literal

from grafx_lab.fitting.diagnosis import Diagnosis, diagnose
from grafx_lab.fitting.history import History
from grafx_lab.fitting.objective import Objective
from grafx_lab.patch import Patch
from grafx_lab.patch.edit import apply

Status = Literal["done", "stopped", "time", "plateau", "failed"]


@dataclass(frozen=True)
class FitResult:
    """What a fit has found.

    Attributes:
        patch: the best patch.
        history: every step.
        status: ``"done"``, ``"stopped"`` (by hand), ``"time"`` (its seconds are over), ``"plateau"`` (no progress for
            as long as its patience) or ``"failed"``.
        diagnosis: what can be said about it, in words.
    """

    patch: Patch
    history: History
    status: Status
    diagnosis: Diagnosis

    @property
    def loss(self) -> float:
        """The exact loss of the best patch."""
        return self.history.losses[self.history.best] if len(self.history) else math.nan


def summarise(objective: Objective, history: History, status: Status) -> FitResult:
    """The result of the steps that a history holds: the best patch, without the processors that were taken out."""
    if not len(history):
        return FitResult(objective.patch, history, status, Diagnosis(()))
    patch = history.patch_at(history.best)
    if not objective.alignment.moves and history.alignment.moves:
        objective = objective.aligned(history.alignment)
    diagnosis = diagnose(objective, history, patch)
    return FitResult(_without(patch, patch.bypassed - history.patch.bypassed), history, status, diagnosis)


def _without(patch: Patch, nodes: frozenset[str]) -> Patch:
    """The patch without these bypassed nodes; one with several wires on a side stays, or wires would be lost."""
    graph, ids = patch.graph, patch.ids
    bridged = [name for name in sorted(nodes) if graph.in_degree(ids[name]) == graph.out_degree(ids[name]) == 1]
    return apply(patch, [{"op": "remove", "nodes": bridged}])[0] if bridged else patch
