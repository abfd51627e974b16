"""Sweep: the objective on ever finer grids."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.landscapes.grid import Lines, check_resolution, growing_grids
from grafx_lab.landscapes.plane import Axes
from grafx_lab.landscapes.sampler import CHUNK, Sampler, patiently
from grafx_lab.landscapes.surface import Landscape
from grafx_lab.losses import Loss


def sweep(
    objective: Objective,
    axes: Axes,
    resolution: int = 41,
    *,
    chunk: int = CHUNK,
    preview: str | Loss | None = None,
    look_up: Callable[[], None] = patiently,
) -> Iterator[Landscape]:
    """Sample an objective along one or two axes, a coarse grid first and then ever finer ones.

    A point is computed once; finer grids take over what coarser ones know. What lies upstream of the moved parameters
    is rendered once. To stop is to cease iterating.

    Args:
        objective: its patch holds all other parameters.
        axes: one or two; names of scalar controls (``"tone.log_gain[2]"``), :class:`~grafx_lab.landscapes.Axis` for
            ranges of your own and raw parameters, :class:`~grafx_lab.landscapes.Direction`.
        resolution: points along each axis of the last grid.
        chunk: points along the batch axis of one render.
        preview: a quicker loss, of which the coarsest grid is shown first; that landscape says so.
        look_up: called every few points; what it raises ends the sweep between two landscapes.

    Yields:
        landscapes; the last has ``resolution`` points along each axis.

    Raises:
        ControlPathError: there is no such control.
        LandscapeError: the axes or the resolution make no grid.
    """
    if preview is not None:
        (quick,) = next(sweep_losses(objective.with_loss(preview), axes, (), resolution, chunk=chunk, look_up=look_up))
        yield replace(quick, preview=True, final=False)
    for (surface,) in sweep_losses(objective, axes, (), resolution, chunk=chunk, look_up=look_up):
        yield surface


def sweep_losses(
    objective: Objective,
    axes: Axes,
    losses: Sequence[str | Loss],
    resolution: int = 41,
    *,
    chunk: int = CHUNK,
    look_up: Callable[[], None] = patiently,
) -> Iterator[tuple[Landscape, ...]]:
    """Sweep under several losses at once; a point is rendered once for all of them.

    Args:
        losses: further losses, by name or as modules.

    Yields:
        a landscape of the objective's own loss and one of each further loss, on the same grid. The rest is as in
        :func:`sweep`.
    """
    check_resolution(resolution)
    objectives = (objective, *(objective.with_loss(loss) for loss in losses))
    sampler = Sampler(objective, axes, objectives[1:], chunk, look_up)
    measured = _Measured(sampler, resolution)
    for lines in growing_grids(resolution, len(sampler.plane.axes)):
        grids, complete = measured.at(lines)
        yield tuple(
            Landscape(
                axes=sampler.plane.axes,
                positions=tuple(measured.positions[numbers] for numbers in lines),
                losses=grid,
                loss_label=one.loss.label or type(one.loss).__name__,
                point=sampler.plane.point,
                final=complete,
            )
            for one, grid in zip(objectives, grids, strict=True)
        )


class _Measured:
    """The losses of the finest grid, as far as they have been asked for."""

    def __init__(self, sampler: Sampler, resolution: int) -> None:
        shape = [resolution] * len(sampler.plane.axes)
        self.sampler = sampler
        self.positions = torch.linspace(0, 1, resolution, dtype=torch.float64)
        self.losses = torch.full((len(sampler.objectives), *shape), torch.nan)
        self.known = torch.zeros(shape, dtype=torch.bool)

    def at(self, lines: Lines) -> tuple[Tensor, bool]:
        """The losses where lines cross, ``(objectives, …)``, and whether all of the grid is known now."""
        crossings = torch.meshgrid(*lines, indexing="ij")
        fresh = torch.zeros_like(self.known)
        fresh[crossings] = True
        fresh &= ~self.known
        self.losses[:, fresh] = self.sampler.losses(self.sampler.plane.values(self.positions[fresh.nonzero()]))
        self.known |= fresh
        return self.losses[:, *crossings], bool(self.known.all())


def landscape(objective: Objective, axes: Axes, resolution: int = 41, *, chunk: int = CHUNK) -> Landscape:
    """The finest landscape of a :func:`sweep`."""
    *_, finest = sweep(objective, axes, resolution, chunk=chunk)
    return finest
