"""The JSON document of a patch: the file that people keep, and what the editor receives.

Integer ``schema_version`` with forward migrations; registered class names, constructor arguments and raw parameters.
Numbers stand in the document as they are, tensors of more than :data:`INLINE_ENTRIES` entries as base64 float32. A
class that is not registered is an error that names it, never an import.
"""

import base64
import binascii
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from torch import Tensor

from grafx_lab.graph import GRAFX
from grafx_lab.parameters import flatten, unflatten
from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.node_types import type_key
from grafx_lab.processors.description import describe

if TYPE_CHECKING:
    from grafx_lab.patch.patch import Patch

SCHEMA_VERSION = 1
INLINE_ENTRIES = 64
MAX_DEPTH = 40

MIGRATIONS: dict[int, Any] = {}
"""For each old version the function that lifts a document (a dict) to the next one."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class PackedTensor(_Model):
    """A large tensor: its shape and its float32 numbers, little-endian, in base64."""

    shape: list[Annotated[int, Field(ge=0, le=10**8)]]
    float32: str


class Kind(_Model):
    """A registered class and the arguments that it is built with."""

    class_name: Annotated[str, Field(alias="class")]
    arguments: dict[str, Any] = {}


def _told_apart(expected: str, **forms: type) -> Discriminator:
    """Tells a union's members by their JSON form, so that an error is about the one that was meant."""

    def form(value: Any) -> str | None:
        return next((name for name, cls in forms.items() if isinstance(value, cls)), None)

    return Discriminator(form, custom_error_type="form", custom_error_message=f"Input should be {expected}")


Utility = Annotated[Literal["in", "out", "mix"], Tag("utility")]
Processing = Annotated[Kind, Tag("processor")]
NodeType = Annotated[
    Utility | Processing,
    _told_apart("'in', 'out', 'mix' or a processor's class with its arguments", utility=str, processor=dict),
]
Numbers = Annotated[list[Any], Tag("numbers")]
Packed = Annotated[PackedTensor, Tag("packed")]
RawTensor = Annotated[
    Numbers | Packed, _told_apart("nested lists of numbers, or a shape with float32", numbers=list, packed=dict)
]


class DocumentNode(_Model):
    """A node: either a utility type or a processor with its raw parameters."""

    name: str
    type: NodeType
    raw: dict[str, RawTensor] = {}
    position: tuple[float, float] | None = None


class DocumentEdge(_Model):
    """A wire from an outlet of ``source`` to an inlet of ``target``."""

    source: str
    target: str
    outlet: str = "main"
    inlet: str = "main"


class Document(_Model):
    """The whole patch."""

    kind: Literal["grafx_lab.patch"] = "grafx_lab.patch"
    schema_version: Literal[1] = SCHEMA_VERSION
    title: Annotated[str, Field(max_length=200)] = "Untitled patch"
    sample_rate: Annotated[int, Field(gt=0, le=1_000_000)] = 44100
    nodes: Annotated[list[DocumentNode], Field(max_length=10_000)]
    edges: list[DocumentEdge] = []
    frozen: list[str] = []
    bypassed: list[str] = []


def dump(patch: "Patch") -> str:
    """The document of a patch as text."""
    return json.dumps(contents(patch), indent=1)


def contents(patch: "Patch") -> dict[str, Any]:
    """The document of a patch as plain data."""
    nodes = []
    for name in patch.names:
        processor = patch.processor(name)
        nodes.append(
            {
                "name": name,
                "type": describe(processor) if processor else patch.node_type(name),
                "raw": {key: _pack(value) for key, value in flatten(patch.raw.get(name, {})).items()},
                "position": patch.positions.get(name),
            }
        )
    edges = [
        {"source": patch.graph.display(source), "target": patch.graph.display(target), **edge}
        for source, target, edge in patch.graph.edges(data=True)
    ]
    return {
        "kind": "grafx_lab.patch",
        "schema_version": SCHEMA_VERSION,
        "title": patch.title,
        "sample_rate": patch.sample_rate,
        "nodes": nodes,
        "edges": edges,
        "frozen": sorted(patch.frozen),
        "bypassed": sorted(patch.bypassed),
    }


def read(path: str | os.PathLike) -> str:
    """The document in a file.

    Raises:
        PatchError: there is no such file, or it is not text.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PatchError(f"The patch file {str(path)!r} cannot be read: {error}.") from error


def parse(text: str) -> dict[str, Any]:
    """The arguments of :class:`~grafx_lab.patch.Patch` from a document.

    Raises:
        PatchError: the text is not JSON, not a patch, or from a newer grafx_lab.
        GraphError: a wire that ends nowhere.
    """
    document = _validated(_migrated(_decoded(text)))
    graph, kinds, raw = GRAFX(), {}, {}
    ids: dict[str, int] = {}
    for node in document.nodes:
        if node.name in ids:
            raise PatchError(f"Two nodes of the patch file are called '{node.name}'; give each its own name.")
        if isinstance(node.type, Kind):
            description = {"class": node.type.class_name, "arguments": node.type.arguments}
            node_type = type_key(description)
            kinds[node_type] = description
            if node.raw:
                raw[node.name] = _raw(node)
        else:
            node_type = node.type
        ids[node.name] = graph.counter
        graph.add_node(graph.counter, node_type=node_type, parameters=None, name=node.name)
        graph.graph["counter"] += 1
    for edge in document.edges:
        for name in (edge.source, edge.target):
            if name not in ids:
                raise PatchError(f"A wire of the patch file leads to '{name}', but there is no such node.")
        graph.add_edge(ids[edge.source], ids[edge.target], outlet=edge.outlet, inlet=edge.inlet)
    positions = {node.name: node.position for node in document.nodes if node.position}
    settings = document.model_dump(include={"title", "sample_rate", "frozen", "bypassed"})
    return {"graph": graph, "processors": kinds, "raw": raw, "positions": positions, **settings}


def _decoded(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PatchError(f"The patch file is not JSON ({error}). Choose a file that grafx_lab has saved.") from error
    if not isinstance(data, Mapping) or data.get("kind") != "grafx_lab.patch":
        raise PatchError('The file is JSON but not a patch: it lacks "kind": "grafx_lab.patch". Choose a saved one.')
    if _deeper_than(MAX_DEPTH, data):
        raise PatchError(f"The patch file is damaged: it is nested more than {MAX_DEPTH} levels deep.")
    return dict(data)


def _deeper_than(levels: int, value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_deeper_than(levels - 1, item) for item in inside)


def _migrated(data: dict[str, Any]) -> dict[str, Any]:
    version = data.get("schema_version")
    if not isinstance(version, int):
        raise PatchError(f"The patch file's schema_version is {version!r}, expected a whole number.")
    if version > SCHEMA_VERSION:
        raise PatchError(
            f"The patch file has schema_version {version}; this grafx_lab reads up to {SCHEMA_VERSION}. Update it."
        )
    while version < SCHEMA_VERSION:
        if version not in MIGRATIONS:
            raise PatchError(f"The patch file's schema_version is {version}; the oldest that exists is 1.")
        data = MIGRATIONS[version](data)
        version += 1
    return data


_PROBLEMS = {"missing": "it is missing", "extra_forbidden": "a patch has no such entry"}
"""What pydantic says in words that only programmers understand, by its type of error."""


def _validated(data: dict[str, Any]) -> Document:
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        problem = _PROBLEMS.get(first["type"], first["msg"])
        raise PatchError(f"The patch file is damaged at '{place}': {problem}. Choose one that was saved.") from error


def _raw(node: DocumentNode) -> dict[str, Any]:
    for key in node.raw:
        if any(other.startswith(f"{key}.") for other in node.raw):
            raise PatchError(f"The patch file is damaged: '{key}' of '{node.name}' is a parameter and a container.")
    return unflatten({key: _unpack(node.name, key, value) for key, value in node.raw.items()})


def _pack(value: Tensor) -> Any:
    if value.numel() <= INLINE_ENTRIES:
        return value.float().tolist()
    numbers = value.detach().cpu().float().numpy().astype("<f4")
    return {"shape": list(numbers.shape), "float32": base64.b64encode(numbers.tobytes()).decode()}


def _unpack(node: str, key: str, value: list[Any] | PackedTensor) -> Tensor:
    try:
        if isinstance(value, list):
            return torch.tensor(value, dtype=torch.float32)
        numbers = np.frombuffer(base64.b64decode(value.float32, validate=True), dtype="<f4")
        if numbers.size != math.prod(value.shape):
            raise ValueError(f"{numbers.size} numbers do not fill the shape {value.shape}")
        return torch.from_numpy(numbers.astype(np.float32)).reshape(value.shape)
    except (ValueError, TypeError, RuntimeError, binascii.Error) as error:
        raise PatchError(
            f"The patch file is damaged: parameter '{key}' of '{node}' is not a tensor ({error})."
        ) from error
