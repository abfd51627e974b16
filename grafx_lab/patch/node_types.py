"""Node types of a patch: a class with its constructor's arguments, and the names made from them."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from grafx_lab.patch.errors import PatchError
from grafx_lab.paths import free_name
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.description import described_class, plain
from grafx_lab.processors.registration import registry

NodeKind = str | type[Processor] | Processor | Mapping[str, Any]
"""What stands for a processor: its registered name, class, instance or description."""


def describe_kind(kind: NodeKind, *, wrap: bool) -> dict[str, Any]:
    """The description of a processor, however it was given.

    Args:
        kind: what stands for the processor.
        wrap: whether a processor that gives only a wet signal gets a ``DryWet`` around it.

    Raises:
        UnknownProcessorError: the name, or the class, is not registered.
        ProcessorError: it stands for none.
    """
    if isinstance(kind, (Processor, Mapping)):
        description = plain(kind)
    elif isinstance(kind, str) or (isinstance(kind, type) and issubclass(kind, Processor)):
        description = {"class": kind if isinstance(kind, str) else kind.registered_name, "arguments": {}}
    else:
        raise ProcessorError(
            f"{kind!r} is no processor: give a registered name, a class, an instance or a description."
        )
    cls = described_class(description)
    if wrap and cls.wet_only:
        return {"class": "dry_wet", "arguments": {"processor": description, "external_param": False}}
    return description


def type_key(description: Mapping[str, Any]) -> str:
    """The name of a node type: equal for equal descriptions, the bare class name where there are no arguments.

    Raises:
        PatchError: an argument that is not plain data.
    """
    arguments = dict(sorted(description.get("arguments", {}).items()))
    try:
        # Deeper down the order stays: that of a chain's processors is what one hears.
        return description["class"] + (json.dumps(arguments) if arguments else "")
    except TypeError as error:
        raise PatchError(f"'{description['class']}' has an argument that a patch cannot hold: {error}.") from error


def base_name(processor: Processor) -> str:
    """What nodes with this processor are called: the class, or for a wrapper the class inside."""
    inner = processor.arguments.get("processor")
    return base_name(inner) if isinstance(inner, Processor) else processor.registered_name


def unique_name(node_type: str, processors: Mapping[str, Processor], taken: Collection[str]) -> str:
    """A name for a new node: after its type, numbered when repeated."""
    base = base_name(processors[node_type]) if node_type in processors else node_type
    return free_name(base, taken)


def palette() -> list[str]:
    """Registered classes that a person can place as a node, without aliases and containers."""
    return sorted({cls.registered_name for cls in registry.values() if cls.family != "container"})
