"""Second-order sections: coefficients, frequency responses and the FIR that samples them.

Sections are rows ``b0 b1 b2 1 a1 a2``, as in :mod:`scipy.signal`, and float64: in float32 the coefficients of a filter
at 20 Hz miss their frequency by a percent. The formulas are those of R. Bristow-Johnson, "Cookbook formulae for audio
equalizer biquad filter coefficients".
"""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.units import DECIBEL_PER_NEPER

LARGEST_RADIUS = 1 - 1e-6
"""No pole lies further out. A pole there rings for 23 s at 44.1 kHz (to 1/e), so nothing audible is lost."""


def low_pass(frequency: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Passes what lies below ``frequency`` Hz and falls by 12 dB per octave above; a factor of Q at ``frequency``.

    Args:
        frequency: in Hz, below ``sample_rate / 2``; any shape.
        q: quality factor, the square root of one half for the flattest pass band; any shape that broadcasts.
        sample_rate: in Hz.

    Returns:
        sections ``(…, 6)``, float64.
    """
    cosine, alpha = _angle(frequency, q, sample_rate)
    return sections(((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2), _resonance(cosine, alpha))


def high_pass(frequency: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Passes what lies above ``frequency`` Hz; arguments and result as in :func:`low_pass`."""
    cosine, alpha = _angle(frequency, q, sample_rate)
    return sections(((1 + cosine) / 2, -1 - cosine, (1 + cosine) / 2), _resonance(cosine, alpha))


def band_pass(frequency: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Passes ``frequency`` Hz at 0 dB and its surroundings; arguments and result as in :func:`low_pass`."""
    cosine, alpha = _angle(frequency, q, sample_rate)
    return sections((alpha, torch.zeros_like(alpha), -alpha), _resonance(cosine, alpha))


def band_reject(frequency: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Removes ``frequency`` Hz and its surroundings; arguments and result as in :func:`low_pass`."""
    cosine, alpha = _angle(frequency, q, sample_rate)
    return sections((torch.ones_like(cosine), -2 * cosine, torch.ones_like(cosine)), _resonance(cosine, alpha))


def all_pass(frequency: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Turns the phase once around, half of it below ``frequency`` Hz; arguments and result as in :func:`low_pass`."""
    a = _resonance(*_angle(frequency, q, sample_rate))
    return sections((a[2], a[1], a[0]), a)


def peaking(frequency: Tensor, q: Tensor, gain: Tensor, sample_rate: float) -> Tensor:
    """A bell of ``gain`` dB around ``frequency`` Hz.

    Args:
        frequency: in Hz, below ``sample_rate / 2``; any shape.
        q: quality factor: frequency over bandwidth; any shape that broadcasts.
        gain: at the centre in dB; any shape that broadcasts.
        sample_rate: in Hz.

    Returns:
        sections ``(…, 6)``, float64.
    """
    return sections(*_bell(*_angle(frequency, q, sample_rate), _root(gain)))


def low_shelf(frequency: Tensor, q: Tensor, gain: Tensor, sample_rate: float) -> Tensor:
    """A gain of ``gain`` dB below ``frequency`` Hz; arguments and result as in :func:`peaking`."""
    cosine, alpha = _angle(frequency, q, sample_rate)
    return sections(*_shelf(cosine, alpha, _root(gain)))


def high_shelf(frequency: Tensor, q: Tensor, gain: Tensor, sample_rate: float) -> Tensor:
    """A gain of ``gain`` dB above ``frequency`` Hz; arguments and result as in :func:`peaking`."""
    cosine, alpha = _angle(frequency, q, sample_rate)
    # A low shelf with its frequency axis reversed: z becomes -z.
    (b0, b1, b2), (a0, a1, a2) = _shelf(-cosine, alpha, _root(gain))
    return sections((b0, -b1, b2), (a0, -a1, a2))


def shelves_and_bells(frequency: Tensor, q: Tensor, gain: Tensor, sample_rate: float) -> Tensor:
    """A low shelf, bells and a high shelf, in half of the operations that their own functions take one by one.

    For short signals these are most of what an equalizer costs.

    Args:
        frequency: ``(…, filters)`` in Hz, two at least: the first is that of the low shelf, the last of the high one.
        q: quality factors, ``(…, filters)``.
        gain: in dB, ``(…, filters)``.
        sample_rate: in Hz.

    Returns:
        sections ``(…, filters, 6)``, float64.
    """
    frequency, q, gain = torch.broadcast_tensors(frequency, q, gain)
    coordinates = *_angle(frequency, q, sample_rate), _root(gain)
    b, a = _bell(*(item[..., 1:-1] for item in coordinates))
    bells = torch.stack([*b, *a], -1)
    cosine, alpha, root = (torch.cat([item[..., :1], item[..., -1:]], -1) for item in coordinates)
    # Of both shelves the second is the high one, whose frequency axis is reversed: z becomes -z.
    sign = cosine.new_tensor([1, -1])
    (b0, b1, b2), (a0, a1, a2) = _shelf(sign * cosine, alpha, root)
    low, high = torch.stack([b0, sign * b1, b2, a0, sign * a1, a2], -1).split(1, -2)
    return _stable(torch.cat([low, bells, high], -2))


def sections(b: tuple[Tensor, Tensor, Tensor], a: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Coefficients of numerators and denominators, each ``(…)`` → sections ``(…, 6)``, poles kept off the circle.

    Where a pole lies further out than :data:`LARGEST_RADIUS`, poles and zeros shrink together: a transparent filter
    stays transparent, and no gradient is lost to a clamp.
    """
    return _stable(torch.stack(torch.broadcast_tensors(*b, *a), -1))


def _stable(rows: Tensor) -> Tensor:
    """Coefficients ``(…, 6)`` divided by a0, poles kept off the circle."""
    rows = rows / rows[..., 3:4]
    with torch.no_grad():
        shrink = (LARGEST_RADIUS / pole_radius(rows)).clamp_max(1)
        powers = torch.stack([torch.ones_like(shrink), shrink, shrink.square()] * 2, -1)
    return rows * powers


def pole_radius(sos: Tensor) -> Tensor:
    """Distance of the outer pole of each section ``(…, 6)`` from the origin, ``(…)``."""
    a1, a2 = sos[..., 4], sos[..., 5]
    discriminant = a1.square() / 4 - a2
    real = a1.abs() / 2 + discriminant.clamp_min(0).sqrt()
    return torch.where(discriminant > 0, real, a2.clamp_min(0).sqrt())


def frequency_response(sos: Tensor, frequency: Tensor, sample_rate: float) -> Tensor:
    """Response of each section.

    Args:
        sos: sections ``(…, 6)``.
        frequency: ``(bins,)`` in Hz; its dtype decides that of the result.
        sample_rate: in Hz.

    Returns:
        complex ``(…, bins)``.
    """
    omega = frequency * (2 * math.pi / sample_rate)
    sine, twice_square = torch.sin(omega), 2 * torch.sin(omega / 2).square()

    def polynomial(c: Tensor) -> Tensor:
        # c0 + c1/z + c2/z², times z, with cos ω − 1 = −2 sin²(ω/2): nothing cancels near 0 Hz, even in float32.
        c0, c1, c2 = c.unsqueeze(-1).unbind(-2)
        at_zero, even, odd = ((c0 + c1 + c2).to(omega), (c0 + c2).to(omega), (c0 - c2).to(omega))
        return torch.complex(at_zero - even * twice_square, odd * sine)

    return polynomial(sos[..., :3]) / polynomial(sos[..., 3:])


def cascade_response(sos: Tensor, frequency: Tensor, sample_rate: float) -> Tensor:
    """Response of the cascade: sections ``(…, stages, 6)`` → complex ``(…, bins)``; see :func:`frequency_response`."""
    stages = frequency_response(sos, frequency, sample_rate).unbind(-2)
    response = stages[0]
    for stage in stages[1:]:
        response = response * stage
    return response


def frequency_sampled_fir(sos: Tensor, length: int, dtype: torch.dtype) -> Tensor:
    """The FIR whose DFT samples the response of the cascade; what rings longer than ``length`` folds back.

    Args:
        sos: sections ``(…, stages, 6)``.
        length: taps.
        dtype: of the result.

    Returns:
        ``(…, length)``.
    """
    bins = torch.arange(length // 2 + 1, dtype=dtype, device=sos.device) / length
    return torch.fft.irfft(cascade_response(sos, bins, 1.0), n=length)


def _angle(frequency: Tensor, q: Tensor, sample_rate: float) -> tuple[Tensor, Tensor]:
    """The cookbook's cos ω0 and α, in float64."""
    omega = frequency.double() * (2 * math.pi / sample_rate)
    return torch.cos(omega), torch.sin(omega) / (2 * q.double())


def _root(gain: Tensor) -> Tensor:
    """The cookbook's A, the square root of the gain, in float64."""
    return torch.exp(gain.double() / (2 * DECIBEL_PER_NEPER))


def _resonance(cosine: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return 1 + alpha, -2 * cosine, 1 - alpha


def _bell(cosine: Tensor, alpha: Tensor, root: Tensor) -> tuple[tuple[Tensor, Tensor, Tensor], ...]:
    return _resonance(cosine, alpha * root), _resonance(cosine, alpha / root)


def _shelf(cosine: Tensor, alpha: Tensor, root: Tensor) -> tuple[tuple[Tensor, Tensor, Tensor], ...]:
    more, less, slope = root + 1, root - 1, 2 * root.sqrt() * alpha
    b = (
        root * (more - less * cosine + slope),
        2 * root * (less - more * cosine),
        root * (more - less * cosine - slope),
    )
    a = (more + less * cosine + slope, -2 * (less + more * cosine), more + less * cosine - slope)
    return b, a
