"""What a graph means, without a plan: every node asks the nodes before it. And what random graphs are rendered with."""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from grafx_lab.graph import GRAFX, NodeConfigs, count_nodes_per_type, get_node_ids_from_type, random_graph
from tests.graph.processors import PORTS, PROCESSORS

CONFIG = NodeConfigs(PORTS)
TIME = 5
Raw = dict[str, dict[str, Tensor]]


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Quiet, so that products of many nodes stay finite."""
    return 0.5 * torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).tanh()


def inputs(graph: GRAFX, seed: int = 0, channels: int = 2, batch: tuple[int, ...] = ()) -> Tensor:
    """A signal for each ``in`` node."""
    return noise(*batch, len(get_node_ids_from_type(graph, "in")), channels, TIME, seed=seed).requires_grad_()


def parameters(graph: GRAFX, seed: int = 0) -> Raw:
    """A gain for each node, collected by type."""
    counts = count_nodes_per_type(graph, PROCESSORS)
    return {
        name: {"gain": noise(count, 1, seed=seed + place).requires_grad_()}
        for place, (name, count) in enumerate(counts.items())
        if count
    }


def by_recursion(graph: GRAFX, signals: Tensor, raw: Raw) -> Tensor:
    """The outputs ``(out nodes, channel, time)`` for inputs ``(in nodes, channel, time)``."""
    rows = {node: row for kind in CONFIG.node_types for row, node in enumerate(get_node_ids_from_type(graph, kind))}
    types = graph.node_types

    @cache
    def outlets(node: int) -> tuple[Tensor, ...]:
        if types[node] == "in":
            return (signals[rows[node] : rows[node] + 1],)
        received = []
        for inlet in graph.ports(node)["inlets"]:
            total = torch.zeros(1, 1, TIME, dtype=torch.float64)
            for source, _, edge in graph.in_edges(node, data=True):
                if edge["inlet"] == inlet:
                    total = total + outlets(source)[graph.ports(source)["outlets"].index(edge["outlet"])]
            received.append(total)
        if types[node] not in PROCESSORS:
            return tuple(received)
        gain = raw[types[node]]["gain"][rows[node] : rows[node] + 1]
        return PROCESSORS[types[node]].run(*received, length=None if received else TIME, gain=gain).signals

    return torch.cat(torch.broadcast_tensors(*(outlets(node)[0] for node in get_node_ids_from_type(graph, "out"))))


def with_gradients(graph: GRAFX, render: Callable[[Tensor, Raw], Tensor], seed: int) -> list[Tensor]:
    """The output, and the gradients of a weighted sum of it by the inputs and by every parameter."""
    signals, raw = inputs(graph, seed), parameters(graph, seed)
    leaves = [signals, *(tree["gain"] for tree in raw.values())]
    output = render(signals, raw)
    weights = torch.linspace(-1, 1, output.numel(), dtype=torch.float64).reshape(output.shape)
    objective = (output * weights).sum() + 0 * sum(leaf.sum() for leaf in leaves)
    return [output, *torch.autograd.grad(objective, leaves)]


def graph_of_size(size: int, seed: int) -> GRAFX:
    """A random graph with all the types of :mod:`tests.graph.processors`."""
    return random_graph(size, seed, CONFIG)
