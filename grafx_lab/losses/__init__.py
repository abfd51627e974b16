"""Losses: one number for each item, with the target's transforms prepared."""

from grafx_lab.losses.base import FAMILIES, Loss, LossError, PreparedLoss, loss_menu, loss_named, registry
from grafx_lab.losses.ddsp import SpectralLoss
from grafx_lab.losses.level import CrestFactor, LoudnessDifference
from grafx_lab.losses.parameters import ParameterLoss, PreparedParameters
from grafx_lab.losses.spectral import (
    AWeightedSTFT,
    MelSTFT,
    MultiResolutionSTFT,
    SpectralConvergence,
    STFTLogMagnitude,
    STFTMagnitude,
    SumAndDifference,
)
from grafx_lab.losses.transport import SpectralTransport
from grafx_lab.losses.waveform import (
    ErrorToSignal,
    LogCosh,
    OffsetToSignal,
    ScaleInvariantSDR,
    SignalToNoise,
    WaveformL1,
    WaveformL2,
)
from grafx_lab.losses.weighted import WeightedSum, make_loss
from grafx_lab.losses.whole_spectrum import MultiScaleMagnitude, SpectralMagnitude

__all__ = [
    "FAMILIES",
    "AWeightedSTFT",
    "CrestFactor",
    "ErrorToSignal",
    "LogCosh",
    "Loss",
    "LossError",
    "LoudnessDifference",
    "MelSTFT",
    "MultiResolutionSTFT",
    "MultiScaleMagnitude",
    "OffsetToSignal",
    "ParameterLoss",
    "PreparedLoss",
    "PreparedParameters",
    "STFTLogMagnitude",
    "STFTMagnitude",
    "ScaleInvariantSDR",
    "SignalToNoise",
    "SpectralConvergence",
    "SpectralLoss",
    "SpectralMagnitude",
    "SpectralTransport",
    "SumAndDifference",
    "WaveformL1",
    "WaveformL2",
    "WeightedSum",
    "loss_menu",
    "loss_named",
    "make_loss",
    "registry",
]
