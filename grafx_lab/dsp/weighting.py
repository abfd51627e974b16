"""How the ear, or a standard in its place, weighs frequencies: A of IEC 61672-1 and K of ITU-R BS.1770-4."""

import math

import numpy as np
import torch
from scipy import signal as scipy_signal
from torch import Tensor

A_CORNERS = (20.598997, 107.65265, 737.86223, 12194.217)
"""Corner frequencies of the A weighting in Hz: IEC 61672-1, annex E."""

A_AT_1_KHZ = 2.0
"""What makes the A weighting 0 dB at 1 kHz, in dB."""

LOWEST_WEIGHT = -80.0
"""No frequency weighs less, in dB; 0 Hz would have no weight at all."""

K_SHELF_HZ, K_SHELF_Q, K_SHELF_DECIBEL = 1681.974450955533, 0.7071752369554196, 3.999843853973347
HIGHEST_SHELF = 0.48
"""No shelf lies higher, as a share of the sample rate."""

K_BAND_EXPONENT = 0.4996667741545416
K_PASS_HZ, K_PASS_Q = 38.13547087602444, 0.5003270373238773


def a_weighting(frequency: Tensor) -> Tensor:
    """Weight of frequencies in dB, 0 at 1 kHz and at least :data:`LOWEST_WEIGHT`; Hz of any shape."""
    square = frequency.square()
    low, lower_middle, upper_middle, high = (corner**2 for corner in A_CORNERS)
    factor = (
        high
        * square.square()
        / ((square + low) * (square + high) * ((square + lower_middle) * (square + upper_middle)).sqrt())
    )
    floor = 10 ** ((LOWEST_WEIGHT - A_AT_1_KHZ) / 20)
    return A_AT_1_KHZ + 20 * torch.log10(factor.clamp_min(floor))


def a_weighting_fir(sample_rate: float, taps: int = 101) -> Tensor:
    """A symmetric filter with nearly the A weighting: least squares to the bilinear transform of the analogue one.

    A. Wright, V. Välimäki, "Perceptual loss function for neural modelling of audio systems", ICASSP 2020, propose it;
    with 101 taps at 44.1 kHz these are the taps of auraloss 0.4.0.

    Args:
        sample_rate: in Hz.
        taps: an odd number.

    Returns:
        ``(taps,)``, float64.
    """
    low, lower_middle, upper_middle, high = (2 * math.pi * corner for corner in A_CORNERS)
    # IEC 61672-1 rounds the gain at 1 kHz to 2 dB; the analogue filter is given with four digits.
    numerator = [high**2 * 10 ** (1.9997 / 20), 0, 0, 0, 0]
    denominator = np.poly([-low, -low, -high, -high, -lower_middle, -upper_middle])
    zeros, poles = scipy_signal.bilinear(numerator, denominator, fs=sample_rate)
    frequency, response = scipy_signal.freqz(zeros, poles, worN=512, fs=sample_rate)
    return torch.from_numpy(scipy_signal.firls(taps, frequency, np.abs(response), fs=sample_rate))


def k_weighting(sample_rate: float) -> Tensor:
    """The sections of BS.1770's filter at any rate: a head's shelf, then a high-pass.

    The standard gives coefficients for 48 kHz. These are the analogue filters behind them, found by B. De Man,
    "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018.

    Args:
        sample_rate: in Hz; below 3.5 kHz the shelf moves down to where there still are frequencies.

    Returns:
        ``(2, 6)``, float64.
    """
    shelf_hz = min(K_SHELF_HZ, HIGHEST_SHELF * sample_rate)
    shelf, through = math.tan(math.pi * shelf_hz / sample_rate), math.tan(math.pi * K_PASS_HZ / sample_rate)
    top = 10 ** (K_SHELF_DECIBEL / 20)
    slope = top**K_BAND_EXPONENT * shelf / K_SHELF_Q
    rising = (top + slope + shelf**2, 2 * (shelf**2 - top), top - slope + shelf**2)
    falling, blocking = _resonance(shelf, K_SHELF_Q), _resonance(through, K_PASS_Q)
    # The standard's high-pass has the numerator 1, -2, 1 over a normalised denominator.
    passing = (blocking[0], -2 * blocking[0], blocking[0])
    sos = torch.tensor([(*rising, *falling), (*passing, *blocking)], dtype=torch.float64)
    return sos / sos[:, 3:4]


def _resonance(tangent: float, q: float) -> tuple[float, float, float]:
    return 1 + tangent / q + tangent**2, 2 * (tangent**2 - 1), 1 - tangent / q + tangent**2
