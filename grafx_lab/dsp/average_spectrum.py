"""Long-term average spectra (P. D. Welch, IEEE Trans. Audio Electroacoust. 1967), and how much two of them differ."""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.dsp.units import DECIBEL_PER_LOG_ENERGY

FLOOR = 1e-7
"""Power relative to the loudest frequency below which a spectrum is taken for noise: −70 dB."""

WINDOW = 8192


def log_frequencies(count: int, sample_rate: float, low: float = 25.0) -> Tensor:
    """Frequencies in Hz, evenly spread in octaves up to nearly half the sample rate, ``(count,)``, float64."""
    high = min(20000.0, 0.45 * sample_rate)
    return low * (high / low) ** torch.linspace(0, 1, count, dtype=torch.float64)


def average_power(signal: Tensor, frequencies: Tensor, sample_rate: float) -> Tensor:
    """Mean power around frequencies, each over the band up to half way to its neighbours.

    Args:
        signal: ``(channel, time)``.
        frequencies: rising, in Hz, ``(bins,)``.
        sample_rate: in Hz.

    Returns:
        ``(channel, bins)``, float64.
    """
    size = min(WINDOW, 2 ** math.ceil(math.log2(max(signal.shape[-1], 16))))
    power = stft_magnitude(signal[None].double(), size, size // 4, size)[0].square().mean(-2)
    place = frequencies * (size / sample_rate)
    middle = (place[1:] * place[:-1]).sqrt()
    edges = torch.cat([place[:1] ** 2 / middle[:1], middle, place[-1:] ** 2 / middle[-1:]]).to(power)
    # A running integral, read between bins, so that bands narrower than a bin are interpolated.
    integral = torch.nn.functional.pad(power.cumsum(-1), (1, 0))
    position = (edges + 0.5).clamp(0, power.shape[-1])
    below = position.floor().long().clamp(max=power.shape[-1] - 1)
    read = integral[:, below] + (position - below) * power[:, below]
    return read.diff(dim=-1) / position.diff().clamp_min(1e-9)


def spectral_ratio(signal: Tensor, target: Tensor, frequencies: Tensor, sample_rate: float) -> tuple[Tensor, Tensor]:
    """How much louder the target is at each frequency, and how far that can be trusted.

    Args:
        signal: ``(channel, time)``.
        target: ``(channel, time)``.
        frequencies: in Hz, ``(bins,)``.
        sample_rate: in Hz.

    Returns:
        decibels and weights 0 to 1, ``(channel, bins)`` each. Where either is nothing but noise the weight is zero, and
        the ratio is that of the nearest frequency where it is not.
    """
    before, after = (average_power(item, frequencies, sample_rate) for item in (signal, target))
    weight = torch.minimum(*(_above_noise(power) for power in (before, after)))
    tiny = 1e-30
    ratio = DECIBEL_PER_LOG_ENERGY * ((after + tiny) / (before + tiny)).log()
    index = torch.arange(len(frequencies))
    rows = [_nearest(row, weights > 0, index) for row, weights in zip(ratio, weight, strict=True)]
    return torch.stack(rows), weight


def _above_noise(power: Tensor) -> Tensor:
    """0 at the floor, 1 from 20 dB above it."""
    relative = power / power.amax(-1, keepdim=True).clamp_min(1e-30)
    return (torch.log10(relative.clamp_min(1e-30) / FLOOR) / 2).clamp(0, 1)


def _nearest(row: Tensor, known: Tensor, index: Tensor) -> Tensor:
    if not known.any():
        return torch.zeros_like(row)
    places = index[known]
    return row[places[(index[:, None] - places).abs().argmin(-1)]]
