"""A graph, drawn: cards in columns, wires from left to right or from top to bottom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx as nx
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke

from grafx_lab.graph import GRAFX, UTILITY_TYPES, GraphError, NodeShape, Route, layout_graph
from grafx_lab.patch import Patch
from grafx_lab.patch.node_types import base_name
from grafx_lab.paths import suggestion
from grafx_lab.plots.node_cards import Card, Cards, CardShape, CardStyle, font_of
from grafx_lab.plots.theme import LIGHT, Palette, themed
from grafx_lab.processors import Processor, registry
from grafx_lab.processors.base import FAMILIES

Colors = Mapping[str, Any] | Sequence[Any]
Point = tuple[float, float]

_MARGIN, _LEGEND, _ARROW = 14.0, 20.0, 5.0
_LAYER_GAP, _NODE_GAP, _WIRE_GAP = 26.0, 12.0, 8.0
_POINTS, _PORT_ROOM = 72, 2.2
_EMPTY = 72.0
"""Width and height of the picture of a graph without nodes, in points."""

_LABELS = ("name", "node_type", "node_id", "rendering_order")
_NOTES = {"node_id": "#{}", "rendering_order": "step {}"}
_GRAFX_SIZE, _GRAFX_SPACING = 0.5, 0.8
_GRAFX_OPTIONS = {
    "node_inside", "node_above", "node_size", "node_inside_fontsize", "node_above_fontsize", "node_linewidth",
    "edge_linewidth", "position_node_spacing",
}  # fmt: skip


def draw_grafx(
    graph: GRAFX | Patch,
    vertical: bool = False,
    *,
    ax: Axes | None = None,
    palette: Palette = LIGHT,
    colors: Colors | None = None,
    labels: Sequence[str] | None = None,
    legend: bool = True,
    **grafx_options: Any,
) -> tuple[Figure, Axes]:
    """Draw a graph or a patch in columns: every wire runs forwards, and none through a node.

    Args:
        graph: what is drawn.
        vertical: from top to bottom instead of from left to right.
        ax: where to draw; a new figure as large as the graph needs by default.
        palette: light or dark.
        colors: a colour for each type, by name or in the order of types; by default that of the processor's family.
        labels: node attributes to show, the first as title: of ``"name"``, ``"node_type"``, ``"node_id"``,
            ``"rendering_order"`` and whatever the nodes have. By default these four, where a node has them.
        legend: whether the families are named below.
        grafx_options: GRAFX's ``node_inside`` and ``node_above`` (attributes, as ``labels``), ``node_size`` (0.5 and
            ``position_node_spacing`` 0.8 are the defaults), ``node_inside_fontsize``, ``node_above_fontsize``,
            ``node_linewidth`` and ``edge_linewidth`` in points.

    Returns:
        the figure and its axes, as GRAFX returns them.

    Raises:
        GraphError: the graph has a cycle, a label is no attribute of any node, or an option is unknown.
    """
    style = _style(labels, grafx_options)
    processors = graph.processors if isinstance(graph, Patch) else registry
    bare = graph.graph if isinstance(graph, Patch) else graph
    looks = _looks(bare, processors, palette, colors)
    cards = {node_id: _card(bare, node_id, looks, _labels(bare, style.labels)) for node_id in bare.nodes}
    with themed(palette):
        pen = Cards(style.cards, palette, vertical=vertical)
        shapes = {node_id: pen.shape(card) for node_id, card in cards.items()}
        across, along = style.spacing
        layout = layout_graph(
            bare, {node_id: _turned(shape, vertical) for node_id, shape in shapes.items()},
            layer_gap=_LAYER_GAP * across, node_gap=_NODE_GAP * along, wire_gap=_WIRE_GAP * along,
        )  # fmt: skip
        families = {look.family: look.color for look in looks.values() if look.family and look.color and legend}
        size = (layout.height, layout.width) if vertical else (layout.width, layout.height)
        size = size if cards else (_EMPTY, _EMPTY)
        ax, scale = _axes_for(ax, (size[0], size[1] + (_LEGEND if families else 0.0)))
        for route in layout.routes:
            _draw_wire(ax, route, palette, style.wire * scale, vertical)
        for node_id, box in layout.boxes.items():
            pen.draw(ax, cards[node_id], shapes[node_id], (box.y, box.x) if vertical else (box.x, box.y), scale)
        _draw_legend(ax, families, size[1] + _LEGEND, palette, scale)
    return _figure_of(ax), ax


@dataclass(frozen=True)
class _Style:
    labels: tuple[str, ...] | None
    cards: CardStyle
    wire: float
    spacing: Point


@dataclass(frozen=True)
class _Look:
    """How a type looks: what people call it, its family where it has one, its colour (none: a utility type)."""

    label: str
    family: str | None
    color: str | None


def _style(labels: Sequence[str] | None, options: Mapping[str, Any]) -> _Style:
    """GRAFX's options in points and factors."""
    if unknown := options.keys() - _GRAFX_OPTIONS:
        name = min(unknown)
        hint = suggestion(name, _GRAFX_OPTIONS) or f" It takes {', '.join(sorted(_GRAFX_OPTIONS))}."
        raise GraphError(f"draw_grafx has no option '{name}'.{hint}")
    if labels is None and options.keys() & {"node_inside", "node_above"}:
        labels = [label for key in ("node_inside", "node_above") if (label := options.get(key)) is not None]
    width, height = options.get("node_size", (_GRAFX_SIZE, _GRAFX_SIZE))
    across, along = options.get("position_node_spacing", (_GRAFX_SPACING, _GRAFX_SPACING))
    usual = CardStyle()
    cards = CardStyle(
        title=options.get("node_inside_fontsize", usual.title),
        small=options.get("node_above_fontsize", usual.small),
        line=options.get("node_linewidth", usual.line),
        stretch=(max(width / _GRAFX_SIZE, 1.0), max(height / _GRAFX_SIZE, 1.0)),
    )
    spacing = across / _GRAFX_SPACING, along / _GRAFX_SPACING
    return _Style(tuple(labels) if labels else None, cards, options.get("edge_linewidth", 1.0), spacing)


def _looks(graph: GRAFX, processors: Mapping[str, Any], palette: Palette, colors: Colors | None) -> dict[str, _Look]:
    types = set(nx.get_node_attributes(graph, "node_type").values())
    given = sorted(types - set(UTILITY_TYPES))
    looks = {kind: _Look(kind, None, None) for kind in UTILITY_TYPES}
    for number, kind in enumerate(given):
        processor = processors.get(kind)
        family = processor.family if processor else None
        label = base_name(processor) if isinstance(processor, Processor) else kind
        # Types that nobody has registered are told apart by the families' colours in turn.
        color = getattr(palette, f"fam_{family or list(FAMILIES)[number % len(FAMILIES)]}")
        if colors:
            color = colors.get(kind, color) if isinstance(colors, Mapping) else colors[number % len(colors)]
        looks[kind] = _Look(label, None if colors else family, to_hex(color))
    return looks


def _labels(graph: GRAFX, labels: tuple[str, ...] | None) -> tuple[str, ...]:
    known = {"node_id", *_LABELS, *(key for _, data in graph.nodes(data=True) for key in data)}
    for label in labels or ():
        if label not in known:
            raise GraphError(f"The nodes have no attribute {label!r} to show.{suggestion(label, known)}")
    return labels or _LABELS


def _card(graph: GRAFX, node_id: int, looks: Mapping[str, _Look], labels: tuple[str, ...]) -> Card:
    data, ports = graph.nodes[node_id], graph.ports(node_id)
    look = looks[data["node_type"]]
    values = {**data, "node_id": node_id, "node_type": look.label}
    present = [label for label in labels if values.get(label) is not None] or ["node_id"]
    title, *rest = present
    subtitle = values["node_type"] if "node_type" in rest and values["node_type"] != values[title] else ""
    notes = tuple(_NOTES.get(label, label + " {}").format(values[label]) for label in rest if label != "node_type")
    return Card(str(values[title]), subtitle, notes, tuple(ports["inlets"]), tuple(ports["outlets"]), look.color)


def _turned(shape: CardShape, vertical: bool) -> NodeShape:
    """What the layout, which runs from left to right, has to know of a card."""
    axis = 0 if vertical else 1
    ports = [{name: place[axis] for name, place in side.items()} for side in (shape.inlets, shape.outlets)]
    width, height = (shape.height, shape.width) if vertical else (shape.width, shape.height)
    return NodeShape(width, height, *ports)


def _axes_for(ax: Axes | None, size: Point) -> tuple[Axes, float]:
    """Axes in which a length of 1 is a point on paper, or that many as the given ones have room for."""
    width, height = (side + 2 * _MARGIN for side in size)
    if ax is None:
        # pyplot keeps the figure, as it keeps GRAFX's: scripts call plt.show().
        ax = plt.figure(figsize=(width / _POINTS, height / _POINTS)).add_axes((0, 0, 1, 1))
    ax.set(xlim=(-_MARGIN, size[0] + _MARGIN), ylim=(size[1] + _MARGIN, -_MARGIN))
    ax.set_aspect("equal")
    ax.axis("off")
    room = ax.get_window_extent()
    points = _POINTS / _figure_of(ax).dpi
    return ax, min(room.width / width, room.height / height) * points


def _figure_of(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise GraphError("The axes belong to no figure any more; give others.")
    return figure


def _draw_wire(ax: Axes, route: Route, palette: Palette, width: float, vertical: bool) -> None:
    points = [(y, x) for x, y in route.points] if vertical else list(route.points)
    along = 1 if vertical else 0
    tip, tail = list(points[-1]), list(points[-1])
    tip[along] -= _PORT_ROOM
    tail[along] = tip[along] - _ARROW
    points[-1] = (tail[0], tail[1])
    way, codes = [points[0]], [Path.MOVETO]
    for start, end in pairwise(points):
        middle = (start[along] + end[along]) / 2
        bends = [(start[0], middle), (end[0], middle)] if vertical else [(middle, start[1]), (middle, end[1])]
        way += [*bends, end]
        codes += [Path.CURVE4] * 3
    halo = [Stroke(linewidth=width + 1.4, foreground=palette.page), Normal()]
    wire = PathPatch(
        Path(way, codes), fill=False, edgecolor=palette.ink_3, linewidth=width, capstyle="butt", zorder=1, gid="wire",
        path_effects=halo,
    )  # fmt: skip
    ax.add_artist(wire)
    half = _ARROW * 0.42
    wings = [(tail[0] - half, tail[1]), (tail[0] + half, tail[1])] if vertical else [
        (tail[0], tail[1] - half), (tail[0], tail[1] + half)
    ]  # fmt: skip
    ax.add_artist(Polygon([*wings, tuple(tip)], facecolor=palette.ink_3, linewidth=0, zorder=2, gid="arrow"))


def _draw_legend(ax: Axes, families: Mapping[str, str], y: float, palette: Palette, scale: float) -> None:
    x = 0.0
    for family in (family for family in FAMILIES if family in families):
        ax.add_artist(Rectangle((x, y - 6.0), 6.0, 6.0, facecolor=families[family], linewidth=0))
        font = font_of("legend", 7.0 * scale)
        ax.text(x + 9.0, y - 3.0, FAMILIES[family], color=palette.ink_2, fontproperties=font, va="center_baseline")
        x += 9.0 + 3.9 * len(FAMILIES[family]) + 12.0
