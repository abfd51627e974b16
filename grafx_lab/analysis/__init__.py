"""Numbers for plots and panels, measured by playing signals through processors."""

from grafx_lab.analysis.measure import (
    Curve,
    channel_gains,
    frequency_response,
    impulse_envelope,
    static_curve,
    transfer_curve,
)
from grafx_lab.analysis.portrait import Portrait, portrait

__all__ = [
    "Curve",
    "Portrait",
    "channel_gains",
    "frequency_response",
    "impulse_envelope",
    "portrait",
    "static_curve",
    "transfer_curve",
]
