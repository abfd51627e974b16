"""Signals with known answers."""

import math

import torch

from grafx_lab.audio import Audio


def sine(hertz: float, *, seconds=1.0, sample_rate=48000, peak_dbfs=0.0, channels=1, phase=0.0, name="sine") -> Audio:
    """A sine in every channel; ``phase`` in radians."""
    time = torch.arange(round(seconds * sample_rate), dtype=torch.float64) / sample_rate
    wave = 10 ** (peak_dbfs / 20) * torch.sin(2 * math.pi * hertz * time + phase)
    return Audio(wave.expand(channels, -1).clone(), sample_rate, name)


def constant(value: float, *, samples=1000, sample_rate=44100, channels=1, name="constant") -> Audio:
    """The same sample throughout."""
    return Audio(torch.full((channels, samples), float(value)), sample_rate, name)
