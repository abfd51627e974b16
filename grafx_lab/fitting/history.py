"""History: every step of a fit, compact, and able to sound again."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from grafx_lab.fitting.layout import Layout
from grafx_lab.patch import Patch


@dataclass
class History:
    """The losses and the raw parameters of all steps so far.

    Attributes:
        patch: the patch that is fitted: structure and start.
        layout: how raw parameters lie in the vectors.
    """

    patch: Patch
    layout: Layout
    _losses: list[float] = field(default_factory=list)
    _vectors: list[Tensor] = field(default_factory=list)

    def append(self, loss: float, vector: Tensor) -> None:
        """Keep a step: its loss and its raw vector ``(size,)``."""
        self._losses.append(loss)
        self._vectors.append(vector)

    def __len__(self) -> int:
        return len(self._losses)

    @property
    def losses(self) -> list[float]:
        """The loss of every step; the first is the start."""
        return list(self._losses)

    @property
    def raws(self) -> Tensor:
        """The raw parameters of every step, ``(steps, size)``."""
        return torch.stack(self._vectors) if self._vectors else torch.zeros(0, self.layout.size)

    def patch_at(self, step: int) -> Patch:
        """The patch of a step, to be heard or saved."""
        return self.patch.with_raw(self.layout.unpack(self._vectors[step][None]))

    def positions(self, path: str) -> Tensor:
        """The slider position of a control at every step, ``(steps,)``; of several entries the mean."""
        return self.layout.positions(self.raws)[:, self.layout.places(self.patch, path)].mean(dim=1)
