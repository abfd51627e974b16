"""Probe: the loss and its exact slope at one point of a landscape."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from grafx_lab.fitting import Objective
from grafx_lab.landscapes.axis import Axis, raw_at


@dataclass(frozen=True)
class Probe:
    """What stands at a point.

    Attributes:
        values: controls in their units, one an axis.
        loss: there.
        slopes: derivatives of the loss by the controls, per unit; zero where no gradient arrives.
    """

    values: tuple[float, ...]
    loss: float
    slopes: tuple[float, ...]


def probe(objective: Objective, axes: Sequence[Axis], values: Sequence[float]) -> Probe:
    """The loss and its derivatives with some controls at ``values`` (in their units) and the rest as in the patch."""
    point = torch.tensor([list(values)], dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        loss = objective(raw_at(objective.patch, axes, point))
    slopes = torch.zeros_like(point)
    if loss.requires_grad:
        (slopes,) = torch.autograd.grad(loss, point)
    return Probe(tuple(values), loss.item(), tuple(slopes[0].tolist()))
