from itertools import pairwise

import pytest

from grafx_lab.landscapes.grid import PORTION, growing_grids


def sizes(grids):
    return [tuple(len(lines) for lines in grid) for grid in grids]


def test_a_line_of_points_is_halved_again_and_again():
    assert sizes(growing_grids(41, 1)) == [(11,), (21,), (41,)]


@pytest.mark.parametrize("resolution", [2, 3, 11, 26, 101])
@pytest.mark.parametrize("axes", [1, 2])
def test_grids_only_grow_and_the_last_is_whole(resolution, axes):
    grids = [tuple(set(lines.tolist()) for lines in grid) for grid in growing_grids(resolution, axes)]
    for coarse, fine in pairwise(grids):
        assert all(few <= many for few, many in zip(coarse, fine, strict=True))
        assert coarse != fine
    assert grids[-1] == (set(range(resolution)),) * axes
    assert all({0, resolution - 1} <= lines for grid in grids for lines in grid)


def test_a_large_grid_is_shown_in_portions():
    counts = [rows * columns for rows, columns in sizes(growing_grids(101, 2))]
    assert max(after - before for before, after in pairwise(counts)) <= PORTION
