"""Axis: a scalar parameter of a patch along which a landscape runs."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import torch

from grafx_lab.landscapes.span import LandscapeError, Scale, Span, check_range
from grafx_lab.parameters import REACH, ParameterSpec
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPath, short_index


@dataclass(frozen=True)
class Axis(Span):
    """One number of a patch with the range that is looked at.

    Attributes:
        path: the parameter's name, ``"tone.log_gain[2]"``.
        label: what people read.
        unit: of ``low``, ``high`` and all values.
        low: the value at position 0.
        high: the value at position 1.
        scale: how values lie between the two.
        space: whether values are controls in their unit, or the raw numbers that a fit moves.
    """

    path: str
    label: str
    unit: str
    low: float
    high: float
    scale: Scale = "linear"
    space: Literal["control", "raw"] = "control"

    def __post_init__(self) -> None:
        check_range(self.path, self.low, self.high, self.scale)

    @classmethod
    def of(
        cls,
        patch: Patch,
        path: str,
        low: float | None = None,
        high: float | None = None,
        scale: Scale | None = None,
    ) -> "Axis":
        """The axis of a patch's control; range and scale are its slider's unless given.

        Raises:
            ControlPathError: there is no such control.
            LandscapeError: the name means several entries, the range is none, or no raw value leads to its ends.
        """
        parsed, spec = _entry(patch, path)
        low = _number(spec, spec.low, parsed.index) if low is None else low
        high = _number(spec, spec.high, parsed.index) if high is None else high
        axis = cls(_name(parsed, spec), _label(spec, parsed), spec.unit, low, high, scale or spec.scale)
        _check_reach(axis, parsed, spec)
        return axis

    @classmethod
    def raw(cls, patch: Patch, path: str, low: float | None = None, high: float | None = None) -> "Axis":
        """The axis of a raw parameter: between the ends of its slider unless a range is given.

        Raises:
            ControlPathError: there is no such parameter.
            LandscapeError: the name means several entries, or the range is none.
        """
        parsed, spec = _entry(patch, path)
        ends = sorted(spec.to_raw(spec.full(end))[parsed.index].item() for end in (spec.low, spec.high))
        low, high = (end if given is None else given for given, end in zip((low, high), ends, strict=True))
        return cls(_name(parsed, spec), f"{_label(spec, parsed)}, raw", "", low, high, space="raw")


def _entry(patch: Patch, path: str) -> tuple[ControlPath, ParameterSpec]:
    parsed, spec = patch.spec(path)
    if math.prod(spec.shape[len(parsed.index) :]) > 1:
        raise LandscapeError(
            f"{path!r} has the shape {spec.shape}, and an axis is one number: name an entry, "
            f"such as '{parsed.node}.{parsed.parameter}[{','.join('0' for size in spec.shape if size > 1)}]'."
        )
    return parsed, spec


def _check_reach(axis: Axis, path: ControlPath, spec: ParameterSpec) -> None:
    """Raise :class:`LandscapeError` for ends that the mapping clamps: the losses there would be those of other values.

    What only an infinite raw value reaches, such as a ratio of 1, may be an end.
    """
    for end in (axis.low, axis.high):
        heard = spec.to_control(spec.to_raw(spec.full(end)))[path.index].item()
        if not math.isclose(heard, end, rel_tol=REACH, abs_tol=REACH):
            slider = " to ".join(spec.format(_number(spec, value, path.index)) for value in (spec.low, spec.high))
            raise LandscapeError(
                f"The axis {axis.path!r} runs from {axis.format(axis.low)} to {axis.format(axis.high)}, and no raw "
                f"value reaches {axis.format(end)}; choose a range nearer to its slider's, {slider}."
            )


def _number(spec: ParameterSpec, numbers: Any, index: tuple[int, ...]) -> float:
    return spec.full(numbers)[index].item()


def _name(path: ControlPath, spec: ParameterSpec) -> str:
    return str(ControlPath(path.node, path.parameter, short_index(path.index, spec.shape)))


def _label(spec: ParameterSpec, path: ControlPath) -> str:
    label = spec.label or path.parameter.split(".")[-1].replace("_", " ").capitalize()
    index = short_index(path.index, spec.shape)
    if not index:
        return label
    # The labels of a curve name its rows: the last axis only counts.
    named = spec.shape[:-1] if spec.display == "curve" else spec.shape
    number = int(torch.arange(math.prod(named)).reshape(named)[path.index[: len(named)]])
    counted = index[-1:] if spec.display == "curve" else ()
    if number >= len(spec.labels):
        return f"{label} {', '.join(str(i + 1) for i in index)}"
    return " ".join([spec.labels[number], label.lower(), *(str(i + 1) for i in counted)])
