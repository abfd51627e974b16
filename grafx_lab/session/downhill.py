"""Downhill: the loss of a patch and where descent would push its controls, measured along their sliders."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from grafx_lab.fitting import Layout, Objective, evaluate
from grafx_lab.landscapes import AnyAxis, Axis
from grafx_lab.parameters import Tree
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_paths


@dataclass(frozen=True, eq=False)
class Downhill:
    """What descent would do from a patch.

    Attributes:
        patch: where it stands.
        loss: there.
        layout: how the numbers lie in ``push``.
        gradient: the derivative of the loss by each raw number, ``(size,)``.
    """

    patch: Patch
    loss: float
    layout: Layout
    gradient: Tensor

    @classmethod
    def at(cls, objective: Objective) -> "Downhill":
        """Measure it for an objective's patch.

        Raises:
            ValueError: one of the house's errors: the patch cannot be compared with the target.
        """
        layout = Layout(objective.patch)
        loss, gradient = evaluate(objective, layout, layout.pack(objective.patch.raw)[0])
        return cls(objective.patch, loss, layout, _finite(gradient))

    @classmethod
    def of_gradient(cls, patch: Patch, loss: float, gradient: Mapping[str, Tree]) -> "Downhill":
        """Read it off the derivative by each raw parameter ``(1, *shape)`` by node, as a fit's step has it."""
        layout = Layout(patch)
        return cls(patch, loss, layout, _finite(layout.pack(gradient)[0]))

    @cached_property
    def push(self) -> Tensor:
        """Minus the derivative of the loss by each slider's position, ``(size,)``; measured when somebody asks."""
        slopes = self.layout.position_slope(self.layout.pack(self.patch.raw)[0])
        return _finite(-self.gradient * slopes)

    def along(self, path: str) -> float:
        """The push on one control; on several entries their sum."""
        return self.push[self.layout.places(self.patch, path)].sum().item()

    def slope(self, axis: AnyAxis) -> float:
        """The derivative of the loss by the position along an axis of a landscape."""
        if not isinstance(axis, Axis):
            return float(self.gradient.double() @ axis.vector) * (axis.high - axis.low)
        if axis.space == "raw":
            return self.gradient[self.layout.places(self.patch, axis.path)].sum().item() * (axis.high - axis.low)
        value, slider = self.patch.control(axis.path), Axis.of(self.patch, axis.path)
        pace = axis.value_slope(value) / slider.value_slope(value) if value or axis.scale == "linear" else 0.0
        return -self.along(axis.path) * pace

    def arrows(self) -> dict[str, Any]:
        """``gradients`` and ``shares`` of the slice ``live``; zero where nothing may move."""
        push = self.push * self.layout.movable(self.patch)
        paths = [text for node in self.patch.raw for text, _, _ in control_paths(self.patch, node)]
        pushes = {text: push[self.layout.places(self.patch, text)].sum().item() for text in paths}
        strongest = max(map(abs, pushes.values()), default=0.0) or 1.0
        # The square root keeps weak pushes visible beside strong ones; the sign is what the arrow says.
        gradients = {path: (abs(value) / strongest) ** 0.5 * (1 if value > 0 else -1) for path, value in pushes.items()}
        return {"gradients": gradients, "shares": self._shares(push)}

    def _shares(self, push: Tensor) -> dict[str, float]:
        power = dict.fromkeys(self.patch.raw, 0.0)
        for entry in self.layout.entries:
            power[entry.node] += push[entry.place].square().sum().item()
        largest = max(power.values(), default=0.0) or 1.0
        return {node: (value / largest) ** 0.5 for node, value in power.items()}


def _finite(tensor: Tensor) -> Tensor:
    return torch.nan_to_num(tensor, posinf=0.0, neginf=0.0)
