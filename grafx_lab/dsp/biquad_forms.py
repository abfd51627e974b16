"""Second-order sections from coordinates other than frequency, Q and gain.

Sections are as in :mod:`grafx_lab.dsp.biquad`. That these coordinates descend better than plain coefficients was found
by S. Nercessian, "Lightweight and interpretable neural modeling of an audio distortion effect using hyperconditioned
differentiable biquads", ICASSP 2021, and B. Kuznetsov et al., "Differentiable IIR filters for machine learning
applications", DAFx 2020.
"""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.biquad import sections

NEAR_ORIGIN = 1e-8
"""Squared radius below which ``tanh(r) / r`` is its series."""


def triangle_sections(numerator: Tensor, a1: Tensor, place: Tensor, scale: Tensor | None = None) -> Tensor:
    """Sections whose denominators lie in the triangle of stability.

    Args:
        numerator: b0, b1 and b2, ``(…, 3)``.
        a1: between −2 and 2, ``(…)``.
        place: where a2 lies between the bounds that a1 leaves it, from −1 at :math:`|a_1|-1` to 1 at 1, ``(…)``.
        scale: a0, by which the whole filter is divided; 1 by default.

    Returns:
        sections ``(…, 6)``, float64.
    """
    numerator, a1, place = numerator.double(), a1.double(), place.double()
    a2 = ((2 - a1.abs()) * place + a1.abs()) / 2
    if scale is not None:
        numerator = numerator / scale.double()[..., None]
    b0, b1, b2 = numerator.unbind(-1)
    return sections((b0, b1, b2), (torch.ones_like(a1), a1, a2))


def pole_zero_sections(poles: Tensor, zeros: Tensor) -> Tensor:
    """Sections of conjugate pairs: poles and zeros as real and imaginary parts ``(…, 2)`` → ``(…, 6)``, float64."""
    return sections(_monic(zeros.double()), _monic(poles.double()))


def into_circle(points: Tensor) -> Tensor:
    """Press points of the plane ``(…, 2)`` into the unit circle: the radius r becomes ``tanh(r)``, angles stay.

    Unlike GRAFX's ``tanh(r) / (r + 1e-5)``, this has a gradient at the origin: there it is the identity.
    """
    square = points.square().sum(-1, keepdim=True)
    near = square < NEAR_ORIGIN
    radius = torch.where(near, torch.ones_like(square), square).sqrt()
    return points * torch.where(near, 1 - square / 3, torch.tanh(radius) / radius)


def state_variable_sections(
    frequency: Tensor, q: Tensor, high: Tensor, band: Tensor, low: Tensor, sample_rate: float
) -> Tensor:
    """Sections with the response of a state-variable filter whose three outputs are mixed.

    V. Zavalishin, "The Art of VA Filter Design", 2012: the analogue filter under the bilinear transform, which keeps
    ``frequency`` in its place.

    Args:
        frequency: in Hz, below ``sample_rate / 2``; any shape.
        q: quality factor; all shapes broadcast.
        high: factor of the high-pass output.
        band: factor of the band-pass output; it peaks at Q times this factor.
        low: factor of the low-pass output.
        sample_rate: in Hz.

    Returns:
        sections ``(…, 6)``, float64.
    """
    g = torch.tan(frequency.double() * (math.pi / sample_rate))
    square = g.square()
    high, band, low = high.double(), g * band.double(), square * low.double()
    damping = g / q.double()
    b = (high + band + low, 2 * (low - high), high - band + low)
    a = (1 + damping + square, 2 * (square - 1), 1 - damping + square)
    return sections(b, a)


def _monic(points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The polynomial with a conjugate pair of roots."""
    real, imaginary = points.unbind(-1)
    return torch.ones_like(real), -2 * real, real.square() + imaginary.square()
