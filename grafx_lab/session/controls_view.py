"""A node's controls as the inspector shows them: groups of sliders and curves, see ``frontend/PROTOCOL.md``."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from grafx_lab.parameters import ParameterSpec, entries, flatten
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPath, short_index

_SHOWN_TOGETHER = 4
"""A lone vector with at most so many entries stands in full instead of behind a switch."""


def control_groups(patch: Patch, node: str, truth: Patch | None = None) -> list[dict[str, Any]]:
    """The groups of a node's controls; vectors of one shape form one alternative for each entry.

    In a container, each processor's vectors stand together, and labels begin with its name.

    Args:
        patch: where the values come from.
        node: the node's name.
        truth: the patch that made the target, where it is known and has the same controls.
    """
    specs = patch.specs(node)
    by_shape: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for name, spec in specs.items():
        if spec.display == "slider" and math.prod(spec.shape) > 1:
            by_shape.setdefault((_place(name), spec.shape), []).append(name)
    alone: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for (place, shape), names in by_shape.items():
        for number, index in enumerate(entries(specs[names[0]])):
            label = _entry_label(specs[names[0]], number)
            controls = [_control(patch, node, name, index, _label(name, specs[name]), truth) for name in names]
            if len(names) == 1 and math.prod(shape) <= _SHOWN_TOGETHER:
                alone.append(controls[0] | {"label": f"{controls[0]['label']} {in_sentence(label)}"})
            else:
                groups.append({"label": place + label, "controls": controls})
    for name, spec in specs.items():
        if spec.display == "curve" or (spec.display == "slider" and math.prod(spec.shape) == 1):
            alone += [_control(patch, node, name, index, label, truth) for index, label in _rows(name, spec)]
    return [*groups, {"label": None, "controls": alone}] if alone else groups


def control_paths(patch: Patch, node: str) -> Iterator[tuple[str, ControlPath, ParameterSpec]]:
    """Every control that the inspector shows, with the path that the protocol uses for it."""
    for name, spec in patch.specs(node).items():
        if spec.display == "hidden":
            continue
        indices = entries(spec) if spec.display == "slider" else (index for index, _ in _rows(name, spec))
        for index in indices:
            yield _path(node, name, index, spec), ControlPath(node, name, index), spec


def control_state(patch: Patch, path: ControlPath, spec: ParameterSpec) -> dict[str, Any]:
    """What moves about a control: its position, its text, and for a curve all positions."""
    return _state(spec, spec.to_control(flatten(patch.raw[path.node])[path.parameter][0].double()), path.index)


def _control(
    patch: Patch, node: str, name: str, index: tuple[int, ...], label: str, truth: Patch | None
) -> dict[str, Any]:
    spec, path = patch.specs(node)[name], ControlPath(node, name, index)
    default = _state(spec, spec.full(spec.default), index)
    curve = {"entry": _entry_path(node, name, index, spec)} if spec.display == "curve" else {}
    known = truth is not None and node in truth.ids and truth.specs(node).get(name) is not None
    target = control_state(truth, path, spec) if truth is not None and known else {}
    return {
        "path": _path(node, name, index, spec),
        "label": label,
        "doc": spec.doc,
        "display": spec.display,
        "default_position": default["position"],
        "default_text": default["text"],
        "target_position": target.get("position"),
        "target_positions": target.get("positions"),
        "frozen": patch.is_frozen(path),
        **control_state(patch, path, spec),
        **curve,
    }


def _state(spec: ParameterSpec, control: Tensor, index: tuple[int, ...]) -> dict[str, Any]:
    places = spec.to_position(control)[index]
    mean = places.mean()
    text = spec.format(spec.from_position(mean.expand(spec.shape))[index].reshape(-1)[0].item())
    state: dict[str, Any] = {"position": float(mean), "text": text}
    if spec.display == "curve":
        state["positions"] = places.flatten().numpy().astype(np.float32)
    return state


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
        control = spec.to_control(flatten(patch.raw[node])[name][0].double())
        if spec.display == "slider" and control.numel() > 2:
            places = (spec.to_position(control) - spec.to_position(spec.full(spec.default))).abs().flatten()
            farthest = int(places.argmax())
            texts += [_entry_label(spec, farthest), spec.format(control.flatten()[farthest].item())]
        elif spec.display == "slider" and control.numel() == 2:
            texts += [spec.format(value) for value in control.flatten().tolist()]
        else:
            texts.append(_state(spec, control, ())["text"])
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
