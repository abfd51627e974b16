"""A processor's parameters as one vector of slider positions: what closed-form starts solve for."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from grafx_lab.parameters import ParameterSpec, Tree, flatten, unflatten


class Sliders:
    """Positions ``(batch, size)`` of some parameters, all others as they are in a given raw tree.

    Args:
        specs: of the processor.
        raw: raw parameters ``(1, *shape)``.
        names: the parameters to move, with dotted names below containers; all by default.
    """

    def __init__(self, specs: Tree, raw: Tree, names: Sequence[str] | None = None) -> None:
        known: dict[str, ParameterSpec] = flatten(specs)
        self._raw = {name: value.double() for name, value in flatten(raw).items()}
        self._specs = {name: spec for name, spec in known.items() if names is None or name in names}

    @property
    def start(self) -> Tensor:
        """The positions of the given raw parameters, ``(size,)``, float64."""
        parts = [spec.to_position(spec.to_control(self._raw[name])).flatten() for name, spec in self._specs.items()]
        return torch.cat(parts).clamp(0, 1)

    def raw(self, positions: Tensor) -> dict[str, Any]:
        """Raw parameters ``(batch, *shape)``, float64."""
        flat, first = {name: value.expand(len(positions), *value.shape[1:]) for name, value in self._raw.items()}, 0
        for name, spec in self._specs.items():
            size = math.prod(spec.shape)
            part = positions[:, first : first + size].reshape(-1, *spec.shape)
            flat[name] = spec.to_raw(spec.from_position(part))
            first += size
        return unflatten(flat)

    def single(self, positions: Tensor) -> dict[str, Any]:
        """Raw parameters ``(1, *shape)`` of positions ``(size,)``, float32."""
        return unflatten({name: value.float() for name, value in flatten(self.raw(positions[None])).items()})
