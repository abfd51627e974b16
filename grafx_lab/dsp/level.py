"""How loud a whole signal is."""

import torch
from torch import Tensor

SILENCE = 1e-7
"""Energy that is added before a logarithm: −70 dB."""


def log_mean_energy(signal: Tensor) -> Tensor:
    """Natural logarithm of the mean energy of all samples, ``(batch, channel, time)`` → ``(batch,)``."""
    energy = torch.linalg.vector_norm(signal, dim=(-2, -1)).square()
    return torch.log(energy / signal.shape[-2:].numel() + SILENCE)
