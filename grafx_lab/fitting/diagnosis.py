"""What can be said about a fit, in sentences computed from its numbers."""

from dataclasses import dataclass

import torch

from grafx_lab.fitting.contribution import Contribution, contributions
from grafx_lab.fitting.history import History
from grafx_lab.fitting.identifiability import Identifiability, identify
from grafx_lab.fitting.judgement import evaluate
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.noise_floor import floor_finding
from grafx_lab.fitting.objective import Objective
from grafx_lab.patch import Patch

EDGE = 0.01
STILL = 0.005

SLOPE = 0.2
"""Share of the loss by which it changes along a slider, from end to end, before the target says little about it."""


@dataclass(frozen=True)
class Diagnosis:
    """Findings about a fit, in sentences and in numbers.

    Attributes:
        findings: the sentences.
        contributions: what each node does for the loss.
        identifiability: what the target says about the controls; ``None`` where nothing was fitted.
    """

    findings: tuple[str, ...]
    contributions: tuple[Contribution, ...] = ()
    identifiability: Identifiability | None = None

    def __str__(self) -> str:
        return "\n".join(self.findings)


def diagnose(objective: Objective, history: History, patch: Patch) -> Diagnosis:
    """Look at the best patch of a fit.

    Args:
        objective: what was fitted.
        history: of the fit.
        patch: its best patch, with the processors that were taken out bypassed.
    """
    shares = contributions(objective, patch)
    known = identify(objective, patch)
    findings = [
        *objective.messages,
        *_edges(history.layout, patch),
        *_still(objective, history, patch),
        *known.findings,
        *map(str, shares),
        *floor_finding(objective, history.losses[history.best]),
    ]
    return Diagnosis(tuple(findings), tuple(shares), known)


def _edges(layout: Layout, patch: Patch) -> list[str]:
    places, movable = layout.positions(layout.pack(patch.raw))[0], layout.movable(patch)
    findings = []
    for entry in layout.entries:
        place = places[entry.place][movable[entry.place]]
        outside = int(((place < EDGE) | (place > 1 - EDGE)).sum())
        if outside:
            of_all = f" ({outside} of {entry.size} entries)" if entry.size > 1 else ""
            findings.append(f"'{entry.path}' is at the edge of its range{of_all}.")
    return findings


def _still(objective: Objective, history: History, patch: Patch) -> list[str]:
    """Nodes that hardly moved, and whether the loss would have had them move."""
    layout = history.layout
    loss, gradient = evaluate(objective.with_patch(patch), layout, layout.pack(patch.raw).float()[0])
    start, best = (layout.positions(layout.pack(raw)) for raw in (history.patch.raw, patch.raw))
    moved, movable = (best - start).abs()[0], layout.movable(patch)
    slope = (gradient * layout.scale()).abs().where(movable, 0.0)
    findings = []
    for node in layout.nodes:
        places = [entry.place for entry in layout.entries_of(node) if movable[entry.place].any()]
        if not places or torch.cat([moved[place] for place in places]).max() >= STILL:
            continue
        if torch.cat([slope[place] for place in places]).max() > SLOPE * loss:
            why = ", though the loss depends on it: it was nearly right, or more steps are needed."
        else:
            why = ": the target says little about it."
        findings.append(f"'{node}' has hardly moved{why}")
    return findings
