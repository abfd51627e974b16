"""What a session says in words, computed from the numbers on show. ``**…**`` marks names, `` `…` `` numbers."""

import re
from collections.abc import Mapping, Sequence

import torch

from grafx_lab.fitting import Diagnosis, FitResult, FitStep, Objective
from grafx_lab.landscapes import Axis, Landscape
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_label, control_paths, control_state, in_sentence
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.fit_view import loss_text
from grafx_lab.session.landscape_view import controls_of, slopes_along

NEAR = 0.02
"""Two positions that a slider hardly tells apart."""

FLAT = 1e-3
"""A slope that changes the loss by less than this share of its range along the whole axis pushes nowhere."""

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
            away = control_state(truth, path, spec)["position"] - control_state(start, path, spec)["position"]
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
    start, end = result.history.losses[0], result.loss
    stopped = result.status == "stopped"
    before = f"Stopped after `{len(result.history) - 1}` steps: the" if stopped else "The"
    parts = [f"{before} loss fell from `{loss_text(start)}` to `{loss_text(end)}`."]
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


def of_place(surface: Landscape, downhill: Downhill, truth: Patch | None) -> str:
    """Where descent would go from a place on a landscape, and whether that is right."""
    values = [downhill.patch.control(axis.path) for axis in controls_of(surface)]
    place = " and ".join(
        f"`{axis.format(value)}`" if len(values) == 1 else f"{axis.label} `{axis.format(value)}`"
        for axis, value in zip(controls_of(surface), values, strict=True)
    )
    parts = [f"At {place} the loss is `{loss_text(downhill.loss)}`.", _way(surface, downhill, values)]
    known = known_truth(surface, downhill.patch, truth)
    if known is not None:
        parts.append(_of_truth(surface, known))
    return " ".join(parts)


def _way(surface: Landscape, downhill: Downhill, values: Sequence[float]) -> str:
    """Where descent pushes the controls of a landscape's axes."""
    low = surface.minimum
    spread = float(torch.nan_to_num(surface.losses, nan=low.loss).max()) - low.loss
    slopes = slopes_along(controls_of(surface), downhill)
    felt = [abs(slope) > FLAT * spread for slope in slopes]
    if not any(felt):
        return "It is level here: descent stays."
    axes = list(zip(controls_of(surface), values, low.values, slopes, felt, strict=True))
    if all(abs(axis.position(value) - axis.position(lowest)) <= NEAR for axis, value, lowest, _, _ in axes):
        return "This is the lowest place of the " + ("curve." if len(axes) == 1 else "surface.")
    pushes = [f"**{in_sentence(axis.label)}** {'down' if slope > 0 else 'up'}" for axis, _, _, slope, on in axes if on]
    said = f"Descent pushes {' and '.join(pushes)}"
    if len(axes) == 1:
        ((axis, value, lowest, slope, _),) = axes
        towards = "towards" if (lowest - value) * slope < 0 else "away from"
        return f"{said}, {towards} the minimum at `{axis.format(lowest)}`."
    unmoved = [axis for axis, *_, on in axes if not on]
    return f"{said}." + (f" **{unmoved[0].label}** hardly feels a slope here." if unmoved else "")


def known_truth(surface: Landscape, patch: Patch, truth: Patch | None) -> list[float] | None:
    """What the target has along a landscape's axes, in their units, where that is known."""
    nodes = {axis.path.split(".")[0] for axis in controls_of(surface)}
    if truth is None or any(n not in truth.raw or truth.node_type(n) != patch.node_type(n) for n in nodes):
        return None
    return [truth.control(axis.path) for axis in controls_of(surface)]


def _of_truth(surface: Landscape, truth: Sequence[float]) -> str:
    low = surface.minimum
    axes = list(zip(controls_of(surface), truth, low.values, surface.values, strict=True))
    place = ", ".join(f"`{axis.format(value)}`" for axis, value, _, _ in axes)
    if all(abs(axis.position(lowest) - axis.position(value)) <= NEAR for axis, value, lowest, _ in axes):
        return f"The target has {place}, and the minimum lies there."
    nearest = tuple(int((grid - value).abs().argmin()) for _, value, _, grid in axes)
    there = loss_text(float(surface.losses[nearest]))
    if len(axes) == 2:
        lowest = ", ".join(f"`{axis.format(value)}`" for axis, _, value, _ in axes)
        return f"The target has {place}; with the other controls as they are the lowest place is {lowest}."
    return (
        f"The target has {place}, but there the loss is `{there}`, higher than the `{loss_text(low.loss)}` of the "
        "minimum: whoever follows this curve does not arrive."
    )


def _at_truth(objective: Objective, result: FitResult, truth: Mapping[str, float]) -> str:
    with torch.no_grad():
        known = result.patch.with_controls(truth)
        there = objective.with_patch(known)().item()
    if there > result.loss:
        return f"With the target's controls the loss would be higher, `{loss_text(there)}`: this loss leads elsewhere."
    return f"With the target's controls the loss would be lower, `{loss_text(there)}`: try another start or more steps."
