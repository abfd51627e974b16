"""When signals arrive: the delays that align paths whose processors are late by different times."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from grafx_lab.graph.graph import GRAFX


class Arrival(NamedTuple):
    """Samples behind the input.

    Attributes:
        received: when all that a node waits for is there.
        sent: when its output is there.
    """

    received: int
    sent: int


def latencies_of(processors: Mapping[str, Any]) -> dict[str, int]:
    """The declared latency of each processor, in samples; zero where it declares none.

    Args:
        processors: a module for each node type.
    """
    return {node_type: int(getattr(processor, "latency", 0)) for node_type, processor in processors.items()}


def arrivals(graph: GRAFX, order: Sequence[int], latencies: Mapping[str, int]) -> tuple[dict[int, Arrival], int]:
    """When each node has received and sent its signals, and when the last ``out`` node has: the graph's latency.

    All signals of a node are delayed to the latest of them, at one inlet or at several.

    Args:
        graph: a graph without cycles.
        order: its nodes, sources before those that hear them.
        latencies: samples by which nodes of a type are late; those that are not named are not.
    """
    arrival: dict[int, Arrival] = {}
    outs = [node for node in order if graph.nodes[node]["node_type"] == "out"]
    for node in order:
        received = max((arrival[source].sent for source in graph.pred[node]), default=0)
        arrival[node] = Arrival(received, received + latencies.get(graph.nodes[node]["node_type"], 0))
    latency = max((arrival[node].received for node in outs), default=0)
    return arrival | {node: Arrival(latency, latency) for node in outs}, latency
