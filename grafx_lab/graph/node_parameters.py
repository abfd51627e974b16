"""Raw parameters of nodes: collected by type, as GRAFX keeps them, and apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.plan import RenderData
from grafx_lab.graph.tensor import GRAFXTensor, as_graph
from grafx_lab.parameters import Tree, flatten, unflatten

Processors = Mapping[str, Any] | nn.ModuleDict
"""A module for each node type."""


def get_node_ids_from_type(graph: GRAFX | GRAFXTensor, node_type: str) -> list[int]:
    """The ids of all nodes of a type, ascending."""
    return sorted(node for node, other in as_graph(graph).node_types.items() if other == node_type)


def count_nodes_per_type(graph: GRAFX | GRAFXTensor, types_to_count: Iterable[str] | None = None) -> dict[str, int]:
    """How many nodes of each type a graph has.

    Args:
        graph: whose nodes to count.
        types_to_count: types of interest; by default all that the graph allows, or without a config all that it has.
    """
    graph = as_graph(graph)
    found = Counter(graph.node_types.values())
    if types_to_count is None:
        types_to_count = found if graph.config is None else graph.config.node_types
    return {node_type: found[node_type] for node_type in types_to_count}


def create_empty_parameters(
    processors: Processors | GRAFX | GRAFXTensor,
    graph: GRAFX | GRAFXTensor | Processors,
    std: float = 1e-2,
    generator: torch.Generator | None = None,
) -> nn.ModuleDict:
    """Random raw parameters for every node of a graph, collected by type, ready for an optimiser.

    Args:
        processors: a module with ``parameter_size()`` for each type. Processors and graph may also come in the other
            order, as in GRAFX's documentation.
        graph: whose nodes get parameters.
        std: standard deviation of the normal distribution that they are drawn from.
        generator: makes the drawing repeatable.

    Returns:
        for each processor a ``ParameterDict`` with parameters ``(nodes of its type, *shape)``, nested as
        ``parameter_size()`` is.
    """
    if isinstance(processors, (GRAFX, GRAFXTensor)):
        return create_empty_parameters(graph, processors, std, generator)
    if not isinstance(graph, (GRAFX, GRAFXTensor)):
        raise GraphError(f"Parameters are created for processors and a graph; {type(graph).__name__} is no graph.")
    modules: dict[str, Any] = dict(processors.items())
    counts = count_nodes_per_type(graph, modules)

    def drawn(sizes: Any, count: int) -> Any:
        if isinstance(sizes, Mapping):
            return nn.ParameterDict({name: drawn(size, count) for name, size in sizes.items()})
        shape = (sizes,) if isinstance(sizes, int) else tuple(sizes)
        return nn.Parameter(std * torch.randn(count, *shape, generator=generator))

    return nn.ModuleDict(
        {node_type: drawn(module.parameter_size(), counts[node_type]) for node_type, module in modules.items()}
    )


def parameters_by_node(graph: GRAFX | GRAFXTensor, per_type_parameters: Mapping[str, Tree]) -> dict[int, Tree]:
    """Parameters ``(nodes of a type, *shape)`` by type → ``(1, *shape)`` by node id; gradients flow through.

    Raises:
        GraphError: there are not as many rows as nodes of the type.
    """
    found: dict[int, Tree] = {}
    for node_type, tree in _plain(per_type_parameters).items():
        nodes = get_node_ids_from_type(graph, node_type)
        flat = _checked(flatten(tree), len(nodes), f"'{node_type}' nodes")
        rows = {key: value.split(1) for key, value in flat.items()}
        found |= {node: unflatten({key: part[row] for key, part in rows.items()}) for row, node in enumerate(nodes)}
    return found


def parameters_by_type(graph: GRAFX | GRAFXTensor, parameters: Mapping[int, Tree]) -> dict[str, Tree]:
    """Parameters ``(1, *shape)`` by node id → ``(nodes of a type, *shape)`` by type; gradients flow through.

    Raises:
        GraphError: some nodes of a type have parameters and others have not.
    """
    graph = as_graph(graph)
    types = {graph.nodes[node]["node_type"] for node in parameters}
    return {kind: _stacked(kind, get_node_ids_from_type(graph, kind), parameters) for kind in sorted(types)}


class RowsByType:
    """The raw parameters of a render, handed out to groups of nodes.

    Args:
        data: the plan.
        per_type_parameters: see :func:`render_grafx`.
        common_parameters: see :func:`render_grafx`.
        grad: whether gradients flow into them.

    Raises:
        GraphError: rows that are not as many as nodes.
    """

    def __init__(
        self,
        data: RenderData,
        per_type_parameters: Mapping[str, Tree] | None,
        common_parameters: Mapping[str, Tensor] | None,
        grad: bool,
    ) -> None:
        self._data = data
        given = _plain(per_type_parameters or {})
        for node_type, nodes in data.type_rows.items():
            if node_type not in given and any(node in data.parameters for node in nodes):
                given[node_type] = _stacked(node_type, nodes, data.parameters)
        self._types = {
            node_type: _rows(_checked(flatten(tree), len(data.type_rows[node_type]), f"'{node_type}' nodes"), grad)
            for node_type, tree in given.items()
            if node_type in data.type_rows
        }
        self._common = _rows(_checked(flatten(_plain(common_parameters or {})), data.num_nodes, "nodes"), grad)

    def of(self, node_type: str, node_ids: Sequence[int], batch: int) -> dict[str, Any]:
        """Parameters ``(nodes · batch, *shape)`` of nodes of one type."""
        own = [self._data.rows[node] for node in node_ids]
        places = [self._data.places[node] for node in node_ids]
        flat = {key: _chosen(rows, own, batch) for key, rows in self._types.get(node_type, {}).items()}
        flat |= {key: _chosen(rows, places, batch) for key, rows in self._common.items()}
        return unflatten(flat)


def _plain(parameters: Any) -> Any:
    """Nested dicts, whether they come as such or as ``ParameterDict`` and ``ModuleDict``."""
    if isinstance(parameters, (Mapping, nn.ParameterDict, nn.ModuleDict)):
        return {name: _plain(value) for name, value in parameters.items()}
    return parameters


def _checked(flat: dict[str, Any], count: int, nodes: str) -> dict[str, Any]:
    for key, value in flat.items():
        if len(value) != count:
            raise GraphError(
                f"Parameter '{key}' has {len(value)} rows, but the graph has {count} {nodes}: give one row for each."
            )
    return flat


def _stacked(node_type: str, nodes: Sequence[int], parameters: Mapping[int, Tree]) -> dict[str, Any]:
    missing = [node for node in nodes if node not in parameters]
    if missing:
        raise GraphError(f"Node {missing[0]} of type '{node_type}' has no parameters, but others have.", missing)
    trees = [flatten(_plain(parameters[node])) for node in nodes]
    return unflatten({key: torch.cat([torch.as_tensor(tree[key]) for tree in trees]) for key in trees[0]})


def _rows(flat: Mapping[str, Tensor], grad: bool) -> dict[str, tuple[Tensor, tuple[Tensor, ...]]]:
    """Every parameter with its rows: one split, because slices would be filled up with zeros in the gradient."""
    found = {key: value if grad else value.detach() for key, value in flat.items()}
    return {key: (value, value.split(1)) for key, value in found.items()}


def _chosen(rows: tuple[Tensor, tuple[Tensor, ...]], places: Sequence[int], batch: int) -> Tensor:
    whole, parts = rows
    if len(places) == len(whole) and all(place == number for number, place in enumerate(places)):
        chosen = whole
    else:
        chosen = torch.cat([parts[place] for place in places]) if len(places) > 1 else parts[places[0]]
    return chosen if batch == 1 else chosen[:, None].expand(-1, batch, *chosen.shape[1:]).flatten(0, 1)
