"""Losses that compare waveforms sample by sample.

Those with a name of C. Steinmetz, J. Reiss, "auraloss: Audio-focused loss functions in PyTorch", DMRN+15, 2020, have
its definitions and constants (0.4.0), for each channel, averaged over the channels of an item.
"""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grafx_lab.losses.base import Loss, LossError

EPSILON = 1e-8
"""Energy that is added to denominators and before logarithms."""


class WaveformL1(Loss):
    """Mean absolute difference of the samples, in units of full scale."""

    name = "waveform_l1"
    aliases = ("l1",)
    family = "waveform"
    label = "Waveform L1"
    blind_to = "nothing, phase included: a shifted copy counts as wrong"

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        return (estimate - features["target"]).abs().mean(dim=(1, 2))


class WaveformL2(Loss):
    """Mean squared difference of the samples."""

    name = "waveform_l2"
    aliases = ("l2", "mse")
    family = "waveform"
    label = "Waveform L2"
    blind_to = "what is quiet: a tenth of the amplitude counts a hundredth; a shifted copy counts as wrong"

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        return (estimate - features["target"]).square().mean(dim=(1, 2))


class LogCosh(Loss):
    """Mean of ln cosh of the differences: squared where they are small, absolute where they are large.

    Q. Chen et al., "Log hyperbolic cosine loss improves variational auto-encoder", 2019.

    Args:
        sharpness: the bend lies at one over this difference.
    """

    name = "log_cosh"
    family = "waveform"
    label = "Waveform log-cosh"
    blind_to = "what is quiet, like the squared difference; a shifted copy counts as wrong"

    def __init__(self, sharpness: float = 1.0) -> None:
        super().__init__()
        if sharpness <= 0:
            raise LossError(f"LogCosh: sharpness is {sharpness:g}, expected more than 0.")
        self.sharpness = sharpness

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        x = (self.sharpness * (estimate - features["target"])).abs()
        # cosh overflows where x is large, and 1 + x²/2 loses x where it is small.
        near = 0.5 * torch.log1p(torch.sinh(x.clamp_max(1)).square())
        far = x + torch.log1p(torch.exp(-2 * x)) - math.log(2)
        return torch.where(x < 1, near, far).mean(dim=(1, 2)) / self.sharpness


class ErrorToSignal(Loss):
    """Energy of the difference over the energy of the target: 0 to 1 is a match, 1 the silent estimate.

    A. Wright et al., "Real-time black-box modelling with recurrent neural networks", DAFx 2019.
    """

    name = "esr"
    family = "waveform"
    label = "Error to signal (ESR)"
    blind_to = "what is quiet within the signal; a shifted copy counts as wrong"

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        target = features["target"]
        error = (target - estimate).square().sum(-1) / (target.square().sum(-1) + EPSILON)
        return error.mean(1)


class OffsetToSignal(Loss):
    """Energy of the difference of the mean values over the energy of the target.

    A. Wright et al., "Real-time black-box modelling with recurrent neural networks", DAFx 2019.
    """

    name = "dc"
    family = "waveform"
    label = "DC offset"
    blind_to = "everything but the constant part: any two sounds without one are equal"

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        target = features["target"]
        offset = (target - estimate).mean(-1).square() / (target.square().mean(-1) + EPSILON)
        return offset.mean(1)


class SignalToNoise(Loss):
    """Energy of the target over that of the difference, in dB with a minus sign: −20 is nearer than −10.

    Args:
        zero_mean: without their mean values.
    """

    name = "snr"
    family = "waveform"
    label = "Signal to noise (dB)"
    blind_to = "a constant offset, and what is quiet; a shifted copy counts as wrong"

    def __init__(self, *, zero_mean: bool = True) -> None:
        super().__init__()
        self.zero_mean = zero_mean

    def features(self, target: Tensor) -> Mapping[str, Any]:
        return {"target": self._centred(target)}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        target = features["target"]
        return _negative_ratio(target, self._centred(estimate) - target).mean(1)

    def _centred(self, signal: Tensor) -> Tensor:
        return signal - signal.mean(-1, keepdim=True) if self.zero_mean else signal


class ScaleInvariantSDR(SignalToNoise):
    """Signal to distortion after the target is scaled to the estimate, in dB with a minus sign.

    J. Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019, equation 3.
    """

    name = "si_sdr"
    family = "waveform"
    label = "Scale-invariant SDR (dB)"
    blind_to = "level, polarity and a constant offset; a shifted copy counts as wrong"

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        target, estimate = features["target"], self._centred(estimate)
        scale = (estimate * target).sum(-1, keepdim=True) / (target.square().sum(-1, keepdim=True) + EPSILON)
        scaled = scale * target
        return _negative_ratio(scaled, estimate - scaled).mean(1)


def _negative_ratio(signal: Tensor, noise: Tensor) -> Tensor:
    """Energy of the noise over that of the signal in dB, ``(…, time)`` → ``(…)``."""
    ratio = signal.square().sum(-1) / (noise.square().sum(-1) + EPSILON)
    return -10 * torch.log10(ratio + EPSILON)
