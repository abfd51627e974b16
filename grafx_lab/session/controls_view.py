"""A node's controls as the inspector shows them: groups of sliders and curves, see ``frontend/PROTOCOL.md``."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from torch import Tensor

from grafx_lab.parameters import ParameterSpec, entries, flatten
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPath, short_index

_SHOWN_TOGETHER = 4
"""A lone vector with at most so many entries stands in full instead of behind a switch."""


@dataclass(frozen=True)
class Reading:
    """A parameter as people read it, worked out once for all its entries.

    Attributes:
        spec: the parameter's.
        control: in its unit, float64 ``(*shape)``.
    """

    spec: ParameterSpec
    control: Tensor

    @classmethod
    def of(cls, patch: Patch, node: str, name: str) -> "Reading":
        """A parameter of a patch."""
        spec = patch.specs(node)[name]
        return cls(spec, spec.to_control(flatten(patch.raw[node])[name][0].double()))

    def state(self, index: tuple[int, ...] = ()) -> dict[str, Any]:
        """What moves about a control: its position, its text, and for a curve all positions."""
        places = self._places[index]
        mean, value = float(places.mean()), self._values[index].reshape(-1)[0]
        if places.size > 1:
            middle = self.control.new_full(self.spec.shape, mean)
            value = self.spec.from_position(middle)[index].reshape(-1)[0]
        state: dict[str, Any] = {"position": mean, "text": self.spec.format(float(value))}
        if self.spec.display == "curve":
            state["positions"] = places.ravel().astype(np.float32)
        return state

    @cached_property
    def _places(self) -> np.ndarray:
        return self.spec.to_position(self.control).numpy()

    @cached_property
    def _values(self) -> np.ndarray:
        """The controls of the positions: of what no slider can show, its end."""
        return self.spec.from_position(self.spec.to_position(self.control)).numpy()


def control_groups(patch: Patch, node: str, truth: Patch | None = None) -> list[dict[str, Any]]:
    """The groups of a node's controls; vectors of one shape form one alternative for each entry.

    In a container, each processor's vectors stand together, and labels begin with its name.

    Args:
        patch: where the values come from.
        node: the node's name.
        truth: the patch that made the target, where it is known and has the same controls.
    """
    specs = patch.specs(node)
    shown = {name: _Shown.of(patch, node, name, truth) for name, spec in specs.items() if spec.display != "hidden"}
    by_shape: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for name, parameter in shown.items():
        if parameter.spec.display == "slider" and math.prod(parameter.spec.shape) > 1:
            by_shape.setdefault((_place(name), parameter.spec.shape), []).append(name)
    alone: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for (place, shape), names in by_shape.items():
        for number, index in enumerate(entries(specs[names[0]])):
            label = _entry_label(specs[names[0]], number)
            controls = [shown[name].control(index, _label(name, specs[name])) for name in names]
            if len(names) == 1 and math.prod(shape) <= _SHOWN_TOGETHER:
                alone.append(controls[0] | {"label": f"{controls[0]['label']} {in_sentence(label)}"})
            else:
                groups.append({"label": place + label, "controls": controls})
    for name, parameter in shown.items():
        if parameter.spec.display == "curve" or math.prod(parameter.spec.shape) == 1:
            alone += [parameter.control(index, label) for index, label in _rows(name, parameter.spec)]
    return [*groups, {"label": None, "controls": alone}] if alone else groups


@dataclass(frozen=True)
class _Shown:
    """A parameter in the inspector: as it is, as it is by default, and as it is in the patch that made the target."""

    patch: Patch
    node: str
    name: str
    spec: ParameterSpec
    now: Reading
    default: Reading
    target: Reading | None

    @classmethod
    def of(cls, patch: Patch, node: str, name: str, truth: Patch | None) -> "_Shown":
        spec = patch.specs(node)[name]
        known = truth is not None and node in truth.ids and name in truth.specs(node)
        target = Reading.of(truth, node, name) if truth is not None and known else None
        default = Reading(spec, spec.full(spec.default))
        return cls(patch, node, name, spec, Reading.of(patch, node, name), default, target)

    def control(self, index: tuple[int, ...], label: str) -> dict[str, Any]:
        default, target = self.default.state(index), self.target.state(index) if self.target else {}
        is_curve = self.spec.display == "curve"
        curve = {"entry": _entry_path(self.node, self.name, index, self.spec)} if is_curve else {}
        return {
            "path": _path(self.node, self.name, index, self.spec),
            "label": label,
            "doc": self.spec.doc,
            "display": self.spec.display,
            "default_position": default["position"],
            "default_text": default["text"],
            "target_position": target.get("position"),
            "target_positions": target.get("positions"),
            "frozen": self.patch.is_frozen(ControlPath(self.node, self.name, index)),
            **self.now.state(index),
            **curve,
        }


def control_paths(patch: Patch, node: str) -> Iterator[tuple[str, ControlPath, ParameterSpec]]:
    """Every control that the inspector shows, with the path that the protocol uses for it."""
    for name, spec in patch.specs(node).items():
        if spec.display == "hidden":
            continue
        indices = entries(spec) if spec.display == "slider" else (index for index, _ in _rows(name, spec))
        for index in indices:
            yield _path(node, name, index, spec), ControlPath(node, name, index), spec


def control_states(patch: Patch, node: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What moves about every control that the inspector shows, by the path that the protocol uses for it."""
    readings: dict[str, Reading] = {}
    for text, path, _ in control_paths(patch, node):
        if path.parameter not in readings:
            readings[path.parameter] = Reading.of(patch, node, path.parameter)
        yield text, readings[path.parameter].state(path.index)


def control_state(patch: Patch, path: ControlPath) -> dict[str, Any]:
    """What moves about a control: see :meth:`Reading.state`."""
    return Reading.of(patch, path.node, path.parameter).state(path.index)


def _rows(name: str, spec: ParameterSpec) -> list[tuple[tuple[int, ...], str]]:
    """The rows of a curve, or the one entry of a scalar, with their labels."""
    label = _label(name, spec)
    rows = math.prod(spec.shape[:-1])
    if spec.display != "curve" or rows == 1:
        return [((), label)]
    above = [index[:-1] for index in entries(spec)][:: spec.shape[-1]]
    return [(index, f"{label} {in_sentence(_entry_label(spec, number))}") for number, index in enumerate(above)]


def _label(name: str, spec: ParameterSpec) -> str:
    """What people call a parameter within its node: ``"Gain"``, or in a container ``"room › tone: Gain"``."""
    return _place(name) + (spec.label or name.rpartition(".")[2])


def _place(name: str) -> str:
    *containers, _ = name.split(".")
    return f"{' › '.join(containers)}: ".replace("_", " ") if containers else ""


def _entry_label(spec: ParameterSpec, number: int) -> str:
    return spec.labels[number] if number < len(spec.labels) else str(number + 1)


def _path(node: str, name: str, index: tuple[int, ...], spec: ParameterSpec) -> str:
    return str(ControlPath(node, name, short_index(index, spec.shape)))


def _entry_path(node: str, name: str, row: tuple[int, ...], spec: ParameterSpec) -> str:
    """The path of an entry of a curve's row, with ``{}`` in place of its number."""
    above = "".join(f"{number}," for number in short_index(row, spec.shape))
    return f"{ControlPath(node, name)}[{above}{{}}]"


def readouts(patch: Patch, node: str) -> list[str]:
    """The two texts on a node's card."""
    processor = patch.processor(node)
    if processor is None:
        return ["", ""]
    specs = {name: spec for name, spec in patch.specs(node).items() if spec.display != "hidden"}
    headline = [name for name in processor.headline if name in specs] or list(specs)[:2]
    texts: list[str] = []
    for name in headline:
        spec = specs[name]
        reading = Reading.of(patch, node, name)
        control = reading.control
        if spec.display == "slider" and control.numel() > 2:
            places = (spec.to_position(control) - spec.to_position(spec.full(spec.default))).abs().flatten()
            farthest = int(places.argmax())
            texts += [_entry_label(spec, farthest), spec.format(control.flatten()[farthest].item())]
        elif spec.display == "slider" and control.numel() == 2:
            texts += [spec.format(value) for value in control.flatten().tolist()]
        else:
            texts.append(reading.state()["text"])
    return [*texts, "", ""][:2] if len(texts) != 1 else [specs[headline[0]].label, texts[0]]


def control_label(patch: Patch, text: str) -> str:
    """What people call a control within its node: ``"Gain, band 3"``."""
    path, spec = patch.spec(text)
    label = _label(path.parameter, spec)
    if not path.index:
        return label
    number = next(number for number, index in enumerate(entries(spec)) if index[: len(path.index)] == path.index)
    row = number // (spec.shape[-1] if spec.display == "curve" else 1)
    return f"{label}, {in_sentence(_entry_label(spec, row))}"


def in_sentence(label: str) -> str:
    """A label within a sentence: ``"Gain"`` becomes small, ``"Q"`` stays as it is."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
