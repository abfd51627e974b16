"""The fundamental frequency over time, without a trained model.

A. de Cheveigné, H. Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA 111(4), 2002. The
differences of a frame with its delayed self are computed on a grid finer than the samples, by zero-padding its
spectrum: a period of 2 kHz has only 8 samples at 16 kHz.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.convolution import fast_length
from grafx_lab.dsp.frames import Padding, frame

OVERSAMPLING = 8
"""Lags in a sample."""

FRAMES_AT_ONCE = 64
"""All of a long recording at once would need gigabytes."""

QUIET = 1e-10
"""Mean square of a frame below which nothing sounds: −100 dB."""


def fundamental_frequency(
    signal: Tensor,
    sample_rate: float = 16000,
    frame_rate: float = 250,
    low: float = 40.0,
    high: float = 2200.0,
    threshold: float = 0.15,
    padding: Padding = "center",
) -> tuple[Tensor, Tensor]:
    """Estimate the pitch of one voice; without gradient.

    Args:
        signal: ``(…, time)``.
        sample_rate: in Hz.
        frame_rate: frames in a second; the hop is rounded to samples.
        low: lowest frequency to look for, in Hz; a frame is two of its periods long.
        high: highest frequency to look for, in Hz, below half the sample rate.
        threshold: the first dip of the normalised difference below this is the period.
        padding: where frames begin and end; see :func:`grafx_lab.dsp.frames.frame`.

    Returns:
        frequency in Hz, 0 where nothing sounds, and confidence, 0 (noise) to 1 (periodic); ``(…, frames)`` each.
    """
    longest, shortest = round(sample_rate / low), max(1, int(OVERSAMPLING * sample_rate / high))
    with torch.no_grad():
        frames = frame(signal.double(), 2 * longest, round(sample_rate / frame_rate), padding)
        parts = [_period(part, longest, shortest, threshold) for part in frames.split(FRAMES_AT_ONCE, -2)]
        period, depth = (torch.cat(values, -1) for values in zip(*parts, strict=True))
        sounding = frames.square().mean(-1) > QUIET
        frequency = torch.where(sounding, sample_rate / period, 0.0)
        confidence = torch.where(sounding, (1 - depth).clamp(0, 1), 0.0)
        return frequency.to(signal.dtype), confidence.to(signal.dtype)


def _period(frames: Tensor, longest: int, shortest: int, threshold: float) -> tuple[Tensor, Tensor]:
    """Period in samples, and what is left of a frame ``(…, size)`` when it is taken away, as a share: ``(…)`` each."""
    difference = _normalised_difference(frames - frames.mean(-1, keepdim=True), longest)
    place, depth = _first_dip(difference[..., shortest - 1 :], threshold)
    return (place + shortest - 1) / OVERSAMPLING, depth


def _normalised_difference(frames: Tensor, longest: int) -> Tensor:
    """YIN's d' (equation 8) of frames ``(…, 2 * longest)`` at lags up to ``longest`` samples, in fractions of one."""
    size = fast_length(3 * longest)
    fixed, whole = torch.fft.rfft(frames[..., :longest], size), torch.fft.rfft(frames, size)
    correlation = OVERSAMPLING * torch.fft.irfft(fixed.conj() * whole, OVERSAMPLING * size)
    energy = F.pad(frames.square().cumsum(-1), (1, 0))
    moving = energy[..., longest:] - energy[..., : longest + 1]
    difference = moving[..., :1] + _finer(moving) - 2 * correlation[..., : OVERSAMPLING * longest + 1]
    running = difference[..., 1:].clamp_min(0).cumsum(-1)
    lag = torch.arange(1, running.shape[-1] + 1, dtype=frames.dtype, device=frames.device)
    # Where nothing differs yet, as at silence, the measure is 1 by definition.
    normalised = torch.where(running > 0, difference[..., 1:] * lag / running.clamp_min(1e-30), 1.0)
    return F.pad(normalised, (1, 0), value=1.0)


def _finer(values: Tensor) -> Tensor:
    """Straight lines between values ``(…, n)`` at every lag, ``(…, OVERSAMPLING * (n - 1) + 1)``."""
    rows = values.reshape(-1, 1, values.shape[-1])
    count = OVERSAMPLING * (values.shape[-1] - 1) + 1
    return F.interpolate(rows, count, mode="linear", align_corners=True).reshape(*values.shape[:-1], count)


def _first_dip(difference: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """Place, with a fraction, and depth of the first minimum below the threshold, or of the deepest: ``(…)`` each.

    The first and the last value are no places.
    """
    before, here, after = difference[..., :-2], difference[..., 1:-1], difference[..., 2:]
    dips = (here <= before) & (here < after)
    below = dips & (here < threshold)
    first, deepest = below.to(torch.uint8).argmax(-1), torch.where(dips, here, torch.inf).argmin(-1)
    place = torch.where(below.any(-1), first, deepest)[..., None]
    left, bottom, right = (part.gather(-1, place)[..., 0] for part in (before, here, after))
    bend = left - 2 * bottom + right
    fraction = torch.where(bend > 0, (left - right) / (2 * bend.clamp_min(1e-30)), 0.0).clamp(-1, 1)
    return place[..., 0] + 1 + fraction, bottom
