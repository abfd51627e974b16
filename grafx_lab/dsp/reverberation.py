"""Impulse responses of rooms made of noise that decays, and their use.

The decay time of a room is the time until its sound is 60 dB quieter (W. C. Sabine). Noise bands shaped by envelopes of
their own: C. Steinmetz, V. Ithapu, P. Calamia, "Filtered noise shaping for time domain room impulse response estimation
from reverberant speech", WASPAA 2021.
"""

import math

import numpy as np
import torch
from scipy.signal import butter, sosfilt, sosfiltfilt
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.convolution import convolve


def decay_rate(seconds: Tensor, sample_rate: float) -> Tensor:
    """Time until −60 dB → nepers that each sample loses, any shape."""
    return math.log(1000) / (seconds * sample_rate)


def exponential_decay(rate: Tensor, length: int) -> Tensor:
    """Rates in nepers per sample ``(…)`` → envelopes ``(…, length)`` that start at 1."""
    return torch.exp(-rate[..., None] * torch.arange(length, dtype=rate.dtype, device=rate.device))


def noise_bands(
    noise: Tensor, crossovers: list[float], sample_rate: float, order: int = 2, *, zerophase: bool = True
) -> Tensor:
    """Split noise into bands by squared Butterworth filters, whose sum has a flat magnitude. Not differentiable.

    Args:
        noise: ``(…, time)``.
        crossovers: frequencies between neighbouring bands in Hz, rising.
        sample_rate: in Hz.
        order: of a Butterworth filter; each is applied twice.
        zerophase: once forwards and once backwards in time.

    Returns:
        ``(…, bands, time)``, one band more than crossovers, float64.
    """
    rest, bands = noise.detach().cpu().double().numpy(), []
    for crossover in crossovers:
        low, high = (butter(order, crossover, kind, fs=sample_rate, output="sos") for kind in ("lowpass", "highpass"))
        below, rest = (sosfiltfilt(sos, rest) if zerophase else sosfilt(sos, sosfilt(sos, rest)) for sos in (low, high))
        bands.append(below)
    return torch.from_numpy(np.stack([*bands, rest], -2)).to(noise.device)


def shaped_noise(bands: Tensor, envelopes: Tensor, gains: Tensor) -> Tensor:
    """Sum of noise bands under their envelopes.

    Args:
        bands: ``(batch, channel, bands, time)``.
        envelopes: ``(batch, channel, bands, time)``; batch and channel broadcast against the bands'.
        gains: factors ``(batch, channel, bands)``.

    Returns:
        ``(batch, channel, time)``.
    """
    return (gains[..., None, :] @ (bands * envelopes)).squeeze(-2)


def reverberate(signal: Tensor, response: Tensor) -> Tensor:
    """Convolve with what follows the first tap of a response: the direct sound is not reverberation.

    Args:
        signal: ``(batch, channel, time)``.
        response: ``(batch, channel, taps)``; batch and channel broadcast against the signal's.

    Returns:
        ``(batch, channel, time)``.
    """
    return convolve(signal, F.pad(response[..., 1:], (1, 0)))
