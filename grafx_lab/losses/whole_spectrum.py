"""Losses of transforms that take the signal, or equal pieces of it, whole: no windows, no overlap."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.spectrum import rfft_magnitude
from grafx_lab.losses.base import Loss, LossError


class SpectralMagnitude(Loss):
    """Mean absolute difference of the magnitudes of one Fourier transform over the whole signal.

    Args:
        power: magnitudes are raised to it, 1 or more; 2 compares energies.
    """

    name = "spectral_magnitude"
    family = "spectral"
    label = "Spectral magnitude"
    blind_to = "phase, and when things happen: one spectrum for the whole signal"

    def __init__(self, power: float = 1.0) -> None:
        super().__init__()
        if power < 1:
            raise LossError(f"{type(self).__name__}: power is {power:g}, expected 1 or more.")
        self.power = power

    def features(self, target: Tensor) -> Mapping[str, Any]:
        return {"spectra": self._spectra(target)}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        pairs = list(zip(self._spectra(estimate), features["spectra"], strict=True))
        return sum((_mean_difference(*pair) for pair in pairs), estimate.new_zeros(())) / len(pairs)

    def _spectra(self, signal: Tensor) -> list[Tensor]:
        return [self._raised(rfft_magnitude(signal))]

    def _raised(self, magnitude: Tensor) -> Tensor:
        return magnitude if self.power == 1 else magnitude.pow(self.power)


class MultiScaleMagnitude(SpectralMagnitude):
    """The spectral magnitude loss of the whole signal and of ever smaller pieces of it, averaged.

    Magnitudes of pieces are scaled so that all scales have the same energy.

    Args:
        pieces: into how many equal pieces each scale cuts the signal.
        power: as in :class:`SpectralMagnitude`.
    """

    name = "multi_scale_magnitude"
    family = "spectral"
    label = "Multi-scale magnitude"
    blind_to = "phase, and order in time within the smallest piece"

    def __init__(self, pieces: Sequence[int] = (1, 4, 16, 64), power: float = 1.0) -> None:
        super().__init__(power)
        if not pieces or min(pieces) < 1:
            raise LossError(f"MultiScaleMagnitude: pieces are {tuple(pieces)}, expected numbers from 1 on.")
        self.pieces = tuple(pieces)

    def _spectra(self, signal: Tensor) -> list[Tensor]:
        spectra = []
        for count in self.pieces:
            size = -(-signal.shape[-1] // count)
            cut = F.pad(signal, (0, size * count - signal.shape[-1])).unflatten(-1, (count, size))
            spectra.append(self._raised(rfft_magnitude(cut) * count**0.5))
        return spectra


def _mean_difference(one: Tensor, other: Tensor) -> Tensor:
    return torch.abs(one - other).flatten(1).mean(1)
