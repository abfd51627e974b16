"""A ProcessorGroup as a graph, where a graph can say it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from grafx_lab.graph.configs import UTILITY_TYPES, NodeConfigs
from grafx_lab.graph.dag import DagNode, read
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.parameters import Tree, flatten, unflatten
from grafx_lab.paths import free_name
from grafx_lab.processors.base import Processor
from grafx_lab.processors.synth import Synth


class GroupGraph(NamedTuple):
    """A group as a graph, and what :func:`~grafx_lab.graph.render_grafx` needs beside its plan.

    Attributes:
        graph: with an ``in`` node for each signal among the group's inputs, and one ``out`` node.
        processors: for each type of node.
        input_signals: ``(in nodes, channel, time)``; without ``in`` nodes, its length is that of the render.
        per_type_parameters: for each type raw parameters ``(nodes of the type, *shape)``.
    """

    graph: GRAFX
    processors: dict[str, Processor]
    input_signals: Tensor
    per_type_parameters: dict[str, dict[str, Any]]


def graph_of_nodes(nodes: Sequence[DagNode], own: Mapping[str, Tensor], inputs: Tree, length: int | None) -> GroupGraph:
    """The graph of a group's nodes: what :meth:`~grafx_lab.graph.ProcessorGroup.to_grafx` is made of."""
    types = _types(nodes)
    processors = {types[node.name]: node.processor for node in nodes}
    ports = {name: {"inlets": [*item.inlets], "outlets": [*item.outlets]} for name, item in processors.items()}
    graph = GRAFX(NodeConfigs(ports))  # pyright: ignore[reportArgumentType]
    for node in nodes:
        graph.add(types[node.name], name=node.name)
    signals = _lay_wires(graph, nodes, inputs)
    parameters: dict[str, list[dict[str, Tensor]]] = {name: [] for name in processors}
    for place, node in enumerate(nodes):
        given = {name: _from_outside(key, node, nodes[:place], inputs) for name, key in node.raw.items()}
        parameters[types[node.name]].append(given | {name: own[key] for name, key in node.own.items()})
    stacked = {name: _stacked(name, rows) for name, rows in parameters.items()}
    return GroupGraph(graph, processors, _input_signals(signals, nodes, stacked, length), stacked)


def _types(nodes: Sequence[DagNode]) -> dict[str, str]:
    """The type of each node: nodes that share a processor share it, and are rendered together."""
    of_processor: dict[int, str] = {}
    for node in nodes:
        if id(node.processor) not in of_processor:
            of_processor[id(node.processor)] = free_name(node.name, [*UTILITY_TYPES, *of_processor.values()])
    return {node.name: of_processor[id(node.processor)] for node in nodes}


def _lay_wires(graph: GRAFX, nodes: Sequence[DagNode], inputs: Tree) -> dict[str, Tensor]:
    """Connect the nodes, whose ids are their places, and add ``in`` nodes and ``out``; the signals by their keys."""
    signals: dict[str, Tensor] = {}
    entrances: dict[str, int] = {}
    for place, node in enumerate(nodes):
        for inlet, key in node.signals.items():
            source = _source(key, nodes[:place])
            if source is not None:
                graph.connect(source, place, _outlet(nodes[source], key, node), inlet)
                continue
            if key not in signals:
                signals[key] = _from_outside(key, node, nodes[:place], inputs)
                entrances[key] = graph.counter
                graph.add("in", name=key)
            graph.connect(entrances[key], place, inlet=inlet)
    last = nodes[-1]
    graph.add("out", name="out")
    graph.connect(len(nodes) - 1, graph.counter - 1, _outlet(last, f"{last.name}/signal", last))
    return signals


def _source(key: str, before: Sequence[DagNode]) -> int | None:
    """The place of the node that a key reads, or ``None`` where it is an input of the group."""
    name = key.split("/")[0]
    return next((place for place, node in enumerate(before) if node.name == name), None)


def _outlet(source: DagNode, key: str, reader: DagNode) -> str:
    output = key.partition("/")[2]
    if output in source.outlets:
        return source.processor.outlets[source.outlets.index(output)]
    if output == "signal":
        return source.processor.outlets[0]
    raise GraphError(
        f"Node '{reader.name}' reads '{key}', but the wires of a graph carry only what '{source.name}' sends: "
        f"{', '.join(source.outlets)}. Read one of these.",
        [reader.name],
    )


def _from_outside(key: str, node: DagNode, before: Sequence[DagNode], inputs: Tree) -> Tensor:
    """The input of the group, for a batch of one, that a key finds."""
    if _source(key, before) is not None:
        raise GraphError(
            f"Node '{node.name}' reads '{key}' as a raw parameter, but in a graph no node sets another's parameters: "
            "give it as an input of the group.",
            [node.name],
        )
    found = read(key, node.name, {"inputs": inputs, **inputs})
    if len(found) != 1:
        raise GraphError(f"'{key}' has a batch of {len(found)}, but a graph holds one item: convert them one by one.")
    return found


def _stacked(node_type: str, rows: Sequence[Mapping[str, Tensor]]) -> dict[str, Any]:
    for path in rows[0]:
        shapes = {tuple(row[path].shape[1:]) for row in rows}
        if len(shapes) > 1:
            raise GraphError(
                f"Nodes that share the processor '{node_type}' have '{path}' in the shapes {sorted(shapes)}, but those "
                "of one type need one shape: give each its own processor."
            )
    return unflatten({path: torch.cat([row[path] for row in rows]) for path in rows[0]})


def _input_signals(
    signals: Mapping[str, Tensor], nodes: Sequence[DagNode], parameters: Tree, length: int | None
) -> Tensor:
    if signals:
        shapes = {tuple(signal.shape[1:]) for signal in signals.values()}
        if len(shapes) > 1:
            keys = ", ".join(f"'{key}'" for key in signals)
            raise GraphError(f"The signals {keys} have the shapes {sorted(shapes)}, but those of a graph have one.")
        return torch.cat(list(signals.values()))
    lengths = {node.processor.n_samples for node in nodes if isinstance(node.processor, Synth)}
    if length is None and len(lengths) != 1:
        raise GraphError(f"The synthesizers' n_samples are {sorted(lengths)}, but a graph has one length: name it.")
    raw = next(iter(flatten(parameters).values()), torch.zeros(()))
    return raw.new_zeros(0, 1, lengths.pop() if length is None else length)
