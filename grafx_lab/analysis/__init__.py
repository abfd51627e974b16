"""Numbers for plots and panels, measured by playing signals through processors."""

from grafx_lab.analysis.decay import Decay, energy_decay
from grafx_lab.analysis.impulse import Impulse, impulse_response
from grafx_lab.analysis.measure import (
    Curve,
    channel_gains,
    frequency_response,
    harmonics,
    impulse_envelope,
    static_curve,
    step_response,
    transfer_curve,
)
from grafx_lab.analysis.portrait import Portrait, portrait
from grafx_lab.analysis.residual import Residual, residual
from grafx_lab.analysis.response import Response, response
from grafx_lab.analysis.spectrogram import RANGE_DB, Spectrogram, spectrogram
from grafx_lab.analysis.spectrum import spectrum

__all__ = [
    "RANGE_DB",
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
    "harmonics",
    "impulse_envelope",
    "impulse_response",
    "portrait",
    "residual",
    "response",
    "spectrogram",
    "spectrum",
    "static_curve",
    "step_response",
    "transfer_curve",
]
