"""A spectrogram on a logarithmic frequency axis, as numbers to draw."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grafx_lab.dsp.stft import stft

RANGE_DB = 90.0
"""Levels farther below the loudest than this are cut off."""


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """Levels over time and frequency.

    Attributes:
        times: of the frames in s, ``(frames,)``.
        frequencies: of the rows in Hz, logarithmically spaced, ``(rows,)``.
        levels: in dB of a full-scale sine, ``(rows, frames)``.
    """

    times: np.ndarray
    frequencies: np.ndarray
    levels: np.ndarray


def spectrogram(signal: Tensor, sample_rate: float, *, rows: int = 200, frames: int = 400) -> Spectrogram:
    """Levels of short frames; channels count by their mean power.

    Args:
        signal: ``(channel, time)``.
        sample_rate: in Hz.
        rows: frequencies between 30 Hz and 20 kHz, or 98 % of the highest frequency there is.
        frames: at most, so that a picture is not finer than its pixels.
    """
    size = 2 ** max(6, round(np.log2(0.046 * sample_rate)))  # near 46 ms: 2048 samples at 44.1 kHz
    mono = signal.double()
    if mono.shape[-1] <= size // 2:
        mono = torch.nn.functional.pad(mono, (0, size // 2 + 1 - mono.shape[-1]))
    hop = max(size // 8, -(-signal.shape[-1] // frames))
    power = stft(mono, size, hop).abs().square().mean(dim=0).numpy() / (size / 4) ** 2
    bins = np.fft.rfftfreq(size, 1 / sample_rate)
    frequencies = np.geomspace(30.0, min(20000.0, 0.49 * sample_rate), rows)
    picture = np.stack([np.interp(frequencies, bins, column) for column in power.T], axis=1)
    levels = 10 * np.log10(np.maximum(picture, 1e-20))
    times = np.arange(picture.shape[1]) * hop / sample_rate
    return Spectrogram(times, frequencies, np.maximum(levels, levels.max() - RANGE_DB))
