"""Untangling a layered drawing: the order within each column that lets few wires cross.

Barycentres in sweeps (Sugiyama et al. 1981), then exchanges of neighbours (Gansner et al., "A technique for drawing
directed graphs", IEEE Trans. Softw. Eng. 19(3), 1993).
"""

from bisect import bisect_right, insort
from collections.abc import Sequence

from grafx_lab.graph.layers import Layered, Segment

_SWEEPS, _EXCHANGES = 12, 4

Ends = dict[int, list[tuple[int, float]]]
"""For each vertex of a column its neighbours in another one, with the offset where the wire touches them."""


def untangle(parts: Layered) -> None:
    """Order every column of ``parts`` so that few wires cross. The same graph always gives the same order."""
    leftward = [{}, *(_ends(segments, leftward=True) for segments in parts.segments)]
    rightward = [*(_ends(segments, leftward=False) for segments in parts.segments), {}]
    best, fewest = [list(column) for column in parts.columns], count_crossings(parts)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        numbers = range(1, len(parts.columns)) if forward else range(len(parts.columns) - 2, -1, -1)
        for number in numbers:
            fixed = parts.columns[number - 1 if forward else number + 1]
            _sort(parts.columns[number], fixed, (leftward if forward else rightward)[number])
        _exchange_neighbours(parts, leftward, rightward)
        if (crossings := count_crossings(parts)) < fewest:
            best, fewest = [list(column) for column in parts.columns], crossings
    parts.columns[:] = best


def count_crossings(parts: Layered) -> int:
    """How many pairs of wires cross."""
    total = 0
    for column, following, segments in zip(parts.columns, parts.columns[1:], parts.segments, strict=False):
        left, right = _places(column), _places(following)
        total += _inversions(
            [(right[piece.right], piece.right_offset) for piece in _from_top_to_bottom(segments, left, right)]
        )
    return total


def _from_top_to_bottom(segments: list[Segment], left: dict[int, int], right: dict[int, int]) -> list[Segment]:
    return sorted(
        segments, key=lambda piece: (left[piece.left], piece.left_offset, right[piece.right], piece.right_offset)
    )


def _inversions(ends: Sequence[tuple[int, float]]) -> int:
    seen: list[tuple[int, float]] = []
    count = 0
    for end in ends:
        count += len(seen) - bisect_right(seen, end)
        insort(seen, end)
    return count


def _ends(segments: list[Segment], *, leftward: bool) -> Ends:
    ends: Ends = {}
    for piece in segments:
        vertex, end = piece.right, (piece.left, piece.left_offset)
        if not leftward:
            vertex, end = piece.left, (piece.right, piece.right_offset)
        ends.setdefault(vertex, []).append(end)
    return ends


def _places(column: list[int]) -> dict[int, int]:
    return {vertex: place for place, vertex in enumerate(column)}


def _sort(column: list[int], fixed: list[int], ends: Ends) -> None:
    """By the mean place of the neighbours; a vertex without any keeps its place in proportion."""
    places, stretch = _places(fixed), len(fixed) / len(column)
    means = {vertex: place * stretch for place, vertex in enumerate(column)}
    for vertex, near in ends.items():
        # The order of the ports of one neighbour matters less than the order of neighbours.
        means[vertex] = sum(places[end] + 1e-4 * offset for end, offset in near) / len(near)
    column.sort(key=means.__getitem__)


def _exchange_neighbours(parts: Layered, leftward: list[Ends], rightward: list[Ends]) -> None:
    """Exchange vertices that follow each other as long as wires are untangled by it."""
    for _ in range(_EXCHANGES):
        changed = False
        for number, column in enumerate(parts.columns):
            sides = [
                (_places(parts.columns[other]), ends[number])
                for other, ends in ((number - 1, leftward), (number + 1, rightward))
                if 0 <= other < len(parts.columns)
            ]
            for place in range(len(column) - 1):
                upper, lower = column[place : place + 2]
                gain = sum(_pair(upper, lower, *side) - _pair(lower, upper, *side) for side in sides)
                if gain > 0:
                    column[place : place + 2] = lower, upper
                    changed = True
        if not changed:
            return


def _pair(upper: int, lower: int, places: dict[int, int], ends: Ends) -> int:
    """Crossings between the wires of two vertices, one above the other, towards one side."""
    below = [(places[vertex], offset) for vertex, offset in ends.get(lower, ())]
    return sum((places[vertex], offset) > other for vertex, offset in ends.get(upper, ()) for other in below)
