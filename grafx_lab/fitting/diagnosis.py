"""What can be said about a fit, in sentences computed from its numbers."""

from dataclasses import dataclass

import torch

from grafx_lab.fitting.history import History
from grafx_lab.fitting.objective import Objective
from grafx_lab.patch import Patch

EDGE = 0.01
STILL = 0.005


@dataclass(frozen=True)
class Diagnosis:
    """Findings about a fit, in sentences."""

    findings: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.findings)


def diagnose(objective: Objective, history: History, patch: Patch) -> Diagnosis:
    """Look at the best patch of a fit: controls that left their range, and nodes that hardly moved."""
    layout = history.layout
    start, best = layout.positions(layout.pack(history.patch.raw)), layout.positions(layout.pack(patch.raw))
    movable = layout.movable(history.patch)
    findings = list(objective.messages)
    for entry in layout.entries:
        place = best[0, entry.place][movable[entry.place]]
        outside = int(((place < EDGE) | (place > 1 - EDGE)).sum())
        if outside:
            of_all = f" ({outside} of {entry.size} entries)" if entry.size > 1 else ""
            findings.append(f"'{entry.path}' is at the edge of its range{of_all}.")
    moved = (best - start).abs()[0]
    for node in history.patch.raw:
        places = [entry.place for entry in layout.entries if entry.node == node and movable[entry.place].any()]
        if places and torch.cat([moved[place] for place in places]).max() < STILL:
            findings.append(f"'{node}' has hardly moved: the target says little about it.")
    return Diagnosis(tuple(findings))
