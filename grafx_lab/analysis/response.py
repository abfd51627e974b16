"""Magnitude, phase and group delay, from an impulse response."""

from dataclasses import dataclass

import numpy as np

from grafx_lab.analysis.impulse import Impulse

LOWEST = 20.0
"""Hz."""

_SMALLEST_POWER = 1e-12
"""−120 dB: below it phase and delay mean nothing."""


@dataclass(frozen=True, eq=False)
class Response:
    """How a linear system changes sines.

    Attributes:
        frequencies: in Hz, logarithmically spaced, ``(points,)``.
        magnitude: in dB; channels count by their mean power.
        phase: of the first channel in degrees, unwrapped from the lowest frequency up.
        group_delay: of the first channel in ms; NaN where hardly anything comes through.
        label: what people call it.
    """

    frequencies: np.ndarray
    magnitude: np.ndarray
    phase: np.ndarray
    group_delay: np.ndarray
    label: str = ""


def response(impulse: Impulse, points: int = 400) -> Response:
    r"""The frequency response of an impulse response.

    The group delay is :math:`\operatorname{Re}(\mathcal F\{n\,h[n]\}/\mathcal F\{h[n]\})/f_s`, which needs no
    derivative of a phase (J. O. Smith, *Introduction to Digital Filters*, "Numerical computation of group delay").

    Args:
        impulse: its length sets how finely low frequencies are resolved.
        points: between 20 Hz and 20 kHz, or 98 % of the highest frequency there is.
    """
    samples = impulse.samples.double().numpy()
    rate, length = impulse.sample_rate, samples.shape[-1]
    frequencies = np.geomspace(LOWEST, min(20000.0, 0.49 * rate), points)
    bins = np.fft.rfftfreq(length, 1 / rate)
    spectrum = np.fft.rfft(samples)
    power = (np.abs(spectrum) ** 2).mean(axis=0)
    first = spectrum[0]
    moment = np.fft.rfft(samples[0] * np.arange(length))
    audible = np.abs(first) ** 2 > _SMALLEST_POWER
    delay = np.where(audible, (moment * first.conj()).real / np.maximum(np.abs(first) ** 2, _SMALLEST_POWER), np.nan)
    return Response(
        frequencies=frequencies,
        magnitude=10 * np.log10(np.interp(frequencies, bins, power) + _SMALLEST_POWER),
        phase=np.interp(frequencies, bins, np.degrees(np.unwrap(np.angle(first)))),
        group_delay=np.interp(frequencies, bins, 1000 * delay / rate),
        label=impulse.label,
    )
