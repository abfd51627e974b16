"""Signals to compare."""

import torch
from torch import Tensor


def noise(batch: int = 1, channels: int = 2, time: int = 700, seed: int = 0, dtype=torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.3 * torch.randn(batch, channels, time, generator=generator, dtype=dtype)


def sine(frequency: float, amplitude: float = 0.5, time: int = 8000, rate: float = 16000, phase: float = 0.0) -> Tensor:
    """``(1, 1, time)``, float64."""
    seconds = torch.arange(time, dtype=torch.float64) / rate
    return amplitude * torch.sin(2 * torch.pi * frequency * seconds + phase)[None, None]
