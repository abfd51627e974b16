"""Landscape: losses on a grid of control values."""

from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.landscapes.axis import Axis, LandscapeError


@dataclass(frozen=True)
class Minimum:
    """The lowest grid point.

    Attributes:
        values: controls in their units, one an axis.
        loss: there.
        at_edge: whether it lies on the rim of the grid, so that lower losses may lie beyond.
    """

    values: tuple[float, ...]
    loss: float
    at_edge: bool


@dataclass(frozen=True, eq=False)
class Landscape:
    """An objective sampled along one or two axes.

    Attributes:
        axes: the controls.
        positions: of the grid along each axis, 0…1, float64 ``(n,)`` each; not evenly spaced while it is coarse.
        losses: float32 ``(n,)`` or ``(n, m)``, first axis first; NaN where the loss is not finite.
        loss_label: what people call the loss.
        point: where the objective's patch stands, in units, one an axis; it may lie outside.
        final: the finest of its sweep.
    """

    axes: tuple[Axis, ...]
    positions: tuple[Tensor, ...]
    losses: Tensor
    loss_label: str
    point: tuple[float, ...]
    final: bool = True

    @property
    def values(self) -> tuple[Tensor, ...]:
        """Controls of the grid in their units, float64 ``(n,)`` an axis."""
        return tuple(axis.value(position) for axis, position in zip(self.axes, self.positions, strict=True))

    @property
    def minimum(self) -> Minimum:
        """The lowest grid point.

        Raises:
            LandscapeError: no loss on the grid is finite.
        """
        finite = torch.where(self.losses.isfinite(), self.losses, torch.inf)
        if not finite.isfinite().any():
            raise LandscapeError(f"{self.loss_label} is finite nowhere on this grid; choose another range or loss.")
        index = [int(i) for i in torch.unravel_index(finite.argmin(), finite.shape)]
        values = tuple(column[i].item() for column, i in zip(self.values, index, strict=True))
        edge = any(i in (0, size - 1) for i, size in zip(index, finite.shape, strict=True))
        return Minimum(values, finite[tuple(index)].item(), edge)

    @property
    def slope(self) -> Tensor:
        """Derivative of the loss by the control along a single axis, by central differences, float32 ``(n,)``.

        Raises:
            LandscapeError: there are two axes.
        """
        if len(self.axes) != 1:
            raise LandscapeError("A landscape over two axes has a gradient field, not a slope.")
        (slope,) = torch.gradient(self.losses.double(), spacing=(self.values[0],))
        return slope.float()
