"""What panels say in words, computed from the numbers on show. ``**…**`` marks names, `` `…` `` numbers."""

from collections.abc import Mapping

import torch

from grafx_lab.fitting import FitResult, FitStep, Layout, Objective
from grafx_lab.landscapes import Axis, Landscape, Probe
from grafx_lab.session.controls_view import control_label
from grafx_lab.session.fit_view import loss_text

NEAR = 0.02
"""Two positions that a slider hardly tells apart."""

FLAT = 1e-3
"""A slope that changes the loss by less than this share of its range along the whole axis pushes nowhere."""

_MOST_CONTROLS = 3


def of_step(objective: Objective, step: FitStep, truth: Mapping[str, float]) -> str:
    """Where a running fit stands."""
    parts = [f"After `{step.step}` steps the loss is `{loss_text(step.loss)}`."]
    for path, value in list(truth.items())[:_MOST_CONTROLS]:
        axis = Axis.of(objective.patch, path)
        here = step.patch.control(path)
        parts.append(
            f"**{control_label(objective.patch, path)}** is at `{axis.format(here)}`{_pushed(step, path)}; "
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


def of_point(surface: Landscape, point: Probe, truth: float | None) -> str:
    """Where descent would go from a point of a landscape over one control, and whether that is right."""
    axis, low = surface.axes[0], surface.minimum
    name, (value,), (slope,) = f"**{axis.label.lower()}**", point.values, point.slopes
    spread = float(torch.nan_to_num(surface.losses, nan=low.loss).max()) - low.loss
    parts = [f"At `{axis.format(value)}` the loss is `{loss_text(point.loss)}`."]
    if abs(slope * axis.value_slope(value)) <= FLAT * spread:
        parts.append("It is level here: descent stays.")
    elif abs(axis.position(value) - axis.position(low.values[0])) <= NEAR:
        parts.append("This is the lowest place of the curve.")
    else:
        towards = "towards" if (low.values[0] - value) * slope < 0 else "away from"
        way = "down" if slope > 0 else "up"
        parts.append(f"Descent pushes {name} {way}, {towards} the minimum at `{axis.format(low.values[0])}`.")
    if truth is not None:
        parts.append(_of_truth(surface, truth))
    return " ".join(parts)


def _of_truth(surface: Landscape, truth: float) -> str:
    axis, low = surface.axes[0], surface.minimum
    if abs(axis.position(low.values[0]) - axis.position(truth)) <= NEAR:
        return f"The target has `{axis.format(truth)}`, and the minimum lies there."
    nearest = int((surface.values[0] - truth).abs().argmin())
    there = loss_text(float(surface.losses[nearest]))
    return (
        f"The target has `{axis.format(truth)}`, but there the loss is `{there}`, higher than the "
        f"`{loss_text(low.loss)}` of the minimum: whoever follows this curve does not arrive."
    )


def _pushed(step: FitStep, path: str) -> str:
    layout = Layout(step.patch)
    places = layout.places(step.patch, path)
    slopes = layout.pack(step.gradient)[0] * layout.position_slope(layout.pack(step.raw)[0])
    slope = float(slopes[places].sum())
    return "" if slope == 0 else f", and descent pushes it {'down' if slope > 0 else 'up'}"


def _at_truth(objective: Objective, result: FitResult, truth: Mapping[str, float]) -> str:
    with torch.no_grad():
        there = objective(result.patch.with_controls(truth).raw).item()
    if there > result.loss:
        return f"With the target's controls the loss would be higher, `{loss_text(there)}`: this loss leads elsewhere."
    return f"With the target's controls the loss would be lower, `{loss_text(there)}`: try another start or more steps."
