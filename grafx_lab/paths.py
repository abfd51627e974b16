"""Names: of controls in strings (``node.parameter``, ``node.child.parameter[i,j]``), near ones, free ones, those of
classes."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from grafx_lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_NAME = r"[a-z][a-z0-9_]*"
_PARAMETER = r"[A-Za-z_][A-Za-z0-9_]*"  # GRAFX has capitals in its names, such as Bs
_PATH = re.compile(rf"({_NAME})\.({_PARAMETER}(?:\.{_PARAMETER})*)(?:\[(\s*-?\d+\s*(?:,\s*-?\d+\s*)*)\])?")
NODE_NAME = re.compile(_NAME)


class ControlPathError(LabError):
    """A control's name that leads nowhere."""


@dataclass(frozen=True)
class ControlPath:
    """A parsed control name.

    Attributes:
        node: name of the node.
        parameter: name of the parameter, dotted below containers.
        index: the entry, or ``()`` for the whole parameter.
    """

    node: str
    parameter: str
    index: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "ControlPath":
        """Parse ``"tone.log_gain[2]"``.

        Raises:
            ControlPathError: the text does not have that form.
        """
        match = _PATH.fullmatch(text.strip())
        if match is None:
            raise ControlPathError(
                f"{text!r} does not name a control. Write it like 'node.parameter' or 'node.parameter[2]'."
            )
        index = tuple(int(number) for number in match[3].split(",")) if match[3] else ()
        return cls(match[1], match[2], index)

    def __str__(self) -> str:
        suffix = f"[{','.join(map(str, self.index))}]" if self.index else ""
        return f"{self.node}.{self.parameter}{suffix}"

    def full_index(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The index into ``shape``; axes of size one may be left out, and what follows the last index is taken whole.

        Raises:
            ControlPathError: the index does not fit the shape.
        """
        given, full = list(self.index), []
        for axis, size in enumerate(shape):
            if not given:
                break
            left_out = size == 1 and len(given) < len(shape) - axis
            full.append(0 if left_out else given.pop(0))
        if given or any(not -size <= i < size for i, size in zip(full, shape, strict=False)):
            raise ControlPathError(f"'{self}' does not exist: '{self.node}.{self.parameter}' has the shape {shape}.")
        return tuple(i % size for i, size in zip(full, shape, strict=False))


def short_index(index: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """An index without the axes of size one: how paths are written."""
    return tuple(i for i, size in zip(index, shape, strict=False) if size > 1)


def suggestion(name: str, known: "Iterable[str]") -> str:
    """`` Did you mean …?``, or the empty string where nothing is near."""
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def free_name(name: str, taken: "Collection[str]") -> str:
    """``name``, or the first of ``name_2``, ``name_3``, … that is not taken."""
    stem = re.sub(r"_\d+$", "", name) if name in taken else name
    number = 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name


def snake_case(name: str) -> str:
    """The name of a class as names of nodes are written: ``"FIRFilter"`` → ``"fir_filter"``."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
