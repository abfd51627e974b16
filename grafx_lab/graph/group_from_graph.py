"""A graph as the DAG of a ProcessorGroup, where a group can say it."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
from torch import Tensor

from grafx_lab.graph.configs import UTILITY_TYPES
from grafx_lab.graph.dag import RESERVED_NAMES
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.validation import validate_output, validate_structure
from grafx_lab.parameters import Tree, flatten, unflatten
from grafx_lab.paths import free_name
from grafx_lab.processors.base import Processor
from grafx_lab.processors.routing import Add

PARAMETERS = "parameters"
"""Where a group made from a graph finds raw parameters among its inputs: ``parameters/node/parameter``."""


def dag_of_graph(graph: GRAFX, processors: Mapping[str, Processor]) -> list[dict[str, Any]]:
    """The DAG of a graph: what :meth:`~grafx_lab.graph.ProcessorGroup.from_grafx` is made of."""
    validate_structure(graph)
    validate_output(graph)
    outs = [node_id for node_id, node_type in graph.nodes(data="node_type") if node_type == "out"]
    if len(outs) > 1:
        raise GraphError(f"The graph has {len(outs)} 'out' nodes, but a group has one output: keep one of them.", outs)
    writer = _DagWriter(graph, processors)
    heard = nx.ancestors(graph, outs[0])
    for node_id in nx.lexicographical_topological_sort(graph):
        if node_id in heard:
            writer.write(node_id)
    writer.end(outs[0])
    return writer.dag


def group_inputs(
    graph: GRAFX, processors: Mapping[str, Processor], input_signals: Tensor, per_type_parameters: Mapping[str, Tree]
) -> dict[str, Any]:
    """What a group made from a graph reads, from what :func:`~grafx_lab.graph.render_grafx` renders the graph from.

    Args:
        graph: as :meth:`~grafx_lab.graph.ProcessorGroup.from_grafx` received it; so are ``processors``.
        processors: for each type of node.
        input_signals: ``(in nodes, channel, time)``, in ascending order of their ids.
        per_type_parameters: for each type raw parameters ``(nodes of the type, *shape)``.

    Returns:
        the signal of each ``in`` node by its name, and ``parameters`` by node and parameter.
    """
    names = _names(graph, processors)
    rows: dict[str, list[int]] = {}
    for node_id in sorted(graph.nodes):
        rows.setdefault(graph.nodes[node_id]["node_type"], []).append(node_id)
    signals = {names[node_id]: input_signals[row : row + 1] for row, node_id in enumerate(rows.get("in", []))}
    parameters = {
        names[node_id]: unflatten({path: raw[row : row + 1] for path, raw in flatten(tree).items()})
        for node_type, tree in per_type_parameters.items()
        for row, node_id in enumerate(rows.get(node_type, []))
    }
    return signals | {PARAMETERS: parameters}


class _DagWriter:
    """Writes the nodes of a graph, one after the other, as the nodes of a DAG."""

    def __init__(self, graph: GRAFX, processors: Mapping[str, Processor]) -> None:
        self.graph = graph
        self.processors = processors
        self.names = _names(graph, processors)
        self.taken = {*self.names.values()}
        self.keys: dict[tuple[int, str], str] = {}
        self.dag: list[dict[str, Any]] = []

    def write(self, node_id: int) -> None:
        """Write a node whose sources are written."""
        node_type, name = self.graph.nodes[node_id]["node_type"], self.names[node_id]
        if node_type == "in":
            self.keys[node_id, "main"] = name
        elif node_type == "mix":
            self.keys[node_id, "main"] = self._arriving(node_id, "main")
        else:
            processor = self.processors[node_type]
            signals = {inlet: self._arriving(node_id, inlet) for inlet in processor.inlets}
            raw = {path: f"{PARAMETERS}/{name}/{path.replace('.', '/')}" for path in flatten(processor.specs)}
            self.dag.append({"name": name, "processor": processor, "inputs": signals | raw})
            for outlet in processor.outlets:
                output = outlet if len(processor.outlets) > 1 else "signal"
                self.keys[node_id, outlet] = f"{name}/{output}"

    def end(self, out: int) -> None:
        """Make what arrives at the ``out`` node the signal of the last node."""
        output = self._arriving(out, "main").partition("/")[2]
        if not output:
            node = self.graph.display(out)
            raise GraphError(f"'{node}' sends what an input gives: put a processor between them for a group.", [node])
        if output != "signal":
            last = self.dag[-1]
            last["outputs"] = ["signal" if outlet == output else outlet for outlet in last["processor"].outlets]

    def _arriving(self, node_id: int, inlet: str) -> str:
        """The key of what arrives at an inlet; wires that meet are added by nodes of their own."""
        arriving = self.graph.in_edges(node_id, data=True)
        wires = sorted((source, edge["outlet"]) for source, _, edge in arriving if edge["inlet"] == inlet)
        if not wires:
            node = self.graph.display(node_id)
            raise GraphError(f"No wire ends at inlet '{inlet}' of '{node}', as a group needs it: connect one.", [node])
        total, *others = (self.keys[wire] for wire in wires)
        for key in others:
            name = free_name("sum", self.taken)
            self.taken.add(name)
            self.dag.append({"name": name, "processor": Add(), "inputs": [total, key]})
            total = f"{name}/signal"
        return total


def _names(graph: GRAFX, processors: Mapping[str, Processor]) -> dict[int, str]:
    """A name for each node that a key can begin with, in the order of ids."""
    names: dict[int, str] = {}
    for node_id in sorted(graph.nodes):
        node_type = graph.nodes[node_id]["node_type"]
        if node_type not in UTILITY_TYPES and not isinstance(processors.get(node_type), Processor):
            message = f"There is no processor for the node type '{node_type}': add processors['{node_type}']."
            raise GraphError(message, [graph.display(node_id)])
        base = node_type if node_type in UTILITY_TYPES else processors[node_type].registered_name
        name = (graph.nodes[node_id].get("name") or base).replace("/", "_").replace(".", "_")
        names[node_id] = free_name(name, [*RESERVED_NAMES, PARAMETERS, *names.values()])
    return names
