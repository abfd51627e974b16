"""Probe: the loss and its exact slope at one point of a landscape."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from grafx_lab.fitting import Objective
from grafx_lab.landscapes.plane import AnyAxis, Plane


@dataclass(frozen=True)
class Probe:
    """What stands at a point.

    Attributes:
        values: one an axis, in its unit.
        loss: there.
        slopes: derivatives of the loss by the values, per unit; zero where no gradient arrives.
    """

    values: tuple[float, ...]
    loss: float
    slopes: tuple[float, ...]


def probe(objective: Objective, axes: Sequence[AnyAxis], values: Sequence[float]) -> Probe:
    """The loss and its derivatives with the axes at ``values`` (in their units) and the rest as in the patch."""
    point = torch.tensor([list(values)], dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        loss = objective(Plane(objective.patch, axes).raw(point))
    slopes = torch.zeros_like(point)
    if loss.requires_grad:
        (slopes,) = torch.autograd.grad(loss, point)
    return Probe(tuple(values), loss.item(), tuple(slopes[0].tolist()))
