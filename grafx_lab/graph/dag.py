"""The nodes of a ProcessorGroup, read from the forms in which DDSP's DAGs are written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grafx_lab.graph.errors import GraphError
from grafx_lab.parameters import Tree, flatten
from grafx_lab.paths import free_name, snake_case, suggestion
from grafx_lab.processors.base import Processor
from grafx_lab.processors.registration import registry

RESERVED_NAMES = ("inputs", "out")
"""What a group's outputs call its inputs, and its last node."""

Entry = Sequence[Any] | Mapping[str, Any]
"""One node as it is written, such as ``(processor, ["amps", "f0_hz"])``."""


@dataclass(frozen=True)
class DagNode:
    """A processor and where it reads.

    Attributes:
        name: under which its outputs are found.
        processor: what it runs.
        signals: the key of the signal at each inlet.
        raw: the keys of raw parameters, which are dotted below containers.
        own: raw parameters without a key: where the group keeps them.
        outlets: what its signals are called, beside ``signal`` for the first.
    """

    name: str
    processor: Processor
    signals: Mapping[str, str]
    raw: Mapping[str, str]
    own: Mapping[str, str]
    outlets: tuple[str, ...]


def read_dag(dag: Iterable[Entry], named: Mapping[str, Processor]) -> tuple[DagNode, ...]:
    """The nodes of a DAG, named and bound to their keys.

    A node without a name gets that of its class. Where the class has several (``harmonic`` is ``additive``, too), it is
    the first by which a key calls it. A name that is taken is numbered: ``add_2``.

    Raises:
        GraphError: an entry that cannot be read, or keys that do not fit the processor.
    """
    entries = [_read_entry(entry, named) for entry in dag]
    if not entries:
        raise GraphError("The DAG has no nodes; write it like [(processor, ['amps', 'f0_hz']), …].")
    names = _names(entries)
    return tuple(
        _bind(name, entry["processor"], entry["inputs"], entry.get("outputs"))
        for name, entry in zip(names, entries, strict=True)
    )


def read(key: str, reader: str, outputs: Tree, names: Sequence[str] = ()) -> Any:
    """What a key such as ``"add/signal"`` finds in nested mappings.

    Args:
        key: names joined by ``/``.
        reader: the node that asks.
        outputs: what is there.
        names: of the group's nodes, in the order of evaluation.

    Raises:
        GraphError: it finds nothing, or no tensor but a mapping.
    """
    value: Any = outputs
    for part in key.split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None or isinstance(value, Mapping):
        raise _missing(key, reader, outputs, names)
    return value


def _missing(key: str, reader: str, outputs: Tree, names: Sequence[str]) -> GraphError:
    nested = {name: value for name, value in outputs.items() if name != "inputs"}
    there = [path.replace(".", "/") for path in flatten(nested)]
    source = key.split("/")[0]
    hint = suggestion(key, there)
    if source in names and names.index(source) >= names.index(reader):
        hint = f" Nodes are evaluated in the order of the DAG, and '{source}' is not before '{reader}'."
    return GraphError(
        f"Node '{reader}' reads '{key}', which is not there.{hint} There are: {', '.join(there) or 'no inputs'}.",
        [reader],
    )


def _read_entry(entry: Entry, named: Mapping[str, Processor]) -> dict[str, Any]:
    """An entry in its dict form: ``processor`` and ``inputs``, and perhaps ``name`` and ``outputs``."""
    match entry:
        case {"processor": _, "inputs": _} if set(entry) <= {"name", "processor", "inputs", "outputs"}:
            node = dict(entry)
        case [str(name), Processor() as processor, inputs, *outputs] if len(outputs) <= 1:
            node = {"name": name, "processor": processor, "inputs": inputs, "outputs": next(iter(outputs), None)}
        case [processor, inputs, *outputs] if len(outputs) <= 1:
            node = {"processor": processor, "inputs": inputs, "outputs": next(iter(outputs), None)}
        case _:
            raise GraphError(f"A node of a DAG is written like (processor, ['amps', 'f0_hz']), not like {entry!r}.")
    if isinstance(node["processor"], str):
        node = {"name": node["processor"]} | node | {"processor": _named(node["processor"], named)}
    if not isinstance(node["processor"], Processor):
        raise GraphError(f"A node of a DAG needs a processor, an object of a Processor class, not {entry!r}.")
    keys = node["inputs"]
    listed = isinstance(keys, (Mapping, Sequence)) and not isinstance(keys, str)
    if not listed or not all(isinstance(key, str) for key in _keys(node)):
        raise GraphError(f"The inputs of a node are a list of keys, or a dict to keys, not {keys!r}.")
    return node


def _named(name: str, named: Mapping[str, Processor]) -> Processor:
    if name not in named:
        raise GraphError(
            f"The DAG names the processor '{name}', but none was given: write ProcessorGroup(dag, {name}=…)."
            f"{suggestion(name, named)}"
        )
    return named[name]


def _keys(entry: Mapping[str, Any]) -> list[Any]:
    inputs = entry["inputs"]
    return list(inputs.values() if isinstance(inputs, Mapping) else inputs)


def _names(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    given = [entry.get("name") or entry["processor"].name for entry in entries]
    called = {key.split("/")[0] for entry in entries for key in _keys(entry)}
    taken = {*RESERVED_NAMES, *filter(None, given)}
    names: list[str] = []
    for name, entry in zip(given, entries, strict=True):
        if name in (*names, *RESERVED_NAMES) or "/" in name or "." in name:
            raise GraphError(
                f"A node cannot be called '{name}': names are unique, without '/' and '.', "
                f"and not {' or '.join(RESERVED_NAMES)}. Name a processor like Add(name='sum').",
                [name],
            )
        if not name:
            known = _names_of_class(type(entry["processor"]))
            name = next((other for other in known if other in called - taken), free_name(known[0], taken))
            taken.add(name)
        names.append(name)
    return names


def _names_of_class(cls: type[Processor]) -> list[str]:
    others = [name for name, known in registry.items() if known is cls]
    return list(dict.fromkeys([cls.registered_name, *others, snake_case(cls.__name__)]))


def _bind(name: str, processor: Processor, inputs: Any, outputs: Sequence[str] | None) -> DagNode:
    """Which inlet or raw parameter reads which key: in the order of inlets, then of specs, where inputs are a list."""
    parameters = list(flatten(processor.specs))
    keys = _keys_by_port(name, processor, inputs, [*processor.inlets, *parameters])
    present = tuple(processor.outlets) if len(processor.outlets) > 1 else ("signal",)
    outlets = present if outputs is None else tuple(outputs)
    if len(outlets) != len(present):
        raise GraphError(f"Node '{name}' names {len(outlets)} outputs, but it has {len(present)}.", [name])
    return DagNode(
        name,
        processor,
        signals={inlet: keys[inlet] for inlet in processor.inlets},
        raw={parameter: keys[parameter] for parameter in parameters if parameter in keys},
        own={other: f"{name}/{other.replace('.', '/')}" for other in parameters if other not in keys},
        outlets=outlets,
    )


def _keys_by_port(name: str, processor: Processor, inputs: Any, ports: Sequence[str]) -> Mapping[str, str]:
    takes = f"{type(processor).__name__} takes {', '.join(ports) or 'nothing'}."
    if not isinstance(inputs, Mapping):
        if len(inputs) > len(ports):
            raise GraphError(f"Node '{name}' has {len(inputs)} keys, expected at most {len(ports)}: {takes}", [name])
        inputs = dict(zip(ports, inputs, strict=False))
    for port in inputs.keys() - set(ports):
        raise GraphError(f"Node '{name}' has no input '{port}'.{suggestion(port, ports)} {takes}", [name])
    for inlet in processor.inlets:
        if inlet not in inputs:
            raise GraphError(f"Node '{name}' has no key for its inlet '{inlet}': {takes}", [name])
    return inputs
