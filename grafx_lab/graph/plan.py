"""From a graph to the steps that render it, planned once and reused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.latency import Arrival, arrivals
from grafx_lab.graph.schedule import RenderMethod, Schedule, schedule, stored_schedule
from grafx_lab.graph.tensor import GRAFXTensor, as_graph
from grafx_lab.graph.validation import validate_output
from grafx_lab.parameters import Tree


class Wire(NamedTuple):
    """Where a signal comes from.

    Attributes:
        source: node id.
        outlet: number of the outlet.
        delay: samples that the signal waits for others that arrive later.
    """

    source: int
    outlet: int
    delay: int = 0


@dataclass(frozen=True)
class RenderStep:
    """Nodes of one type that are rendered together.

    Attributes:
        node_type: their type.
        node_ids: the nodes, in the order of their first sources, so that batches can be handed on as they are.
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
        latency: samples by which the ``out`` nodes are late, which a render trims; zero without compensation.
        parameters: raw parameters that travel with the nodes of the graph, by id.
        siso_only: whether every node has at most one inlet and one outlet.
    """

    steps: tuple[RenderStep, ...]
    method: str
    type_rows: dict[str, tuple[int, ...]]
    names: dict[int, int | str]
    latency: int = 0
    parameters: Mapping[int, Tree] = field(default_factory=dict, repr=False)
    siso_only: bool = True

    @property
    def iter_list(self) -> list[RenderStep]:
        """The steps, as GRAFX calls them; what a step says is this house's."""
        return list(self.steps)

    @property
    def num_nodes(self) -> int:
        """The number of nodes."""
        return len(self.names)

    @property
    def max_order(self) -> int:
        """The number of the last step."""
        return len(self.steps) - 1

    @cached_property
    def rows(self) -> dict[int, int]:
        """For each node its row in the parameter tensors of its type."""
        return {node: row for nodes in self.type_rows.values() for row, node in enumerate(nodes)}

    @cached_property
    def places(self) -> dict[int, int]:
        """For each node its place among all nodes by ascending id: its row in common parameters."""
        return {node: place for place, node in enumerate(sorted(self.names))}

    def __str__(self) -> str:
        late = f", {self.latency} samples of latency" if self.latency else ""
        lines = [f"RenderData with {len(self.steps)} steps ({self.method}{late})"]
        for number, step in enumerate(self.steps):
            reads = sorted({wire.source for node in step.sources for inlet in node for wire in inlet})
            nodes, origin = ", ".join(map(str, step.node_ids)), ", ".join(map(str, reads)) or "-"
            lines.append(f"  ({number}) {step.node_type}: nodes [{nodes}] read [{origin}]")
        return "\n".join(lines)


def prepare_render(
    graph: GRAFX | GRAFXTensor,
    method: RenderMethod | None = None,
    *,
    latencies: Mapping[str, int] | None = None,
    **options: Any,
) -> RenderData:
    """Plan the rendering of a graph. The steps of a frozen graph are planned once.

    Args:
        graph: what is to be rendered.
        method: see :func:`compute_render_order`; by default the order that :func:`reorder_for_fast_render` has stored
            in the graph, or else ``"beam"``.
        latencies: samples by which nodes of a type are late, to be compensated on parallel paths and trimmed at the
            output (see :func:`latencies_of`); by default nothing is compensated, as in GRAFX.
        options: those of the method, see :func:`compute_render_order`.

    Raises:
        GraphError: the graph cannot be rendered; an open inlet is silence, not an error.
    """
    graph = as_graph(graph)
    late = {node_type: samples for node_type, samples in (latencies or {}).items() if samples}
    key = (method, repr(sorted(options.items())), repr(sorted(late.items())))
    plan = graph.plans.get(key) or _plan(graph, method, late, options)
    if graph.is_frozen:
        graph.plans[key] = plan
    stored = {node: tree for node, tree in graph.nodes(data="parameters") if tree is not None}
    return replace(plan, parameters=stored)


def _plan(
    graph: GRAFX, method: RenderMethod | None, latencies: Mapping[str, int], options: Mapping[str, Any]
) -> RenderData:
    if method is None and graph.rendering_order_method is not None:
        found, method_used = stored_schedule(graph), graph.rendering_order_method
    else:
        method_used = method or "beam"
        found = schedule(graph, method_used, **options)
    validate_output(graph)
    arrival, latency = arrivals(graph, [node for _, nodes in found for node in nodes], latencies)
    rows: dict[str, list[int]] = {}
    for node in sorted(graph.nodes):
        rows.setdefault(graph.nodes[node]["node_type"], []).append(node)
    return RenderData(
        _steps(graph, found, arrival),
        method_used,
        {node_type: tuple(nodes) for node_type, nodes in rows.items()},
        {node: graph.display(node) for node in graph.nodes},
        latency,
        siso_only=all(
            max(len(ports["inlets"]), len(ports["outlets"])) <= 1 for ports in map(graph.ports_of_type, rows)
        ),
    )


def _steps(graph: GRAFX, found: Schedule, arrival: Mapping[int, Arrival]) -> tuple[RenderStep, ...]:
    wires = _wires(graph, arrival)
    rank: dict[int, int] = {}
    steps = []
    for node_type, nodes in found:
        sources = {node: tuple(map(tuple, wires[node].values())) for node in nodes}
        ordered = sorted(nodes, key=lambda node: (_first_rank(sources[node], rank), node))
        rank |= {node: place for place, node in enumerate(ordered, start=len(rank))}
        steps.append(RenderStep(node_type, tuple(ordered), tuple(sources[node] for node in ordered)))
    return tuple(steps)


def _first_rank(sources: tuple[tuple[Wire, ...], ...], rank: Mapping[int, int]) -> int:
    return next((rank[wires[0].source] for wires in sources if wires), -1)


def _wires(graph: GRAFX, arrival: Mapping[int, Arrival]) -> dict[int, dict[str, list[Wire]]]:
    """What reaches each inlet of each node, by ascending sources, so that equal graphs are summed equally."""
    ports = {node: graph.ports(node) for node in graph.nodes}
    found: dict[int, dict[str, list[Wire]]] = {node: {inlet: [] for inlet in ports[node]["inlets"]} for node in ports}
    for source, followers in sorted(graph.adjacency()):
        outlets, sent = ports[source]["outlets"], arrival[source].sent
        for dest, edges in followers.items():
            wait = arrival[dest].received - sent
            for edge in sorted(edges.values(), key=itemgetter("outlet")):
                found[dest][edge["inlet"]].append(Wire(source, outlets.index(edge["outlet"]), wait))
    return found
