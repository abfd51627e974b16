r"""The linear recursions in plain PyTorch, for signals on a GPU.

A recursion :math:`v[n]=A\,v[n-1]+w[n]` is summed in about log₂(time) steps: after the step with shift s, every state
holds the contributions of its 2s latest inputs (W. D. Hillis, G. L. Steele, "Data parallel algorithms", CACM 1986).
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def one_pole(signal: Tensor, rate: Tensor, initial: float = 0.0) -> Tensor:
    """As :func:`grafx_lab.dsp.recursion.one_pole`: ``(batch, time)`` and ``(batch, 1)`` → ``(batch, time)``."""
    state, pole = (rate * (signal - initial)).double(), 1 - rate.double()
    shift = 1
    while shift < state.shape[-1]:
        state = state + pole * F.pad(state[..., :-shift], (shift, 0))
        pole, shift = pole.square(), 2 * shift
    return (state + initial).to(signal.dtype)


def cascade(signal: Tensor, sos: Tensor) -> Tensor:
    """Rows ``(rows, time)`` through sections ``(rows, stages, 6)`` → ``(rows, time)``."""
    output = signal.double()
    for stage in sos.double().unbind(-2):
        b0, b1, b2, _, a1, a2 = stage.unsqueeze(-1).unbind(-2)
        past = F.pad(output, (2, 0))
        output = _all_pole(b0 * output + b1 * past[..., 1:-1] + b2 * past[..., :-2], a1, a2)
    return output.to(signal.dtype)


def _all_pole(signal: Tensor, a1: Tensor, a2: Tensor) -> Tensor:
    """``y[n] = x[n] - a1 y[n-1] - a2 y[n-2]`` with the state (y[n], y[n-1]); a1, a2 are ``(rows, 1)``."""
    state = torch.stack([signal, torch.zeros_like(signal)], 1)
    ones, zeros = torch.ones_like(a1), torch.zeros_like(a1)
    power = torch.stack([torch.cat([-a1, -a2], -1), torch.cat([ones, zeros], -1)], 1)
    shift = 1
    while shift < signal.shape[-1]:
        state = state + power @ F.pad(state[..., :-shift], (shift, 0))
        power, shift = power @ power, 2 * shift
    return state[:, 0]
