"""The cards of a drawn graph: what stands on them, how much room it takes, and their ink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from grafx_lab.plots.theme import MONO, SANS, Palette

_PADDING, _STRIP, _LONGEST = 7.0, 3.0, 150.0
_LEADING, _NOTE, _PORT, _PORT_ROW = 1.3, 5.2, 1.8, 9.0
_TINT = 0.11
"""Share of the family's colour in the face of a card."""

_HINTING = 1.04
"""Letters grow by so much at most when they are fitted into coarse pixels."""

Point = tuple[float, float]


@dataclass(frozen=True)
class CardStyle:
    """Sizes in points.

    Attributes:
        title, small: of the letters of the name and of the type.
        line: width of the outline.
        stretch: factors for width and height of the cards.
    """

    title: float = 8.0
    small: float = 5.8
    line: float = 0.9
    stretch: Point = (1.0, 1.0)


@dataclass(frozen=True)
class Card:
    """A node's card.

    Attributes:
        title: what people call the node.
        subtitle: its type, where that is something else.
        notes: id, order of rendering and the like.
        inlets, outlets: names of the ports.
        color: of its family or type; ``None`` for a utility node, which stays small and grey.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    inlets: tuple[str, ...]
    outlets: tuple[str, ...]
    color: str | None

    @property
    def names_ports(self) -> bool:
        """Whether the ports need names: there are several, or one is called otherwise than ``main``."""
        return any(names not in ((), ("main",)) for names in (self.inlets, self.outlets))


@dataclass(frozen=True)
class CardShape:
    """The room that a card takes.

    Attributes:
        width, height: of its box.
        inlets, outlets: where each port lies, from the box's top left corner.
        head: where the text begins below the top.
    """

    width: float
    height: float
    inlets: Mapping[str, Point]
    outlets: Mapping[str, Point]
    head: float


class Cards:
    """Measures cards and puts them on axes; all lengths are points on paper before the scaling of the axes.

    Args:
        style: sizes.
        palette: colours.
        vertical: whether inlets lie at the top and outlets at the bottom.
    """

    def __init__(self, style: CardStyle, palette: Palette, *, vertical: bool) -> None:
        self.style = style
        self.palette = palette
        self.vertical = vertical
        # Ten times the points: hinting rounds the widths of small letters.
        self._renderer = FigureCanvasAgg(Figure(dpi=720)).get_renderer()

    def shape(self, card: Card) -> CardShape:
        """The room that a card takes, so that its text stays inside."""
        lines = self._lines(card)
        width = max(self._width(*line) for line in lines) + 2 * _PADDING + (_STRIP if card.color else 0.0)
        height = sum(size * _LEADING for _, size, _ in lines) + 2 * _gap(card)
        least = (max(width, 44.0 if card.color else 26.0), height)
        return self._with_ports_on_edges(card, least) if self.vertical else self._with_ports_at_sides(card, least)

    def _with_ports_at_sides(self, card: Card, text: Point) -> CardShape:
        rows = max(len(card.inlets), len(card.outlets)) if card.names_ports else 0
        names = sum(self._widest(side) for side in (card.inlets, card.outlets)) + 3.5 * _PADDING if rows else 0.0
        width = max(text[0], names) * self.style.stretch[0]
        height = (text[1] + rows * _PORT_ROW) * self.style.stretch[1]
        head = (height - text[1] - rows * _PORT_ROW) / 2
        first = head + text[1] + _PORT_ROW * 0.3 if rows else height / 2
        inlets, outlets = (
            {name: (x, first + row * _PORT_ROW) for row, name in enumerate(names)}
            for names, x in ((card.inlets, 0.0), (card.outlets, width))
        )
        return CardShape(width, height, inlets, outlets, head)

    def _with_ports_on_edges(self, card: Card, text: Point) -> CardShape:
        sides = (card.inlets, card.outlets)
        widths = [(len(side) + 1) * (self._widest(side) + _PADDING if card.names_ports else 6.0) for side in sides]
        width = max(text[0], *widths) * self.style.stretch[0]
        height = (text[1] + (2 * _PORT_ROW if card.names_ports else 0.0)) * self.style.stretch[1]
        inlets, outlets = (
            {name: (width * (number + 1) / (len(names) + 1), y) for number, name in enumerate(names)}
            for names, y in zip(sides, (0.0, height), strict=True)
        )
        return CardShape(width, height, inlets, outlets, (height - text[1]) / 2)

    def draw(self, ax: Axes, card: Card, shape: CardShape, corner: Point, scale: float) -> None:
        """Put a card on the axes with its top left corner there; ``scale`` is points on paper for one of its own."""
        palette, (x, y) = self.palette, corner
        edge, face = palette.control, palette.surface
        if card.color:
            edge, face = (blended(card.color, palette.surface, share) for share in (0.8, _TINT))
        radius = 4.0 if card.color else min(shape.height / 2, 9.0)
        outline = FancyBboxPatch(
            corner, shape.width, shape.height, boxstyle=f"round,pad=0,rounding_size={radius}",
            facecolor=face, edgecolor=edge, linewidth=self.style.line * scale, zorder=3, gid="card",
        )  # fmt: skip
        ax.add_artist(outline)
        if card.color:
            strip = Rectangle(corner, _STRIP, shape.height, facecolor=card.color, linewidth=0, zorder=3.1)
            ax.add_artist(strip)
            strip.set_clip_path(outline)
        inks = {"title": palette.ink, "type": palette.ink_2, "notes": palette.ink_3}
        place, side = (x + _STRIP + _PADDING, "left") if card.color else (x + shape.width / 2, "center")
        baseline = y + shape.head + _gap(card)
        for text, size, role in self._lines(card):
            baseline += size * _LEADING
            spot = (place, baseline - 0.35 * size)
            self._write(ax, scale, spot, text, size, role, color=inks[role], ha=side, va="baseline")
        self._draw_ports(ax, card, shape, corner, scale)

    def _draw_ports(self, ax: Axes, card: Card, shape: CardShape, corner: Point, scale: float) -> None:
        for ports, into, side in ((shape.inlets, _PADDING, "left"), (shape.outlets, -_PADDING, "right")):
            for name, (right, down) in ports.items():
                x, y = corner[0] + right, corner[1] + down
                port = Circle(
                    (x, y), _PORT, facecolor=self.palette.page, edgecolor=self.palette.ink_2,
                    linewidth=0.8 * scale, zorder=5, gid="port",
                )  # fmt: skip
                ax.add_artist(port)
                if card.names_ports:
                    spot, anchor = ((x, y + into), "center") if self.vertical else ((x + into, y), side)
                    options = {"color": self.palette.ink_2, "ha": anchor, "va": "center_baseline"}
                    self._write(ax, scale, spot, name, _NOTE, "port", **options)

    def _write(self, ax: Axes, scale: float, place: Point, text: str, size: float, role: str, **options: Any) -> None:
        font = font_of(role, size * scale)
        ax.text(*place, text, fontproperties=font, parse_math=False, zorder=4, gid="label", **options)

    def _lines(self, card: Card) -> list[tuple[str, float, str]]:
        """Text, size and role of the lines of a card from top to bottom."""
        notes = " · ".join(card.notes)
        lines = [
            (card.title, self.style.title, "title"),
            (card.subtitle, self.style.small, "type"),
            (notes, _NOTE, "notes"),
        ]
        if not card.color:
            lines = [
                (card.title, self.style.small + 1, "title"),
                (" · ".join(filter(None, [card.subtitle, notes])), _NOTE, "notes"),
            ]
        shown = [(" ".join(text.split()), size, role) for text, size, role in lines]
        return [(self._shortened(*line), *line[1:]) for line in shown if line[0]] or [(" ", self.style.small, "notes")]

    def _shortened(self, text: str, size: float, role: str) -> str:
        """The text, with an ellipsis inside where it is too long."""
        if self._width(text, size, role) <= _LONGEST:
            return text
        cuts = (_cut(text, kept) for kept in range(min(len(text) - 1, 60), 1, -1))
        return next((cut for cut in cuts if self._width(cut, size, role) <= _LONGEST), "…")

    def _widest(self, names: Sequence[str]) -> float:
        return max((self._width(name, _NOTE, "port") for name in names), default=0.0)

    def _width(self, text: str, size: float, role: str) -> float:
        return self._renderer.get_text_width_height_descent(text, font_of(role, size), False)[0] / 10 * _HINTING


def font_of(role: str, size: float) -> FontProperties:
    """Titles in bold sans, the legend in sans, all else in mono."""
    if role == "title":
        return FontProperties(family=SANS, weight="bold", size=size)
    return FontProperties(family=SANS if role == "legend" else MONO, size=size)


def blended(color: str, ground: str, share: float) -> str:
    """A share of a colour on a ground."""
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(to_rgb(color), to_rgb(ground), strict=True))
    return to_hex((red, green, blue))


def _gap(card: Card) -> float:
    """Above and below the text."""
    return 5.0 if card.color else 3.0


def _cut(text: str, kept: int) -> str:
    """The beginning and the end of a text."""
    tail = kept // 3
    return f"{text[: kept - tail]}…{text[len(text) - tail :]}"
