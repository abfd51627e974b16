"""What a patch makes of the graph, the processors and the raw parameters that it is given."""

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import torch

from grafx_lab.graph import GRAFX, NodeConfigs
from grafx_lab.graph.configs import Ports
from grafx_lab.parameters import Tree, flatten, unflatten
from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.node_types import NodeKind, describe_kind, type_key, unique_name
from grafx_lab.paths import NODE_NAME
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.description import build, describe


def built(kind: NodeKind, sample_rate: int) -> Processor:
    """The processor that something stands for, at a sample rate."""
    if isinstance(kind, Processor) and kind.sample_rate == sample_rate:
        return kind
    return build(describe(kind) if isinstance(kind, Processor) else describe_kind(kind, wrap=False), sample_rate)


def serial(processors: Iterable[NodeKind] | Mapping[str, NodeKind]) -> tuple[GRAFX, dict[str, NodeKind]]:
    """The graph and the processors of a chain, which may give its nodes names."""
    named = processors.items() if isinstance(processors, Mapping) else [(None, kind) for kind in processors]
    kinds: dict[str, NodeKind] = {}
    steps = []
    for name, kind in named:
        description = describe_kind(kind, wrap=True)
        kinds[type_key(description)] = description
        steps.append({"node_type": type_key(description), "name": name})
    graph = GRAFX()
    graph.add_serial_chain(["in", *steps, "out"])
    return graph, kinds


def adopted(graph: GRAFX, processors: Mapping[str, Processor]) -> GRAFX:
    """A frozen copy whose nodes all have names and whose types have the processors' ports.

    A graph that is such a copy already, that of another patch, stays itself, and what was planned for it serves again.

    Raises:
        PatchError: a name that does not serve, or serves twice.
    """
    ports: dict[str, Ports] = {
        key: {"inlets": list(item.inlets), "outlets": list(item.outlets)} for key, item in processors.items()
    }
    config = NodeConfigs(ports)
    names = _names(graph, processors)
    if graph.is_frozen and graph.config == config and names == dict(graph.nodes(data="name")):
        return graph
    copy = GRAFX(config)
    for node_id, name in names.items():
        data = graph.nodes[node_id]
        copy.add_node(node_id, node_type=data["node_type"], parameters=data.get("parameters"), name=name)
    copy.add_edges_from((source, dest, dict(edge)) for source, dest, edge in graph.edges(data=True))
    copy.graph.update(counter=max(graph.nodes, default=-1) + 1, consecutive_ids=graph.consecutive_ids)
    return nx.freeze(copy)


def _names(graph: GRAFX, processors: Mapping[str, Processor]) -> dict[int, str]:
    """The name of every node by ascending id: its own, or one after its type."""
    taken = {data["name"] for _, data in graph.nodes(data=True) if data.get("name")}
    names: dict[int, str] = {}
    used: set[str] = set()
    for node_id in sorted(graph.nodes):
        data = graph.nodes[node_id]
        name = data.get("name") or unique_name(data["node_type"], processors, taken | used)
        if not NODE_NAME.fullmatch(name):
            raise PatchError(
                f"{name!r} is no name for a node: use small letters, digits and _, beginning with a letter."
            )
        if name in used:
            raise PatchError(f"Two nodes are called '{name}'; give each its own name.")
        names[node_id] = name
        used.add(name)
    return names


def checked_raw(name: str, processor: Processor, raw: Tree | None) -> dict[str, Any]:
    """A node's raw parameters, neutral where none are given.

    Raises:
        PatchError: they do not fit the processor, are not finite, or come in a batch.
    """
    flat = flatten(processor.neutral() if raw is None else raw)
    flat = {key: torch.as_tensor(value).detach() for key, value in flat.items()}
    tree = unflatten(flat)
    try:
        processor.check_raw(tree)
    except ProcessorError as error:
        raise PatchError(f"Node '{name}': {error}") from error
    for key, value in flat.items():
        if not torch.isfinite(value).all():
            raise PatchError(f"Node '{name}': raw parameter '{key}' is not finite.")
        if len(value) != 1:
            raise PatchError(f"Node '{name}': raw parameter '{key}' has a batch of {len(value)}; a patch holds one.")
    return tree
