"""Analogue prototypes of the second-order filters, digitised by SciPy: nothing of the cookbook is in them.

All are normalised to 1 rad/s, with the quality factor q and A, the square root of a gain.
"""

from collections.abc import Callable

import numpy as np
import scipy.signal

Coefficients = tuple[list[float], list[float]]

PROTOTYPES: dict[str, Callable[[float, float], Coefficients]] = {
    "low_pass": lambda q, a: ([1], [1, 1 / q, 1]),
    "high_pass": lambda q, a: ([1, 0, 0], [1, 1 / q, 1]),
    "band_pass": lambda q, a: ([1 / q, 0], [1, 1 / q, 1]),
    "band_reject": lambda q, a: ([1, 0, 1], [1, 1 / q, 1]),
    "all_pass": lambda q, a: ([1, -1 / q, 1], [1, 1 / q, 1]),
    "peaking": lambda q, a: ([1, a / q, 1], [1, 1 / (a * q), 1]),
    "low_shelf": lambda q, a: ([a, a**1.5 / q, a**2], [a, a**0.5 / q, 1]),
    "high_shelf": lambda q, a: ([a**2, a**1.5 / q, a], [1, a**0.5 / q, a]),
}


def digitised(b: list[float], a: list[float], frequency: float, sample_rate: float) -> tuple[np.ndarray, np.ndarray]:
    """The bilinear transform of a prototype moved to ``frequency`` Hz."""
    warped = 2 * sample_rate * np.tan(np.pi * frequency / sample_rate)
    return scipy.signal.bilinear(*scipy.signal.lp2lp(b, a, warped), fs=sample_rate)


def filtered(shape: str, signal: np.ndarray, frequency: float, q: float, gain: float = 0, rate: float = 44100):
    """A signal through a prototype of that name, with its gain in dB."""
    b, a = PROTOTYPES[shape](q, 10 ** (gain / 40))
    return scipy.signal.lfilter(*digitised(b, a, frequency, rate), signal)
