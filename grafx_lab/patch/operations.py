"""The operations of the editor, as they arrive from it: see ``frontend/PROTOCOL.md``."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Wire(_Strict):
    """An edge by names."""

    source: str
    target: str
    outlet: str = "main"
    inlet: str = "main"


class Point(_Strict):
    """A place on the canvas in pixels."""

    x: float
    y: float


class Add(_Strict):
    """Place a processor (or ``mix``), alone or in a wire that is cut for it."""

    op: Literal["add"]
    type: str
    position: Point | None = None
    insert: Wire | None = None


class Duplicate(_Strict):
    """Place a second node like one that is there, alone or in a wire that is cut for it."""

    op: Literal["duplicate"]
    node: str
    position: Point | None = None
    insert: Wire | None = None


class Remove(_Strict):
    """Take nodes away; one with one wire in and one out is bridged."""

    op: Literal["remove"]
    nodes: list[str]


class Connect(_Strict):
    """Lay a wire."""

    op: Literal["connect"]
    edge: Wire


class Disconnect(_Strict):
    """Cut a wire."""

    op: Literal["disconnect"]
    edge: Wire


class Move(_Strict):
    """Place nodes on the canvas."""

    op: Literal["move"]
    positions: dict[str, Point]


class Rename(_Strict):
    """Give a node another name."""

    op: Literal["rename"]
    node: str
    name: str


class Control(_Strict):
    """Set a control by its slider's position or by what a person typed. Without an index all entries move alike."""

    op: Literal["control"]
    path: str
    position: float | None = None
    text: str | None = None


class Draw(_Strict):
    """Set entries of a curve by their places in it and their sliders' positions."""

    op: Literal["draw"]
    path: str
    entries: dict[int, float]


class Reset(_Strict):
    """Set a control to its default."""

    op: Literal["reset"]
    path: str


class Freeze(_Strict):
    """Decide whether fits leave a node or a control alone."""

    op: Literal["freeze"]
    path: str
    frozen: bool


class Bypass(_Strict):
    """Decide whether a node passes its input through."""

    op: Literal["bypass"]
    node: str
    bypassed: bool


class Title(_Strict):
    """Call the patch something else."""

    op: Literal["title"]
    title: Annotated[str, Field(max_length=200)]


Operation = (
    Add | Duplicate | Remove | Connect | Disconnect | Move | Rename | Control | Draw | Reset | Freeze | Bypass | Title
)
OPERATIONS: TypeAdapter[list[Operation]] = TypeAdapter(list[Annotated[Operation, Field(discriminator="op")]])
