"""How high every vertex of a layered drawing stands: compact, with wires as straight as the order allows."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise

from grafx_lab.graph.layers import Layered, Segment

_ALIGNING, _SMOOTHING = 4, 24

Pull = tuple[int, float, float]
"""What draws a vertex: another vertex, how far below that one's centre its own should stand, and how strongly."""


def rows(parts: Layered, node_gap: float, wire_gap: float) -> list[float]:
    """The height of every vertex's centre, growing downwards.

    Column after column, vertices move to the weighted mean of where their wires would be straight, as far as the order
    and the gaps allow: a least-squares problem that pooling adjacent violators solves exactly (Barlow et al.,
    "Statistical inference under order restrictions", 1972).

    Args:
        parts: the untangled columns.
        node_gap: between two boxes.
        wire_gap: between a box and a wire that passes, and between two such wires.
    """
    centres = [0.0] * len(parts.heights)
    left: list[list[Pull]] = [[] for _ in centres]
    right: list[list[Pull]] = [[] for _ in centres]
    pieces = list(chain.from_iterable(parts.segments))
    onward_of, backward_of = Counter(piece.left for piece in pieces), Counter(piece.right for piece in pieces)
    for piece in pieces:
        continues = onward_of[piece.left] == backward_of[piece.right] == 1
        weight = _weight(piece, parts.heights, continues=continues)
        left[piece.right].append((piece.left, piece.left_offset - piece.right_offset, weight))
    for vertex, pulls in enumerate(left):
        for other, shift, weight in pulls:
            right[other].append((vertex, -shift, weight))
    both = [one + other for one, other in zip(left, right, strict=True)]
    gaps = [[_gap(pair, parts.heights, node_gap, wire_gap) for pair in pairwise(column)] for column in parts.columns]
    columns = list(zip(parts.columns, gaps, strict=True))
    for column, between in columns:
        _settle(column, between, centres, left)
    for round_number in range(_ALIGNING + _SMOOTHING):
        aligning = round_number < _ALIGNING
        for column, between in reversed(columns):
            _settle(column, between, centres, right if aligning else both)
        for column, between in columns:
            _settle(column, between, centres, left if aligning else both)
    for pulls, order in ((left, columns), (right, columns[::-1])):
        straight = _straightening(parts.heights, pulls, centres, node_gap)
        for column, between in order:
            _settle(column, between, centres, straight)
    return centres


def _straightening(
    heights: Sequence[float], pulls: list[list[Pull]], centres: list[float], node_gap: float
) -> list[list[Pull]]:
    """Every bend to the height of the bend beside it, or of a port that is near; nodes stay where they stand."""
    straight: list[list[Pull]] = []
    for vertex, near in enumerate(pulls):
        stay = (vertex, 0.0, 1e-2 if heights[vertex] == 0 else 1e8)
        beside = [
            (other, shift, 1.0)
            for other, shift, _ in near
            if heights[other] == 0 or abs(centres[other] + shift - centres[vertex]) < node_gap
        ]
        straight.append(beside if heights[vertex] == 0 and len(beside) == 1 else [stay])
    return straight


def _weight(piece: Segment, heights: Sequence[float], *, continues: bool) -> float:
    """Wires bend least where they pass columns, then where they continue a chain."""
    bends = (heights[piece.left] == 0) + (heights[piece.right] == 0)
    return (4.0 if continues else 1.0, 2.0, 8.0)[bends]


def _gap(pair: tuple[int, int], heights: Sequence[float], node_gap: float, wire_gap: float) -> float:
    """The least distance between the centres of neighbours."""
    upper, lower = (heights[vertex] for vertex in pair)
    return (upper + lower) / 2 + (node_gap if upper and lower else wire_gap)


def _settle(column: list[int], gaps: list[float], centres: list[float], pulls: list[list[Pull]]) -> None:
    """Move a column to where its wires pull it."""
    packed = [0.0]
    for gap in gaps:
        packed.append(packed[-1] + gap)
    blocks: list[tuple[float, float, int]] = []  # mean, weight and size of vertices that stand as close as they may
    for vertex, offset in zip(column, packed, strict=True):
        near = pulls[vertex]
        weight = sum(strength for _, _, strength in near)
        wish = sum((centres[other] + shift) * strength for other, shift, strength in near) / weight if near else 0.0
        # What no wire pulls leans on what stands above it, or stays.
        block = (wish - offset, weight, 1) if near else (centres[vertex] - offset, 1e-3, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, heft, size = blocks.pop()
            total = heft + block[1]
            block = ((mean * heft + block[0] * block[1]) / total, total, size + block[2])
        blocks.append(block)
    level = (mean for mean, _, size in blocks for _ in range(size))
    for vertex, offset, mean in zip(column, packed, level, strict=True):
        centres[vertex] = mean + offset
