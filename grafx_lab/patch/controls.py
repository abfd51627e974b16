"""A patch's controls: reading them and setting them, by node and by path."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from grafx_lab.parameters import ParameterSpec, Tree, entries, flatten, unflatten
from grafx_lab.patch.errors import PatchError
from grafx_lab.paths import ControlPath

if TYPE_CHECKING:
    from grafx_lab.patch.patch import Patch


def read_controls(raw: Tree, specs: Mapping[str, ParameterSpec]) -> dict[str, Any]:
    """A node's controls in their units: a number for one entry, a tensor ``(*shape)`` for several."""
    values = {key: specs[key].to_control(value[0].double()) for key, value in flatten(raw).items()}
    return unflatten({key: value.item() if value.numel() == 1 else value for key, value in values.items()})


def read_control(raw: Tree, path: ControlPath, spec: ParameterSpec) -> float:
    """One control in its unit; of several entries the mean along the slider."""
    control = spec.to_control(flatten(raw)[path.parameter][0].double())
    chosen = control[path.index]
    if chosen.numel() == 1:
        return chosen.item()
    mean = spec.to_position(control)[path.index].mean()
    return spec.from_position(mean.expand(spec.shape))[path.index].reshape(-1)[0].item()


def shifted(raw: Tree, path: ControlPath, spec: ParameterSpec, position: Tensor) -> Tensor:
    """The controls of a path when their sliders move alike, but not beyond their ends, towards a mean ``position``."""
    places = spec.to_position(spec.to_control(flatten(raw)[path.parameter][0].double()))
    moved = places + (position - places[path.index].mean())
    # What was typed or fitted may lie beyond the ends; what only moves along stops there.
    low, high = torch.minimum(places, position.clamp(max=0)), torch.maximum(places, position.clamp(min=1))
    moved = moved.clamp(low, high)
    return spec.from_position(moved)[path.index]


def drawn(raw: Tree, path: ControlPath, spec: ParameterSpec, positions: Mapping[int, float]) -> Tree:
    """A node's raw parameters with some entries set: their positions by their places within a path's entries.

    Raises:
        PatchError: the path has no such entry.
    """
    flat = flatten(raw)
    old = flat[path.parameter]
    inside = [index for index in entries(spec) if index[: len(path.index)] == path.index]
    places, chosen = spec.to_position(spec.to_control(old[0].double())), torch.zeros_like(old[0], dtype=torch.bool)
    for place, position in positions.items():
        if not 0 <= place < len(inside):
            raise PatchError(f"'{path}' has no entry {place}: they run from 0 to {len(inside) - 1}.")
        places[inside[place]] = min(1.0, max(0.0, position))
        chosen[inside[place]] = True
    return unflatten({**flat, path.parameter: _replaced(old, spec, spec.from_position(places), chosen)})


def set_controls(patch: "Patch", controls: Mapping[str, Any]) -> dict[str, Tree]:
    """The patch's raw parameters with some controls set.

    Raises:
        ControlPathError: there is no such control.
        PatchError: a shape that does not fit, or a value that no raw parameter reaches.
    """
    raw = {name: flatten(tree) for name, tree in patch.raw.items()}
    for text, value in controls.items():
        path, spec = patch.spec(text)
        raw[path.node][path.parameter] = _with_entry(text, raw[path.node][path.parameter], path, spec, value)
    return {name: unflatten(flat) for name, flat in raw.items()}


def _with_entry(text: str, old: Tensor, path: ControlPath, spec: ParameterSpec, value: Any) -> Tensor:
    target = spec.to_control(old[0].double()).clone()
    chosen = torch.zeros_like(old[0], dtype=torch.bool)
    chosen[path.index] = True
    try:
        target[path.index] = torch.as_tensor(value, dtype=torch.float64)
    except (RuntimeError, TypeError, ValueError):
        expected, given = tuple(target[path.index].shape), tuple(value.shape) if hasattr(value, "shape") else value
        raise PatchError(f"'{text}' takes a number or the shape {expected}, not {given!r}.") from None
    if not spec.reaches(target)[chosen].all():
        raise PatchError(f"'{text}' cannot be {value}: no raw value reaches it.")
    return _replaced(old, spec, target, chosen)


def _replaced(old: Tensor, spec: ParameterSpec, target: Tensor, chosen: Tensor) -> Tensor:
    """Raw values for the chosen controls; the others keep theirs to the last bit."""
    return torch.where(chosen, spec.to_raw(target).to(old.dtype), old[0])[None]
