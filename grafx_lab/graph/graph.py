"""GRAFX: an audio processing graph of typed nodes, with the vocabulary of the library of that name."""

import warnings
from collections.abc import Mapping, Sequence
from itertools import count, pairwise
from typing import Any, Literal

import networkx as nx

from grafx_lab.graph.configs import DEFAULT_PORTS, UTILITY_PORTS, NodeConfigs, Ports
from grafx_lab.graph.errors import GraphError


class GRAFX(nx.MultiDiGraph):
    """A directed graph whose nodes are processors and whose edges carry audio from an outlet to an inlet.

    Node ids are integers in the order of adding. Edges have the attributes ``outlet`` and ``inlet``.

    Args:
        config: the allowed types; ``None`` allows any type with one inlet and one outlet.
        invalid_op: what an invalid ``add`` or ``connect`` does: raise :class:`GraphError` (``"error"``),
            ``"warn"`` and change nothing, or change nothing silently (``"mute"``).
    """

    def __init__(
        self, config: NodeConfigs | None = None, invalid_op: Literal["error", "warn", "mute"] = "error"
    ) -> None:
        if isinstance(config, NodeConfigs) or config is None:
            super().__init__()
        else:  # networkx builds copies and views by handing over its own data
            super().__init__(config)
            config = None
        self.invalid_op = invalid_op
        self.graph.update(
            counter=0,
            consecutive_ids=True,
            batch=False,
            config=config,
            rendering_order_method=None,
            type_sequence=None,
        )
        self.plans: dict[Any, Any] = {}
        """Planned steps, kept while the graph is frozen; a copy, which can be changed, starts without."""

    @property
    def config(self) -> NodeConfigs | None:
        """The allowed node types."""
        return self.graph["config"]

    @property
    def node_types(self) -> dict[int, str]:
        """The type of every node."""
        return {node: data["node_type"] for node, data in self.nodes(data=True)}

    @property
    def config_hash(self) -> int:
        """Equal for equal configurations, within one process."""
        return hash(self.config)

    @property
    def invalid_op(self) -> str:
        """What an invalid change does; may be set."""
        return self.graph["invalid_op"]

    @invalid_op.setter
    def invalid_op(self, invalid_op: str) -> None:
        if invalid_op not in ("error", "warn", "mute"):
            raise GraphError(f"invalid_op is {invalid_op!r}, expected 'error', 'warn' or 'mute'.")
        self.graph["invalid_op"] = invalid_op

    @property
    def counter(self) -> Any:
        """The id that the next node gets; of a batch of graphs, the number of nodes up to the end of each."""
        return self.graph["counter"]

    @property
    def batch(self) -> bool:
        """Whether this is a batch of graphs (see :func:`batch_grafx`)."""
        return self.graph["batch"]

    @property
    def is_frozen(self) -> bool:
        """Whether nodes and wires can no longer be changed (see ``networkx.freeze``)."""
        return nx.is_frozen(self)

    @property
    def rendering_order_method(self) -> str | None:
        """How the stored order of rendering was found; ``None`` where none is stored."""
        return self.graph["rendering_order_method"]

    @property
    def type_sequence(self) -> list[str] | None:
        """The type of each step of the stored order of rendering."""
        return self.graph["type_sequence"]

    @property
    def consecutive_ids(self) -> bool:
        """Whether the ids run from 0 without a gap (false after a removal)."""
        return self.graph["consecutive_ids"]

    def add(self, node_type: str, parameters: Mapping[str, Any] | None = None, name: str | None = None) -> int | None:
        """Add a node and return its id.

        Args:
            node_type: a type of the config.
            parameters: raw parameters that travel with the node.
            name: what people call it.
        """
        try:
            self._check_node(node_type)
        except GraphError as error:
            return self._refuse(error)
        # networkx may have brought nodes that the counter does not know, in a union or by new labels.
        node_id = next(number for number in count(self.counter) if number not in self)
        self.add_node(node_id, node_type=node_type, parameters=parameters, name=name)
        self.graph["counter"] = node_id + 1
        return node_id

    def remove(self, node_id: int) -> tuple[list, list]:
        """Remove a node; returns its incoming and its outgoing edges."""
        self._require(node_id)
        incoming, outgoing = list(self.in_edges(node_id, data=True)), list(self.out_edges(node_id, data=True))
        self.remove_node(node_id)
        self.graph["consecutive_ids"] = False
        return incoming, outgoing

    def connect(self, source_id: int, dest_id: int, outlet: str = "main", inlet: str = "main") -> None:
        """Lay a wire from an outlet of ``source_id`` to an inlet of ``dest_id``.

        Several wires may end at one inlet: they are summed. The same wire twice, a wire from a node to itself, and
        ports that a node does not have are refused.
        """
        try:
            self._check_edge(source_id, dest_id, outlet, inlet)
        except GraphError as error:
            self._refuse(error)
            return
        self.add_edge(source_id, dest_id, outlet=outlet, inlet=inlet)

    def add_serial_chain(self, node_list: Sequence[str | Mapping[str, Any]]) -> tuple[int | None, int | None]:
        """Add nodes one behind the other; returns the ids of the first and the last.

        Args:
            node_list: types, or mappings with the arguments of :meth:`add`.
        """
        if not node_list:
            raise GraphError("A serial chain needs at least one node; the list is empty.")
        ids = [self.add(**({"node_type": node} if isinstance(node, str) else node)) for node in node_list]
        for previous, following in pairwise(ids):
            if previous is not None and following is not None:
                self.connect(previous, following)
        return ids[0], ids[-1]

    def ports(self, node_id: int) -> Ports:
        """Inlets and outlets of a node."""
        self._require(node_id)
        return self.ports_of_type(self.nodes[node_id]["node_type"])

    def ports_of_type(self, node_type: str) -> Ports:
        """Inlets and outlets of a node type."""
        if self.config is None:
            return UTILITY_PORTS.get(node_type, DEFAULT_PORTS)
        return self.config[node_type]

    def display(self, node_id: int) -> int | str:
        """What to call a node in a message: its name, or its id."""
        return self.nodes[node_id].get("name") or node_id

    def require_port(self, node_id: int, port: str, side: Literal["inlets", "outlets"]) -> None:
        """Raise :class:`GraphError` where a node has no such inlet or outlet."""
        available = self.ports(node_id)[side]
        if port not in available:
            node = self.display(node_id)
            choice = f"Its {side} are: {', '.join(available)}." if available else f"It has no {side}."
            raise GraphError(f"'{node}' has no {side[:-1]} '{port}'. {choice}", [node])

    def _check_node(self, node_type: str) -> None:
        if self.batch:
            raise GraphError("A batch takes no further node: add it to one of its graphs, and batch them anew.")
        self.ports_of_type(node_type)

    def _check_edge(self, source_id: int, dest_id: int, outlet: str, inlet: str) -> None:
        self.require_port(source_id, outlet, "outlets")
        self.require_port(dest_id, inlet, "inlets")
        source, dest = self.display(source_id), self.display(dest_id)
        if source_id == dest_id:
            raise GraphError(f"'{source}' cannot feed itself. Feedback needs a FeedbackDelayNetwork node.", [source])
        existing = self.get_edge_data(source_id, dest_id, default={})
        if any((edge["outlet"], edge["inlet"]) == (outlet, inlet) for edge in existing.values()):
            raise GraphError(
                f"'{source}' is connected to '{dest}' already, from '{outlet}' to '{inlet}': choose other ports.",
                [source, dest],
            )

    def _require(self, node_id: int) -> None:
        if node_id not in self:
            raise GraphError(
                f"There is no node {node_id!r} among the {self.number_of_nodes()} of the graph; give an id that add() "
                "has returned.",
                [node_id],
            )

    def _refuse(self, error: GraphError) -> None:
        match self.invalid_op:
            case "error":
                raise error
            case "warn":
                warnings.warn(error.message, stacklevel=3)

    def __str__(self) -> str:
        lines = [f"GRAFX with {self.number_of_nodes()} nodes & {self.number_of_edges()} edges"]
        for node_id, data in self.nodes(data=True):
            targets = [self._describe_edge(*edge) for edge in self.out_edges(node_id, data=True)]
            name = f" '{data['name']}'" if data.get("name") else ""
            head = f"  [{node_id}] {data['node_type']}{name}"
            if len(targets) == 1:
                lines.append(f"{head} {targets[0]}")
            else:
                lines += [head, *(f"    {target}" for target in targets)]
        return "\n".join(lines)

    def _describe_edge(self, _source: int, dest: int, edge: Mapping[str, str]) -> str:
        outlet = f"<{edge['outlet']}> " if edge["outlet"] != "main" else ""
        inlet = f"<{edge['inlet']}> " if edge["inlet"] != "main" else ""
        return f"{outlet}-> {inlet}[{dest}] {self.nodes[dest]['node_type']}"
