"""Envelopes: from one value a frame to one value a sample."""

import math
from typing import Literal

import torch
from torch import Tensor

Interpolation = Literal["nearest", "linear", "cubic", "window"]

CUBIC_TENSION = -0.75
"""Slope parameter of the cubic kernel; −0.75 is TensorFlow's and PyTorch's."""


def resample_envelope(
    envelope: Tensor, length: int, method: Interpolation = "linear", hold_last: bool = True
) -> Tensor:
    """Interpolate frames, at any ratio of lengths; no low-pass filter comes before a reduction.

    ``"window"`` lays overlapping Hann windows over the frames, which is the same as crossing from each frame to the
    next along half a cosine: it has no corners (J. Engel et al., "DDSP: Differentiable digital signal processing",
    ICLR 2020). ``"cubic"`` is the convolution of R. Keys, "Cubic convolution interpolation for digital image
    processing", IEEE Trans. ASSP 29(6), 1981.

    Args:
        envelope: ``(batch, frames, …)``.
        length: values to interpolate along the second axis.
        method: how to get from frame to frame.
        hold_last: each frame stands for an equal part of the length, and the last one is held through its part.
            Otherwise the last frame is reached at the end.

    Returns:
        ``(batch, length, …)``.
    """
    frames = envelope.shape[1]
    if frames == 1:
        return envelope.expand(-1, length, *envelope.shape[2:])
    if hold_last:
        steps, intervals = length, frames
    else:
        # The last window ends, and so the last frame is reached, one sample beyond the length.
        steps, intervals = (length if method == "window" else max(length - 1, 1)), frames - 1
    if method == "nearest":
        # Halves go up, where the last frame is an end; a frame that stands for a part begins that part.
        scaled = torch.arange(length, device=envelope.device) * intervals
        nearest = scaled // steps if hold_last else (2 * scaled + steps) // (2 * steps)
        return envelope.index_select(1, nearest)
    lower, fraction = frame_positions(length, steps, intervals, envelope)
    fraction = fraction.reshape(-1, *[1] * (envelope.ndim - 2))
    if method == "cubic":
        return _cubic(envelope, lower, fraction)
    if method == "window":
        fraction = torch.sin(math.pi / 2 * fraction).square()
    elif method != "linear":
        raise ValueError(f"resample_envelope: method is {method!r}, expected nearest, linear, cubic or window.")
    return torch.lerp(_frame(envelope, lower), _frame(envelope, lower + 1), fraction)


def frame_positions(length: int, steps: int, intervals: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Where samples lie among frames that are ``steps / intervals`` samples apart.

    Returns:
        the frame before each sample, and the way from it to the next, 0 to 1, each ``(length,)``; the way has the
        dtype of ``like``. Whole numbers keep it exact however long the signal is.
    """
    scaled = torch.arange(length, device=like.device) * intervals
    lower = torch.div(scaled, steps, rounding_mode="floor")
    return lower, (scaled - lower * steps).to(like.dtype) / steps


def common_frames(*envelopes: Tensor) -> tuple[Tensor, ...]:
    """Envelopes ``(batch, frames, …)`` with the frames of the one that has most."""
    frames = max(envelope.shape[1] for envelope in envelopes)
    return tuple(
        envelope if envelope.shape[1] == frames else resample_envelope(envelope, frames) for envelope in envelopes
    )


def _frame(envelope: Tensor, index: Tensor) -> Tensor:
    """Frames by number; beyond the ends stand the first and the last one."""
    return envelope.index_select(1, index.clamp(0, envelope.shape[1] - 1))


def _cubic(envelope: Tensor, lower: Tensor, fraction: Tensor) -> Tensor:
    a = CUBIC_TENSION
    total = torch.zeros((), dtype=envelope.dtype, device=envelope.device)
    for offset in (-1, 0, 1, 2):
        distance = (fraction - offset).abs()
        if offset in (0, 1):
            weight = ((a + 2) * distance - (a + 3)) * distance.square() + 1
        else:
            weight = ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
        total = total + weight * _frame(envelope, lower + offset)
    return total
