"""Ground: the plane that a session's landscape is drawn over, and where patches stand on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from grafx_lab.fitting import Layout
from grafx_lab.landscapes import AnyAxis, Axis, LandscapeError, Plane
from grafx_lab.patch import Patch
from grafx_lab.session.recordings import structure

SAME = 1e-5
"""Lengths of sliders that rounding moves a patch off its plane."""

TELLING = 0.05
"""Lengths of sliders off a plane within which the loss on it still tells something."""


@dataclass(frozen=True, eq=False)
class Ground:
    """One or two axes through a patch.

    Attributes:
        patch: the plane goes through it; where an axis is a direction, it stands at that axis' zero.
        axes: controls, which a hand can name, or directions, which move many controls at once.
        plane: the points that can be reached along them.
    """

    patch: Patch
    axes: tuple[AnyAxis, ...]
    plane: Plane = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plane", Plane(self.patch, self.axes))

    def under(self, patch: Patch) -> "Ground":
        """The ground that the same axes make of another patch: this one, where the patch has only moved along them.

        Raises:
            ControlPathError: the patch has no such control.
            LandscapeError: the directions are those of another patch.
        """
        if self.carries(patch):
            return self
        for axis in self.axes:
            if isinstance(axis, Axis):
                Axis.of(patch, axis.path, axis.low, axis.high, axis.scale)
        moved = Ground(patch, self.axes)
        if all(isinstance(axis, Axis) for axis in self.axes):
            return moved
        # Directions keep their zero where it was along themselves, so that the point moves and not the picture.
        home = self.patch if self.alike(patch) else patch
        back = dict(zip(range(len(self.axes)), moved.plane.coordinates(self._vector(home))[0].tolist(), strict=True))
        lines = {number: value for number, value in back.items() if not isinstance(self.axes[number], Axis)}
        return Ground(moved.at(moved.values(patch), lines), self.axes)

    def alike(self, patch: Patch) -> bool:
        """Whether a patch has the parameters of this ground's, whatever their values."""
        return self.plane.layout.sizes == Layout(patch).sizes

    def carries(self, patch: Patch) -> bool:
        """Whether a patch has this ground's structure and stands on it."""
        return structure(patch) == structure(self.patch) and self.off_plane(patch) < SAME

    def off_plane(self, patch: Patch) -> float:
        """How far a patch with the same parameters stands off, in lengths of sliders."""
        return self.plane.distance(self._vector(patch)).item()

    def values(self, patch: Patch) -> list[float]:
        """Where a patch stands, one value an axis, in its unit."""
        along = self.plane.coordinates(self._vector(patch))[0].tolist() if self.alike(patch) else [0.0] * len(self.axes)
        return [
            patch.control(axis.path) if isinstance(axis, Axis) and axis.space == "control" else value
            for axis, value in zip(self.axes, along, strict=True)
        ]

    def positions(self, patch: Patch) -> list[float]:
        """Where a patch stands, as positions along the axes."""
        return [axis.position(value) for axis, value in zip(self.axes, self.values(patch), strict=True)]

    def at(self, values: Sequence[float], moved: Mapping[int, float]) -> Patch:
        """The patch at a place.

        Args:
            values: one an axis.
            moved: other values, by the number of their axis.
        """
        place = [moved.get(number, value) for number, value in enumerate(values)]
        return self.patch.with_raw(self.plane.raw(torch.tensor([place], dtype=torch.float64)))

    def known(self, truth: Patch | None) -> list[float] | None:
        """Where the target's patch stands, one value an axis, if it is known and can be shown here."""
        if truth is None:
            return None
        nodes = {axis.path.split(".")[0] for axis in self.axes if isinstance(axis, Axis)}
        if any(n not in truth.raw or truth.node_type(n) != self.patch.node_type(n) for n in nodes):
            return None
        if all(isinstance(axis, Axis) for axis in self.axes):
            return self.values(truth)
        # A direction says nothing about a patch beside it.
        return self.values(truth) if self.alike(truth) and self.off_plane(truth) < TELLING else None

    def wanted(self, number: int, op: Mapping[str, Any]) -> float:
        """The value on an axis that a hand asks for.

        Args:
            number: of the axis.
            op: ``{position}`` along the axis, ``{text}``, or ``{op: "reset"}`` for the default.

        Raises:
            ValueError: the text is no number, or lies outside of the landscape.
        """
        axis = self.axes[number]
        if op.get("op") == "reset":
            return min(axis.high, max(axis.low, self.default(number)))
        if "text" not in op:
            return axis.at(min(1.0, max(0.0, op["position"])))
        value = _number(self.patch, axis, op["text"])
        if not axis.low <= value <= axis.high:
            ends = f"{axis.format(axis.low)} to {axis.format(axis.high)}"
            raise LandscapeError(f"This landscape runs from {ends}; {axis.format(value)} lies outside.")
        return value

    def default(self, number: int) -> float:
        """Where an axis begins when nothing has been moved along it: a control's default, a direction's zero."""
        axis = self.axes[number]
        if not isinstance(axis, Axis):
            return 0.0
        path, spec = self.patch.spec(axis.path)
        full = spec.full(spec.default)
        return (full if axis.space == "control" else spec.to_raw(full))[path.index].item()

    def _vector(self, patch: Patch) -> Tensor:
        return self.plane.layout.pack(patch.raw)


def axis_path(axis: AnyAxis, number: int) -> str:
    """What calls an axis: the control's own path, or which direction it is."""
    return axis.path if isinstance(axis, Axis) else f"direction {number + 1}"


def _number(patch: Patch, axis: AnyAxis, text: str) -> float:
    if isinstance(axis, Axis) and axis.space == "control":
        return patch.spec(axis.path)[1].parse(text)
    try:
        return float(text.replace("−", "-"))
    except ValueError:
        raise LandscapeError(f"{text!r} is not a number.") from None
