"""Decibels, nepers and the like. Levels are logarithms of amplitudes unless a name says energy."""

import math
from functools import lru_cache

import torch
from torch import Tensor

DECIBEL_PER_NEPER = 20 / math.log(10)
"""Decibels in one unit of the natural logarithm of an amplitude (8.686)."""

DECIBEL_PER_LOG_ENERGY = 10 / math.log(10)
"""Decibels in one unit of the natural logarithm of an energy (4.343)."""


def in_unit(quantity: Tensor, factor: float) -> Tensor:
    """``factor * quantity``, any shape: the same in a unit that is so much smaller.

    For a few parameters, a tensor that PyTorch makes of a Python number takes longer than the product, forwards and
    backwards: here it is kept.
    """
    if torch.compiler.is_compiling() or type(quantity) is not Tensor:
        return factor * quantity
    return quantity * _number(factor, quantity.dtype, quantity.device)


@lru_cache(maxsize=256)
def _number(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    # Whoever asks first may have no use for gradients; others have.
    with torch.inference_mode(False):
        return torch.tensor(value, dtype=dtype, device=device)


def decibel_to_amplitude(decibel: Tensor) -> Tensor:
    """Gain in dB → factor, any shape."""
    return torch.exp(in_unit(decibel, 1 / DECIBEL_PER_NEPER))


def amplitude_to_decibel(amplitude: Tensor, floor: float = 1e-12) -> Tensor:
    """Factor → gain in dB, any shape; magnitudes below ``floor`` count as ``floor``."""
    return DECIBEL_PER_NEPER * torch.log(amplitude.abs().clamp_min(floor))


def decibel_to_log_energy(decibel: Tensor) -> Tensor:
    """Level in dB → natural logarithm of the energy, any shape."""
    return in_unit(decibel, 1 / DECIBEL_PER_LOG_ENERGY)


def log_energy_to_decibel(log_energy: Tensor) -> Tensor:
    """Natural logarithm of an energy → level in dB, any shape."""
    return in_unit(log_energy, DECIBEL_PER_LOG_ENERGY)
