"""What makes a graph impossible to render, in sentences that name the nodes and the remedy."""

from collections.abc import Collection, Mapping
from typing import Any

import networkx as nx

from grafx_lab.graph.configs import UTILITY_TYPES
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX


def validate_structure(graph: GRAFX) -> None:
    """Raise :class:`GraphError` for an unknown type, a port that does not exist, or a cycle."""
    for node_id in graph.nodes:
        graph.ports(node_id)
    for source, dest, edge in graph.edges(data=True):
        graph.require_port(source, edge["outlet"], "outlets")
        graph.require_port(dest, edge["inlet"], "inlets")
    if not nx.is_directed_acyclic_graph(graph):
        loop = [graph.display(edge[0]) for edge in nx.find_cycle(graph)]
        wires = " → ".join(map(str, [*loop, loop[0]]))
        raise GraphError(
            f"The graph has a cycle: {wires}. Remove one of these wires; feedback needs a FeedbackDelayNetwork node.",
            loop,
        )


def validate_output(graph: GRAFX) -> None:
    """Raise :class:`GraphError` where there is no ``out`` node."""
    if not any(data["node_type"] == "out" for _, data in graph.nodes(data=True)):
        raise GraphError("The graph has no output: add an 'out' node and connect the last processor to it.")


def validate_processors(nodes_of_type: Mapping[str, Collection[int]], processors: Mapping[str, Any]) -> None:
    """Raise :class:`GraphError` for a type without a processor, and for processors given different sample rates."""
    rates: dict[float, str] = {}
    for node_type, nodes in nodes_of_type.items():
        if node_type in UTILITY_TYPES:
            continue
        if node_type not in processors:
            raise GraphError(f"There is no processor for the node type '{node_type}'.", nodes)
        if getattr(processors[node_type], "has_own_rate", False):
            rates.setdefault(processors[node_type].sample_rate, node_type)
    if len(rates) > 1:
        (first, one), (second, other), *_ = rates.items()
        raise GraphError(
            f"The processors have different sample rates: that of '{one}' is built for {first:g} Hz, that of '{other}' "
            f"for {second:g} Hz. Build all of them with one sample_rate."
        )


def open_inlets(graph: GRAFX, optional: Collection[tuple[str, str]] = ()) -> list[tuple[int, str]]:
    """Inlets that no wire reaches, as (node id, inlet), except the optional (type, inlet) pairs."""
    reached = {(dest, edge["inlet"]) for _, dest, edge in graph.edges(data=True)}
    return [
        (node_id, inlet)
        for node_id, data in graph.nodes(data=True)
        for inlet in graph.ports(node_id)["inlets"]
        if (node_id, inlet) not in reached and (data["node_type"], inlet) not in optional
    ]
