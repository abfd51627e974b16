"""NodeConfigs: which node types a graph may have, and their inlets and outlets."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from grafx_lab.graph.errors import GraphError
from grafx_lab.paths import suggestion


class Ports(TypedDict):
    """Names of the signals that a node receives and sends."""

    inlets: Sequence[str]
    outlets: Sequence[str]


DEFAULT_PORTS: Ports = {"inlets": ["main"], "outlets": ["main"]}
UTILITY_PORTS: dict[str, Ports] = {
    "in": {"inlets": [], "outlets": ["main"]},
    "out": {"inlets": ["main"], "outlets": []},
    "mix": DEFAULT_PORTS,
}
UTILITY_TYPES = tuple(UTILITY_PORTS)


class NodeConfigs:
    """The node types of a graph. The utility types ``in``, ``out`` and ``mix`` are always among them.

    Args:
        config: names of types with one inlet and one outlet (both called ``main``), or a mapping from type to
            ``{"inlets": [...], "outlets": [...]}``.

    Attributes:
        node_type_dict: ports of every type.
        node_types: the types in order; their place is their index.
        num_inlets, num_outlets: counts by type.
        siso_only: whether every type has at most one inlet and one outlet.
    """

    def __init__(self, config: Sequence[str] | Mapping[str, Ports]) -> None:
        if isinstance(config, str) or not isinstance(config, (Sequence, Mapping)):
            raise GraphError(f"NodeConfigs takes a list of types or a dict from type to ports, not {config!r}.")
        given = dict(config) if isinstance(config, Mapping) else dict.fromkeys(config, DEFAULT_PORTS)
        self.node_type_dict: dict[str, Ports] = {**UTILITY_PORTS, **given}
        self.node_types = list(self.node_type_dict)
        self.node_type_to_index = {node_type: index for index, node_type in enumerate(self.node_types)}
        self.num_node_types = len(self.node_types)
        self.num_inlets = {name: len(ports["inlets"]) for name, ports in self.node_type_dict.items()}
        self.num_outlets = {name: len(ports["outlets"]) for name, ports in self.node_type_dict.items()}
        self.max_num_inlets = max(self.num_inlets.values())
        self.max_num_outlets = max(self.num_outlets.values())
        self.siso_only = self.max_num_inlets == self.max_num_outlets == 1

    @property
    def inlet_to_index(self) -> dict[str, dict[str, int]]:
        """Index of every inlet by type and name."""
        return {name: _indices(ports["inlets"]) for name, ports in self.node_type_dict.items()}

    @property
    def outlet_to_index(self) -> dict[str, dict[str, int]]:
        """Index of every outlet by type and name."""
        return {name: _indices(ports["outlets"]) for name, ports in self.node_type_dict.items()}

    def __getitem__(self, node_type: str) -> Ports:
        if node_type not in self.node_type_dict:
            hint = suggestion(node_type, self.node_types)
            raise GraphError(
                f"The graph knows no node type '{node_type}'.{hint} It allows {', '.join(self.node_types)}."
            )
        return self.node_type_dict[node_type]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NodeConfigs) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple:
        return tuple(
            (name, *map(tuple, (ports["inlets"], ports["outlets"]))) for name, ports in self.node_type_dict.items()
        )

    def __str__(self) -> str:
        lines = [f"NodeConfigs with {self.num_node_types} node types (siso_only={self.siso_only})"]
        for index, (name, ports) in enumerate(self.node_type_dict.items()):
            inlets, outlets = (
                f"<{', '.join(ports[side])}>" if ports[side] else "None" for side in ("inlets", "outlets")
            )
            lines.append(f"  ({index}) {name}: {inlets} -> {outlets}")
        return "\n".join(lines)


def _indices(names: Sequence[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(names)}
