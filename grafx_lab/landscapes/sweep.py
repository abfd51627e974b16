"""Sweep: the objective on ever finer grids."""

from collections.abc import Iterator, Sequence

import networkx as nx
import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.graph import Signals
from grafx_lab.landscapes.axis import Axis, LandscapeError, raw_at, resolve
from grafx_lab.landscapes.surface import Landscape
from grafx_lab.paths import ControlPath

COARSEST = 10
"""The first grid has at least so many intervals along an axis."""

CHUNK = 4
"""Points rendered together: beyond this the processor's caches gain nothing."""


def sweep(
    objective: Objective, axes: str | Axis | Sequence[str | Axis], resolution: int = 41, *, chunk: int = CHUNK
) -> Iterator[Landscape]:
    """Sample an objective along controls, a coarse grid first and then ever finer ones.

    A point is computed once; finer grids take over what coarser ones know. What lies upstream of the moved controls is
    rendered once. To stop is to cease iterating.

    Args:
        objective: its patch holds all other controls.
        axes: one or two names of scalar controls, ``"tone.log_gain[2]"``, or :class:`Axis` for ranges of your own.
        resolution: points along each axis of the last grid.
        chunk: points along the batch axis of one render.

    Yields:
        landscapes; the last has ``resolution`` points along each axis.

    Raises:
        ControlPathError: there is no such control.
        LandscapeError: the axes or the resolution make no grid.
    """
    patch = objective.patch
    resolved = resolve(patch, axes)
    if resolution < 2:
        raise LandscapeError(f"A landscape needs at least 2 points along an axis, not {resolution}.")
    positions = torch.linspace(0, 1, resolution, dtype=torch.float64)
    table = torch.stack(torch.meshgrid(*(axis.value(positions) for axis in resolved), indexing="ij"), dim=-1)
    losses = torch.full(table.shape[:-1], torch.nan)
    known = torch.zeros(losses.shape, dtype=torch.bool)
    upstream = _upstream_signals(objective, resolved)
    point = tuple(patch.control(axis.path) for axis in resolved)
    for lines in _levels(resolution):
        grid = torch.meshgrid(*[lines] * len(resolved), indexing="ij")
        fresh = torch.zeros_like(known)
        fresh[grid] = True
        fresh &= ~known
        losses[fresh] = _losses(objective, resolved, table[fresh], chunk, upstream)
        known |= fresh
        yield Landscape(
            axes=resolved,
            positions=tuple(positions[lines] for _ in resolved),
            losses=losses[grid].clone(),
            loss_label=objective.loss.label or type(objective.loss).__name__,
            point=point,
            final=len(lines) == resolution,
        )


def landscape(
    objective: Objective, axes: str | Axis | Sequence[str | Axis], resolution: int = 41, *, chunk: int = CHUNK
) -> Landscape:
    """The finest landscape of a :func:`sweep`."""
    *_, finest = sweep(objective, axes, resolution, chunk=chunk)
    return finest


def _levels(resolution: int) -> Iterator[Tensor]:
    """Which lines of the finest grid each grid consists of; all have the two ends."""
    stride = 1
    while (resolution - 1) // (2 * stride) >= COARSEST:
        stride *= 2
    while stride:
        yield torch.tensor(sorted({*range(0, resolution, stride), resolution - 1}))
        stride //= 2


def _losses(objective: Objective, axes: Sequence[Axis], values: Tensor, chunk: int, upstream: Signals) -> Tensor:
    """Losses ``(points,)`` at controls ``(points, axes)``; NaN where they are not finite."""
    parts = []
    with torch.no_grad():
        for part in values.split(chunk):
            parts.append(objective.per_item(raw_at(objective.patch, axes, part), upstream).expand(len(part)))
    losses = torch.cat(parts) if parts else values.new_zeros(0)
    return torch.where(losses.isfinite(), losses, torch.nan).float()


def _upstream_signals(objective: Objective, axes: Sequence[Axis]) -> Signals:
    """The signals of all nodes that no axis can change."""
    patch = objective.patch
    moved = {patch.ids[ControlPath.parse(axis.path).node] for axis in axes}
    reached = moved.union(*(nx.descendants(patch.graph, node) for node in moved))
    with torch.no_grad():
        signals = patch.render_signals(objective.inputs).signals
    return {node: signal for node, signal in signals.items() if node not in reached}
