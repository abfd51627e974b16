"""Decibels, nepers and the like. Levels are logarithms of amplitudes unless a name says energy."""

import math

import torch
from torch import Tensor

DECIBEL_PER_NEPER = 20 / math.log(10)
"""Decibels in one unit of the natural logarithm of an amplitude (8.686)."""

DECIBEL_PER_LOG_ENERGY = 10 / math.log(10)
"""Decibels in one unit of the natural logarithm of an energy (4.343)."""


def decibel_to_amplitude(decibel: Tensor) -> Tensor:
    """Gain in dB → factor, any shape."""
    return torch.exp(decibel / DECIBEL_PER_NEPER)


def amplitude_to_decibel(amplitude: Tensor, floor: float = 1e-12) -> Tensor:
    """Factor → gain in dB, any shape; magnitudes below ``floor`` count as ``floor``."""
    return DECIBEL_PER_NEPER * torch.log(amplitude.abs().clamp_min(floor))


def decibel_to_log_energy(decibel: Tensor) -> Tensor:
    """Level in dB → natural logarithm of the energy, any shape."""
    return decibel / DECIBEL_PER_LOG_ENERGY


def log_energy_to_decibel(log_energy: Tensor) -> Tensor:
    """Natural logarithm of an energy → level in dB, any shape."""
    return log_energy * DECIBEL_PER_LOG_ENERGY
