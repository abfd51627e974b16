"""Long-term average spectra (P. D. Welch, IEEE Trans. Audio Electroacoust. 1967), and how much two of them differ."""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.units import DECIBEL_PER_LOG_ENERGY

FLOOR = 1e-7
"""Power relative to the loudest frequency below which a spectrum is taken for noise: −70 dB."""

WINDOW = 8192

FRAMES_PER_LOOK = 1.93
"""Hann frames overlapping by three quarters that vary less together as much as one would by itself (Welch, 1967)."""

FADE = 128
"""Samples over which recordings fade in: who begins within a sound begins with a click."""

FRAMES = 128
"""Frames that are transformed at a time."""

INCOHERENT, COHERENT = 0.5, 0.9
"""Below the first, what two recordings have in common may be chance; above the second one is a filtered other."""


def log_frequencies(count: int, sample_rate: float, low: float = 25.0) -> Tensor:
    """Frequencies in Hz, evenly spread in octaves up to nearly half the sample rate, ``(count,)``, float64."""
    high = min(20000.0, 0.45 * sample_rate)
    return low * (high / low) ** torch.linspace(0, 1, count, dtype=torch.float64)


def coherence(signal: Tensor, target: Tensor, frequencies: Tensor, sample_rate: float) -> Tensor:
    """How far the target is the signal through a filter: their magnitude-squared coherence, at any level.

    G. C. Carter, "Coherence and time delay estimation", Proc. IEEE 1987. What few frames share by chance is taken off.

    Args:
        signal: ``(channel, time)`` or ``(channel, takes, time)``.
        target: of the same shape, and as late.
        frequencies: in Hz, ``(bins,)``.
        sample_rate: in Hz.

    Returns:
        0 to 1, ``(channel, bins)``, float64.
    """
    return _coherence_around(frequencies / sample_rate, *_moments(signal, target))


def _moments(signal: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor, float]:
    """Both mean powers and the magnitude of the mean cross power, ``(channel, spectrum bins)``, and of how many looks.

    A few frames are transformed at a time: long recordings have thousands.
    """
    window = torch.hann_window(_size(signal), dtype=torch.float64, device=signal.device)
    before, after = _frames(signal), _frames(target)
    frames = before.shape[-2]
    sums = [torch.zeros(()), torch.zeros(()), torch.zeros(())]
    for first, last in zip(before.split(FRAMES, -2), after.split(FRAMES, -2), strict=True):
        x, y = torch.fft.rfft(window * first), torch.fft.rfft(window * last)
        products = x.abs().square(), y.abs().square(), y * x.conj()
        sums = [total + product.sum(-2) for total, product in zip(sums, products, strict=True)]
    power, other, crossed = (total.flatten(1, -2).mean(1) / frames for total in sums)
    return power, other, crossed.abs(), before[0, ..., 0].numel() / FRAMES_PER_LOOK


def _coherence_around(frequencies: Tensor, power: Tensor, other: Tensor, crossed: Tensor, looks: float) -> Tensor:
    """Coherence around shares of the sample rate, without what so many looks have in common by chance."""
    powers = power * other
    coherence = torch.where(powers > 0, crossed.square() / powers.clamp_min(torch.finfo(powers.dtype).tiny), 0.0)
    looks = max(looks, 1 + 1e-9)
    return ((looks * _around(frequencies, coherence) - 1) / (looks - 1)).clamp(0, 1)


def _size(signal: Tensor) -> int:
    """Samples of a frame: a power of two, no more than it takes to hold the signal."""
    return min(WINDOW, 2 ** math.ceil(math.log2(max(signal.shape[-1], 16))))


def _frames(signal: Tensor) -> Tensor:
    """Frames ``(channel, takes, frames, samples)`` that begin in the silence before the recording.

    So the first attack counts, and no frame reaches beyond the end. Mirrored there or cut off, sounds would have kinks:
    those of a bass are louder than its treble.
    """
    time, size = signal.shape[-1], _size(signal)
    hop = size // 4
    rise = torch.hann_window(2 * min(FADE, hop), dtype=torch.float64, device=signal.device)
    begin = min(time, len(rise) // 2)
    faded = signal.double().clone()
    faded[..., :begin] *= rise[:begin]
    padded = torch.nn.functional.pad(faded, (size - hop, max(0, hop - time)))
    return padded.reshape(len(padded), -1, padded.shape[-1]).unfold(-1, size, hop)


def _around(frequencies: Tensor, power: Tensor) -> Tensor:
    """Means of numbers ``(channel, spectrum bins)`` around shares of the sample rate, up to half way to the next."""
    place = frequencies * (2 * (power.shape[-1] - 1))
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
        signal: ``(channel, time)`` or ``(channel, takes, time)``.
        target: of the same shape.
        frequencies: in Hz, ``(bins,)``.
        sample_rate: in Hz.

    Returns:
        decibels and weights 0 to 1, ``(channel, bins)`` each. What is far below the loudest frequency is taken for
        noise unless both have the same there. Where there is nothing but noise the weight is zero, and the ratio is
        that of the nearest frequency where it is not.
    """
    moments = _moments(signal, target)
    before, after = (_around(frequencies / sample_rate, power) for power in moments[:2])
    audible = torch.minimum(*(_above_noise(power) for power in (before, after)))
    shared = (_coherence_around(frequencies / sample_rate, *moments) - INCOHERENT) / (COHERENT - INCOHERENT)
    weight = torch.maximum(audible, shared.clamp(0, 1))
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
