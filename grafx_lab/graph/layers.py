"""The layers of a drawing: which column every node stands in, and the wires cut into pieces from column to column.

The first steps of the layered method of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical
system structures", IEEE Trans. SMC 11(2), 1981.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import networkx as nx

from grafx_lab.graph.graph import GRAFX


@dataclass(frozen=True)
class NodeShape:
    """The space that a node takes in a drawing.

    Attributes:
        width, height: of its box.
        inlets, outlets: how far below the top of the box each port lies.
    """

    width: float
    height: float
    inlets: Mapping[str, float]
    outlets: Mapping[str, float]


@dataclass(frozen=True)
class Segment:
    """A piece of wire between neighbouring columns.

    Attributes:
        left, right: the vertices that it joins.
        left_offset, right_offset: where it touches them, below their centres.
    """

    left: int
    right: int
    left_offset: float = 0.0
    right_offset: float = 0.0


@dataclass
class Layered:
    """Nodes and the bends of long wires as vertices in columns; every wire goes from one column to the next.

    A bend (a dummy vertex) keeps room for a wire that passes a column. Wires from one outlet share their bends.

    Attributes:
        columns: vertices of each column, from top to bottom.
        heights: of every vertex; 0 for a bend.
        column_of: the column of every vertex.
        segments: pieces of wire by their column on the left.
        vertices: the vertex of every node.
        bends: for each outlet (node, name) its bends, one a column.
    """

    columns: list[list[int]]
    heights: list[float] = field(default_factory=list)
    column_of: list[int] = field(default_factory=list)
    segments: list[list[Segment]] = field(default_factory=list)
    vertices: dict[int, int] = field(default_factory=dict)
    bends: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def add_vertex(self, column: int, height: float = 0.0) -> int:
        """A new vertex at the bottom of a column."""
        self.heights.append(height)
        self.column_of.append(column)
        self.columns[column].append(len(self.heights) - 1)
        return len(self.heights) - 1


def layered(graph: GRAFX, nodes: list[int], shapes: Mapping[int, NodeShape]) -> Layered:
    """The columns of a connected part of a graph, not yet untangled.

    Args:
        graph: an acyclic graph.
        nodes: the part.
        shapes: of every node.
    """
    column_of = _columns(graph, nodes)
    count = 1 + max(column_of.values())
    parts = Layered([[] for _ in range(count)], segments=[[] for _ in range(count - 1)])
    for node_id in _in_reading_order(graph, nodes):
        parts.vertices[node_id] = parts.add_vertex(column_of[node_id], shapes[node_id].height)
    pieces: list[dict[Segment, None]] = [{} for _ in range(count - 1)]  # a set that keeps the order
    for source, dest, edge in graph.edges(nodes, data=True):
        bends = parts.bends.setdefault((source, edge["outlet"]), [])
        first, last = column_of[source], column_of[dest]
        while len(bends) < last - first - 1:
            bends.append(parts.add_vertex(first + 1 + len(bends)))
        start = shapes[source].outlets[edge["outlet"]] - shapes[source].height / 2
        end = shapes[dest].inlets[edge["inlet"]] - shapes[dest].height / 2
        way = [parts.vertices[source], *bends[: last - first - 1], parts.vertices[dest]]
        for step, (left, right) in enumerate(pairwise(way)):
            segment = Segment(left, right, 0.0 if step else start, end if step == len(way) - 2 else 0.0)
            pieces[first + step][segment] = None
    parts.segments = [list(piece) for piece in pieces]
    return parts


def _columns(graph: GRAFX, nodes: list[int]) -> dict[int, int]:
    """Longest path from the left; what only feeds others stands close to them, outputs stand on the right."""
    part = graph.subgraph(nodes)
    order = list(nx.lexicographical_topological_sort(part))
    column: dict[int, int] = {}
    for node_id in order:
        column[node_id] = 1 + max((column[source] for source in part.predecessors(node_id)), default=-1)
    last = max(column.values())
    for node_id in reversed(order):
        node_type = part.nodes[node_id]["node_type"]
        if node_type == "out":
            column[node_id] = last
        elif node_type != "in" and part.out_degree(node_id) > part.in_degree(node_id):
            column[node_id] = min(column[dest] for dest in part.successors(node_id)) - 1
    return column


def _in_reading_order(graph: GRAFX, nodes: list[int]) -> list[int]:
    """Depth first from the beginnings: what belongs together stands together from the start."""
    part = graph.subgraph(nodes)
    starts = [node_id for node_id in nodes if not part.in_degree(node_id)]
    return list(dict.fromkeys(node for start in starts for node in nx.dfs_preorder_nodes(part, start)))
