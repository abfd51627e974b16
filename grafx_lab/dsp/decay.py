"""How an impulse response decays, frequency by frequency.

M. R. Schroeder, "New method of measuring reverberation time", JASA 1965: what is still to come falls in a straight line
of decibels, whose slope is the decay.
"""

import torch
from torch import Tensor

from grafx_lab.dsp.spectrum import stft_magnitude

UPPER, LOWER = -4.0, -22.0
"""Decibels below its beginning between which the slope of a decay is read."""

TAIL = 0.15
"""Share of the response at its end that is taken for noise."""


def decay_by_frequency(response: Tensor, sample_rate: float, n_fft: int, hop: int) -> tuple[Tensor, Tensor]:
    """Level at the beginning and decay time of every bin, smoothed over neighbouring bins.

    Args:
        response: ``(channel, time)``.
        sample_rate: in Hz.
        n_fft: FFT length.
        hop: in samples.

    Returns:
        decibels and seconds until −60 dB, ``(channel, n_fft // 2 + 1)`` each.
    """
    energy = stft_magnitude(response[None].double(), n_fft, hop, n_fft)[0].square().transpose(-1, -2)
    energy = torch.nn.functional.avg_pool1d(energy.transpose(-1, -2), 9, 1, 4, count_include_pad=False).transpose(
        -1, -2
    )
    frames = energy.shape[-1]
    noise = energy[..., int((1 - TAIL) * frames) :].mean(-1, keepdim=True)
    remaining = (energy - noise).flip(-1).cumsum(-1).flip(-1).clamp_min(1e-30)
    curve = 10 * torch.log10(remaining / remaining[..., :1].clamp_min(1e-30))
    begin, end = ((curve < level).to(torch.uint8).argmax(-1).clamp_min(1) for level in (UPPER, LOWER))
    span = (end - begin).clamp_min(1) * hop / sample_rate
    fall = (curve.gather(-1, begin[..., None]) - curve.gather(-1, end[..., None]))[..., 0].clamp_min(1.0)
    seconds = 60 * span / fall
    level = 10 * torch.log10(energy[..., : max(1, frames // 50)].mean(-1).clamp_min(1e-30))
    return level, seconds
