"""Render orders: which nodes are rendered together, and in which order."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from grafx_lab.graph import search
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.precedence import Precedence, places
from grafx_lab.graph.tensor import GRAFXTensor, as_graph, convert_to_tensor
from grafx_lab.graph.validation import validate_structure

RenderMethod = Literal["one-by-one", "fixed", "greedy", "beam", "optimal"]

Schedule = list[tuple[str, tuple[int, ...]]]
"""The type and the nodes, in ascending order of their ids, of every step."""


def compute_render_order(
    graph: GRAFX | GRAFXTensor, method: RenderMethod = "beam", **options: Any
) -> tuple[list[str], Tensor]:
    """A type for each step of rendering, and each node's step.

    In a step, nodes of one type are rendered together that wait for nothing else; ``in`` nodes come first and ``out``
    nodes last. Fewer steps are larger batches. Node ids do not influence the sequence of types.

    Args:
        graph: what is to be rendered.
        method: ``"one-by-one"``, one node a step, behind the ``in`` nodes; ``"greedy"``, the type of which most is
            ready; ``"beam"``, several orders side by side, never longer than the greedy one; ``"optimal"``, the fewest
            steps, where an exact search ends in time; ``"fixed"``, a given order of types.
        options: ``width`` and ``depth`` (beam), ``max_states`` (optimal), ``fixed_order`` (fixed), a sequence of types
            or their indices, of which each is left out when nothing of it is ready.

    Returns:
        the types, and the steps ``(nodes,)`` in ascending order of node ids.

    Raises:
        GraphError: the graph has a cycle, a wrong port or an unknown type, or the method or its options do not fit.
    """
    steps = schedule(as_graph(graph), method, **options)
    step_of = {node: number for number, (_, nodes) in enumerate(steps) for node in nodes}
    return [node_type for node_type, _ in steps], torch.tensor([step_of[node] for node in sorted(step_of)])


def reorder_for_fast_render(graph: GRAFX | GRAFXTensor, method: RenderMethod = "beam", **options: Any) -> Any:
    """A copy whose node ids ascend in the order of rendering, which :func:`prepare_render` then follows.

    Nodes of one step keep their order. Rows of parameters and of input signals belong to nodes by their new ids.

    Args:
        graph: what is to be rendered.
        method: see :func:`compute_render_order`.
        options: see :func:`compute_render_order`.

    Returns:
        a ``GRAFX`` for a ``GRAFX``, a ``GRAFXTensor`` for a ``GRAFXTensor``.
    """
    if isinstance(graph, GRAFXTensor):
        return convert_to_tensor(reorder_for_fast_render(as_graph(graph), method, **options))
    graph = as_graph(graph)
    steps = schedule(graph, method, **options)
    new_ids = {node: new for new, node in enumerate(node for _, nodes in steps for node in nodes)}
    copy = GRAFX(graph.config)
    for number, (_, nodes) in enumerate(steps):
        copy.add_nodes_from((new_ids[node], graph.nodes[node] | {"rendering_order": number}) for node in nodes)
    copy.add_edges_from((new_ids[source], new_ids[dest], dict(e)) for source, dest, e in graph.edges(data=True))
    copy.graph.update(
        graph.graph,
        counter=graph.counter if graph.batch else len(copy),
        consecutive_ids=True,
        rendering_order_method=method,
        type_sequence=[node_type for node_type, _ in steps],
    )
    return copy


def schedule(graph: GRAFX, method: RenderMethod, **options: Any) -> Schedule:
    """The steps of rendering: see :func:`compute_render_order`."""
    validate_structure(graph)
    searches: dict[str, Callable[..., search.Steps]] = {
        "one-by-one": search.greedy,
        "fixed": _fixed,
        "greedy": search.greedy,
        "beam": search.beam,
        "optimal": search.optimal,
    }
    if method not in searches:
        known = ", ".join(map(repr, get_args(RenderMethod)))
        raise GraphError(f"There is no rendering method {method!r}; available: {known}.")
    problem = Precedence.of(graph)
    if method == "fixed":
        options["fixed_order"] = _type_names(graph, options.get("fixed_order"))
    try:
        found = searches[method](problem, **options)
    except TypeError as error:
        raise GraphError(f"The rendering method {method!r} does not take {sorted(options)}: {error}.") from error
    inner = [
        (problem.types[kind], tuple(sorted(problem.node_ids[place] for place in places(bits)))) for kind, bits in found
    ]
    first, last = (_of_type(graph, node_type) for node_type in ("in", "out"))
    if method == "one-by-one":
        inner = [(node_type, (node,)) for node_type, nodes in [*inner, *last] for node in nodes]
        last = []
    return [*first, *inner, *last]


def stored_schedule(graph: GRAFX) -> Schedule:
    """The steps that :func:`reorder_for_fast_render` has written into a graph.

    Raises:
        GraphError: they do not fit the graph: it has been changed since.
    """
    validate_structure(graph)
    order = dict(graph.nodes(data="rendering_order"))
    types = graph.node_types
    complete = None not in order.values()
    if not complete or any(order[source] >= order[dest] for source, dest in graph.edges()):
        raise GraphError(
            "The order stored in the graph does not fit it, because the graph was changed since: reorder it again."
        )
    nodes = sorted(graph.nodes, key=lambda node: (order[node], types[node], node))
    return [(step[1], tuple(same)) for step, same in groupby(nodes, key=lambda node: (order[node], types[node]))]


def _of_type(graph: GRAFX, node_type: str) -> Schedule:
    nodes = tuple(sorted(node for node, other in graph.node_types.items() if other == node_type))
    return [(node_type, nodes)] if nodes else []


def _fixed(problem: Precedence, fixed_order: Sequence[str]) -> search.Steps:
    return search.fixed(problem, fixed_order)


def _type_names(graph: GRAFX, order: Sequence[str | int] | None) -> list[str]:
    if order is None:
        raise GraphError("The rendering method 'fixed' needs fixed_order, a sequence of node types.")
    types = convert_to_tensor(graph).config.node_types
    names = [kind if isinstance(kind, str) else types[int(kind)] for kind in order]
    for name in names:
        if name not in types:
            raise GraphError(f"fixed_order names the type {name!r}, which is none of {', '.join(types)}.")
    return names
