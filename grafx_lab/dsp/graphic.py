"""Graphic equalizers: bells at fixed frequencies whose width follows their gain.

J. Liski, V. Välimäki, "The quest for the best graphic equalizer", DAFx 2017: each bell has a set share of its decibels
at the centre of the next band, so that neighbours overlap by the same amount whatever the gain is.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.dsp.biquad import peaking
from grafx_lab.dsp.units import DECIBEL_PER_NEPER

NEIGHBOR_SHARE = 0.4
"""The share of a bell's decibels at the edge of its width."""

NEAR_ZERO = 1e-3
"""Nepers below which the width is its series."""


@dataclass(frozen=True)
class GraphicBands:
    """The fixed part of a graphic equalizer.

    Attributes:
        centres: in Hz, rising.
        widths: from one neighbour to the other in Hz.
    """

    centres: tuple[float, ...]
    widths: tuple[float, ...]

    def below(self, nyquist: float) -> "GraphicBands":
        """The bands whose centre a sample rate of twice ``nyquist`` Hz can represent."""
        count = sum(centre < nyquist for centre in self.centres)
        return GraphicBands(self.centres[:count], self.widths[:count])


BARK = GraphicBands(
    centres=(50, 150, 250, 350, 450, 570, 700, 840, 1000, 1170, 1370, 1600,
        1850, 2150, 2500, 2900, 3400, 4000, 4800, 5800, 7000, 8500, 10500, 13500),
    widths=(133.3, 160.0, 171.4, 177.8, 214.7, 235.9, 256.7, 294.4, 315.5, 370.8, 426.9, 466.2,
        558.1, 651.0, 744.8, 926.5, 1110.0, 1467.0, 1828.0, 2194.0, 2735.0, 3619.0, 5333.0, 6000.0),
)  # fmt: skip

THIRD_OCTAVE = GraphicBands(
    centres=(19.69, 24.80, 31.25, 39.37, 49.61, 62.50, 78.75, 99.21, 125.0, 157.5, 198.4, 250.0, 315.0, 396.9, 500.0,
        630.0, 793.7, 1000.0, 1260.0, 1587.0, 2000.0, 2520.0, 3175.0, 4000.0, 5040.0, 6350.0, 8000.0,
        10080.0, 12700.0, 16000.0, 20160.0),
    widths=(9.178, 11.56, 14.57, 18.36, 23.13, 29.14, 36.71, 46.25, 58.28, 73.43, 92.51, 116.6, 146.9, 185.0, 233.1,
        293.7, 370.0, 466.2, 587.4, 740.1, 932.4, 1175.0, 1480.0, 1865.0, 2350.0, 2846.0, 3502.0,
        4253.0, 5038.0, 5689.0, 5573.0),
)  # fmt: skip

GRAPHIC_BANDS = {"bark": BARK, "third_octave": THIRD_OCTAVE}


def graphic_sections(gain: Tensor, bands: GraphicBands, sample_rate: float) -> Tensor:
    """Gains in dB ``(…, bands)`` → sections ``(…, bands, 6)``, float64."""
    centres = torch.tensor(bands.centres, dtype=torch.float64, device=gain.device)
    widths = torch.tensor(bands.widths, dtype=torch.float64, device=gain.device)
    half_width = torch.tan(widths * (math.pi / sample_rate))
    alpha = half_width * _narrowing(gain.double() / DECIBEL_PER_NEPER)
    return peaking(centres, torch.sin(centres * (2 * math.pi / sample_rate)) / (2 * alpha), gain, sample_rate)


def _narrowing(log_gain: Tensor) -> Tensor:
    r"""The factor of the width, :math:`\sqrt{\sinh(cl)/\sinh((1-c)l)}` with the share c and the log gain l."""
    inner, outer = NEIGHBOR_SHARE, 1 - NEIGHBOR_SHARE
    near = log_gain.abs() < NEAR_ZERO
    size = torch.where(near, torch.ones_like(log_gain), log_gain).abs()
    far = torch.exp((inner - outer) * size) * torch.expm1(-2 * inner * size) / torch.expm1(-2 * outer * size)
    series = inner / outer * (1 + (inner**2 - outer**2) / 6 * log_gain.square())
    return torch.where(near, series, far).sqrt()
