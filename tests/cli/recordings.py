"""Small recordings as files."""

from pathlib import Path

import torch

from grafx_lab.audio import Audio, write_audio


def write_noise(path: Path, *, seed=0, seconds=0.5, sample_rate=44100, channels=1, gain=0.1) -> Path:
    """Write uniform noise in ±gain; the same seed gives the same noise."""
    generator = torch.Generator().manual_seed(seed)
    samples = 2 * torch.rand(channels, round(seconds * sample_rate), generator=generator) - 1
    write_audio(path, Audio(gain * samples, sample_rate, path.stem))
    return path
