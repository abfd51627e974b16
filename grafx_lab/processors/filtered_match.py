"""How far two signals are from each other where a filter between them does not matter.

Whoever distorts a recording also filters it, if only against a constant offset, and the phase of that filter moves
samples so far that a curve read off them is wrong. So signals are compared with one complex factor free in each band.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

FRAME = 1024
"""Samples of a frame."""

FRAMES = 24
"""So many are compared, spread over what is not silent."""

SILENCE = 1e-6
"""Of the energy of the loudest frame: others have less to tell."""

BANDS = 24
"""The filter is one factor for each, of equal width in octaves where that is more than a bin."""

OFFSET_BINS = 2
"""The lowest bins, in which a windowed constant lies; nobody hears it."""

EVENNESS = 0.5
"""0 counts bands by their energy, 1 all alike: hearing lies between."""

ROUNDS = 40
"""Of factors and weights in turn, each solved for with the others."""

STIFFNESS = 1e-4
"""Weight of the rows that a combination is to have small, beside what the target says."""


@dataclass(frozen=True)
class FramePair:
    """Frames of a signal and of the target at the same times, ``(channel, frames, size)``, float64."""

    signal: Tensor
    target: Tensor

    @classmethod
    def of(cls, signal: Tensor, target: Tensor) -> "FramePair":
        """Frames of signals ``(1, channel, time)``, mono joining stereo."""
        channels, size = max(signal.shape[1], target.shape[1]), min(FRAME, signal.shape[-1])
        before, after = (
            item[0].expand(channels, -1).double().unfold(-1, size, max(1, size // 2)) for item in (signal, target)
        )
        energy = before.square().sum((0, 2))
        heard = (energy >= SILENCE * energy.max()).nonzero()[:, 0]
        chosen = heard[torch.linspace(0, len(heard) - 1, min(FRAMES, len(heard))).long()]
        return cls(before[:, chosen], after[:, chosen])


class FilteredMatch:
    """Compares signals with a target, whatever filter lies between.

    Args:
        target: ``(channel, frames, size)``.
    """

    def __init__(self, target: Tensor) -> None:
        size = target.shape[-1]
        self._window = torch.hann_window(size + 2, periodic=False, dtype=target.dtype, device=target.device)[1:-1]
        self._lowest = min(OFFSET_BINS, size // 2)
        bins = size // 2 + 1 - self._lowest
        ends = torch.logspace(0, 1, BANDS + 1, base=bins, dtype=torch.float64).round().unique()
        self._widths = torch.diff(ends.long(), prepend=torch.zeros(1, dtype=torch.long)).tolist()
        target = self._spectrum(target)
        energy = self._of_bands(target.abs().square().sum(1))
        weight = energy.clamp_min(1e-12 * energy.max() + 1e-30) ** (-EVENNESS / 2)
        self._weight = weight / (weight.square() * energy).sum().sqrt().clamp_min(1e-30)
        self._target = self._weighted(target)

    def misses(self, heard: Tensor) -> Tensor:
        """What the target has that no filter makes of signals ``(batch, channel, frames, size)``: ``(batch, values)``.

        The sum of its squares is 0 where a filter makes all of it, 1 where it makes nothing.
        """
        spectrum = self._weighted(self._spectrum(heard))
        common = self._of_bands((spectrum.conj() * self._target).sum(-2))
        factor = common / self._of_bands(spectrum.abs().square().sum(-2)).clamp_min(1e-30)
        return torch.view_as_real(self._target - self._spread(factor)[..., None, :] * spectrum).flatten(1)

    def combination(self, parts: Tensor, begin: Tensor, rows: Tensor) -> tuple[float, Tensor]:
        """The weighted sum of signals from which a filter makes most of the target.

        Args:
            parts: ``(parts, channel, frames, size)``.
            begin: weights to begin with, ``(parts,)``.
            rows: ``(rows, parts)``; what they make of the weights is kept small.

        Returns:
            the share of the target that is missed, and the weights.
        """
        spectra = self._weighted(self._spectrum(parts))
        bands = list(zip(spectra.split(self._widths, -1), self._target.split(self._widths, -1), strict=True))
        powers = torch.stack([torch.einsum("kcfn,lcfn->ckl", part.conj(), part) for part, _ in bands])
        common = torch.stack([torch.einsum("kcfn,cfn->ck", part.conj(), wanted) for part, wanted in bands])
        stiff = rows.T @ rows / rows.square().sum() + 1e-9 * torch.eye(len(begin)).to(rows)
        weights = begin
        for _ in range(ROUNDS):
            factor, _ = self._factor(weights, powers, common)
            normal = (factor.abs().square()[..., None, None] * powers.real).sum((0, 1))
            right = (factor.conj()[..., None] * common).real.sum((0, 1))
            weights = torch.linalg.solve(normal + (STIFFNESS * normal.trace() + 1e-30) * stiff, right)
        return 1 - float(self._factor(weights, powers, common)[1]), weights

    @staticmethod
    def _factor(weights: Tensor, powers: Tensor, common: Tensor) -> tuple[Tensor, Tensor]:
        """The factor of each band for weights, and the share of the target that these make together."""
        energy = torch.einsum("bckl,k,l->bc", powers.real, weights, weights).clamp_min(1e-30)
        along = common @ weights.to(common)
        return along / energy, (along.abs().square() / energy).sum()

    def _spectrum(self, frames: Tensor) -> Tensor:
        return torch.fft.rfft(frames * self._window)[..., self._lowest :]

    def _weighted(self, spectrum: Tensor) -> Tensor:
        """Of spectra ``(…, channel, frames, bins)``."""
        return spectrum * self._spread(self._weight)[..., None, :]

    def _of_bands(self, bins: Tensor) -> Tensor:
        return torch.stack([part.sum(-1) for part in bins.split(self._widths, -1)], -1)

    def _spread(self, bands: Tensor) -> Tensor:
        return bands.repeat_interleave(torch.tensor(self._widths, device=bands.device), -1)
