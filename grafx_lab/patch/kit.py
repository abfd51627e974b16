"""The processors that a patch is being built from, one for each node type."""

from typing import Any

from grafx_lab.graph import NodeConfigs
from grafx_lab.patch.node_types import NodeKind, base_name, describe_kind, type_key
from grafx_lab.processors.base import Processor
from grafx_lab.processors.description import build


class Kit:
    """Collects the processors of a patch to be; equal ones are built once.

    Args:
        sample_rate: in Hz; what every processor is built with.

    Attributes:
        processors: by node type.
    """

    def __init__(self, sample_rate: float) -> None:
        self.sample_rate = int(sample_rate)
        self.processors: dict[str, Processor] = {}

    def node_type(self, kind: NodeKind) -> str:
        """The node type of a processor, whatever stands for it; one that gives only a wet signal gets a ``DryWet``.

        Raises:
            UnknownProcessorError: the name, or the class, is not registered.
            ProcessorError: it stands for none, or does not accept its arguments.
        """
        description = describe_kind(kind, wrap=True)
        key = type_key(description)
        if key not in self.processors:
            self.processors[key] = build(description, self.sample_rate)
        return key

    def step(self, kind: NodeKind) -> dict[str, Any]:
        """A node to be, as :meth:`GRAFX.add` takes it, called after its class."""
        node_type = self.node_type(kind)
        return {"node_type": node_type, "name": base_name(self.processors[node_type])}

    @property
    def config(self) -> NodeConfigs:
        """The node types with their ports."""
        return NodeConfigs(
            {key: {"inlets": [*one.inlets], "outlets": [*one.outlets]} for key, one in self.processors.items()}
        )
