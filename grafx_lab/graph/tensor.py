"""GRAFXTensor: a graph as tensors, for graph neural networks and for handing over many graphs."""

from dataclasses import dataclass, fields

import networkx as nx
import torch
from torch import Tensor

from grafx_lab.graph.configs import NodeConfigs
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.graph import GRAFX
from grafx_lab.graph.validation import validate_attributes


@dataclass
class GRAFXTensor:
    """Nodes and edges of a graph. The node ids are the places in ``node_types``.

    Attributes:
        node_types: ``(nodes,)``, indices in ``config.node_types``.
        edge_indices: ``(2, edges)``, the source and the destination of every edge.
        counter: the number of nodes; of a batch of graphs, the number of nodes up to the end of each.
        batch: whether this is a batch of graphs.
        config: the node types.
        config_hash: equal for equal configurations (within one process).
        invalid_op: see :class:`GRAFX`.
        edge_types: ``(edges, 2)``, the outlet and the inlet of every edge by their indices; ``None`` where each type
            has at most one of each.
        rendering_order_method: how the order was found, if the graph is ordered.
        rendering_orders: ``(nodes,)``, the step of every node, if the graph is ordered.
        type_sequence: the type of every step, if the graph is ordered.
    """

    node_types: Tensor
    edge_indices: Tensor
    counter: int | list[int]
    batch: bool
    config: NodeConfigs
    config_hash: int
    invalid_op: str
    edge_types: Tensor | None = None
    rendering_order_method: str | None = None
    rendering_orders: Tensor | None = None
    type_sequence: list[str] | None = None

    @property
    def num_nodes(self) -> int:
        """The number of nodes."""
        return len(self.node_types)

    @property
    def num_edges(self) -> int:
        """The number of edges."""
        return self.edge_indices.shape[1]

    def to(self, device: torch.device | str) -> None:
        """Move all tensors to a device."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                setattr(self, field.name, value.to(device))

    def __str__(self) -> str:
        lines = []
        for field in fields(self):
            value = getattr(self, field.name)
            described = f"{value.dtype} {tuple(value.shape)}" if isinstance(value, Tensor) else repr(value)
            lines.append(f"  {field.name}: {str(value).splitlines()[0] if field.name == 'config' else described}")
        return "\n".join([f"GRAFXTensor with {self.num_nodes} nodes & {self.num_edges} edges", *lines])


def convert_to_tensor(graph: GRAFX) -> GRAFXTensor:
    """A graph as tensors.

    Node ids become places: where ids are missing (after a removal), the following ones move up. Names and parameters
    of nodes are left behind.

    Raises:
        GraphError: a node has no type, or a wire no ports.
    """
    validate_attributes(graph)
    config = graph.config or NodeConfigs(sorted(set(graph.node_types.values())))
    nodes = sorted(graph.nodes)
    place = {node: number for number, node in enumerate(nodes)}
    types = graph.node_types
    outlets, inlets = config.outlet_to_index, config.inlet_to_index
    edges = sorted(
        (place[source], place[dest], outlets[types[source]][edge["outlet"]], inlets[types[dest]][edge["inlet"]])
        for source, dest, edge in graph.edges(data=True)
    )
    table = torch.tensor(edges, dtype=torch.long).reshape(-1, 4)
    ordered = graph.rendering_order_method is not None
    return GRAFXTensor(
        node_types=torch.tensor([config.node_type_to_index[types[node]] for node in nodes], dtype=torch.long),
        edge_indices=table[:, :2].T.contiguous(),
        counter=graph.counter if graph.batch else len(nodes),
        batch=graph.batch,
        config=config,
        config_hash=hash(config),
        invalid_op=graph.graph["invalid_op"],
        edge_types=None if config.siso_only else table[:, 2:].contiguous(),
        rendering_order_method=graph.rendering_order_method,
        rendering_orders=torch.tensor([graph.nodes[n]["rendering_order"] for n in nodes]) if ordered else None,
        type_sequence=graph.type_sequence,
    )


def as_graph(graph: GRAFX | GRAFXTensor) -> GRAFX:
    """The graph that tensors stand for; a graph is returned as it is.

    Raises:
        GraphError: it is neither.
    """
    if isinstance(graph, GRAFX):
        return graph
    if not isinstance(graph, GRAFXTensor):
        raise GraphError(f"Expected a GRAFX or a GRAFXTensor, not {type(graph).__name__}.")
    config = graph.config
    copy = GRAFX(config)
    for node, index in enumerate(graph.node_types.tolist()):
        copy.add_node(node, node_type=config.node_types[index], parameters=None, name=None)
    if graph.rendering_orders is not None:
        nx.set_node_attributes(copy, dict(enumerate(graph.rendering_orders.tolist())), "rendering_order")
    ports = [(0, 0)] * graph.num_edges if graph.edge_types is None else graph.edge_types.tolist()
    for (source, dest), (outlet, inlet) in zip(graph.edge_indices.T.tolist(), ports, strict=True):
        copy.add_edge(
            source, dest, outlet=copy.ports(source)["outlets"][outlet], inlet=copy.ports(dest)["inlets"][inlet]
        )
    copy.graph.update(
        counter=graph.counter,
        batch=graph.batch,
        invalid_op=graph.invalid_op,
        rendering_order_method=graph.rendering_order_method,
        type_sequence=graph.type_sequence,
    )
    return copy
