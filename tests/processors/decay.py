"""Decay times measured on responses."""

import numpy as np
from scipy.signal import butter, sosfiltfilt


def decay_time(response: np.ndarray, sample_rate: float = 44100, band: tuple[float, float] | None = None) -> float:
    """Seconds until −60 dB: Schroeder's backward integration, fitted from −5 to −25 dB.

    Args:
        response: ``(channel, time)``.
        sample_rate: in Hz.
        band: look between these frequencies in Hz only.
    """
    if band is not None:
        response = sosfiltfilt(butter(4, band, "bandpass", fs=sample_rate, output="sos"), response)
    energy = np.square(response).sum(0)[::-1].cumsum()[::-1]
    decibels = 10 * np.log10(energy / energy[0] + 1e-30)
    part = (decibels < -5) & (decibels > -25)
    slope = np.polyfit(np.flatnonzero(part) / sample_rate, decibels[part], 1)[0]
    return -60 / slope
