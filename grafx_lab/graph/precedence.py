"""Which nodes wait for which: a graph as sets of bits, for the search for a short order of rendering."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from grafx_lab.graph.graph import GRAFX

Bits = int
"""A set of nodes: bit ``i`` is the node at place ``i`` of :attr:`Precedence.node_ids`."""


def places(bits: Bits) -> Iterator[int]:
    """The places of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@dataclass(frozen=True)
class Precedence:
    """The nodes between ``in`` and ``out``, their types, and what each of them waits for.

    Attributes:
        node_ids: the nodes in topological order.
        types: their types in the order of the configuration, which breaks ties: ids never do.
        kinds: for each node, the place of its type in ``types``.
        before: for each node, the nodes that it waits for.
        after: for each node, the nodes that wait for it.
    """

    node_ids: tuple[int, ...]
    types: tuple[str, ...]
    kinds: tuple[int, ...]
    before: tuple[Bits, ...]
    after: tuple[Bits, ...]

    @classmethod
    def of(cls, graph: GRAFX) -> "Precedence":
        """The precedence in a graph without cycles."""
        type_of = graph.node_types
        node_ids = tuple(node for node in nx.topological_sort(graph) if type_of[node] not in ("in", "out"))
        used = {type_of[node] for node in node_ids}
        types = tuple(sorted(used) if graph.config is None else (t for t in graph.config.node_types if t in used))
        kind_of = {node_type: kind for kind, node_type in enumerate(types)}
        place_of = {node: place for place, node in enumerate(node_ids)}

        def bits(nodes: Iterable[int]) -> Bits:
            found = 0
            for node in nodes:
                if node in place_of:
                    found |= 1 << place_of[node]
            return found

        return cls(
            node_ids,
            types,
            tuple(kind_of[type_of[node]] for node in node_ids),
            tuple(bits(graph.predecessors(node)) for node in node_ids),
            tuple(bits(graph.successors(node)) for node in node_ids),
        )

    @cached_property
    def members(self) -> tuple[Bits, ...]:
        """The nodes of each type."""
        found = [0] * len(self.types)
        for place, kind in enumerate(self.kinds):
            found[kind] |= 1 << place
        return tuple(found)

    @cached_property
    def by_chain(self) -> tuple[tuple[Bits, ...], ...]:
        """For each type, its nodes by the longest chain: entry k has those from which some path meets k of the type.

        Two nodes of a path are never rendered in one step. So a type needs as many steps as the longest of its chains,
        and all that is left needs at least the sum over the types: an admissible bound for a search.
        """
        chains: list[tuple[int, ...]] = [()] * len(self.node_ids)
        levels: list[dict[int, int]] = [{0: 0} for _ in self.types]
        nothing = (0,) * len(self.types)
        for place in reversed(range(len(self.node_ids))):
            following = [chains[later] for later in places(self.after[place])]
            longest: list[int] = list(map(max, nothing, *following)) if following else list(nothing)
            kind = self.kinds[place]
            longest[kind] += 1
            chains[place] = tuple(longest)
            level, length = levels[kind], longest[kind]
            level[length] = level.get(length, 0) | 1 << place
        return tuple(tuple(level[length] for length in range(len(level))) for level in levels)
