"""Basins: where descent from every point of a landscape comes to rest.

Each grid point leads to the neighbour (diagonals included) towards which the loss falls most steeply, as the watershed
of a map of heights does; following that to its end is descent with short steps. Where a narrow valley runs aslant, its
floor slips between the lines of the grid and seems to have pits. So each pit is put to the test: descent with exact
gradients begins there, and where it leaves, the pit belongs to where it goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress, product
from typing import Any, cast

import numpy as np
import torch
from scipy.ndimage import label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.landscapes.descent import descend
from grafx_lab.landscapes.sampler import Sampler
from grafx_lab.landscapes.span import LandscapeError
from grafx_lab.landscapes.surface import Landscape, Minimum


@dataclass(frozen=True, eq=False)
class Basins:
    """The catchment areas of a landscape's minima.

    Attributes:
        surface: the landscape.
        minima: local minima, lowest first; a flat floor counts as one.
        labels: for each grid point the number of the minimum that descent reaches, int64 in the shape of
            ``surface.losses``; −1 in a hole.
        fractions: the share of the plane (of what is finite) that leads to each minimum.
    """

    surface: Landscape
    minima: tuple[Minimum, ...]
    labels: Tensor
    fractions: tuple[float, ...]

    @property
    def fraction(self) -> float:
        """The share of the plane from which descent reaches the lowest minimum."""
        return self.fractions[0]

    def fraction_to(self, truth: tuple[float, ...]) -> float:
        """The share of the plane that leads to the minimum in whose basin ``truth`` lies (values, one an axis)."""
        number = int(self.labels[self.surface.nearest(truth)])
        return 0.0 if number < 0 else self.fractions[number]


def basins(surface: Landscape, objective: Objective | None = None) -> Basins:
    """Find the minima of a landscape and what leads to each of them.

    Args:
        surface: the landscape.
        objective: the one that it is of. With it pits of the grid are told from minima, and minima lie between the
            lines; without it nothing is measured.

    Raises:
        LandscapeError: no loss on the grid is finite.
    """
    heights = np.where(surface.losses.isfinite(), surface.losses.double(), np.inf)
    if not np.isfinite(heights).any():
        raise LandscapeError(f"{surface.loss_label} is finite nowhere on this grid; choose another range or loss.")
    lower = _steepest(heights, [positions.numpy() for positions in surface.positions])
    rests = (lower == np.arange(heights.size).reshape(heights.shape)) & np.isfinite(heights)
    floors, count = cast(tuple[np.ndarray, int], label(rests, np.ones((3,) * heights.ndim)))
    labels = np.where(np.isfinite(heights), floors.ravel()[_ends(lower)] - 1, -1)
    lowest = [surface.minimum_at(_lowest(heights, floors == number + 1)) for number in range(count)]
    if objective is None:
        return _ranked(surface, lowest, labels)
    sampler = Sampler(objective, surface.axes)
    ends = [descend(sampler, one) for one in lowest]
    groups = _joined([int(labels[surface.nearest(end.values)]) for end in ends])
    best = [min(compress(ends, groups == group), key=lambda end: end.loss) for group in range(groups.max() + 1)]
    return _ranked(surface, best, np.where(labels >= 0, groups[labels], -1))


def minima(surface: Landscape, objective: Objective | None = None) -> tuple[Minimum, ...]:
    """The local minima of a landscape, lowest first; the arguments are those of :func:`basins`."""
    return basins(surface, objective).minima


def _joined(leads_to: list[int]) -> np.ndarray:
    """The group of each pit, ``(pits,)``: those between which descent leads; a hole (−1) leads nowhere."""
    count = len(leads_to)
    ends = [there if there >= 0 else here for here, there in enumerate(leads_to)]
    ways = coo_array((np.ones(count), (np.arange(count), ends)), shape=(count, count))
    return connected_components(ways, directed=False)[1]


def _ranked(surface: Landscape, found: list[Minimum], labels: np.ndarray) -> Basins:
    """Number the minima by their losses and weigh their basins."""
    order = sorted(range(len(found)), key=lambda number: found[number].loss)
    rank = np.full(len(found) + 1, -1)
    rank[order] = np.arange(len(found))
    numbers = rank[labels]
    weights = _areas(surface) * (numbers >= 0)
    shares = np.bincount(numbers[numbers >= 0], weights[numbers >= 0], minlength=len(found)) / weights.sum()
    return Basins(surface, tuple(found[number] for number in order), torch.from_numpy(numbers), tuple(shares.tolist()))


def _steepest(heights: np.ndarray, positions: list[np.ndarray]) -> np.ndarray:
    """For each point the flat index of the neighbour towards which the loss falls most, or its own."""
    indices = np.arange(heights.size).reshape(heights.shape)
    target, steepest = indices.copy(), np.zeros(heights.shape)
    for here, there, distance in _neighbours(positions):
        with np.errstate(invalid="ignore"):  # ∞ − ∞ beside a hole
            fall = (heights[here] - heights[there]) / distance
        better = np.isfinite(heights[here]) & (fall > steepest[here])
        steepest[here] = np.where(better, fall, steepest[here])
        target[here] = np.where(better, indices[there], target[here])
    return target


def _neighbours(positions: list[np.ndarray]) -> Iterator[tuple[Any, Any, np.ndarray]]:
    """Slices of points, of their neighbours in one direction, and the distances between them."""
    for offsets in product((-1, 0, 1), repeat=len(positions)):
        if not any(offsets):
            continue
        here, there, squares = [], [], np.zeros(())
        for axis, (offset, places) in enumerate(zip(offsets, positions, strict=True)):
            here.append(slice(max(0, -offset), len(places) - max(0, offset)))
            there.append(slice(max(0, offset), len(places) - max(0, -offset)))
            gaps = (places[there[-1]] - places[here[-1]]) ** 2
            squares = squares + gaps.reshape([-1 if axis == other else 1 for other in range(len(positions))])
        yield tuple(here), tuple(there), np.sqrt(squares)


def _ends(lower: np.ndarray) -> np.ndarray:
    """Where following the pointers comes to rest, by doubling their reach."""
    ends = lower.ravel()
    while not np.array_equal(further := ends[ends], ends):
        ends = further
    return ends.reshape(lower.shape)


def _lowest(heights: np.ndarray, mask: np.ndarray) -> tuple[int, ...]:
    index = np.unravel_index(np.argmin(np.where(mask, heights, np.inf)), heights.shape)
    return tuple(int(i) for i in index)


def _areas(surface: Landscape) -> np.ndarray:
    """The part of the plane that is nearest to each grid point."""
    area = np.ones(())
    for positions in surface.positions:
        places = positions.numpy()
        ends = np.concatenate([places[:1], (places[1:] + places[:-1]) / 2, places[-1:]])
        area = area[..., None] * np.diff(ends)
    return area
