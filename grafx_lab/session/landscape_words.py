"""What a session says about landscapes, in words computed from the numbers on show; marked up as in :mod:`.words`."""

from collections.abc import Sequence

import torch

from grafx_lab.landscapes import AnyAxis, Axis, Basins, Landscape, Minimum
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import in_sentence
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.fit_view import loss_text
from grafx_lab.session.ground import Ground
from grafx_lab.session.words import NEAR

FLAT = 1e-3
"""A slope that changes the loss by less than this share of its range along the whole axis pushes nowhere."""

BESIDE = 0.02
"""Lengths of sliders off a plane from which on it is said."""


def of_place(
    ground: Ground, surface: Landscape, downhill: Downhill, truth: Patch | None, basins: Basins | None = None
) -> str:
    """Where descent would go from a place on a landscape, and whether that is right.

    Args:
        ground: what the landscape is drawn over.
        surface: the landscape.
        downhill: what has been measured at the place.
        truth: the patch that made the target, where it is known.
        basins: those of the landscape, where they are known exactly; else its grid is all that is known.
    """
    low, grid = (basins.minima[0], "") if basins else (surface.minimum, " of the grid")
    values = ground.values(downhill.patch)
    parts = [f"At {named(surface.axes, values)} the loss is `{loss_text(downhill.loss)}`."]
    away = ground.off_plane(downhill.patch) if ground.alike(downhill.patch) else 0.0
    if away > BESIDE:
        parts.append(f"That is `{away:.2f}` lengths of a slider off this plane: the ground there is not its loss.")
    parts.append(_way(surface, low, downhill, values))
    known = ground.known(truth)
    if known is not None:
        parts.append(_of_truth(surface, low, known, grid))
    return " ".join(parts)


def of_basins(basins: Basins, known: Sequence[float] | None) -> str:
    """How much of a landscape leads to its lowest minimum."""
    surface, lowest, count = basins.surface, basins.minima[0], len(basins.minima)
    what = "curve" if len(surface.axes) == 1 else "plane"
    rim = ", on the rim" if lowest.at_edge else ""
    place = f"{named(surface.axes, lowest.values)} (loss `{loss_text(lowest.loss)}`{rim})"
    if count == 1:
        return f"From everywhere on this {what} descent reaches the one minimum, at {place}."
    others = "another minimum" if count == 2 else f"one of `{count - 1}` other minima"
    said = f"**{_percent(basins.fraction)}** of this {what} leads downhill to the lowest minimum, at {place}; "
    said += f"from the rest descent ends in {others}."
    if known is not None and int(basins.labels[surface.nearest(known)]) > 0:
        said += f" The target lies where `{_percent(basins.fraction_to(tuple(known)))}` lead, which is not the lowest."
    return said


def named(axes: Sequence[AnyAxis], values: Sequence[float]) -> str:
    """A place on a landscape."""
    if len(values) == 1 and isinstance(axes[0], Axis):
        return f"`{axes[0].format(values[0])}`"
    return " and ".join(f"{axis.label} `{axis.format(value)}`" for axis, value in zip(axes, values, strict=True))


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "less than 1 %"
    return f"{100 * min(share, 0.99 if share < 1 else 1.0):.0f} %"


def _way(surface: Landscape, low: Minimum, downhill: Downhill, values: Sequence[float]) -> str:
    """Where descent pushes the controls of a landscape's axes."""
    spread = float(torch.nan_to_num(surface.losses, nan=low.loss).max()) - low.loss
    slopes = [downhill.slope(axis) for axis in surface.axes]
    felt = [abs(slope) > FLAT * spread for slope in slopes]
    if not any(felt):
        return "It is level here: descent stays."
    axes = list(zip(surface.axes, values, low.values, slopes, felt, strict=True))
    if all(abs(axis.position(value) - axis.position(lowest)) <= NEAR for axis, value, lowest, _, _ in axes):
        return "This is the lowest place of the " + ("curve." if len(axes) == 1 else "surface.")
    pushes = [f"**{in_sentence(axis.label)}** {'down' if slope > 0 else 'up'}" for axis, _, _, slope, on in axes if on]
    said = f"Descent pushes {' and '.join(pushes)}"
    if len(axes) == 1:
        ((axis, value, lowest, slope, _),) = axes
        towards = "towards" if (lowest - value) * slope < 0 else "away from"
        return f"{said}, {towards} the minimum at `{axis.format(lowest)}`."
    unmoved = [axis for axis, _, _, _, on in axes if not on]
    return f"{said}." + (f" **{unmoved[0].label}** hardly feels a slope here." if unmoved else "")


def _of_truth(surface: Landscape, low: Minimum, truth: Sequence[float], grid: str) -> str:
    axes = list(zip(surface.axes, truth, low.values, surface.values, strict=True))
    place = ", ".join(f"`{axis.format(value)}`" for axis, value, _, _ in axes)
    if all(abs(axis.position(lowest) - axis.position(value)) <= NEAR for axis, value, lowest, _ in axes):
        return f"The target has {place}, and the minimum lies there."
    there = loss_text(float(surface.losses[surface.nearest(truth)]))
    if len(axes) == 2:
        lowest = ", ".join(f"`{axis.format(value)}`" for axis, _, value, _ in axes)
        held = " with the other controls as they are" if all(isinstance(axis, Axis) for axis in surface.axes) else ""
        return f"The target has {place}; the lowest place{grid}{held} is {lowest}."
    return (
        f"The target has {place}, but there the loss is `{there}`, higher than the `{loss_text(low.loss)}` of the "
        "minimum: whoever follows this curve does not arrive."
    )
