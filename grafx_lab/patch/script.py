"""A Python script that rebuilds a patch: readable, and exact to the last bit of every raw parameter."""

from typing import TYPE_CHECKING, Any

from torch import Tensor

from grafx_lab.parameters import ParameterSpec, flatten
from grafx_lab.paths import free_name
from grafx_lab.processors.description import describe

if TYPE_CHECKING:
    from grafx_lab.patch.patch import Patch

_READABLE_ENTRIES = 12


def to_python(patch: "Patch") -> str:
    """The source of a script that defines ``patch`` and, given two file names, renders a recording with it."""
    types = _identifiers(patch)
    lines = [
        f'"""{_docstring(patch.title)}: a patch of grafx_lab."""',
        "",
        "import sys",
        "",
        "import torch",
        "",
        "import grafx_lab as gl",
        "",
        "processors = {",
        *(f"    {key!r}: {describe(patch.processors[node_type])!r}," for node_type, key in types.items()),
        "}",
        "graph = gl.GRAFX(gl.NodeConfigs({",
        *(f"    {key!r}: {_ports(patch, node_type)!r}," for node_type, key in types.items()),
        "}))",
        *(_add(patch, name, types) for name in patch.names),
        *_wires(patch),
        "",
        "# Raw parameters, what gradient descent moves; behind them the controls that people read.",
        "raw = {",
        *(line for name in patch.raw for line in _raw(patch, name)),
        "}",
        f"patch = gl.Patch(graph, processors, raw, sample_rate={patch.sample_rate}, title={patch.title!r},",
        f"                 frozen={sorted(patch.frozen)!r}, bypassed={sorted(patch.bypassed)!r})",
        "",
        'if __name__ == "__main__":',
        "    source, result = sys.argv[1:3]",
        "    print(gl.write_audio(result, patch.render(gl.read_audio(source))))",
        "",
    ]
    return "\n".join(lines)


def _identifiers(patch: "Patch") -> dict[str, str]:
    """What the script calls each type. Those with arguments have long keys: their first node lends its name."""
    first: dict[str, str] = {}
    for name in patch.raw:
        first.setdefault(patch.node_type(name), name)
    identifiers = {node_type: node_type for node_type in first if node_type.isidentifier()}
    for node_type, name in first.items():
        if node_type not in identifiers:
            identifiers[node_type] = free_name(name, identifiers.values())
    return identifiers


def _ports(patch: "Patch", node_type: str) -> dict[str, list[str]]:
    processor = patch.processors[node_type]
    return {"inlets": list(processor.inlets), "outlets": list(processor.outlets)}


def _add(patch: "Patch", name: str, types: dict[str, str]) -> str:
    node_type = patch.node_type(name)
    return f"{_variable(name)} = graph.add({types.get(node_type, node_type)!r}, name={name!r})"


def _wires(patch: "Patch") -> list[str]:
    lines = []
    for source, target, edge in patch.graph.edges(data=True):
        ends = ", ".join(_variable(str(patch.graph.display(node))) for node in (source, target))
        ports = "".join(f", {side}={edge[side]!r}" for side in ("outlet", "inlet") if edge[side] != "main")
        lines.append(f"graph.connect({ends}{ports})")
    return lines


def _raw(patch: "Patch", name: str) -> list[str]:
    processor = patch.processor(name)
    # A weight that counts as no parameter (DryWet's external one) is a raw number all the same.
    specs = flatten(processor.call_specs) if processor else {}
    lines = [f"    {name!r}: {{"]
    depth: list[str] = []
    for path, value in flatten(patch.raw[name]).items():
        *parents, key = path.split(".")
        lines += _move(depth, parents)
        depth = parents
        lines.append(f"{_indent(parents)}{key!r}: torch.tensor({value.tolist()}),{_comment(specs[path], value)}")
    return [*lines, *_move(depth, []), "    },"]


def _move(old: list[str], new: list[str]) -> list[str]:
    """The lines that close and open nested dicts between two parameters."""
    shared = 0
    while shared < min(len(old), len(new)) and old[shared] == new[shared]:
        shared += 1
    closing = [f"{_indent(old[:depth])}}}," for depth in range(len(old) - 1, shared - 1, -1)]
    opening = [f"{_indent(new[:depth])}{new[depth]!r}: {{" for depth in range(shared, len(new))]
    return closing + opening


def _indent(parents: list[str]) -> str:
    return " " * (8 + 4 * len(parents))


def _comment(spec: ParameterSpec, value: Tensor) -> str:
    if value.numel() > _READABLE_ENTRIES:
        return ""
    controls: Any = spec.to_control(value.double()).flatten().tolist()
    return "  # " + ", ".join(map(spec.format, controls))


def _variable(name: str) -> str:
    """``in`` is a word of Python, so every variable of a node ends with an underscore."""
    return f"{name}_"


def _docstring(title: str) -> str:
    return title.replace("\\", "").replace('"', "'").replace("\n", " ")
