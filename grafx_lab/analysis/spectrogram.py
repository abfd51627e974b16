"""A spectrogram on a logarithmic frequency axis, as numbers to draw."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

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

    A row shows the strongest of the frequencies that are nearer to it than to its neighbours, so that a tone of full
    scale reads 0 dB (within 0.4 dB) wherever it lies, and not only on a row.

    Args:
        signal: ``(channel, time)``.
        sample_rate: in Hz.
        rows: frequencies between 30 Hz and 20 kHz, or 98 % of the highest frequency there is.
        frames: at most, so that a picture is not finer than its pixels.
    """
    size = 2 ** max(6, round(np.log2(0.046 * sample_rate)))  # near 46 ms: 2048 samples at 44.1 kHz
    hop = max(size // 8, -(-signal.shape[-1] // frames))
    padded = torch.nn.functional.pad(signal.detach().cpu().float(), (size // 2, size // 2))
    windowed = padded.unfold(-1, size, hop) * torch.hann_window(size)
    # Twice as many bins as samples: a tone between two bins is 0.4 dB weaker at most, not 1.4.
    power = torch.fft.rfft(windowed, n=2 * size).abs().square().mean(dim=0).T.numpy() / (size / 4) ** 2
    highest = min(20000.0, 0.49 * sample_rate)
    frequencies = np.geomspace(min(30.0, highest / 10), highest, rows)
    levels = 10 * np.log10(np.maximum(_strongest(power, _edges(frequencies) * 2 * size / sample_rate), 1e-20))
    times = np.arange(levels.shape[1]) * hop / sample_rate
    return Spectrogram(times, frequencies, np.maximum(levels, levels.max() - RANGE_DB))


def _edges(frequencies: np.ndarray) -> np.ndarray:
    """Where each row ends and the next begins, and the two ends."""
    between = np.sqrt(frequencies[1:] * frequencies[:-1])
    return np.concatenate([frequencies[:1], between, frequencies[-1:]])


def _strongest(power: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The highest power ``(bin, frame)`` in each band, whose edges are counted in bins and may lie between them."""
    places = np.union1d(np.arange(len(power)), edges)
    below = np.minimum(places.astype(int), len(power) - 2)
    share = (places - below)[:, None]
    along = power[below] * (1 - share) + power[below + 1] * share
    starts = np.searchsorted(places, edges)
    return np.maximum(np.maximum.reduceat(along[: starts[-1]], starts[:-1]), along[starts[1:]])
