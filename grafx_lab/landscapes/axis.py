"""Axis: a scalar control along which a landscape runs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab.parameters import ParameterSpec, flatten, format_quantity, unflatten
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPath, short_index


class LandscapeError(ValueError):
    """A landscape that cannot be computed; the message says why and what to do."""


@dataclass(frozen=True)
class Axis:
    """One control with the range that is looked at.

    Attributes:
        path: the control's name, ``"tone.log_gain[2]"``.
        label: what people read.
        unit: of ``low``, ``high`` and all values.
        low: the control at position 0.
        high: the control at position 1.
        scale: how values lie between the two.
    """

    path: str
    label: str
    unit: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"

    @classmethod
    def of(
        cls,
        patch: Patch,
        path: str,
        low: float | None = None,
        high: float | None = None,
        scale: Literal["linear", "log"] | None = None,
    ) -> "Axis":
        """The axis of a patch's control; range and scale are its slider's unless given.

        Raises:
            ControlPathError: there is no such control.
            LandscapeError: the name means several entries, or the range is none.
        """
        parsed, spec = patch.spec(path)
        if math.prod(spec.shape[len(parsed.index) :]) > 1:
            raise LandscapeError(
                f"{path!r} has the shape {spec.shape}, and an axis is one number: name an entry, "
                f"such as '{parsed.node}.{parsed.parameter}[{','.join('0' for size in spec.shape if size > 1)}]'."
            )
        low = _entry(spec, spec.low, parsed.index) if low is None else low
        high = _entry(spec, spec.high, parsed.index) if high is None else high
        scale = scale or spec.scale
        if not low < high or (scale == "log" and low <= 0):
            wanted = "0 < low < high" if scale == "log" else "low < high"
            raise LandscapeError(f"The {scale} axis {path!r} runs from {low} to {high}, expected {wanted}.")
        name = str(ControlPath(parsed.node, parsed.parameter, short_index(parsed.index, spec.shape)))
        return cls(name, _label(spec, parsed), spec.unit, low, high, scale)

    def value(self, position: Tensor) -> Tensor:
        """Positions 0…1 along the axis → controls in the unit."""
        if self.scale == "log":
            return self.low * (self.high / self.low) ** position
        return self.low + (self.high - self.low) * position

    def at(self, position: float) -> float:
        """A position 0…1 along the axis → the control in the unit."""
        return self.value(torch.tensor(position, dtype=torch.float64)).item()

    def position(self, value: float) -> float:
        """A control in the unit → its position along the axis; below 0 or above 1 outside of it."""
        if self.scale == "log":
            return math.log(max(value, math.ulp(0.0)) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value_slope(self, value: float) -> float:
        """By how much the control changes while the position runs from 0 to 1, at the pace that it has at ``value``."""
        return value * math.log(self.high / self.low) if self.scale == "log" else self.high - self.low

    def format(self, value: float) -> str:
        """A control for people, with its unit."""
        return format_quantity(value, self.unit)


def resolve(patch: Patch, axes: str | Axis | Sequence[str | Axis]) -> tuple[Axis, ...]:
    """One or two axes, given by name or ready-made.

    Raises:
        LandscapeError: another number of axes, or the same one twice.
    """
    given = [axes] if isinstance(axes, (str, Axis)) else list(axes)
    resolved = tuple(axis if isinstance(axis, Axis) else Axis.of(patch, axis) for axis in given)
    if len(resolved) not in (1, 2):
        raise LandscapeError(f"A landscape has one or two axes, not {len(resolved)}.")
    if len({axis.path for axis in resolved}) < len(resolved):
        raise LandscapeError(f"Both axes are '{resolved[0].path}'; choose two different controls.")
    return resolved


def raw_at(patch: Patch, axes: Sequence[Axis], values: Tensor) -> dict[str, dict[str, Any]]:
    """A patch's raw parameters with the controls of the axes at some points.

    Args:
        patch: everything else is as it is there, in a batch of one.
        axes: which controls.
        values: controls in their units, float64 ``(points, axes)``; gradients flow through.

    Returns:
        raw parameters by node; those on an axis are ``(points, *shape)``.
    """
    flat: dict[str, Mapping[str, Any]] = {node: flatten(tree) for node, tree in patch.raw.items()}
    for axis, column in zip(axes, values.unbind(1), strict=True):
        path, spec = patch.spec(axis.path)
        here = torch.zeros(spec.shape, dtype=torch.bool)
        here[path.index] = True
        old = flat[path.node][path.parameter]
        control = torch.where(here, column.reshape(-1, *[1] * len(spec.shape)), spec.to_control(old.double()))
        # Only this entry passes through the mapping and back; the others keep their raw value to the last bit.
        new = torch.where(here, spec.to_raw(control).to(old.dtype), old)
        flat[path.node] = {**flat[path.node], path.parameter: new}
    return {node: unflatten(parameters) for node, parameters in flat.items()}


def _entry(spec: ParameterSpec, numbers: Any, index: tuple[int, ...]) -> float:
    return spec.full(numbers)[index].item()


def _label(spec: ParameterSpec, path: ControlPath) -> str:
    label = spec.label or path.parameter.split(".")[-1].replace("_", " ").capitalize()
    index = short_index(path.index, spec.shape)
    if not index:
        return label
    number = int(torch.arange(math.prod(spec.shape)).reshape(spec.shape)[path.index])
    entry = spec.labels[number] if number < len(spec.labels) else ", ".join(str(i + 1) for i in index)
    return f"{entry} {label.lower()}" if number < len(spec.labels) else f"{label} {entry}"
