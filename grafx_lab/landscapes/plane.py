"""Plane: the points of a patch's parameter space that a landscape looks at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grafx_lab.fitting import Layout
from grafx_lab.landscapes.axis import Axis
from grafx_lab.landscapes.direction import Direction
from grafx_lab.landscapes.span import LandscapeError
from grafx_lab.parameters import ParameterSpec, Tree, flatten, unflatten
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPath

AnyAxis = Axis | Direction
"""What a landscape can run along."""

Axes = str | AnyAxis | Sequence[str | AnyAxis]
"""One or two axes; a string names a control."""


class Plane:
    """One or two axes through a patch. (With one axis it is a line.)

    Attributes:
        patch: everything that no axis moves is as it is there.
        axes: one or two.
        layout: how raw parameters lie in vectors.

    Raises:
        ControlPathError: there is no such control.
        LandscapeError: another number of axes, the same one twice, or a direction of another patch.
    """

    def __init__(self, patch: Patch, axes: Axes) -> None:
        self.patch = patch
        self.axes = resolve(patch, axes)
        self.layout = Layout(patch)
        for axis in self.axes:
            if isinstance(axis, Direction) and len(axis.vector) != self.layout.size:
                raise LandscapeError(
                    f"'{axis.label}' moves {len(axis.vector)} raw numbers, but the patch has {self.layout.size}: "
                    "make the direction from this patch."
                )
        self._entries = {axis: _Entry.of(patch, axis) for axis in self.axes if isinstance(axis, Axis)}
        self._flat = {node: flatten(tree) for node, tree in patch.raw.items()}
        self._set = torch.zeros(self.layout.size, dtype=torch.bool)
        for axis in self._entries:
            self._set[self.layout.places(patch, axis.path)] = True

    @property
    def point(self) -> tuple[float, ...]:
        """Where the patch stands, one value an axis; it may lie outside of the axes' spans."""
        return tuple(self.coordinates(self.layout.pack(self.patch.raw))[0].tolist())

    @property
    def moved_nodes(self) -> set[str]:
        """The nodes whose parameters differ from point to point."""
        return set().union(*map(self.nodes_along, self.axes))

    def nodes_along(self, axis: AnyAxis) -> set[str]:
        """The nodes whose parameters an axis moves."""
        if isinstance(axis, Axis):
            return {self._entries[axis].path.node}
        return {entry.node for entry in self.layout.entries if axis.vector[entry.place].any()}

    def values(self, positions: Tensor) -> Tensor:
        """Positions 0…1 ``(…, axes)`` → values in the axes' units, of the same shape."""
        columns = zip(self.axes, positions.unbind(-1), strict=True)
        return torch.stack([axis.value(column) for axis, column in columns], dim=-1)

    def raw(self, values: Tensor) -> dict[str, dict[str, Any]]:
        """The patch's raw parameters with the axes at some values.

        Args:
            values: one an axis, in its unit, float64 ``(points, axes)``; gradients flow through.

        Returns:
            raw parameters by node; those that are moved are ``(points, *shape)``, the others, and those along an axis
            whose values are all one, a batch of one.
        """
        flat: dict[str, Mapping[str, Any]] = dict(self._flat)
        columns = [_once(column) for column in values.unbind(1)]
        for axis, column in zip(self.axes, columns, strict=True):
            if isinstance(axis, Direction):
                flat = self._along(flat, axis, column)
        for axis, column in zip(self.axes, columns, strict=True):
            if isinstance(axis, Axis):
                entry = self._entries[axis]
                here = flat[entry.path.node]
                flat[entry.path.node] = {**here, entry.path.parameter: entry.set(here[entry.path.parameter], column)}
        return {node: unflatten(parameters) for node, parameters in flat.items()}

    def coordinates(self, raws: Tensor) -> Tensor:
        """Raw vectors ``(steps, size)`` → where they fall on the plane, in units, float64 ``(steps, axes)``."""
        columns = torch.zeros(len(raws), len(self.axes), dtype=torch.float64, device=raws.device)
        moved = self._moved(raws)
        lines = [number for number, axis in enumerate(self.axes) if isinstance(axis, Direction)]
        if lines:
            vectors = torch.stack([axis.vector for axis in self.axes if isinstance(axis, Direction)])
            # What a control sets on top of a direction says nothing about how far along the direction it is.
            seen = (vectors.double() / self.layout.scale()) * ~self._set
            columns[:, lines] = moved @ torch.linalg.pinv(seen)
        for number, axis in enumerate(self.axes):
            if isinstance(axis, Axis):
                columns[:, number] = self._entries[axis].get(raws, self.layout)
        return columns

    def distance(self, raws: Tensor) -> Tensor:
        """How far raw vectors ``(steps, size)`` lie off the plane, in lengths of their sliders, float64 ``(steps,)``.

        That is the Euclidean norm of what remains when each step is replaced by its :meth:`coordinates`.
        """
        foot = self.layout.pack(self._expanded(self.raw(self.coordinates(raws)), len(raws)))
        return (self._moved(raws) - self._moved(foot)).norm(dim=1)

    def _moved(self, raws: Tensor) -> Tensor:
        if raws.shape[-1] != self.layout.size:
            raise LandscapeError(
                f"The steps have {raws.shape[-1]} raw numbers, but the patch has {self.layout.size}: the landscape and "
                "the fit must be of one patch. After pruning that is history.patch_at(history.best), not the result's."
            )
        return (raws.double() - self.layout.pack(self.patch.raw).double()) / self.layout.scale().double()

    def _along(
        self, flat: dict[str, Mapping[str, Any]], line: Direction, values: Tensor
    ) -> dict[str, Mapping[str, Any]]:
        moved = {node: dict(parameters) for node, parameters in flat.items()}
        for entry in self.layout.entries:
            part = line.vector[entry.place]
            if part.any():
                old = moved[entry.node][entry.parameter]
                step = (values[:, None] * part.to(values)).reshape(-1, *entry.spec.shape)
                moved[entry.node][entry.parameter] = old + step.to(old.dtype)
        return dict(moved)

    def _expanded(self, raw: Mapping[str, Tree], points: int) -> dict[str, dict[str, Any]]:
        """Every parameter with a batch axis of that length, as :class:`Layout` packs them."""
        return {
            node: unflatten({name: value.expand(points, *value.shape[1:]) for name, value in flatten(tree).items()})
            for node, tree in raw.items()
        }


class _Entry:
    """Reads and writes the one number that an :class:`Axis` moves."""

    def __init__(self, path: ControlPath, spec: ParameterSpec, in_unit: bool) -> None:
        self.path, self.spec, self.in_unit = path, spec, in_unit
        self.here = torch.zeros(spec.shape, dtype=torch.bool)
        self.here[path.index] = True

    @classmethod
    def of(cls, patch: Patch, axis: Axis) -> "_Entry":
        return cls(*patch.spec(axis.path), axis.space == "control")

    def set(self, old: Tensor, values: Tensor) -> Tensor:
        """A raw parameter ``(batch, *shape)`` with this entry at ``values`` ``(points,)``."""
        column, here = values.reshape(-1, *[1] * len(self.spec.shape)), self.here.to(old.device)
        if not self.in_unit:
            return torch.where(here, column.to(old), old)
        control = torch.where(here, column, self.spec.to_control(old.double()))
        # Only this entry passes through the mapping and back; the others keep their raw value to the last bit.
        return torch.where(here, self.spec.to_raw(control).to(old.dtype), old)

    def get(self, raws: Tensor, layout: Layout) -> Tensor:
        """This entry of raw vectors ``(steps, size)``, ``(steps,)``."""
        place = next(e for e in layout.entries if (e.node, e.parameter) == (self.path.node, self.path.parameter)).place
        raw = raws[:, place].double().reshape(-1, *self.spec.shape)
        numbers = self.spec.to_control(raw) if self.in_unit else raw
        return numbers[(slice(None), *self.path.index)].reshape(len(raws))


def _once(column: Tensor) -> Tensor:
    """Values that are all one as a batch of one: what only they move is rendered once, but has one gradient."""
    alike = len(column) > 1 and not column.requires_grad and bool((column == column[0]).all())
    return column[:1] if alike else column


def resolve(patch: Patch, axes: Axes) -> tuple[AnyAxis, ...]:
    """One or two axes, given by name or ready-made.

    Raises:
        LandscapeError: another number of axes, something else than an axis, or the same one twice.
    """
    given = list(axes) if isinstance(axes, Iterable) and not isinstance(axes, str) else [axes]
    for axis in given:
        if not isinstance(axis, (str, Axis, Direction)):
            raise LandscapeError(
                f"{axis!r} is no axis: give the name of a control, such as 'tone.log_gain[2]', an Axis or a Direction."
            )
    resolved = tuple(Axis.of(patch, axis) if isinstance(axis, str) else axis for axis in given)
    if len(resolved) not in (1, 2):
        raise LandscapeError(f"A landscape has one or two axes, not {len(resolved)}.")
    paths = [axis.path for axis in resolved if isinstance(axis, Axis)]
    if len(set(paths)) < len(paths):
        raise LandscapeError(f"Both axes are '{paths[0]}'; choose two different controls.")
    if len(resolved) == 2 and resolved[0] is resolved[1]:
        raise LandscapeError(f"Both axes are '{resolved[0].label}'; choose two different directions.")
    return resolved
