"""Landscape: losses on a grid of values."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.landscapes.plane import AnyAxis
from grafx_lab.landscapes.span import LandscapeError


@dataclass(frozen=True)
class Minimum:
    """A lowest place.

    Attributes:
        values: one an axis, in its unit.
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
        axes: of the grid.
        positions: of the grid along each axis, 0…1, float64 ``(n,)`` each; not evenly spaced while it is coarse.
        losses: float32 ``(n,)`` or ``(n, m)``, first axis first; NaN, a hole, where the loss is not finite.
        loss_label: what people call the loss.
        point: where the objective's patch stands, in units, one an axis; it may lie outside.
        final: the finest of its sweep.
        preview: measured by a quicker loss than the objective's own.
    """

    axes: tuple[AnyAxis, ...]
    positions: tuple[Tensor, ...]
    losses: Tensor
    loss_label: str
    point: tuple[float, ...]
    final: bool = True
    preview: bool = False

    @property
    def values(self) -> tuple[Tensor, ...]:
        """Values of the grid in their units, float64 ``(n,)`` an axis."""
        return tuple(axis.value(position) for axis, position in zip(self.axes, self.positions, strict=True))

    @property
    def holes(self) -> int:
        """How many points have no finite loss."""
        return int((~self.losses.isfinite()).sum())

    @property
    def minimum(self) -> Minimum:
        """The lowest grid point.

        Raises:
            LandscapeError: no loss on the grid is finite.
        """
        finite = torch.where(self.losses.isfinite(), self.losses, torch.inf)
        if not finite.isfinite().any():
            raise LandscapeError(f"{self.loss_label} is finite nowhere on this grid; choose another range or loss.")
        return self.minimum_at(tuple(int(i) for i in torch.unravel_index(finite.argmin(), finite.shape)))

    def minimum_at(self, index: tuple[int, ...]) -> Minimum:
        """The grid point of that index, as a minimum."""
        values = tuple(column[i].item() for column, i in zip(self.values, index, strict=True))
        edge = any(i in (0, size - 1) for i, size in zip(index, self.losses.shape, strict=True))
        return Minimum(values, self.losses[index].item(), edge)

    def nearest(self, values: Sequence[float]) -> tuple[int, ...]:
        """The index of the grid point that is nearest to some values, one an axis."""
        places = zip(self.axes, self.positions, values, strict=True)
        return tuple(int((positions - axis.position(value)).abs().argmin()) for axis, positions, value in places)

    @property
    def slope(self) -> Tensor:
        """Derivative of the loss by the value along a single axis, by central differences, float32 ``(n,)``.

        Raises:
            LandscapeError: there are two axes.
        """
        if len(self.axes) != 1:
            raise LandscapeError("A landscape over two axes has a gradient field, not a slope.")
        (slope,) = torch.gradient(self.losses.double(), spacing=(self.values[0],))
        return slope.float()
