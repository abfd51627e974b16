"""Random graphs by seed: every shape that a renderer has to survive, and pruned mixing consoles."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np

from grafx_lab.graph.configs import UTILITY_TYPES, NodeConfigs
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.ready_made import Step, mixing_console

Seed = int | np.random.Generator

_OPEN, _ANOTHER_WIRE, _SAME_SOURCE, _MIX, _UNHEARD = 0.06, 0.25, 0.2, 0.1, 0.1
"""How likely an inlet stays open, a further wire joins it, it shares the source of the wire before, a ``mix`` node
follows a processor, and a loose end is not led to an ``out``."""


def random_graph(
    num_nodes: int,
    seed: Seed,
    config: NodeConfigs,
    *,
    num_inputs: int | None = None,
    num_outputs: int | None = None,
    num_parts: int | None = None,
    serial: float | None = None,
) -> GRAFX:
    """A random graph that is always valid: no cycle, no wrong port, at least one ``out``.

    Over many seeds there are chains and wide graphs, sums of several wires at one inlet, ``mix`` nodes, open inlets,
    outlets that nobody reads, parallel wires between two nodes, and parts that do not touch. Ids are no
    topological order.

    Args:
        num_nodes: processor nodes, 1 or more (``in``, ``out`` and ``mix`` are not counted).
        seed: a number, or a NumPy generator that is drawn from.
        config: the node types, drawn evenly; the ports of each are all wired.
        num_inputs, num_outputs: ``in`` and ``out`` nodes; ``None`` draws 0 to 3 where there are generators and
            otherwise 1 to 3, and 1 to 3.
        num_parts: parts that do not touch; ``None`` draws 1 to 3, mostly 1.
        serial: how likely a wire comes from the node just before, 0 (wide) to 1 (a chain); ``None`` draws it.

    Raises:
        GraphError: no processor node, no type to draw from, or no output is asked for.
    """
    random = np.random.default_rng(seed)
    types = [name for name in config.node_types if name not in UTILITY_TYPES]
    if num_nodes < 1 or not types or num_outputs == 0:
        raise GraphError(
            f"A random graph needs nodes, types and an output, not {num_nodes} nodes of {len(types)} types "
            f"with num_outputs={num_outputs}."
        )
    least = 0 if any(not config[name]["inlets"] for name in types) else 1
    ins = int(random.integers(least, 4)) if num_inputs is None else num_inputs
    outs = int(random.integers(1, 4)) if num_outputs is None else num_outputs
    parts = int(random.choice([1, 1, 1, 2, 3])) if num_parts is None else num_parts
    order = _types_in_order(num_nodes, types, ins, outs, random)
    graph = GRAFX(config)
    ids = random.permutation(len(order))
    for place in np.argsort(ids):
        graph.add(order[place])
    part = random.integers(0, parts, len(order))
    part[-outs:] = random.choice(part[ins:-outs], outs)  # no output without a processor
    chain = random.random() if serial is None else serial
    for number in range(parts):
        _wire(graph, [int(ids[place]) for place in np.flatnonzero(part == number)], random, chain)
    return graph


def random_console(num_tracks: int, strip: Sequence[Step], seed: Seed, share: float = 0.5, **console: Any) -> GRAFX:
    """A mixing console without a random share of its processors.

    Source: Lee et al., "Searching for music mixing graphs: a pruning approach", DAFx 2024, where a search decides
    what goes; here a seed does.

    Args:
        num_tracks, strip, console: see :func:`mixing_console`.
        seed: a number, or a NumPy generator that is drawn from.
        share: of the processors that go, 0 to 1.
    """
    return randomly_pruned(mixing_console(num_tracks, strip, **console), seed, share)


def randomly_pruned(graph: GRAFX, seed: Seed, share: float = 0.5) -> GRAFX:
    """A copy without a random share of its processors: see :func:`without`."""
    if not 0 <= share <= 1:
        raise GraphError(f"The share of nodes to remove is {share}, expected 0 to 1.")
    nodes = [node_id for node_id, data in graph.nodes(data=True) if data["node_type"] not in UTILITY_TYPES]
    random = np.random.default_rng(seed)
    return without(graph, (int(node) for node in random.choice(nodes, round(share * len(nodes)), replace=False)))


def without(graph: GRAFX, nodes: Iterable[int]) -> GRAFX:
    """A copy without some nodes, bypassed: what came to an inlet goes on from the outlet of the same place.

    Two wires that become one and the same are one wire.
    """
    pruned = graph.copy()
    for node_id in nodes:
        inlets, outlets = pruned.ports(node_id)["inlets"], pruned.ports(node_id)["outlets"]
        passed = dict(zip(outlets, inlets, strict=False))
        incoming, outgoing = pruned.remove(node_id)
        for (source, _, head), (_, dest, tail) in product(incoming, outgoing):
            if passed.get(tail["outlet"]) == head["inlet"]:
                _lay(pruned, source, dest, head["outlet"], tail["inlet"])
    return pruned


def _types_in_order(
    num_nodes: int, types: Sequence[str], ins: int, outs: int, random: np.random.Generator
) -> list[str]:
    """The type of every node in a topological order."""
    inner = []
    for node_type in random.choice(types, num_nodes):
        inner += [str(node_type), "mix"] if random.random() < _MIX else [str(node_type)]
    return ["in"] * ins + inner + ["out"] * outs


def _wire(graph: GRAFX, nodes: Sequence[int], random: np.random.Generator, chain: float) -> None:
    """Wire the inlets of ``nodes`` to outlets of nodes before them; an ``out`` gathers most loose ends."""
    before: list[int] = []
    for node_id in nodes:
        if graph.nodes[node_id]["node_type"] == "out":
            loose = [source for source in before if not graph.out_degree(source) and random.random() > _UNHEARD]
            for source in loose:
                _lay(graph, source, node_id, str(random.choice(graph.ports(source)["outlets"])), "main")
        source: int | None = None
        for inlet in graph.ports(node_id)["inlets"]:
            if not before or random.random() < _OPEN:
                continue
            for _ in range(random.geometric(1 - _ANOTHER_WIRE)):
                if source is None or random.random() > _SAME_SOURCE:
                    source = before[-1] if random.random() < chain else int(random.choice(before))
                _lay(graph, source, node_id, str(random.choice(graph.ports(source)["outlets"])), inlet)
        if graph.ports(node_id)["outlets"]:
            before.append(node_id)


def _lay(graph: GRAFX, source: int, dest: int, outlet: str, inlet: str) -> None:
    wires = graph.get_edge_data(source, dest, default={}).values()
    if {"outlet": outlet, "inlet": inlet} not in wires:
        graph.connect(source, dest, outlet=outlet, inlet=inlet)
