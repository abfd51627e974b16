"""What is in a recording, as numbers to draw: its mean spectrum, and its spectrum over time."""

import numpy as np
import torch
from torch import Tensor

from grafx_lab.analysis.measure import Curve

FLOOR_DB = -100.0
LOWEST_HZ = 30.0


def spectrum(signal: Tensor, sample_rate: int, points: int = 140, size: int = 4096) -> Curve:
    """Mean power in dB over logarithmic frequency in Hz, a sine of full scale being 0 dB.

    Args:
        signal: ``(channel, time)``; channels count by their mean power.
        sample_rate: in Hz.
        points: bands, a constant ratio apart.
        size: samples of a frame.
    """
    edges = np.geomspace(LOWEST_HZ, 0.49 * sample_rate, points + 1)
    power = _frames(signal, size).mean(dim=-1).numpy()
    return Curve(
        np.sqrt(edges[1:] * edges[:-1]).astype(np.float32),
        _decibels(_banded(power[:, None], edges, sample_rate, size)[:, 0]),
    )


def spectrogram(signal: Tensor, sample_rate: int, bands: int = 72, frames: int = 180, size: int = 2048) -> np.ndarray:
    """Power in dB, float32 ``(bands, frames)``: the lowest band first, bands spaced logarithmically from 30 Hz.

    Args:
        signal: ``(channel, time)``.
        sample_rate: in Hz.
        bands: rows.
        frames: columns, spread evenly over the signal.
        size: samples of a frame.
    """
    power = _frames(signal, size, max(1, signal.shape[-1] // frames))[:, :frames].numpy()
    edges = np.geomspace(LOWEST_HZ, 0.49 * sample_rate, bands + 1)
    return _decibels(_banded(power, edges, sample_rate, size))


def _frames(signal: Tensor, size: int, hop: int | None = None) -> Tensor:
    """Power of windowed frames ``(bin, frame)``, the mean of the channels."""
    window = torch.hann_window(size, dtype=torch.float64)
    padded = torch.nn.functional.pad(signal.detach().cpu().double(), (size // 2, size // 2))
    frames = padded.unfold(-1, size, hop or size // 2) * window
    return (torch.fft.rfft(frames).abs() * 2 / window.sum()).square().mean(dim=0).T


def _banded(power: np.ndarray, edges: np.ndarray, sample_rate: int, size: int) -> np.ndarray:
    """Mean power in bands: of the bins inside, or interpolated where a band is narrower than a bin."""
    bins = np.arange(len(power)) * sample_rate / size
    summed = np.vstack([np.zeros((1, power.shape[1])), np.cumsum(power, axis=0)])
    places = np.interp(edges, bins, np.arange(len(power))) + 0.5
    at = np.stack([np.interp(places, np.arange(len(summed)), column) for column in summed.T], axis=1)
    return np.diff(at, axis=0) / np.diff(places)[:, None]


def _decibels(power: np.ndarray) -> np.ndarray:
    return np.maximum(10 * np.log10(power + 1e-30), FLOOR_DB).astype(np.float32)
