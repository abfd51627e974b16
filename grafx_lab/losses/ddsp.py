"""The spectral loss of DDSP: J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.features import frame_loudness, log_magnitude, magnitude_spectrogram
from grafx_lab.losses.base import Loss, LossError

_VIEWS: dict[str, Callable[[Tensor], Tensor]] = {
    "mag": lambda magnitude: magnitude,
    "delta_time": lambda magnitude: magnitude.diff(dim=-2),
    "delta_freq": lambda magnitude: magnitude.diff(dim=-1),
    "cumsum_freq": lambda magnitude: magnitude.cumsum(-1),
    "logmag": log_magnitude,
}
"""What is compared of a magnitude spectrogram ``(…, frame, bin)``."""


class SpectralLoss(Loss):
    """Distances of spectrograms at several scales, summed over them, and of loudness.

    Argument names and values are DDSP 3.7.0's. ``"COSINE"``, which fails there, is one minus the cosine of the angle
    between the rows of two spectrograms.

    Args:
        fft_sizes: lengths of the transforms in samples; frames overlap by three quarters.
        loss_type: how spectrograms are compared: ``"L1"``, ``"L2"`` or ``"COSINE"``.
        mag_weight: weight of the magnitudes.
        delta_time_weight: weight of their differences from frame to frame.
        delta_freq_weight: weight of their differences from bin to bin.
        cumsum_freq_weight: weight of their cumulative sums over frequency, which know where a partial has to go.
        logmag_weight: weight of the logarithms of the magnitudes.
        loudness_weight: weight of the A-weighted loudness in dB.
        sample_rate: in Hz, for the loudness.
    """

    name = "ddsp_spectral"
    family = "spectral"
    label = "DDSP multi-scale spectral"
    blind_to = "phase, and pitch direction where spectra do not overlap, unless cumsum_freq_weight is set"

    def __init__(
        self,
        fft_sizes: Sequence[int] = (2048, 1024, 512, 256, 128, 64),
        loss_type: Literal["L1", "L2", "COSINE"] = "L1",
        mag_weight: float = 1.0,
        delta_time_weight: float = 0.0,
        delta_freq_weight: float = 0.0,
        cumsum_freq_weight: float = 0.0,
        logmag_weight: float = 0.0,
        loudness_weight: float = 0.0,
        *,
        sample_rate: float = 16000,
    ) -> None:
        super().__init__()
        if loss_type.upper() not in _DISTANCES:
            raise LossError(f"SpectralLoss: loss_type is {loss_type!r}, expected one of {', '.join(_DISTANCES)}.")
        self.fft_sizes = tuple(fft_sizes)
        self.between = _DISTANCES[loss_type.upper()]
        weights = (mag_weight, delta_time_weight, delta_freq_weight, cumsum_freq_weight, logmag_weight)
        self.weights = {view: weight for view, weight in zip(_VIEWS, weights, strict=True) if weight > 0}
        self.loudness_weight = loudness_weight
        self.sample_rate = sample_rate

    def features(self, target: Tensor) -> Mapping[str, Any]:
        with torch.no_grad():
            return {"views": self._views(target), "loudness": self._loudness(target) if self.loudness_weight else None}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        total = estimate.new_zeros(estimate.shape[0])
        for estimated, stored in zip(self._views(estimate), features["views"], strict=True):
            for view, weight in self.weights.items():
                total = total + weight * self.between(stored[view], estimated[view])
        if self.loudness_weight:
            total = total + self.loudness_weight * self.between(features["loudness"], self._loudness(estimate))
        return total

    def _views(self, signal: Tensor) -> list[dict[str, Tensor]]:
        """What is compared at each scale, ``(batch, channel, frame, bin)``."""
        spectrograms = [magnitude_spectrogram(signal, size) for size in self.fft_sizes]
        return [{view: _VIEWS[view](magnitude) for view in self.weights} for magnitude in spectrograms]

    def _loudness(self, signal: Tensor) -> Tensor:
        return frame_loudness(signal, self.sample_rate, fft_size=2048)


def _absolute(target: Tensor, estimate: Tensor) -> Tensor:
    return _item_mean((target - estimate).abs())


def _squared(target: Tensor, estimate: Tensor) -> Tensor:
    return _item_mean((target - estimate).square())


def _cosine(target: Tensor, estimate: Tensor) -> Tensor:
    distance = 1 - F.cosine_similarity(target, estimate, dim=-1)
    # Nothing has no direction, but beside nothing, as in a rest of both, it differs in none.
    return _item_mean(torch.where(target.any(-1) | estimate.any(-1), distance, 0.0))


_DISTANCES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"L1": _absolute, "L2": _squared, "COSINE": _cosine}


def _item_mean(values: Tensor) -> Tensor:
    """The mean over all axes but the first, ``(batch,)``; 0 where there is nothing, as between frames of one frame."""
    return values.flatten(1).sum(1) / max(1, values[0].numel())
