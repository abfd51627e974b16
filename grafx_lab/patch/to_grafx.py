"""A patch in the form that GRAFX's functions take: a graph, processors and parameters by type."""

from typing import Any, NamedTuple

import torch

from grafx_lab.graph import GRAFX, UTILITY_TYPES, without
from grafx_lab.parameters import flatten, unflatten
from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.patch import Patch
from grafx_lab.processors.base import Processor


class GrafxParts(NamedTuple):
    """What :func:`grafx_lab.render_grafx` takes.

    Attributes:
        graph: without the bypassed nodes.
        processors: by type.
        parameters: raw parameters by type, ``(nodes of that type, *shape)`` each, rows in ascending order of ids.
    """

    graph: GRAFX
    processors: dict[str, Processor]
    parameters: dict[str, dict[str, Any]]


def to_grafx(patch: Patch) -> GrafxParts:
    """A drawn patch for the functions of GRAFX: its rendering is that of :meth:`Patch.render`.

    ::

        graph, processors, parameters = gl.to_grafx(patch)
        output, _, signals = gl.render_grafx(processors, source, parameters, gl.prepare_render(graph))

    where ``source`` is ``(in nodes, channel, time)``. Types with constructor arguments have long names.

    Raises:
        PatchError: nodes of one type have parameters of different lengths, so they cannot be stacked.
    """
    graph = without(patch.graph, [patch.ids[name] for name in sorted(patch.bypassed)])
    raws: dict[str, list[dict[str, Any]]] = {}
    for node_id in sorted(graph.nodes):
        node_type = graph.nodes[node_id]["node_type"]
        if node_type not in UTILITY_TYPES:
            raws.setdefault(node_type, []).append(flatten(patch.raw[graph.nodes[node_id]["name"]]))
    return GrafxParts(
        graph,
        {node_type: patch.processors[node_type] for node_type in raws},
        {node_type: unflatten(_stacked(node_type, trees)) for node_type, trees in raws.items()},
    )


def _stacked(node_type: str, trees: list[dict[str, Any]]) -> dict[str, Any]:
    stacked = {}
    for key in trees[0]:
        shapes = {tuple(tree[key].shape) for tree in trees}
        if len(shapes) > 1:
            raise PatchError(
                f"'{key}' of the nodes of type '{node_type}' has the shapes {sorted(shapes)}; GRAFX needs one."
            )
        stacked[key] = torch.cat([tree[key] for tree in trees])
    return stacked
