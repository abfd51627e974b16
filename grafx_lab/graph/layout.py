"""Where to draw the nodes and wires of a graph: layered from left to right, the same for the same graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import networkx as nx

from grafx_lab.graph.configs import Ports
from grafx_lab.graph.crossings import untangle
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.layers import Layered, NodeShape, Segment, layered
from grafx_lab.graph.rows import rows
from grafx_lab.graph.validation import validate_structure

Point = tuple[float, float]

_EDITOR_SIZES = {"in": (52, 32), "out": (52, 32), "mix": (38, 38)}
_EDITOR_CARD = (148, 104)
_STEEP = 0.12
"""Share of the greatest rise of a wire between two columns by which their gap grows."""


@dataclass(frozen=True)
class Box:
    """A node's place: its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """A wire's way.

    Attributes:
        source, dest, outlet, inlet: what it joins.
        points: from the outlet to the inlet, in pairs. Both points of a pair lie on one height: the wire runs straight
            from one to the other, beside nodes. From pair to pair it curves, where no node stands.
    """

    source: int
    dest: int
    outlet: str
    inlet: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class GraphLayout:
    """A drawing of a graph. The origin is its top left corner; y grows downwards.

    Attributes:
        boxes: the place of every node.
        routes: the way of every wire.
        width, height: of the whole.
    """

    boxes: Mapping[int, Box]
    routes: tuple[Route, ...]
    width: float
    height: float


def layout_graph(
    graph: GRAFX,
    shapes: Mapping[int, NodeShape] | None = None,
    *,
    layer_gap: float = 44.0,
    node_gap: float = 96.0,
    wire_gap: float = 24.0,
) -> GraphLayout:
    """Lay out a graph: parts that do not touch below one another, each in columns with few crossings.

    No boxes overlap, and no wire runs through a box.

    Args:
        graph: an acyclic graph.
        shapes: the space that each node takes; by default that of the editor's cards, in pixels.
        layer_gap: least space between columns, for the curves of the wires.
        node_gap: between boxes of a column.
        wire_gap: between a box and a wire that passes it.

    Raises:
        GraphError: the graph has a cycle, a wrong port or an unknown type.
    """
    validate_structure(graph)
    shapes = shapes or {
        node_id: editor_shape(data["node_type"], graph.ports(node_id)) for node_id, data in graph.nodes(data=True)
    }
    boxes: dict[int, Box] = {}
    routes: list[Route] = []
    top = width = 0.0
    for nodes in sorted(map(sorted, nx.weakly_connected_components(graph))):
        parts = layered(graph, nodes, shapes)
        untangle(parts)
        centres = rows(parts, node_gap, wire_gap)
        lift = top - min(centre - height / 2 for centre, height in zip(centres, parts.heights, strict=True))
        drawing = _Drawing(parts, shapes, [centre + lift for centre in centres], layer_gap)
        boxes |= drawing.boxes()
        routes += [drawing.route(*edge) for edge in graph.edges(nodes, data=True)]
        top, width = drawing.bottom + node_gap, max(width, drawing.columns[-1][1])
    return GraphLayout(MappingProxyType(boxes), tuple(routes), width, max(top - node_gap, 0.0))


def layout_json(graph: GRAFX) -> dict[str, dict[str, int]]:
    """The places of all nodes for the graph editor, ``{name: {"x": …, "y": …}}``, in its pixels.

    This is what its operation ``move`` takes. Nodes without a name go by their id.
    """
    boxes = layout_graph(graph).boxes
    return {str(graph.display(node)): {"x": round(box.x), "y": round(box.y)} for node, box in sorted(boxes.items())}


def editor_shape(node_type: str, ports: Ports) -> NodeShape:
    """The space that a node takes in the graph editor, in pixels; its ports are spread evenly."""
    width, height = _EDITOR_SIZES.get(node_type, _EDITOR_CARD)
    return NodeShape(width, height, _spread(ports["inlets"], height), _spread(ports["outlets"], height))


def _spread(names: Sequence[str], height: float) -> dict[str, float]:
    return {name: height * (number + 1) / (len(names) + 1) for number, name in enumerate(names)}


class _Drawing:
    """A connected part whose vertices have their heights: where its columns, boxes and wires lie."""

    def __init__(self, parts: Layered, shapes: Mapping[int, NodeShape], centres: list[float], layer_gap: float) -> None:
        self.parts = parts
        self.shapes = shapes
        self.centres = centres
        self.bottom = max(centre + height / 2 for centre, height in zip(centres, parts.heights, strict=True))
        self.columns = self._columns(layer_gap)

    def boxes(self) -> dict[int, Box]:
        """Nodes stand in the middle of their columns."""
        return {node_id: self._box(node_id) for node_id in self.parts.vertices}

    def route(self, source: int, dest: int, edge: Mapping[str, str]) -> Route:
        """The way of a wire."""
        start, end = self._box(source), self._box(dest)
        out_y = start.y + self.shapes[source].outlets[edge["outlet"]]
        in_y = end.y + self.shapes[dest].inlets[edge["inlet"]]
        first, last = (self.parts.column_of[self.parts.vertices[node_id]] for node_id in (source, dest))
        points = [(start.x + start.width, out_y), (self.columns[first][1], out_y)]
        for bend in self.parts.bends[source, edge["outlet"]][: last - first - 1]:
            points += [(x, self.centres[bend]) for x in self.columns[self.parts.column_of[bend]]]
        points += [(self.columns[last][0], in_y), (end.x, in_y)]
        return Route(source, dest, edge["outlet"], edge["inlet"], tuple(points))

    def _columns(self, layer_gap: float) -> list[Point]:
        """Left and right of every column; between columns there is more room where wires rise steeply."""
        widths = [0.0] * len(self.parts.columns)
        for node_id, vertex in self.parts.vertices.items():
            column = self.parts.column_of[vertex]
            widths[column] = max(widths[column], self.shapes[node_id].width)
        columns = [(0.0, widths[0])]
        for width, pieces in zip(widths[1:], self.parts.segments, strict=True):
            rise = max((abs(self._rise(piece)) for piece in pieces), default=0.0)
            left = columns[-1][1] + layer_gap + _STEEP * rise
            columns.append((left, left + width))
        return columns

    def _rise(self, piece: Segment) -> float:
        return self.centres[piece.right] + piece.right_offset - self.centres[piece.left] - piece.left_offset

    def _box(self, node_id: int) -> Box:
        vertex, shape = self.parts.vertices[node_id], self.shapes[node_id]
        left, right = self.columns[self.parts.column_of[vertex]]
        x, y = left + (right - left - shape.width) / 2, self.centres[vertex] - shape.height / 2
        return Box(x, y, shape.width, shape.height)
