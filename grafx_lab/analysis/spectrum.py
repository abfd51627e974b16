"""The mean spectrum of a recording, as numbers to draw."""

import numpy as np
import torch
from torch import Tensor

from grafx_lab.analysis.measure import Curve

FLOOR_DB = -100.0
LOWEST_HZ = 30.0


def spectrum(signal: Tensor, sample_rate: int, points: int = 140, size: int = 4096) -> Curve:
    """Mean power of a frame's bins in dB over logarithmic frequency in Hz: white noise is level.

    A sine of full scale has 0 dB in its own bin, and less as a part of a band of many bins.

    Args:
        signal: ``(channel, time)``; channels count by their mean power.
        sample_rate: in Hz.
        points: bands, a constant ratio apart.
        size: samples of a frame.
    """
    edges = np.geomspace(LOWEST_HZ, 0.49 * sample_rate, points + 1)
    window = torch.hann_window(size, dtype=torch.float64)
    padded = torch.nn.functional.pad(signal.detach().cpu().double(), (size // 2, size // 2))
    frames = torch.fft.rfft(padded.unfold(-1, size, size // 2) * window).abs() * 2 / window.sum()
    levels = 10 * np.log10(_banded(frames.square().mean(dim=(0, 1)).numpy(), edges, sample_rate / size) + 1e-30)
    return Curve(np.sqrt(edges[1:] * edges[:-1]).astype(np.float32), np.maximum(levels, FLOOR_DB).astype(np.float32))


def _banded(power: np.ndarray, edges: np.ndarray, spacing: float) -> np.ndarray:
    """Mean power in bands: of the bins inside, or a share of one where a band is narrower than a bin."""
    summed = np.concatenate([[0.0], np.cumsum(power)])
    places = edges / spacing + 0.5
    return np.diff(np.interp(places, np.arange(len(summed)), summed)) / np.diff(places)
