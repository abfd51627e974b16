"""How loud a whole signal is."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator

SILENCE = 1e-7
"""Energy that is added before a logarithm: −70 dB."""

BLOCK = 1024
"""Samples that are summed up in the dtype of the signals."""


def log_mean_energy(signal: Tensor) -> Tensor:
    """Natural logarithm of the mean energy of all samples, ``(batch, channel, time)`` → ``(batch,)``.

    Second derivatives are not available on the CPU.
    """
    if signal.is_cuda:
        return torch.log(signal.square().mean((-2, -1)) + SILENCE)
    return _LogMeanEnergy.apply(signal)


class _LogMeanEnergy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, signal: Tensor) -> Tensor:
        level, slope = _measure(signal)
        ctx.save_for_backward(signal, slope)
        return level

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        signal, slope = ctx.saved_tensors
        return signal * (grad_output * slope)[:, None, None]


@operator(
    "log_mean_energy(Tensor signal) -> (Tensor, Tensor)",
    lambda signal: (signal.new_empty(len(signal)), signal.new_empty(len(signal))),
)
def _measure(signal: Tensor) -> tuple[Tensor, Tensor]:
    """Logarithms, and the factors of the samples in their gradients."""
    samples = array(signal)
    level, slope = np.empty((2, len(samples)), samples.dtype)
    kernels.over_rows(_measure_rows, samples, level, slope, shared=(SILENCE,))
    return torch.from_numpy(level), torch.from_numpy(slope)


@kernels.compiled_in_any_order
def _measure_rows(x: Any, level: Any, slope: Any, silence: Any) -> None:
    """x: (rows, channels, time); level, slope: (rows,) are written; silence: see :data:`SILENCE`."""
    count = x.shape[1] * x.shape[2]
    for row in range(x.shape[0]):
        total = 0.0
        for channel in range(x.shape[1]):
            for start in range(0, x.shape[2], BLOCK):
                samples, share = x[row, channel, start : start + BLOCK], x.dtype.type(0)
                for n in range(len(samples)):
                    share += samples[n] * samples[n]
                total += share
        energy = total / count + silence
        level[row] = np.log(energy)
        slope[row] = 2 / (count * energy)
