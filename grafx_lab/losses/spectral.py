"""Losses that compare magnitude spectra."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.linalg import vector_norm

from grafx_lab.dsp.spectrum import rfft_magnitude, stft_magnitude
from grafx_lab.dsp.stft_distance import can_stream, stft_distance
from grafx_lab.losses.base import Loss, LossError


class MultiResolutionSTFT(Loss):
    """Spectral convergence and log-magnitude distance at several resolutions, averaged over them.

    The spectral convergence of Arik et al. (2019), :math:`\\|Y-X\\|_F/\\|Y\\|_F`, plus the mean of
    :math:`|\\ln Y-\\ln X|`, in the form of Yamamoto et al. (2020), "Parallel WaveGAN". The defaults are those of
    auraloss 0.4.0 and give its numbers for a batch of one; there, the norm runs over the whole batch, here over each
    item.

    Args:
        fft_sizes: lengths of the transforms in samples.
        hop_sizes: steps between frames in samples.
        window_sizes: lengths of the Hann windows in samples.
        convergence_weight: weight of the spectral convergence.
        log_weight: weight of the log-magnitude distance.
        hop_factor: all steps are this many times longer; 4 is four times faster, and good enough to descend on.
    """

    name = "mr_stft"
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
        hop_factor: int = 1,
    ) -> None:
        super().__init__()
        if not len(fft_sizes) == len(hop_sizes) == len(window_sizes):
            raise LossError("MultiResolutionSTFT: fft_sizes, hop_sizes and window_sizes must be equally many.")
        self.resolutions = tuple(
            (fft, hop * hop_factor, window) for fft, hop, window in zip(fft_sizes, hop_sizes, window_sizes, strict=True)
        )
        self.convergence_weight = convergence_weight
        self.log_weight = log_weight

    def features(self, target: Tensor) -> Mapping[str, Any]:
        with torch.no_grad():
            magnitudes = [stft_magnitude(target, *resolution) for resolution in self.resolutions]
            return {
                "magnitude": magnitudes,
                "log": [magnitude.log() for magnitude in magnitudes],
                "norm": [vector_norm(magnitude, dim=(1, 2, 3)) for magnitude in magnitudes],
            }

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        if can_stream(estimate):
            return self._streamed(estimate, features)
        total = estimate.new_zeros(())
        stored = zip(features["magnitude"], features["log"], features["norm"], strict=True)
        for resolution, (magnitude, log, norm) in zip(self.resolutions, stored, strict=True):
            estimated = stft_magnitude(estimate, *resolution)
            total = total + self.convergence_weight * vector_norm(magnitude - estimated, dim=(1, 2, 3)) / norm
            total = total + self.log_weight * (log - estimated.log()).abs().mean(dim=(1, 2, 3))
        return total / len(self.resolutions)

    def _streamed(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        """The same without gradients, and without ever holding a whole transform."""
        total = torch.zeros(len(estimate), dtype=torch.float64)
        stored = zip(features["magnitude"], features["norm"], strict=True)
        for resolution, (magnitude, norm) in zip(self.resolutions, stored, strict=True):
            squares, logarithms = stft_distance(estimate, magnitude, *resolution)
            total = total + self.convergence_weight * squares.sqrt() / norm
            total = total + self.log_weight * logarithms / magnitude[0].numel()
        return (total / len(self.resolutions)).to(estimate)


class SpectralMagnitude(Loss):
    """Mean absolute difference of the magnitudes of one Fourier transform over the whole signal."""

    name = "spectral_magnitude"
    label = "Spectral magnitude"
    blind_to = "phase, and when things happen: one spectrum for the whole signal"

    def features(self, target: Tensor) -> Mapping[str, Any]:
        return {"magnitude": rfft_magnitude(target)}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        return (rfft_magnitude(estimate) - features["magnitude"]).abs().mean(dim=(1, 2))
