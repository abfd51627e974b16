"""Rendering only what has changed."""

from collections.abc import Iterable

import networkx as nx

from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.signals import Signals


def downstream(graph: GRAFX, nodes: Iterable[int]) -> set[int]:
    """The nodes, and all that hear them."""
    changed = set(nodes)
    return changed.union(*(nx.descendants(graph, node) for node in changed))


def unchanged(graph: GRAFX, signals: Signals, changed: Iterable[int]) -> Signals:
    """The signals of an earlier render that stay as they are when some nodes change."""
    touched = downstream(graph, changed)
    return {node: outlets for node, outlets in signals.items() if node not in touched}
