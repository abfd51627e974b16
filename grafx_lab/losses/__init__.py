"""Losses: one number for each item, with the target's transforms prepared."""

from grafx_lab.losses.base import Loss, LossError, PreparedLoss, make_loss, registry
from grafx_lab.losses.spectral import MultiResolutionSTFT, SpectralMagnitude
from grafx_lab.losses.waveform import WaveformL1

__all__ = [
    "Loss",
    "LossError",
    "MultiResolutionSTFT",
    "PreparedLoss",
    "SpectralMagnitude",
    "WaveformL1",
    "make_loss",
    "registry",
]
