"""Losses that compare magnitude spectra of short frames.

Spectral convergence: S. Arik et al., "Fast spectrogram inversion using multi-head convolutional neural networks", IEEE
SPL 2019. At several resolutions: R. Yamamoto et al., "Parallel WaveGAN", ICASSP 2020. Sum and difference: C. Steinmetz
et al., "Automatic multitrack mixing with a differentiable mixing console of neural audio effects", ICASSP 2021.
"""

import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor
from torch.linalg import vector_norm
from torch.nn import functional as F

from grafx_lab.dsp.filterbank import mel_filterbank
from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.dsp.stft_distance import stft_distances
from grafx_lab.dsp.weighting import a_weighting_fir
from grafx_lab.losses.base import Loss, LossError

Resolution = tuple[int, int, int]
"""Transform, hop and window in samples."""

COARSER = 4
"""How many times longer the steps of the coarse form are."""


class MultiResolutionSTFT(Loss):
    """Distances of magnitudes at several resolutions, averaged over them.

    A weighted sum of the spectral convergence :math:`\\|Y-X\\|_F/\\|Y\\|_F` and of the means of
    :math:`|\\ln Y-\\ln X|` and :math:`|Y-X|`. The defaults are those of auraloss 0.4.0 and give its numbers for a batch
    of one; there, the norm runs over the whole batch, here over each item.

    Args:
        fft_sizes: lengths of the transforms in samples.
        hop_sizes: steps between frames in samples.
        window_sizes: lengths of the Hann windows in samples.
        convergence_weight: weight of the spectral convergence.
        log_weight: weight of the log-magnitude distance.
        linear_weight: weight of the magnitude distance.
        distance: ``"l1"``, or ``"l2"`` for squares in the log-magnitude and magnitude distances.
        mel_bands: compare this many mel bands instead of bins; bands too narrow to contain a bin are left out.
        a_weighted: filter both signals by the ear's sensitivity first.
        hop_factor: all steps are this many times longer; 4 is four times faster, and good enough to descend on.
        sample_rate: in Hz, for mel bands and A weighting.
    """

    name = "mr_stft"
    family = "spectral"
    label = "Multi-resolution STFT"
    blind_to = "phase, and pitch direction where spectra do not overlap"

    def __init__(
        self,
        fft_sizes: Sequence[int] = (1024, 2048, 512),
        hop_sizes: Sequence[int] = (120, 240, 50),
        window_sizes: Sequence[int] = (600, 1200, 240),
        *,
        convergence_weight: float = 1.0,
        log_weight: float = 1.0,
        linear_weight: float = 0.0,
        distance: Literal["l1", "l2"] = "l1",
        mel_bands: int | None = None,
        a_weighted: bool = False,
        hop_factor: int = 1,
        sample_rate: float = 44100,
    ) -> None:
        super().__init__()
        if not len(fft_sizes) == len(hop_sizes) == len(window_sizes) > 0:
            raise LossError(
                "MultiResolutionSTFT: fft_sizes, hop_sizes and window_sizes must be equally many, from one on."
            )
        if distance not in ("l1", "l2"):
            raise LossError(f"MultiResolutionSTFT: distance is {distance!r}, expected 'l1' or 'l2'.")
        self.resolutions = tuple(
            (fft, hop * hop_factor, window) for fft, hop, window in zip(fft_sizes, hop_sizes, window_sizes, strict=True)
        )
        for fft, hop, window in self.resolutions:
            if not (0 < window <= fft and hop > 0):
                raise LossError(
                    f"{type(self).__name__}: a transform has {fft} samples, its hop {hop} and its window {window};"
                    " expected a hop of 1 or more and a window of 1 sample up to the transform's."
                )
        self.convergence_weight = convergence_weight
        self.log_weight = log_weight
        self.linear_weight = linear_weight
        self.squared = distance == "l2"
        self.ear = a_weighting_fir(sample_rate) if a_weighted else None
        self.bands = [_bands(mel_bands, fft, sample_rate) if mel_bands else None for fft, _, _ in self.resolutions]

    def coarse(self) -> Loss:
        clone = copy(self)
        clone.resolutions = tuple((fft, COARSER * hop, window) for fft, hop, window in self.resolutions)
        return clone

    def features(self, target: Tensor) -> Mapping[str, Any]:
        with torch.no_grad():
            ear = None if self.ear is None else self.ear.to(target)[None, None]
            bands = [None if matrix is None else matrix.to(target) for matrix in self.bands]
            heard = _filtered(target, ear)
            pairs = zip(self.resolutions, bands, strict=True)
            return {"ear": ear, "stored": [_Stored.of(heard, resolution, matrix) for resolution, matrix in pairs]}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        heard = _filtered(estimate, features["ear"])
        total = estimate.new_zeros(())
        for resolution, stored in zip(self.resolutions, features["stored"], strict=True):
            root, logarithmic, linear = self._terms(heard, resolution, stored)
            total = total + self.convergence_weight * root / stored.level
            total = total + self.log_weight * logarithmic + self.linear_weight * linear
        return total / len(self.resolutions)

    def _terms(self, signal: Tensor, resolution: Resolution, stored: "_Stored") -> tuple[Tensor, Tensor, Tensor]:
        """Root mean square, mean logarithmic and mean linear difference of each item, ``(batch,)`` each."""
        if stored.bands is None and not self.squared:
            sums = stft_distances(signal, *resolution, stored.magnitude)
            # One channel beside several counts as often as they are.
            count = max(signal.shape[1], stored.magnitude.shape[1]) * stored.magnitude[0, 0].numel()
            squared, linear, logarithmic = (sums / count).to(signal.dtype).unbind(-1)
            # The root of nothing has no slope; of what is equal, the difference has none either.
            return torch.where(squared > 0, squared, 1.0).sqrt() * (squared != 0), logarithmic, linear
        magnitude = _magnitude(signal, resolution, stored.bands)
        difference, ratio = magnitude - stored.magnitude, (magnitude / stored.magnitude).log()
        size = torch.square if self.squared else torch.abs
        logarithmic, linear = (size(part).mean(dim=(1, 2, 3)) for part in (ratio, difference))
        return _level(difference), logarithmic, linear


@dataclass(frozen=True)
class _Stored:
    """What one resolution keeps of the target.

    Attributes:
        magnitude: ``(batch, channel, frame, bin or band)``.
        level: root of their mean square in each item, ``(batch,)``.
        bands: the matrix that made bands of bins.
    """

    magnitude: Tensor
    level: Tensor
    bands: Tensor | None

    @classmethod
    def of(cls, signal: Tensor, resolution: Resolution, bands: Tensor | None) -> "_Stored":
        magnitude = _magnitude(signal, resolution, bands)
        return cls(magnitude, _level(magnitude), bands)


def _level(values: Tensor) -> Tensor:
    """Root of the mean square of each item, ``(batch, channel, frame, bin)`` → ``(batch,)``."""
    return vector_norm(values, dim=(1, 2, 3)) / math.sqrt(values[0].numel())


def _magnitude(signal: Tensor, resolution: Resolution, bands: Tensor | None) -> Tensor:
    magnitude = stft_magnitude(signal, *resolution)
    return magnitude if bands is None else magnitude @ bands.T


def _filtered(signal: Tensor, taps: Tensor | None) -> Tensor:
    """The signal through a symmetric filter ``(1, 1, taps)``, or as it is."""
    if taps is None:
        return signal
    return F.conv1d(signal.flatten(0, 1)[:, None], taps, padding=taps.shape[-1] // 2).reshape(signal.shape)


class STFTMagnitude(MultiResolutionSTFT):
    """Mean absolute difference of the magnitudes of one short-time Fourier transform.

    Args:
        fft_size: length of the transform in samples.
        hop_size: step between frames in samples.
        window_size: length of the Hann window in samples.
    """

    name = "stft_magnitude"
    family = "spectral"
    label = "STFT magnitude"
    blind_to = "phase, and what is quiet: the loudest partials decide"
    _weights: ClassVar[Mapping[str, Any]] = {"convergence_weight": 0.0, "log_weight": 0.0, "linear_weight": 1.0}

    def __init__(self, fft_size: int = 1024, hop_size: int = 256, window_size: int = 1024) -> None:
        super().__init__((fft_size,), (hop_size,), (window_size,), **self._weights)


class STFTLogMagnitude(STFTMagnitude):
    """Mean absolute difference of the logarithms of the magnitudes of one short-time Fourier transform."""

    name = "stft_log"
    family = "spectral"
    label = "STFT log magnitude"
    blind_to = "phase, and which bins are loud: noise between the partials counts as much as they do"
    _weights: ClassVar = {"convergence_weight": 0.0, "log_weight": 1.0}


class SpectralConvergence(STFTMagnitude):
    """Norm of the differences of the magnitudes of one short-time Fourier transform over that of the target's."""

    name = "spectral_convergence"
    family = "spectral"
    label = "Spectral convergence"
    blind_to = "phase, and what is quiet: the loudest bins decide"
    _weights: ClassVar = {"convergence_weight": 1.0, "log_weight": 0.0}


class MelSTFT(MultiResolutionSTFT):
    """Spectral convergence and log distance in mel bands at several resolutions.

    Args:
        fft_sizes: lengths of the transforms and of their windows in samples.
        hop_sizes: steps between frames in samples.
        mel_bands: how many bands.
        sample_rate: in Hz.
    """

    name = "mel_stft"
    family = "spectral"
    label = "Mel spectrograms"
    blind_to = "phase, and where a partial lies within its mel band: high harmonics blur"

    def __init__(
        self,
        fft_sizes: Sequence[int] = (1024, 2048, 8192),
        hop_sizes: Sequence[int] = (256, 512, 2048),
        mel_bands: int = 128,
        sample_rate: float = 44100,
    ) -> None:
        super().__init__(fft_sizes, hop_sizes, fft_sizes, mel_bands=mel_bands, sample_rate=sample_rate)


class AWeightedSTFT(MultiResolutionSTFT):
    """The multi-resolution loss of signals that are filtered by the ear's sensitivity.

    Args:
        sample_rate: in Hz.
    """

    name = "a_weighted_stft"
    family = "spectral"
    label = "A-weighted multi-resolution STFT"
    blind_to = "phase, and nearly so to the bass: 100 Hz counts 19 dB less than 1 kHz"

    def __init__(self, sample_rate: float = 44100) -> None:
        super().__init__(a_weighted=True, sample_rate=sample_rate)


class SumAndDifference(Loss):
    """The multi-resolution loss of left + right and of left − right, averaged; of one channel, its own.

    Args:
        sum_weight: weight of left + right.
        difference_weight: weight of left − right.
        spectral: compares them.
    """

    name = "sum_difference"
    family = "spectral"
    label = "Sum and difference STFT"
    blind_to = "phase, and which side is which: left and right may be swapped"

    def __init__(
        self,
        sum_weight: float = 1.0,
        difference_weight: float = 1.0,
        spectral: MultiResolutionSTFT | None = None,
    ) -> None:
        super().__init__()
        self.sum_weight, self.difference_weight = sum_weight, difference_weight
        self.spectral = spectral or MultiResolutionSTFT()

    def features(self, target: Tensor) -> Mapping[str, Any]:
        return {"prepared": [self.spectral.prepare(part) for part in _sum_and_difference(target)]}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        prepared, parts = features["prepared"], _sum_and_difference(estimate)
        if len(prepared) != len(parts):
            raise LossError(f"SumAndDifference: one signal is mono and the other stereo; give both {len(prepared)}.")
        losses = [target.per_item(part) for target, part in zip(prepared, parts, strict=True)]
        if len(losses) == 1:
            return losses[0]
        return (self.sum_weight * losses[0] + self.difference_weight * losses[1]) / 2


def _sum_and_difference(signal: Tensor) -> tuple[Tensor, ...]:
    """Left + right and left − right, ``(batch, 1, time)`` each; one channel alone is the only one."""
    if signal.shape[1] > 2:
        raise LossError(f"SumAndDifference: the signal has {signal.shape[1]} channels, expected one or two.")
    left, right = signal[:, :1], signal[:, -1:]
    return (left,) if signal.shape[1] == 1 else (left + right, left - right)


def _bands(count: int, fft_size: int, sample_rate: float) -> Tensor:
    """Mel bands ``(bands, bins)`` that contain a bin: of an empty one there is no logarithm."""
    matrix = mel_filterbank(count, fft_size // 2 + 1, sample_rate)
    return matrix[matrix.any(1)]
