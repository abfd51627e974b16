"""Compiled loops over the frames of a short-time spectrum, with their adjoints: masks, and overlap-add."""

from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled, compiled_in_any_order

SMALLEST_FACTOR = 1e-30
"""Masks end here: what is quieter would only slow the FFT down with denormal numbers."""


@compiled
def mask_frames(noise: Any, start: Any, decay: Any, envelope: Any, y: Any) -> None:
    """Frames times magnitudes that decay from frame to frame.

    noise, y: (rows, channels, frames, bins); start, decay: (rows, channels, bins), log magnitude and what each frame
    subtracts from it; envelope: (rows, channels, frames), added to all bins of a frame. y is written.
    """
    rows, channels, frames, bins = y.shape
    for row in range(rows):
        for channel in range(channels):
            factor, ratio = np.exp(start[row, channel]), np.exp(-decay[row, channel])
            for frame in range(frames):
                gain = np.exp(envelope[row, channel, frame])
                for k in range(bins):
                    y[row, channel, frame, k] = noise[row, channel, frame, k] * (gain * factor[k])
                    following = factor[k] * ratio[k]
                    factor[k] = 0.0 if following < SMALLEST_FACTOR else following


@compiled_in_any_order
def mask_frames_adjoint(
    grad: Any, noise: Any, start: Any, decay: Any, envelope: Any, grad_start: Any, grad_decay: Any, grad_envelope: Any
) -> None:
    """Gradients of :func:`mask_frames` by start, decay and envelope, of their shapes, are written."""
    rows, channels, frames, bins = grad.shape
    for row in range(rows):
        for channel in range(channels):
            factor, ratio = np.exp(start[row, channel]), np.exp(-decay[row, channel])
            by_start, by_decay = np.zeros(bins), np.zeros(bins)
            for frame in range(frames):
                gain, total = np.exp(envelope[row, channel, frame]), 0.0
                for k in range(bins):
                    flow = grad[row, channel, frame, k] * noise[row, channel, frame, k] * (gain * factor[k])
                    by_start[k] += flow
                    by_decay[k] -= frame * flow
                    total += flow
                    following = factor[k] * ratio[k]
                    factor[k] = 0.0 if following < SMALLEST_FACTOR else following
                grad_envelope[row, channel, frame] = total
            # One by one: numba takes seconds to compile the assignment of an array.
            for k in range(bins):
                grad_start[row, channel, k], grad_decay[row, channel, k] = by_start[k], by_decay[k]


@compiled
def overlap_add(frames: Any, y: Any, window: Any, scale: Any, hop: Any) -> None:
    """Sum windowed frames, centred at multiples of the hop, and scale the result.

    frames: (rows, frames, size); window: (size,); scale: (time,); y: (rows, time) is written.
    """
    size, length = len(window), y.shape[1]
    for row in range(y.shape[0]):
        y[row] = 0.0
        for frame in range(frames.shape[1]):
            start = frame * hop - size // 2
            first, last = max(0, -start), min(size, length - start)
            samples, part = y[row, start + first : start + last], frames[row, frame, first:last]
            weights = window[first:last]
            for k in range(last - first):
                samples[k] += weights[k] * part[k]
        for n in range(length):
            y[row, n] *= scale[n]


@compiled
def overlap_add_adjoint(grad: Any, grad_frames: Any, window: Any, scale: Any, hop: Any) -> None:
    """Gradient of :func:`overlap_add`: grad_frames (rows, frames, size) is written."""
    size, length = len(window), grad.shape[1]
    scaled = np.empty_like(grad[0])
    for row in range(grad.shape[0]):
        for n in range(length):
            scaled[n] = scale[n] * grad[row, n]
        for frame in range(grad_frames.shape[1]):
            start = frame * hop - size // 2
            first, last = max(0, -start), min(size, length - start)
            grad_frames[row, frame] = 0.0
            samples, part = scaled[start + first : start + last], grad_frames[row, frame, first:last]
            weights = window[first:last]
            for k in range(last - first):
                part[k] = weights[k] * samples[k]
