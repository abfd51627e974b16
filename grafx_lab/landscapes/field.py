"""GradientField: which way descent goes at the points of a coarse grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.landscapes.plane import AnyAxis, Axes
from grafx_lab.landscapes.sampler import CHUNK, Sampler
from grafx_lab.landscapes.span import LandscapeError

ARRIVED = 1e-3
"""Positions nearer to the truth than this are neither above nor below it."""


@dataclass(frozen=True, eq=False)
class GradientField:
    """Losses and their exact gradients on a grid.

    Attributes:
        axes: of the grid.
        positions: of the grid along each axis, 0…1, float64 ``(n,)`` each.
        losses: float64 ``(n,)`` or ``(n, m)``, NaN where not finite.
        gradients: by the position along each axis, so that all axes count alike, float64 ``(n, [m,] axes)``.
    """

    axes: tuple[AnyAxis, ...]
    positions: tuple[Tensor, ...]
    losses: Tensor
    gradients: Tensor

    @property
    def values(self) -> tuple[Tensor, ...]:
        """Values of the grid in their units, float64 ``(n,)`` an axis."""
        return tuple(axis.value(position) for axis, position in zip(self.axes, self.positions, strict=True))

    def sign_accuracy(self, truth: Sequence[float]) -> tuple[float, ...]:
        """How often descent moves each parameter towards its true value: shares from 0 to 1.

        Points at the truth and holes do not count; where no gradient arrives, the way is not found. One half is what
        guessing gives (J. Turian, M. Henry, "I'm sorry for your loss: spectrally-based audio distances are bad at
        pitch", ICBINB at NeurIPS 2020, judge losses so).

        Args:
            truth: values, one an axis.
        """
        shares = []
        for number, (axis, value) in enumerate(zip(self.axes, truth, strict=True)):
            way = axis.position(value) - self.positions[number]
            way = way.reshape([-1 if number == other else 1 for other in range(len(self.axes))])
            gradient = self.gradients[..., number]
            counted = gradient.isfinite() & (way.abs() > ARRIVED).expand(gradient.shape)
            right = (-gradient * way > 0) & counted
            shares.append(right.sum().item() / max(1, int(counted.sum())))
        return tuple(shares)


def gradient_field(objective: Objective, axes: Axes, resolution: int = 15, *, chunk: int = CHUNK) -> GradientField:
    """Measure the gradient in the middle of ``resolution`` equal cells along each axis, by batched autograd.

    Args:
        objective: its patch holds all other parameters.
        axes: as in :func:`~grafx_lab.landscapes.sweep`.
        resolution: points along each axis.
        chunk: points along the batch axis of one render.

    Raises:
        ControlPathError: there is no such control.
        LandscapeError: the axes or the resolution make no grid.
    """
    if not isinstance(resolution, Integral) or resolution < 1:
        raise LandscapeError(f"A gradient field needs a whole number of points along an axis, not {resolution}.")
    sampler = Sampler(objective, axes, chunk=chunk)
    plane = sampler.plane
    positions = (torch.arange(resolution, dtype=torch.float64) + 0.5) / resolution
    grid = torch.stack(torch.meshgrid(*[positions] * len(plane.axes), indexing="ij"), dim=-1)
    losses, gradients = sampler.gradients(grid.reshape(-1, len(plane.axes)))
    return GradientField(
        axes=plane.axes,
        positions=(positions,) * len(plane.axes),
        losses=losses.reshape(grid.shape[:-1]),
        gradients=gradients.reshape(grid.shape),
    )
