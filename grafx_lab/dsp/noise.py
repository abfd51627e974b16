"""Noise that is the same on every machine and in every precision."""

import numpy as np
import torch
from torch import Tensor


def uniform_noise(seed: int, channels: int, length: int) -> Tensor:
    """White noise between −1 and 1, ``(channels, length)``, float64.

    Drawn from NumPy's Mersenne Twister (``RandomState``), whose stream is frozen: seed 0 gives the noise of GRAFX.
    """
    noise = np.random.RandomState(seed).uniform(size=(channels, length)) * 2 - 1
    return torch.from_numpy(noise)


def fresh_noise(
    batch: int, channels: int, length: int, like: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """White noise between −1 and 1, ``(batch, channels, length)``, other noise at each call and for each item.

    Args:
        like: decides dtype and device.
        generator: a random generator on that device; PyTorch's own by default.
    """
    shape = (batch, channels, length)
    return torch.rand(shape, dtype=like.dtype, device=like.device, generator=generator) * 2 - 1
