"""Wavetables: one period of a waveform, read at any speed with linear interpolation."""

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.oscillator import accumulate_phase
from grafx_lab.dsp.resample import frame_positions, resample_envelope


def table_lookup(phase: Tensor, tables: Tensor) -> Tensor:
    """Read periodic tables.

    Args:
        phase: in cycles, ``(batch, time)``.
        tables: one period each, ``(batch, size)`` for all times or ``(batch, time, size)``; batch broadcasts.

    Returns:
        ``(batch, time)``.
    """
    if tables.ndim == 2:
        return _read(phase, tables, None)
    rows = torch.arange(tables.shape[1], device=tables.device)
    return _read(phase, tables, rows)


def wavetable_synthesis(f0: Tensor, amplitudes: Tensor, tables: Tensor, length: int, sample_rate: float) -> Tensor:
    """A tone whose period is read from tables that cross over from frame to frame.

    The tables are not band-limited: harmonics above half the sample rate come back as aliases.

    Args:
        f0: in Hz, ``(batch, frames, 1)``.
        amplitudes: ``(batch, frames, 1)``.
        tables: ``(batch, frames, size)``.
        length: samples to generate.
        sample_rate: in Hz.

    Returns:
        ``(batch, length)``.
    """
    phase = accumulate_phase(resample_envelope(f0, length), sample_rate, exclusive=True)[..., 0]
    frames = tables.shape[1]
    if frames == 1:
        wave = _read(phase, tables[:, 0], None)
    else:
        # Reading both neighbours at each sample spares a table for each sample.
        frame, fraction = frame_positions(length, length, frames, phase)
        following = (frame + 1).clamp(max=frames - 1)
        wave = torch.lerp(_read(phase, tables, frame), _read(phase, tables, following), fraction)
    return wave * resample_envelope(amplitudes, length, "window")[..., 0]


def table_of_harmonics(distribution: Tensor, size: int = 2048) -> Tensor:
    """Amplitudes of harmonics, as cosines ``(…, harmonics)`` → one period of their sum ``(…, size)``."""
    harmonics = distribution.shape[-1]
    if harmonics > size // 2:
        raise ValueError(f"table_of_harmonics: {harmonics} harmonics need a size of {2 * harmonics}, not {size}.")
    spectrum = F.pad(distribution, (1, size // 2 - harmonics))
    return torch.fft.irfft(spectrum, n=size) * (size / 2)


def _read(phase: Tensor, tables: Tensor, row: Tensor | None) -> Tensor:
    """Read tables ``(batch, size)``, or at each time the given row of ``(batch, rows, size)``."""
    size = tables.shape[-1]
    batch = max(phase.shape[0], tables.shape[0])
    place = phase * size
    left = place.detach().floor()
    entry = left.long()
    start = 0 if row is None else row * size
    flat = tables.flatten(1).expand(batch, -1)
    low, high = (
        flat.gather(1, (start + torch.remainder(index, size)).expand(batch, -1)) for index in (entry, entry + 1)
    )
    return torch.lerp(low, high, (place - left).expand_as(low))
