"""What makes a graph impossible to render, in sentences that name the nodes and the remedy."""

from collections.abc import Collection, Mapping
from typing import Any

import networkx as nx

from grafx_lab.graph.configs import UTILITY_TYPES
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.precedence import topological_order


def validate_attributes(graph: GRAFX) -> None:
    """Raise :class:`GraphError` for a node without a type or a wire without ports: networkx makes such."""
    for node_id, data in graph.nodes(data=True):
        if "node_type" not in data:
            raise GraphError(f"Node {node_id} has no type: make nodes with add(), not with add_node().", [node_id])
    for source, dest, edge in graph.edges(data=True):
        if "outlet" not in edge or "inlet" not in edge:
            raise GraphError(
                f"The wire from '{graph.display(source)}' to '{graph.display(dest)}' does not say its outlet and inlet:"
                " lay wires with connect(), not with add_edge().",
                [source, dest],
            )


def validate_structure(graph: GRAFX) -> None:
    """Raise :class:`GraphError` for an unknown type, a port that does not exist, or a cycle."""
    validate_attributes(graph)
    ports = {node_id: graph.ports(node_id) for node_id in graph.nodes}
    for source, dest, edge in graph.edges(data=True):
        # Asked for only where it is missing: dense graphs have a hundred wires a node.
        if edge["outlet"] not in ports[source]["outlets"]:
            graph.require_port(source, edge["outlet"], "outlets")
        if edge["inlet"] not in ports[dest]["inlets"]:
            graph.require_port(dest, edge["inlet"], "inlets")
    if len(topological_order(graph)) < len(graph):
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
            raise GraphError(
                f"There is no processor for the node type '{node_type}': add processors['{node_type}'].", nodes
            )
        if getattr(processors[node_type], "has_own_rate", False):
            rates.setdefault(processors[node_type].sample_rate, node_type)
    if len(rates) > 1:
        (first, one), (second, other), *_ = rates.items()
        raise GraphError(
            f"The processors have different sample rates: that of '{one}' is built for {first:g} Hz, that of '{other}' "
            f"for {second:g} Hz. Build all of them with one sample_rate.",
            [*nodes_of_type[one], *nodes_of_type[other]],
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
