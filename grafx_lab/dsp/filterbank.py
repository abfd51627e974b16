"""Triangular filters that overlap by half, evenly spaced on a frequency scale."""

from typing import Literal

import torch
from torch import Tensor

from grafx_lab.dsp.scales import SCALES


def filterbank(
    scale: str, low: float, high: float, filters: int, bins: int, nyquist: float, *, complement: bool = True
) -> Tensor:
    """A matrix that spreads energies of bands over the bins of a spectrum.

    Args:
        scale: a name in :data:`grafx_lab.dsp.scales.SCALES`.
        low: where the first triangle begins, in Hz.
        high: where the last triangle ends, in Hz.
        filters: rows.
        bins: columns, evenly spaced from 0 Hz to ``nyquist``.
        nyquist: half the sample rate in Hz.
        complement: the first row is what the others leave: below the first triangle's peak and, as in GRAFX, also
            above the last one's. All rows then sum to one in every bin.

    Returns:
        ``(filters, bins)``, float64.
    """
    triangle_count = filters - 1 if complement else filters
    edges = SCALES[scale].spread(low, high, triangle_count + 2)
    rows = triangles(edges, torch.linspace(0, nyquist, bins, dtype=torch.float64))
    return torch.cat([(1 - rows.sum(0, keepdim=True)).clamp_min(0), rows]) if complement else rows


def mel_filterbank(
    bands: int,
    bins: int,
    sample_rate: float,
    low: float = 0.0,
    high: float | None = None,
    convention: Literal["slaney", "htk"] = "slaney",
) -> Tensor:
    """A matrix that sums the bins of a spectrum in mel bands.

    Args:
        bands: rows.
        bins: columns, evenly spaced from 0 Hz to half the sample rate.
        sample_rate: in Hz.
        low: where the first band begins, in Hz.
        high: where the last band ends, in Hz; half the sample rate by default.
        convention: ``"slaney"`` is librosa's default: triangles over hertz with area one, spaced by Slaney's mel.
            ``"htk"`` is TensorFlow's: triangles over mel with height one, spaced by the mel of HTK.

    Returns:
        ``(bands, bins)``, float64.
    """
    frequency = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64)
    scale = SCALES[f"mel_{convention}"]
    edges = scale.spread(low, sample_rate / 2 if high is None else high, bands + 2)
    if convention == "htk":
        return triangles(scale.from_hz(edges), scale.from_hz(frequency))
    return triangles(edges, frequency) * (2 / (edges[2:] - edges[:-2]))[:, None]


def triangles(edges: Tensor, frequency: Tensor) -> Tensor:
    """Triangles from one edge over the next to the one after it.

    Args:
        edges: ``(filters + 2,)`` in Hz, rising.
        frequency: ``(bins,)`` in Hz.

    Returns:
        ``(filters, bins)``, 1 at the inner edges.
    """
    distance = frequency - edges[:, None]
    width = edges.diff()[:, None]
    rising, falling = distance[:-2] / width[:-1], -distance[2:] / width[1:]
    return torch.minimum(rising, falling).clamp_min(0)
