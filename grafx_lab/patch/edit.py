"""Editing: each operation takes a patch and gives a new one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from pydantic import ValidationError

from grafx_lab.graph import GRAFX, UTILITY_TYPES, GraphError
from grafx_lab.patch import operations as op
from grafx_lab.patch.controls import drawn, shifted
from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.node_types import describe_kind, type_key, unique_name
from grafx_lab.patch.patch import Patch
from grafx_lab.paths import NODE_NAME, free_name
from grafx_lab.processors.base import Processor
from grafx_lab.processors.description import build


def apply(patch: Patch, operations: Sequence[Any]) -> tuple[Patch, list[str]]:
    """Apply operations in order, all or none.

    Args:
        patch: what is edited; it stays as it is.
        operations: mappings in the form of ``frontend/PROTOCOL.md``.

    Returns:
        the new patch, and the names of the nodes that were added.

    Raises:
        ValueError: one of the house's own errors, whose sentence says what is wrong.
    """
    try:
        parsed = op.OPERATIONS.validate_python(list(operations))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise PatchError(f"The edit is not understood at '{place}': {first['msg']}.") from error
    added: list[str] = []
    for operation in parsed:
        before, patch = patch, _APPLY[type(operation)](patch, operation)
        if isinstance(operation, op.Add | op.Duplicate):
            added += [name for name in patch.names if name not in before.ids]
    return patch, added


def _add(patch: Patch, operation: op.Add) -> Patch:
    node_type, processors = operation.type, dict(patch.processors)
    if node_type not in UTILITY_TYPES:
        description = describe_kind(node_type, wrap=True)
        node_type = type_key(description)
        processors[node_type] = patch.processors.get(node_type) or build(description, patch.sample_rate)
    name = unique_name(node_type, processors, patch.names)
    return _placed(patch, node_type, name, operation, processors)


def _duplicate(patch: Patch, operation: op.Duplicate) -> Patch:
    original = operation.node
    node_type = patch.node_type(original)
    if node_type in ("in", "out"):
        raise PatchError(f"'{original}' is an end of the patch: duplicate a node between the ends.")
    name = free_name(original, patch.names)
    return _placed(patch, node_type, name, operation, patch.processors).replace(
        raw=patch.raw | {_renamed(node, original, name): raw for node, raw in patch.raw.items()},
        frozen=patch.frozen | {_renamed(path, original, name) for path in patch.frozen},
        bypassed=patch.bypassed | {_renamed(node, original, name) for node in patch.bypassed},
    )


def _placed(
    patch: Patch,
    node_type: str,
    name: str,
    operation: op.Add | op.Duplicate,
    processors: Mapping[str, Processor],
) -> Patch:
    """The patch with another node, whose type is one of the processors or a utility."""
    graph = patch.graph.copy()
    node_id = graph.counter
    graph.add_node(node_id, node_type=node_type, parameters=None, name=name)
    processor = processors.get(node_type)
    inlets, outlets = (processor.inlets, processor.outlets) if processor else (("main",), ("main",))
    if operation.insert is not None and inlets and outlets:
        wire = operation.insert
        _cut(patch, graph, wire)
        graph.add_edge(patch.ids[wire.source], node_id, outlet=wire.outlet, inlet=inlets[0])
        graph.add_edge(node_id, patch.ids[wire.target], outlet=outlets[0], inlet=wire.inlet)
    place = {name: (operation.position.x, operation.position.y)} if operation.position else {}
    return patch.replace(graph=graph, processors=processors, positions={**patch.positions, **place})


def _remove(patch: Patch, operation: op.Remove) -> Patch:
    graph, gone = patch.graph.copy(), dict.fromkeys(operation.nodes)
    for name in gone:
        node_type = patch.node_type(name)
        if node_type == "out" or (node_type == "in" and set(patch.in_names) <= gone.keys()):
            raise GraphError(f"'{name}' stays: a patch needs its input and its output.", [name])
    for name in gone:
        incoming, outgoing = graph.remove(patch.ids[name])
        if len(incoming) == len(outgoing) == 1:
            (source, _, head), (_, target, tail) = incoming[0], outgoing[0]
            wire = {"outlet": head["outlet"], "inlet": tail["inlet"]}
            if wire not in graph.get_edge_data(source, target, default={}).values():
                graph.add_edge(source, target, **wire)
    return patch.replace(graph=graph, raw={name: raw for name, raw in patch.raw.items() if name not in gone})


def _connect(patch: Patch, operation: op.Connect) -> Patch:
    graph, wire = patch.graph.copy(), operation.edge
    graph.connect(patch.node_id(wire.source), patch.node_id(wire.target), outlet=wire.outlet, inlet=wire.inlet)
    return patch.replace(graph=graph)


def _disconnect(patch: Patch, operation: op.Disconnect) -> Patch:
    graph = patch.graph.copy()
    _cut(patch, graph, operation.edge)
    return patch.replace(graph=graph)


def _cut(patch: Patch, graph: GRAFX, wire: op.Wire) -> None:
    source, target = patch.node_id(wire.source), patch.node_id(wire.target)
    for key, data in graph.get_edge_data(source, target, default={}).items():
        if (data["outlet"], data["inlet"]) == (wire.outlet, wire.inlet):
            graph.remove_edge(source, target, key=key)
            return
    message = f"There is no wire from '{wire.source}' to '{wire.target}': give the ends of one that is there."
    raise GraphError(message, [wire.source, wire.target])


def _move(patch: Patch, operation: op.Move) -> Patch:
    moved = {name: (point.x, point.y) for name, point in operation.positions.items() if patch.node_id(name) is not None}
    return patch.replace(positions={**patch.positions, **moved})


def _rename(patch: Patch, operation: op.Rename) -> Patch:
    old, new = operation.node, operation.name.strip()
    node_id = patch.node_id(old)
    if new == old:
        return patch
    if not NODE_NAME.fullmatch(new):
        raise PatchError(f"{new!r} is no name for a node: use small letters, digits and _, beginning with a letter.")
    if new in patch.ids:
        raise PatchError(f"There is a node '{new}' already; '{free_name(new, patch.names)}' is free.")
    graph = patch.graph.copy()
    graph.nodes[node_id]["name"] = new
    return patch.replace(
        graph=graph,
        raw={_renamed(name, old, new): raw for name, raw in patch.raw.items()},
        positions={_renamed(name, old, new): position for name, position in patch.positions.items()},
        frozen={_renamed(path, old, new) for path in patch.frozen},
        bypassed={_renamed(name, old, new) for name in patch.bypassed},
    )


def _renamed(path: str, old: str, new: str) -> str:
    """The path of a node, or of one of its controls, under the node's new name; those of other nodes stay."""
    head, *rest = path.split(".", 1)
    return ".".join([new if head == old else head, *rest])


def _control(patch: Patch, operation: op.Control) -> Patch:
    path, spec = patch.spec(operation.path)
    if operation.text is not None:
        position = spec.to_position(spec.full(spec.parse(operation.text)))[path.index].mean()
    elif operation.position is not None:
        position = torch.tensor(operation.position, dtype=torch.float64).clamp(0, 1)
    else:
        raise PatchError(f"'{operation.path}': give a position or a text.")
    return patch.with_controls({operation.path: shifted(patch.raw[path.node], path, spec, position)})


def _draw(patch: Patch, operation: op.Draw) -> Patch:
    path, spec = patch.spec(operation.path)
    return patch.with_raw({path.node: drawn(patch.raw[path.node], path, spec, operation.entries)})


def _reset(patch: Patch, operation: op.Reset) -> Patch:
    path, spec = patch.spec(operation.path)
    return patch.with_controls({operation.path: spec.full(spec.default)[path.index]})


def _freeze(patch: Patch, operation: op.Freeze) -> Patch:
    name = operation.path if operation.path in patch.ids else str(patch.spec(operation.path)[0])
    return patch.replace(frozen=patch.frozen | {name} if operation.frozen else patch.frozen - {name})


def _bypass(patch: Patch, operation: op.Bypass) -> Patch:
    if patch.processor(operation.node) is None:
        raise PatchError(f"'{operation.node}' has nothing to bypass.")
    name = {operation.node}
    return patch.replace(bypassed=patch.bypassed | name if operation.bypassed else patch.bypassed - name)


def _title(patch: Patch, operation: op.Title) -> Patch:
    return patch.replace(title=operation.title.strip() or "Untitled patch")


_APPLY: dict[type, Callable[[Patch, Any], Patch]] = {
    op.Add: _add,
    op.Duplicate: _duplicate,
    op.Remove: _remove,
    op.Connect: _connect,
    op.Disconnect: _disconnect,
    op.Move: _move,
    op.Rename: _rename,
    op.Control: _control,
    op.Draw: _draw,
    op.Reset: _reset,
    op.Freeze: _freeze,
    op.Bypass: _bypass,
    op.Title: _title,
}
