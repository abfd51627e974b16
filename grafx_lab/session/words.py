"""What a session says about fits in words, computed from their numbers. ``**…**`` marks names, `` `…` `` numbers."""

import re
from collections.abc import Mapping

import torch

from grafx_lab.fitting import Diagnosis, FitResult, FitStep, Objective
from grafx_lab.landscapes import Axis
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_label, control_paths, control_state
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.fit_view import fall, loss_text

NEAR = 0.02
"""Two positions that a slider hardly tells apart."""

_MOST_CONTROLS = 3


def told(start: Patch, truth: Patch | None) -> dict[str, float]:
    """The controls, in their units, that the target's patch has elsewhere than ``start``; those farthest off first."""
    if truth is None:
        return {}
    distances = {}
    for node in start.raw:
        if node not in truth.raw or truth.node_type(node) != start.node_type(node):
            continue
        for text, path, spec in control_paths(start, node):
            away = control_state(truth, path)["position"] - control_state(start, path)["position"]
            if spec.display == "slider" and abs(away) > NEAR:
                distances[text] = abs(away)
    return {path: truth.control(path) for path in sorted(distances, key=lambda path: -distances[path])}


def of_step(step: int, downhill: Downhill, truth: Mapping[str, float]) -> str:
    """Where a running fit stands after so many steps."""
    parts = [f"After `{step}` steps the loss is `{loss_text(downhill.loss)}`."]
    for path, value in list(truth.items())[:_MOST_CONTROLS]:
        axis, push = Axis.of(downhill.patch, path), downhill.along(path)
        pushed = "" if push == 0 else f", and descent pushes it {'up' if push > 0 else 'down'}"
        parts.append(
            f"**{control_label(downhill.patch, path)}** is at `{axis.format(downhill.patch.control(path))}`{pushed}; "
            f"the target has `{axis.format(value)}`."
        )
    return " ".join(parts)


def of_ending(objective: Objective, result: FitResult, truth: Mapping[str, float]) -> str:
    """What a fit has found, and where it went instead when it missed the truth."""
    if not len(result.history):
        return "The fit ended before its first step."
    stopped = result.status == "stopped"
    said = fall(result.history)
    before = f"Stopped after `{len(result.history) - 1}` steps: {said}" if stopped else said[0].upper() + said[1:]
    parts = [f"{before}."]
    if gone := [f"**{node}**" for node in objective.patch.raw if node not in result.patch.raw]:
        parts.append(f"Taken out, since the target does without: {', '.join(gone)}.")
    truth = {path: value for path, value in truth.items() if path.split(".")[0] in result.patch.raw}
    missed = False
    for path, value in list(truth.items())[:_MOST_CONTROLS]:
        axis, found = Axis.of(objective.patch, path), result.patch.control(path)
        arrived = abs(axis.position(found) - axis.position(value)) <= NEAR
        missed |= not arrived
        verb = "arrived at" if arrived else "got to" if stopped else "came to rest at"
        rest = "; the target has" if arrived else ", far from the target's"
        label = control_label(objective.patch, path)
        parts.append(f"**{label}** {verb} `{axis.format(found)}`{rest} `{axis.format(value)}`.")
    if missed:
        parts.append(_at_truth(objective, result, truth))
    return " ".join(parts)


def of_search(step: FitStep) -> str:
    """What a fit that looks for its start is doing; empty while it descends."""
    if step.phase != "init":
        return ""
    return f"Looking for a start: {_bold(step.cause)} The loss there is `{loss_text(step.loss)}`."


def of_pruning(step: FitStep) -> str:
    """What a fit that takes processors out is doing; empty while it descends."""
    loss = f"`{loss_text(step.loss)}`"
    if step.wet:
        driest = sorted(step.wet, key=lambda node: step.wet[node])[:_MOST_CONTROLS]
        shares = ", ".join(f"**{node}** `{100 * step.wet[node]:.0f} %`" for node in driest)
        return f"Every processor is drawn to dry: {shares}. The loss of the mix is {loss}."
    if step.phase != "prune" or step.rejected:
        return ""
    taken = ", ".join(f"**{node}**" for node in step.raw if node in step.structure.bypassed)
    return f"Without {taken} the loss is {loss}."


def of_diagnosis(diagnosis: Diagnosis) -> tuple[str, ...]:
    """The findings about a fit, with the names of nodes and controls marked."""
    return tuple(map(_bold, diagnosis.findings))


def _bold(sentence: str) -> str:
    return re.sub(r"'([^']+)'", r"**\1**", sentence)


def _at_truth(objective: Objective, result: FitResult, truth: Mapping[str, float]) -> str:
    # What the target does not have elsewhere than the start has to be as at the start, wherever the fit has put it.
    start = {node: objective.patch.raw[node] for node in result.patch.raw}
    known = result.patch.replace(raw=start).with_controls(truth)
    with torch.no_grad():
        there = objective.with_patch(known)().item()
    if there > result.loss:
        return f"With the target's controls the loss would be higher, `{loss_text(there)}`: this loss leads elsewhere."
    return f"With the target's controls the loss would be lower, `{loss_text(there)}`: try another start or more steps."
