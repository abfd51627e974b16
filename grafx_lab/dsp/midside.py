"""Left and right ↔ mid and side. The mid is the mean of left and right, so that mono material keeps its level."""

import torch
from torch import Tensor


def to_stereo(signal: Tensor) -> Tensor:
    """Mono ``(batch, 1, time)`` → both channels alike ``(batch, 2, time)``; stereo stays as it is."""
    return signal.expand(-1, 2, -1)


def to_midside(signal: Tensor, scale: float = 0.5) -> Tensor:
    """Left and right ``(batch, 2, time)``, or mono ``(batch, 1, time)`` → mid and side ``(batch, 2, time)``."""
    return _sum_and_difference(signal, scale) @ to_stereo(signal)


def to_leftright(signal: Tensor, scale: float = 1.0) -> Tensor:
    """Mid and side ``(batch, 2, time)`` → left and right ``(batch, 2, time)``: undoes :func:`to_midside`."""
    return _sum_and_difference(signal, scale) @ signal


def widen(signal: Tensor, gain: Tensor) -> Tensor:
    """Multiply the side of ``(batch, 1 or 2, time)`` by a gain ``(batch, 1)`` → left and right ``(batch, 2, time)``."""
    own, other = (1 + gain) / 2, (1 - gain) / 2
    mixing = torch.stack([torch.cat([own, other], -1), torch.cat([other, own], -1)], -2)
    return mixing @ to_stereo(signal)


def _sum_and_difference(like: Tensor, scale: float) -> Tensor:
    """As a matrix: a product takes one pass over the signal, and one more for its gradient."""
    return like.new_tensor([[scale, scale], [scale, -scale]])
