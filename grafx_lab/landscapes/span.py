"""Span: a stretch of numbers and how they lie in it; what every axis has."""

import math
from typing import Literal, get_args

import torch
from torch import Tensor

from grafx_lab.errors import LabError
from grafx_lab.parameters import format_quantity

Scale = Literal["linear", "log"]


class LandscapeError(LabError):
    """A landscape that cannot be computed; the message says why and what to do."""


class Span:
    """Numbers from ``low`` to ``high``, addressed by positions from 0 to 1.

    Attributes:
        label: what people read.
        unit: of ``low``, ``high`` and all values.
        low: the value at position 0.
        high: the value at position 1.
        scale: how values lie between the two.
    """

    label: str
    unit: str
    low: float
    high: float
    scale: Scale

    def value(self, position: Tensor) -> Tensor:
        """Positions 0…1 → values in the unit."""
        if self.scale == "log":
            return self.low * (self.high / self.low) ** position
        return self.low + (self.high - self.low) * position

    def at(self, position: float) -> float:
        """A position 0…1 → the value in the unit."""
        return self.value(torch.tensor(position, dtype=torch.float64)).item()

    def position(self, value: float) -> float:
        """A value in the unit → its position; below 0 or above 1 outside of the span."""
        if self.scale == "log":
            return math.log(max(value, math.ulp(0.0)) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value_slope(self, value: float) -> float:
        """By how much the value changes while the position runs from 0 to 1, at the pace that it has at ``value``."""
        return value * math.log(self.high / self.low) if self.scale == "log" else self.high - self.low

    def format(self, value: float) -> str:
        """A value for people, with its unit."""
        return format_quantity(value, self.unit)


def check_range(name: str, low: float, high: float, scale: Scale) -> None:
    """Raise :class:`LandscapeError` for a range or a scale that no axis can have."""
    if scale not in get_args(Scale):
        raise LandscapeError(f"The axis {name!r} has the scale {scale!r}, expected 'linear' or 'log'.")
    if not (math.isfinite(low) and math.isfinite(high) and low < high) or (scale == "log" and low <= 0):
        wanted = "0 < low < high" if scale == "log" else "low < high"
        raise LandscapeError(f"The {scale} axis {name!r} runs from {low} to {high}, expected {wanted}.")
