"""How loud a whole signal is."""

import torch
from torch import Tensor

SILENCE = 1e-7
"""Energy that is added before a logarithm: −70 dB."""


def log_mean_energy(signal: Tensor) -> Tensor:
    """Natural logarithm of the mean energy of all samples, ``(batch, channel, time)`` → ``(batch,)``."""
    return torch.log(signal.square().mean((-1, -2)) + SILENCE)
