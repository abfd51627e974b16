"""A constant offset taken away while a recording plays, and how such a filter is recognised in one."""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.frames import frame
from grafx_lab.dsp.recursion import one_pole

SIZE = 8192
"""Samples of a frame: its bins tell apart what is around the lowest notes."""

OCTAVES = 7
"""From :data:`LOWEST` up; in each of them a gain is free, of which a filter behind would be made."""

LOWEST = 20.0
"""Hz: what is below is no music."""

HEARD = 1e-4
"""Share of the loudest octave's energy that another one needs to say anything."""


def block_dc(signal: Tensor, cutoff: Tensor, sample_rate: float) -> Tensor:
    r"""A first-order high-pass filter, :math:`(1-r)\frac{1-z^{-1}}{1-(1-r)z^{-1}}` with :math:`r=1-e^{-2\pi f/f_s}`.

    See J. O. Smith, "Introduction to Digital Filters with Audio Applications", section "DC Blocker".

    Args:
        signal: ``(batch, channel, time)``.
        cutoff: where 3 dB are missing, in Hz, ``(batch, 1)``.
        sample_rate: in Hz.
    """
    rate = -torch.expm1(-2 * math.pi / sample_rate * cutoff)
    batch, channels, time = max(len(signal), len(rate)), *signal.shape[1:]
    rows = signal.expand(batch, -1, -1).reshape(-1, time)
    rates = rate.expand(batch, 1).repeat_interleave(channels, 0)
    return signal - one_pole(rows, rates).unflatten(0, (batch, channels))


def dc_blocker_match(signal: Tensor, target: Tensor, cutoffs: Tensor, sample_rate: float) -> Tensor:
    """How well each filter of :func:`block_dc` explains the phases of the low octaves of a target.

    Magnitudes say nothing here: any equalizer changes them, hardly the phases. Turned polarity does not matter.

    Args:
        signal: ``(channel, time)``, before the filter.
        target: ``(channel, time)``, with it; in each octave, it may be louder or softer.
        cutoffs: in Hz, ``(candidates,)``.
        sample_rate: in Hz.

    Returns:
        ``(candidates,)``: 1 where a filter makes all of the target, 0 where it makes nothing.
    """
    before, after = (_spectrum(item) for item in (signal, target))
    frequencies = torch.arange(before.shape[-1], dtype=torch.float64, device=signal.device) * sample_rate / SIZE
    response = 1 / (1 - 1j * cutoffs.double()[:, None] / frequencies.clamp_min(1e-9))
    common, power = (before.conj() * after).sum((0, 1)), before.abs().square().sum((0, 1))
    wanted = after.abs().square().sum((0, 1))
    octave = torch.log2(frequencies.clamp_min(1e-9) / LOWEST).floor()
    bands = torch.stack([octave == number for number in range(OCTAVES)]).double()
    along = common.real.sum().sign() * (response.conj() * common).real @ bands.T
    made, asked = (response.abs().square() * power) @ bands.T, bands @ wanted
    share = along.clamp_min(0).square() / (made * asked).clamp_min(1e-30)
    heard = (asked > HEARD * asked.max()).double()
    return share @ heard / heard.sum().clamp_min(1)


def _spectrum(signal: Tensor) -> Tensor:
    """``(channel, frames, bins)``, float64."""
    window = torch.hann_window(SIZE, dtype=torch.float64, device=signal.device)
    return torch.fft.rfft(frame(signal.double(), SIZE, SIZE // 2, "valid") * window)
