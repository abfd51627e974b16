"""The raw parameters of a patch as one vector: what an optimiser moves and a history keeps."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grafx_lab.dsp import loudness_around
from grafx_lab.fitting.errors import FitError
from grafx_lab.parameters import ParameterSpec, Tree, flatten, unflatten
from grafx_lab.patch import Patch

TAP_REACH = 30.0
"""How many times as loud as its neighbours a tap becomes on the way that takes a slider from end to end."""


@dataclass(frozen=True)
class Entry:
    """One raw parameter's place in the vector."""

    node: str
    parameter: str
    spec: ParameterSpec
    start: int

    @property
    def size(self) -> int:
        """How many numbers it takes."""
        return math.prod(self.spec.shape)

    @property
    def path(self) -> str:
        """Its name, ``node.parameter``."""
        return f"{self.node}.{self.parameter}"

    @property
    def place(self) -> slice:
        """Its slice of the vector."""
        return slice(self.start, self.start + self.size)


class Layout:
    """Packs the raw parameters of a patch into vectors ``(batch, size)`` and back.

    What a processor takes from outside beside its parameters, as a :class:`~grafx_lab.processors.DryWet` may its
    weight, is no entry: it stays as it is in the patch.

    Attributes:
        entries: the parameters in order.
        nodes: the nodes with a processor, also those without parameters.
        outside: what stays as it is, by node and name.
        size: how many numbers there are.
    """

    def __init__(self, patch: Patch) -> None:
        self.entries: list[Entry] = []
        self.nodes = tuple(patch.raw)
        self.size = 0
        self.outside = {
            node: {name: value for name, value in flatten(tree).items() if name not in patch.specs(node)}
            for node, tree in patch.raw.items()
        }
        for node in patch.raw:
            for parameter, spec in patch.specs(node).items():
                entry = Entry(node, parameter, spec, self.size)
                self.entries.append(entry)
                self.size += entry.size

    @property
    def sizes(self) -> dict[str, int]:
        """How many numbers each parameter has, by name: what makes two layouts the same."""
        return {entry.path: entry.size for entry in self.entries}

    def pack(self, raw: Mapping[str, Tree]) -> Tensor:
        """Raw parameters ``(batch, *shape)`` by node → ``(batch, size)``.

        Raises:
            FitError: a parameter that varies in time has other frames than its processor was built with.
        """
        flat = {node: flatten(tree) for node, tree in raw.items()}
        for entry in self.entries:
            if (shape := tuple(flat[entry.node][entry.parameter].shape[1:])) != entry.spec.shape:
                raise FitError(
                    f"'{entry.path}' has the raw shape {shape}, and its processor was built with {entry.spec.shape}: "
                    f"to fit it or to look at its landscape, build the processor with num_frames={shape[0]}."
                )
        parts = [flat[entry.node][entry.parameter].flatten(1) for entry in self.entries]
        return torch.cat(parts, dim=1) if parts else torch.zeros(1, 0)

    def unpack(self, vector: Tensor) -> dict[str, dict[str, Any]]:
        """``(batch, size)`` → raw parameters ``(batch, *shape)`` by node; gradients flow through.

        What stays as it is has a batch of one.
        """
        entries = self._by_node(vector)
        return {node: unflatten({**self.outside[node], **flat}) for node, flat in entries.items()}

    def unpack_gradient(self, gradient: Tensor) -> dict[str, dict[str, Any]]:
        """Derivatives by the entries ``(batch, size)`` → the same ``(batch, *shape)`` by node."""
        return {node: unflatten(flat) for node, flat in self._by_node(gradient).items()}

    def _by_node(self, vector: Tensor) -> dict[str, dict[str, Tensor]]:
        flat: dict[str, dict[str, Tensor]] = {node: {} for node in self.nodes}
        for entry in self.entries:
            flat[entry.node][entry.parameter] = vector[:, entry.place].reshape(-1, *entry.spec.shape)
        return flat

    def entries_of(self, node: str) -> list[Entry]:
        """The parameters of a node."""
        return [entry for entry in self.entries if entry.node == node]

    def scale(self) -> Tensor:
        """How far each raw number moves while its slider goes from end to end, ``(size,)``.

        A step of the optimiser is measured in these units, so that decibels, hertz and milliseconds move alike.
        """
        parts = []
        for entry in self.entries:
            low, high = (entry.spec.to_raw(entry.spec.full(end)) for end in (entry.spec.low, entry.spec.high))
            parts.append((high - low).abs().flatten())
        return torch.cat(parts).float() if parts else torch.zeros(0)

    def reach(self, vector: Tensor) -> Tensor:
        """What a learning rate is a share of when a descent begins at ``vector`` ``(size,)``, ``(size,)``.

        That is the :meth:`scale`; but for taps, whose slider is as wide at the end of a decay as at its beginning, it
        is in proportion to how loud the response is around them.
        """
        reach = self.scale()
        for entry in self.entries:
            taps = vector[entry.place].detach().reshape(entry.spec.shape)
            if entry.spec.taps and taps.any():
                reach[entry.place] = TAP_REACH * loudness_around(taps.double()).flatten().float()
        return reach

    def position_slope(self, vector: Tensor) -> Tensor:
        """The derivative of each raw number by its slider's position at ``vector`` ``(size,)``, ``(size,)``."""
        slopes = []
        for entry in self.entries:
            raw = vector[entry.place].detach().double().reshape(entry.spec.shape).requires_grad_()
            with torch.enable_grad():
                position = entry.spec.to_position(entry.spec.to_control(raw))
                (slope,) = torch.autograd.grad(position.sum(), raw)
            slopes.append(1 / slope.flatten())
        return torch.cat(slopes).to(vector.dtype) if slopes else vector

    def positions(self, vector: Tensor) -> Tensor:
        """Slider positions of raw vectors ``(batch, size)``, ``(batch, size)``."""
        parts = []
        for entry in self.entries:
            raw = vector[:, entry.place].reshape(-1, *entry.spec.shape)
            parts.append(entry.spec.to_position(entry.spec.to_control(raw)).flatten(1))
        return torch.cat(parts, dim=1) if parts else vector

    def movable(self, patch: Patch) -> Tensor:
        """Which numbers a fit may move: not the frozen ones, nor those of bypassed nodes, ``(size,)``."""
        mask = torch.ones(self.size, dtype=torch.bool)
        for entry in self.entries:
            if entry.node in patch.bypassed or patch.is_frozen(entry.path):
                mask[entry.place] = False
        for path in patch.frozen:
            if "[" in path:
                mask[self.places(patch, path)] = False
        return mask

    def factors(self, patch: Patch, rates: Mapping[str, float]) -> Tensor:
        """Factors of the learning rate by node or control, ``(size,)``; a control's own counts more than its node's.

        Raises:
            ControlPathError: there is no such node or control.
        """
        factors = torch.ones(self.size)
        for name in sorted(rates, key=lambda name: "." in name):
            places = [entry.place for entry in self.entries if entry.node == name]
            for place in places if name in self.nodes else [self.places(patch, name)]:
                factors[place] = rates[name]
        return factors

    def places(self, patch: Patch, path: str) -> Tensor:
        """Where the entries of a control lie in the vector."""
        parsed, spec = patch.spec(path)
        entry = next(e for e in self.entries if (e.node, e.parameter) == (parsed.node, parsed.parameter))
        return entry.start + torch.arange(entry.size).reshape(spec.shape)[parsed.index].flatten()
