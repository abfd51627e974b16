"""What each node contributes: by how much the loss rises when it is bypassed."""

import math
from dataclasses import dataclass

from grafx_lab.fitting.judgement import exact_loss
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.patch import Patch


@dataclass(frozen=True)
class Contribution:
    """The exact loss with a node and without it; infinite where there is none."""

    node: str
    loss: float
    without: float

    @property
    def rise(self) -> float:
        """By what share of itself the loss rises without the node; infinite from nothing."""
        if self.without == self.loss:
            return 0.0
        return self.without / self.loss - 1 if self.loss > 0 else math.inf

    def __str__(self) -> str:
        if not math.isfinite(self.without):
            return f"'{self.node}' cannot be done without: the rest has no finite loss."
        if abs(self.rise) < 0.005:
            return f"'{self.node}' contributes nothing: without it the loss is the same."
        if self.rise < 0:
            return f"'{self.node}' does harm: without it the loss is {self.without:.3g} instead of {self.loss:.3g}."
        return f"'{self.node}' contributes: without it the loss is {self.without:.3g} instead of {self.loss:.3g}."


def contributions(objective: Objective, patch: Patch) -> list[Contribution]:
    """Every node that is not bypassed, the most important one first."""
    layout = Layout(patch)
    vector = layout.pack(patch.raw)[0]
    loss = exact_loss(objective.with_patch(patch), layout, vector)
    active = [name for name in patch.raw if name not in patch.bypassed]
    found = []
    for name in active:
        without = patch.replace(bypassed=patch.bypassed | {name})
        found.append(Contribution(name, loss, exact_loss(objective.with_patch(without), layout, vector)))
    return sorted(found, key=lambda contribution: -contribution.without)
