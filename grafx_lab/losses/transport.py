"""Spectral optimal transport: how far the energy has to move along the frequency axis.

B. Torres, G. Peeters, G. Richard, "Unsupervised harmonic parameter estimation using differentiable DSP and spectral
optimal transport", ICASSP 2024.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.dsp.transport import cumulative_distribution, transport_cost
from grafx_lab.losses.base import Loss, LossError


class SpectralTransport(Loss):
    """Wasserstein distance of the spectra of each frame as distributions over frequency, averaged over the frames.

    Its gradient points a partial to its target however far away that is: spectra need not overlap.

    Args:
        fft_size: length of the transforms and of their windows in samples.
        hop_size: step between frames in samples.
        order: what a way costs: 1 its length, which points to the target most surely, 2 the square of it, as in the
            paper. Lengths are fractions of half the sample rate.
        power: magnitudes are raised to it; 2 weighs frequencies by their energy.
    """

    name = "spectral_transport"
    family = "spectral"
    label = "Spectral optimal transport"
    blind_to = "phase and level: the spectrum of each frame is a distribution with sum one"

    def __init__(self, fft_size: int = 4096, hop_size: int = 1024, order: int = 1, power: float = 2.0) -> None:
        super().__init__()
        if order < 1:
            raise LossError(f"SpectralTransport: order is {order}, expected 1, 2 or more.")
        if power <= 0:
            raise LossError(f"SpectralTransport: power is {power:g}, expected more than 0.")
        self.fft_size, self.hop_size, self.order, self.power = fft_size, hop_size, order, power

    def features(self, target: Tensor) -> Mapping[str, Any]:
        with torch.no_grad():
            return {"distribution": self._distribution(target)}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        step = 2 / self.fft_size
        cost = transport_cost(self._distribution(estimate), features["distribution"], step, self.order)
        return cost.mean(dim=(1, 2))

    def _distribution(self, signal: Tensor) -> Tensor:
        """Cumulative share of each bin, ``(batch, channel, frame, bin)``; silence is flat: magnitudes have a floor."""
        magnitude = stft_magnitude(signal, self.fft_size, self.hop_size, self.fft_size)
        return cumulative_distribution(magnitude.pow(self.power))
