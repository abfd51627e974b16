"""Numbers for plots and panels, measured by playing signals through processors."""

from grafx_lab.analysis.measure import (
    Curve,
    channel_gains,
    frequency_response,
    group_delay,
    harmonics,
    impulse_envelope,
    impulse_response,
    phase_response,
    static_curve,
    step_response,
    transfer_curve,
)
from grafx_lab.analysis.portrait import Portrait, portrait
from grafx_lab.analysis.sound import LOWEST_HZ, spectrogram, spectrum

__all__ = [
    "LOWEST_HZ",
    "Curve",
    "Portrait",
    "channel_gains",
    "frequency_response",
    "group_delay",
    "harmonics",
    "impulse_envelope",
    "impulse_response",
    "phase_response",
    "portrait",
    "spectrogram",
    "spectrum",
    "static_curve",
    "step_response",
    "transfer_curve",
]
