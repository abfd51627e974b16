"""ParameterSpec: the only table of shapes, units, ranges, defaults and mappings.

Data flows raw → control → position. The *raw* value is what gradient descent moves, the *control* is the same thing in
a unit that a person reads, the *position* is its place on a slider from 0 to 1.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import torch
from torch import Tensor
from torch.distributions.transforms import Transform, identity_transform

from grafx_lab.errors import LabError

Numbers = float | tuple["Numbers", ...]
"""A number, or nested tuples of numbers that broadcast to a parameter's shape."""

Tree = Mapping[str, Any]
"""Parameters by name; containers nest such mappings."""


REACH = 1e-6
"""How near a control has to come back from its raw value, relative and absolute."""


class ControlValueError(LabError):
    """A control's value that cannot be understood or lies outside what its mapping can reach."""


@dataclass(frozen=True)
class ParameterSpec:
    """What a parameter is, once and for all.

    Attributes:
        unit: ``"dB"``, ``"Hz"``, ``"ms"``, ``"s"``, ``"%"``, ``"°"``, ``":1"`` or ``""``.
        low: lower end of the slider and of random starts, in the unit. It does not clip a fit.
        high: upper end, in the unit.
        default: the control that a double click restores, in the unit.
        shape: of one raw parameter, without the batch axis.
        transform: raw → control, elementwise and bijective, so that the inverse comes with it.
        scale: how the slider runs from ``low`` to ``high``.
        doc: one line for people.
        label: what people read instead of the parameter's name.
        labels: names of the entries of a vector in reading order; for curves, names of the rows.
        display: ``"slider"`` for each entry, ``"curve"`` along the last axis, or ``"hidden"``.
        time_varying: the first axis of ``shape`` counts frames, and a call may bring any number of them.
        taps: the last axis of ``shape`` is the time of a response: no number has a range of its own, what it means
            depends on how loud those around it are.
    """

    unit: str
    low: Numbers
    high: Numbers
    default: Numbers
    shape: tuple[int, ...] = (1,)
    transform: Transform = field(default_factory=lambda: identity_transform)
    scale: Literal["linear", "log"] = "linear"
    doc: str = ""
    label: str = ""
    labels: tuple[str, ...] = ()
    display: Literal["slider", "curve", "hidden"] = "slider"
    time_varying: bool = False
    taps: bool = False

    @property
    def axes(self) -> str:
        """The axes of this parameter's tensor in a call, for messages: ``"batch, frames, 1"``."""
        sizes = ("frames", *self.shape[1:]) if self.time_varying else self.shape
        return ", ".join(["batch", *map(str, sizes)])

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether a tensor of this shape, without its batch axis, can be this parameter in a call."""
        if self.time_varying and shape and shape[0] > 0:
            return shape[1:] == self.shape[1:]
        return shape == self.shape

    def to_control(self, raw: Tensor) -> Tensor:
        """Raw ``(batch, *shape)`` → control of the same shape, in the unit."""
        return cast(Tensor, self.transform(raw))

    def to_raw(self, control: Tensor) -> Tensor:
        """Control ``(…, *shape)`` in the unit → raw of the same shape."""
        return cast(Tensor, self.transform.inv(control))

    def to_position(self, control: Tensor) -> Tensor:
        """Control in the unit → place on the slider, 0 to 1 (beyond where the control is beyond its range)."""
        low, high = self._bounds(control)
        if self.scale == "log":
            # A ratio grows beyond all bounds and returns from below zero: what is not positive lies past the end.
            place = torch.log(control.clamp(min=torch.finfo(control.dtype).tiny) / low) / torch.log(high / low)
            return torch.where(control > 0, place, torch.ones_like(place))
        return (control - low) / (high - low)

    def from_position(self, position: Tensor) -> Tensor:
        """Place on the slider, 0 to 1 → control in the unit."""
        low, high = self._bounds(position)
        if self.scale == "log":
            return low * (high / low) ** position
        return low + (high - low) * position

    def within(self, control: Tensor) -> Tensor:
        """Control ``(…, *shape)`` → the nearest one on the slider."""
        low, high = self._bounds(control)
        return torch.minimum(torch.maximum(control, low), high)

    def reaches(self, control: Tensor) -> Tensor:
        """Where some raw value leads to this control, elementwise; bounded transforms clamp what they cannot reach."""
        raw = self.to_raw(control)
        reached = torch.isfinite(raw) & torch.isclose(self.to_control(raw), control, rtol=REACH, atol=REACH)
        return reached & (control != 0) if self.scale == "log" else reached

    def full(self, numbers: Numbers, dtype: torch.dtype = torch.float64) -> Tensor:
        """Numbers as a tensor of this parameter's shape."""
        return torch.as_tensor(numbers, dtype=dtype).expand(self.shape).clone()

    def default_raw(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """The raw value of the default, ``(1, *shape)``."""
        return self.to_raw(self.full(self.default))[None].to(dtype)

    def random_raw(self, generator: torch.Generator, batch: int = 1, dtype: torch.dtype = torch.float32) -> Tensor:
        """Raw values ``(batch, *shape)`` drawn uniformly along the slider."""
        position = torch.rand(batch, *self.shape, generator=generator, dtype=torch.float64)
        return self.to_raw(self.from_position(position)).to(dtype)

    def format(self, control: float) -> str:
        """A control for people: ``"1.24 kHz"``, ``"−18.0 dB"``, ``"3.2 : 1"``."""
        return format_quantity(control, self.unit)

    def parse(self, text: str) -> float:
        """A control from what a person typed: ``"12k"``, ``"-18 dB"``, ``"0.25 s"``.

        Raises:
            ControlValueError: the text is not a number with a fitting unit, or no raw value reaches it.
        """
        value = parse_quantity(text, self.unit)
        if not self.reaches(torch.tensor(value, dtype=torch.float64)):
            low, high = (self.format(float(torch.as_tensor(end).reshape(-1)[0])) for end in (self.low, self.high))
            raise ControlValueError(f"{self.label or 'This control'} cannot be {text!r}: its range is {low} to {high}.")
        return value

    def _bounds(self, like: Tensor) -> tuple[Tensor, Tensor]:
        return (
            torch.as_tensor(self.low, dtype=like.dtype, device=like.device),
            torch.as_tensor(self.high, dtype=like.dtype, device=like.device),
        )


def format_quantity(value: float, unit: str) -> str:
    """A number with its unit for people, with a true minus sign."""
    if not math.isfinite(value):
        return f"{value} {unit}".strip()
    if unit == "Hz" and abs(value) >= 999.5:
        number, unit = f"{value / 1000:.{1 if abs(value) >= 9995 else 2}f}", "kHz"
    elif unit == "ms" and abs(value) >= 999.5:
        number, unit = f"{value / 1000:.2f}", "s"
    elif unit == "s" and abs(value) < 0.0995:
        return format_quantity(1000 * value, "ms")
    elif unit == "ms":
        number = f"{value:.{2 if abs(value) < 0.995 else 1 if abs(value) < 9.95 else 0}f}"
    elif unit in ("Hz", "%", "°", "cents"):
        number = f"{value:.{1 if abs(value) < 9.95 and unit == 'Hz' else 0}f}"
    else:
        number = f"{value:+.1f}" if unit == "dB" else f"{value:.{1 if unit == ':1' else 2}f}"
    if float(number) == 0:
        number = number.lstrip("+-")
    return f"{number.replace('-', '−')} {': 1' if unit == ':1' else unit}".rstrip()


_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z%°:]*\s*1?)", re.IGNORECASE)
_EITHER_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}(?![\d.,])")
_FACTORS = {"Hz": {"hz": 1, "khz": 1e3, "k": 1e3}, "ms": {"ms": 1, "s": 1e3}, "s": {"s": 1, "ms": 1e-3}}


def parse_quantity(text: str, unit: str) -> float:
    """The number that a person typed for a control with this unit.

    Raises:
        ControlValueError: the text is not a finite number, or its unit is another one.
    """
    written = text.strip().replace("−", "-")
    if _EITHER_COMMA.match(written):
        raise ControlValueError(f"{text!r} can be read with a decimal comma or with a thousand; leave the comma out.")
    match = _QUANTITY.fullmatch(written.replace(",", "."))
    if match is None:
        raise ControlValueError(f"{text!r} is not a number. Type it like {format_quantity(1, unit)!r}.")
    suffix = match[2].replace(" ", "").lower()
    factors = _FACTORS.get(unit, {unit.lower(): 1})
    if suffix and suffix not in factors:
        raise ControlValueError(f"{text!r} has the unit {suffix!r}, expected {unit or 'a plain number'}.")
    value = float(match[1]) * factors.get(suffix, 1)
    if not math.isfinite(value):
        raise ControlValueError(f"{text!r} is too large a number.")
    return value


def flatten(tree: Tree, prefix: str = "") -> dict[str, Any]:
    """Nested mappings → one mapping with dotted names (``"child.log_gain"``)."""
    flat = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def map_tree(tree: Tree, function: Callable[[Any], Any]) -> dict[str, Any]:
    """Nested mappings of the same names with each entry's image."""
    return {
        name: map_tree(item, function) if isinstance(item, Mapping) else function(item) for name, item in tree.items()
    }


def unflatten(flat: Tree) -> dict[str, Any]:
    """One mapping with dotted names → nested mappings: the inverse of :func:`flatten`."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, name = path.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[name] = value
    return tree


def entries(spec: ParameterSpec) -> Iterator[tuple[int, ...]]:
    """The index of every entry of a parameter, in reading order."""
    for flat in range(math.prod(spec.shape)):
        index = []
        for size in reversed(spec.shape):
            flat, remainder = divmod(flat, size)
            index.append(remainder)
        yield tuple(reversed(index))
