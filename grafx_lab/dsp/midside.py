"""Left and right ↔ mid and side. The mid is the mean of left and right, so that mono material keeps its level."""

import torch
from torch import Tensor


def to_stereo(signal: Tensor) -> Tensor:
    """Mono ``(batch, 1, time)`` → both channels alike ``(batch, 2, time)``; stereo stays as it is."""
    return signal.expand(-1, 2, -1)


def to_midside(signal: Tensor, scale: float = 0.5) -> Tensor:
    """Left and right ``(batch, 2, time)``, or mono ``(batch, 1, time)`` → mid and side ``(batch, 2, time)``."""
    left, right = to_stereo(signal).unbind(-2)
    return scale * torch.stack([left + right, left - right], -2)


def to_leftright(signal: Tensor, scale: float = 1.0) -> Tensor:
    """Mid and side ``(batch, 2, time)`` → left and right ``(batch, 2, time)``: undoes :func:`to_midside`."""
    mid, side = signal.unbind(-2)
    left_right = torch.stack([mid + side, mid - side], -2)
    return left_right if scale == 1.0 else scale * left_right
