"""Grid: in which order the lines of a landscape's grid are laid, coarse first."""

from collections.abc import Iterator
from numbers import Integral

import torch
from torch import Tensor

from grafx_lab.landscapes.span import LandscapeError

COARSEST = 10
"""The first grid has at least so many intervals along an axis."""

PORTION = 400
"""Points after which a finer grid is shown, though not all of its lines are there yet."""

Lines = tuple[Tensor, ...]
"""Which lines of the finest grid a grid consists of, ascending, ``(n,)`` an axis."""


def check_resolution(resolution: int) -> None:
    """Raise :class:`LandscapeError` for fewer than two lines, or parts of one."""
    if not isinstance(resolution, Integral) or resolution < 2:
        raise LandscapeError(f"A landscape needs a whole number of points along an axis, at least 2, not {resolution}.")


def growing_grids(resolution: int, axes: int) -> Iterator[Lines]:
    """Ever more lines, until there are ``resolution`` along each axis; every grid reaches both ends.

    The first is coarse. Then lines are added in the middle between those that are there, one axis after the other and
    at most about :data:`PORTION` points at a time: whoever watches sees each of them, and may stop.
    """
    stride = 1
    while (resolution - 1) // (2 * stride) >= COARSEST:
        stride *= 2
    lines = [_every(stride, resolution) for _ in range(axes)]
    yield _tensors(lines)
    while stride > 1:
        stride //= 2
        finer = _every(stride, resolution)
        for axis in range(axes):
            across = 1
            for other in lines[:axis] + lines[axis + 1 :]:
                across *= len(other)
            fresh = sorted(finer - lines[axis])
            portion = max(1, PORTION // across)
            for first in range(0, len(fresh), portion):
                lines[axis] = lines[axis] | set(fresh[first : first + portion])
                yield _tensors(lines)


def _every(stride: int, resolution: int) -> set[int]:
    return {*range(0, resolution, stride), resolution - 1}


def _tensors(lines: list[set[int]]) -> Lines:
    return tuple(torch.tensor(sorted(numbers)) for numbers in lines)
