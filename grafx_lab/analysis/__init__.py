"""Numbers for plots and panels, measured by playing signals through processors."""

from grafx_lab.analysis.decay import Decay, energy_decay
from grafx_lab.analysis.impulse import Impulse, impulse_response
from grafx_lab.analysis.measure import (
    Curve,
    channel_gains,
    frequency_response,
    impulse_envelope,
    static_curve,
    transfer_curve,
)
from grafx_lab.analysis.portrait import Portrait, portrait
from grafx_lab.analysis.residual import Residual, residual
from grafx_lab.analysis.response import Response, response
from grafx_lab.analysis.spectrogram import Spectrogram, spectrogram

__all__ = [
    "Curve",
    "Decay",
    "Impulse",
    "Portrait",
    "Residual",
    "Response",
    "Spectrogram",
    "channel_gains",
    "energy_decay",
    "frequency_response",
    "impulse_envelope",
    "impulse_response",
    "portrait",
    "residual",
    "response",
    "spectrogram",
    "static_curve",
    "transfer_curve",
]
