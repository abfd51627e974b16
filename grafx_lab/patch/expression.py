"""A patch from one line of text: ``"parametric_equalizer >> (compressor | dry) >> stereo_gain"``.

``>>`` leads on, ``|`` puts branches side by side (it binds less tightly), a comma is a weak ``>>``. Wires that meet at
one inlet are summed. A processor with several outlets feeds branches side by side one each, and branches side by side
feed a processor with several inlets one each. ``dry`` is the signal as it is. Arguments of constructors stand in
parentheses, as literals or, in containers, processors: ``compressor(knee="hard", name="glue")``; ``name`` is the
node's. The text is parsed, never run.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from grafx_lab.errors import LabError
from grafx_lab.graph import GRAFX
from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.kit import Kit
from grafx_lab.processors.base import Processor
from grafx_lab.processors.registration import UnknownProcessorError, processor_class, registry

_DRY = "dry"
_EXAMPLE = "parametric_equalizer >> (compressor | dry) >> stereo_gain"
_LONGEST = 20_000

Outlet = tuple[int, str]


@dataclass(frozen=True)
class _Ends:
    """Where signals go on.

    Attributes:
        groups: for each branch, or each outlet of one processor, what is summed in it.
        outlets_of: the processor whose outlets the groups are.
    """

    groups: tuple[tuple[Outlet, ...], ...]
    outlets_of: str | None = None

    @property
    def all(self) -> tuple[Outlet, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(self.groups)))


def parse_expression(text: str, sample_rate: float) -> tuple[GRAFX, dict[str, Processor]]:
    """The graph and the processors of an expression.

    Raises:
        PatchError: the text is no expression of processors; the sentence says where, and what is near.
    """
    if len(text) > _LONGEST:
        raise PatchError(f"The expression has {len(text)} characters; at most {_LONGEST} are read.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        place = f" at column {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        raise PatchError(f"The expression is not understood{place}. Write it like {_EXAMPLE!r}.") from error
    return _Writer(text.strip(), sample_rate).write(tree)


class _Writer:
    """Lays the nodes and wires of a parsed expression."""

    def __init__(self, text: str, sample_rate: float) -> None:
        self.text = text
        self.kit = Kit(sample_rate)
        self.nodes: list[tuple[str, str | None]] = []
        self.wires: dict[tuple[Outlet, tuple[int, str]], None] = {}

    def write(self, tree: ast.expr) -> tuple[GRAFX, dict[str, Processor]]:
        """The graph, between ``in`` (where something takes a signal) and ``out``."""
        source = self._add("in")
        ends = self._lead(tree, _Ends((((source, "main"),),)))
        if not ends.all:
            raise self._error(tree, "ends in nothing that can be heard")
        self._connect(ends.all, self._add("out"), "main")
        has_input = any(number == source for (number, _), _ in self.wires)
        graph = GRAFX(self.kit.config)
        ids = {}
        for number, (node_type, name) in enumerate(self.nodes):
            if number != source or has_input:
                ids[number] = graph.counter
                graph.add(node_type, name=name)
        for (number, outlet), (dest, inlet) in self.wires:
            graph.connect(ids[number], ids[dest], outlet=outlet, inlet=inlet)
        return graph, self.kit.processors

    def _lead(self, tree: ast.expr, ends: _Ends) -> _Ends:
        """Lead signals through a part of the expression."""
        match tree:
            case ast.Tuple(elts=parts) if parts:
                for part in parts:
                    ends = self._lead(part, ends)
                return ends
            case ast.BinOp(op=ast.RShift()):
                for part in _operands(tree, ast.RShift):
                    ends = self._lead(part, ends)
                return ends
            case ast.BinOp(op=ast.BitOr()):
                return self._fork(tree, ends)
            case ast.Name(id=name) if name == _DRY and _DRY not in registry:
                return ends
            case ast.Name() | ast.Call(func=ast.Name()):
                return self._place(tree, ends)
        raise self._error(tree, f"is no processor: write it like {_EXAMPLE!r}")

    def _fork(self, tree: ast.expr, ends: _Ends) -> _Ends:
        """Branches side by side: each gets everything, or one outlet of the processor before."""
        branches = _operands(tree, ast.BitOr)
        starts = [_Ends((ends.all,))] * len(branches)
        if ends.outlets_of:
            if len(branches) != len(ends.groups):
                count, number = len(branches), len(ends.groups)
                raise self._error(tree, f"has {count} branches, but '{ends.outlets_of}' has {number} outlets")
            starts = [_Ends((group,)) for group in ends.groups]
        return _Ends(tuple(self._lead(branch, start).all for branch, start in zip(branches, starts, strict=True)))

    def _place(self, tree: ast.expr, ends: _Ends) -> _Ends:
        """A processor behind what leads to it."""
        description, name = self._described(tree, {"name"})
        try:
            node_type = self.kit.node_type(description)
        except LabError as error:
            raise self._error(tree, f"cannot be built: {error}") from error
        processor = self.kit.processors[node_type]
        number = self._add(node_type, name)
        for inlet, group in zip(processor.inlets, self._for_inlets(tree, processor, ends), strict=False):
            self._connect(group, number, inlet)
        groups = tuple(((number, outlet),) for outlet in processor.outlets)
        return _Ends(groups, description["class"] if len(groups) > 1 else None)

    def _for_inlets(self, tree: ast.expr, processor: Processor, ends: _Ends) -> Sequence[tuple[Outlet, ...]]:
        """What arrives at each inlet of a processor."""
        inlets, groups = processor.inlets, ends.groups
        if not inlets:
            if ends.all != ((0, "main"),):
                raise self._error(tree, "makes its own sound and takes no signal: put it first, or in a branch")
            return ()
        required = [inlet for inlet in inlets if inlet not in processor.optional_inlets]
        if len(inlets) == 1 or (len(required) == len(groups[:1]) == 1 == len(groups)):
            return (ends.all,)
        if len(required) <= len(groups) <= len(inlets):
            return groups
        names = ", ".join(inlets)
        raise self._error(tree, f"takes {len(inlets)} signals ({names}), not {len(groups)}: put (a | b) before it")

    def _described(self, tree: ast.expr, settings: Iterable[str] = ()) -> tuple[dict[str, Any], str | None]:
        """A processor's description, and the name that its node is given."""
        call = tree if isinstance(tree, ast.Call) else None
        function = call.func if call else tree
        if not isinstance(function, ast.Name):
            raise self._error(tree, "is no processor")
        try:
            processor_class(function.id)
        except UnknownProcessorError as error:
            raise PatchError(f"{_at(function)}: {error}") from error
        if call and (call.args or any(keyword.arg is None for keyword in call.keywords)):
            raise self._error(tree, 'has an argument without a name: write it like compressor(knee="hard")')
        arguments = {str(keyword.arg): self._value(keyword.value) for keyword in call.keywords} if call else {}
        given = {key: arguments.pop(key) for key in settings if key in arguments}
        name = given.get("name")
        if name is not None and not isinstance(name, str):
            raise self._error(tree, f"is named {name!r}, which is no text")
        return {"class": function.id, "arguments": arguments}, name

    def _value(self, tree: ast.expr) -> Any:
        """A literal, or a processor inside a container."""
        match tree:
            case ast.Name() | ast.Call():
                return self._described(tree)[0]
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(item) for item in items]
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return {
                    ast.literal_eval(key): self._value(value) for key, value in zip(keys, values, strict=True) if key
                }
        try:
            return ast.literal_eval(tree)
        except (ValueError, TypeError, MemoryError, RecursionError):
            raise self._error(tree, "is no literal: give a number, a text, True, False, None or a list") from None

    def _add(self, node_type: str, name: str | None = None) -> int:
        self.nodes.append((node_type, name))
        return len(self.nodes) - 1

    def _connect(self, sources: Iterable[Outlet], number: int, inlet: str) -> None:
        for source in sources:
            self.wires[source, (number, inlet)] = None

    def _error(self, tree: ast.expr, problem: str) -> PatchError:
        said = ast.get_source_segment(self.text, tree) or self.text
        said = said if len(said) <= 60 else f"{said[:57]}…"
        stop = "" if problem.endswith((".", "?")) else "."
        return PatchError(f"{_at(tree)}: '{said}' {problem}{stop}")


def _at(tree: ast.expr) -> str:
    return f"In the expression, at column {tree.col_offset + 1}"


def _operands(tree: ast.expr, operator: type[ast.operator]) -> list[ast.expr]:
    """What an operator joins, from left to right."""
    operands = []
    while isinstance(tree, ast.BinOp) and isinstance(tree.op, operator):
        operands.append(tree.right)
        tree = tree.left
    return [tree, *reversed(operands)]
