"""From a graph to the steps that render it, planned once and reused."""

from dataclasses import dataclass
from typing import Literal

import networkx as nx

from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.validation import validate_output, validate_structure

Wire = tuple[int, int]
"""Where a signal comes from: node id and number of the outlet."""

RenderMethod = Literal["one-by-one"]


@dataclass(frozen=True)
class RenderStep:
    """Nodes of one type that are rendered together.

    Attributes:
        node_type: their type.
        node_ids: the nodes.
        sources: for each node, for each inlet, the wires that are summed there (none: silence).
    """

    node_type: str
    node_ids: tuple[int, ...]
    sources: tuple[tuple[tuple[Wire, ...], ...], ...]


@dataclass(frozen=True)
class RenderData:
    """A planned graph: what :func:`render_grafx` follows. Print it to read the steps.

    Attributes:
        steps: in the order of rendering.
        method: how the order was found.
        type_rows: for each type its node ids in ascending order: the rows of its parameter tensors.
        names: what messages call each node.
    """

    steps: tuple[RenderStep, ...]
    method: str
    type_rows: dict[str, tuple[int, ...]]
    names: dict[int, int | str]

    def row(self, node_id: int, node_type: str) -> int:
        """The row of a node in the parameter tensors of its type."""
        return self.type_rows[node_type].index(node_id)

    def __str__(self) -> str:
        lines = [f"RenderData with {len(self.steps)} steps ({self.method})"]
        for number, step in enumerate(self.steps):
            reads = sorted({wire[0] for node in step.sources for inlet in node for wire in inlet})
            nodes, origin = ", ".join(map(str, step.node_ids)), ", ".join(map(str, reads)) or "-"
            lines.append(f"  ({number}) {step.node_type}: nodes [{nodes}] read [{origin}]")
        return "\n".join(lines)


def compute_render_order(graph: GRAFX, method: RenderMethod = "one-by-one") -> tuple[list[str], dict[int, int]]:
    """The types in the order of rendering, and each node's step.

    Raises:
        GraphError: the graph has a cycle, a wrong port or an unknown type, or the method is unknown.
    """
    if method != "one-by-one":
        raise GraphError(f"There is no rendering method {method!r}; available: 'one-by-one'.")
    validate_structure(graph)
    # Ties are broken by id, so that the same graph is always rendered in the same order.
    order = list(nx.lexicographical_topological_sort(graph))
    return [graph.nodes[node_id]["node_type"] for node_id in order], {
        node_id: step for step, node_id in enumerate(order)
    }


def prepare_render(graph: GRAFX, method: RenderMethod = "one-by-one") -> RenderData:
    """Plan the rendering of a graph.

    Raises:
        GraphError: the graph cannot be rendered; an open inlet is silence, not an error.
    """
    types, steps = compute_render_order(graph, method)
    validate_output(graph)
    planned = tuple(
        RenderStep(node_type, (node_id,), (_sources(graph, node_id),))
        for node_type, node_id in zip(types, steps, strict=True)
    )
    rows: dict[str, tuple[int, ...]] = {}
    for node_id in sorted(graph.nodes):
        node_type = graph.nodes[node_id]["node_type"]
        rows[node_type] = (*rows.get(node_type, ()), node_id)
    return RenderData(planned, method, rows, {node_id: graph.display(node_id) for node_id in graph.nodes})


def _sources(graph: GRAFX, node_id: int) -> tuple[tuple[Wire, ...], ...]:
    wires: dict[str, list[Wire]] = {inlet: [] for inlet in graph.ports(node_id)["inlets"]}
    for source, _, edge in sorted(graph.in_edges(node_id, data=True), key=lambda edge: (edge[0], edge[2]["outlet"])):
        wires[edge["inlet"]].append((source, list(graph.ports(source)["outlets"]).index(edge["outlet"])))
    return tuple(tuple(inlet) for inlet in wires.values())
