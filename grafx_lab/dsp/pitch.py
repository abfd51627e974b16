"""Frequencies from unbounded numbers, such that gradients can move them over the whole range of hearing.

A sine's frequency is hard to find by descent. These parameterisations of J. Engel et al., "Self-supervised pitch
detection by inverse audio synthesis", ICML 2020 workshop, spread a network's outputs over pitch instead of hertz. All
take ``(batch, frames, sinusoids, depth)`` and return Hz ``(batch, frames, sinusoids)``.
"""

import math
from typing import Literal

import torch
from torch import Tensor

from grafx_lab.dsp.scales import SCALES, FrequencyScale, bark_to_hz, hz_to_bark, hz_to_erb, unit_to_hz
from grafx_lab.dsp.scaling import soft_limit

LOWEST_PITCH = 440.0 * 2 ** (-69 / 12)
"""MIDI note 0 in Hz: the bottom of a scale of pitch, which has no 0 Hz."""

_BANDS = {"bark": FrequencyScale(hz_to_bark, bark_to_hz), "mel": SCALES["mel_htk"]}


def unit_to_midi(place: Tensor, low: float = 20.0, high: float = 90.0) -> Tensor:
    """Place between two pitches, 0 to 1 → semitones."""
    return low + (high - low) * place


def midi_to_unit(pitch: Tensor, low: float = 20.0, high: float = 90.0) -> Tensor:
    """Undoes :func:`unit_to_midi`."""
    return (pitch - low) / (high - low)


def frequencies_softmax(logits: Tensor, low: float = 20.0, high: float = 8000.0) -> Tensor:
    """The mean of evenly spaced pitches from ``low`` to ``high`` Hz, weighted by a softmax over the depth."""
    pitches = torch.linspace(0.0, 1.0, logits.shape[-1], dtype=logits.dtype, device=logits.device)
    return unit_to_hz((torch.softmax(logits, -1) * pitches).sum(-1), low, high)


def frequencies_sigmoid(logits: Tensor, low: float = 0.0, high: float = 8000.0) -> Tensor:
    """A sum of sigmoids, each over its own part of the range and each finer than the one before.

    A part that begins at 0 Hz begins at :data:`LOWEST_PITCH` instead, so a sum of d of them bottoms out at d times
    that pitch.
    """
    depth = logits.shape[-1]
    share = 1 - (high - low) ** (-1 / depth)
    rest, total = high - low, torch.zeros_like(logits[..., 0])
    for level in range(depth):
        last = level == depth - 1
        top = rest if last else rest * share
        bottom = max(low, LOWEST_PITCH) if last else LOWEST_PITCH
        total = total + unit_to_hz(torch.sigmoid(logits[..., level]), bottom, top)
        rest -= top
    return total


def frequencies_critical_bands(
    logits: Tensor,
    low: float = 20.0,
    high: float = 8000.0,
    *,
    scale: Literal["bark", "mel"] = "bark",
    depth_scale: float = 10.0,
    bandwidth_scale: float = 1.0,
) -> Tensor:
    """Each sinusoid within a critical band of its own; bands evenly spaced on a scale of hearing.

    As in DDSP, the limiter that keeps them in the range lifts all of them by ``low``.

    Args:
        logits: each level of the depth moves the frequency ``depth_scale`` times less than the one before.
        low: centre of the lowest band in Hz.
        high: centre of the highest band in Hz.
        scale: what the centres are even in.
        depth_scale: see ``logits``.
        bandwidth_scale: how far a sinusoid may go from the centre, in equivalent rectangular bandwidths.
    """
    centres = _BANDS[scale].spread(low, high, logits.shape[-2]).to(logits)
    fineness = torch.arange(logits.shape[-1], dtype=logits.dtype, device=logits.device) * -math.log(depth_scale)
    deviation = (torch.tanh(logits) * torch.exp(fineness)).sum(-1)
    return soft_limit(centres + bandwidth_scale * hz_to_erb(centres) * deviation, low, high)
