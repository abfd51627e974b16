"""Banks of sine oscillators with frequencies and amplitudes that change with time.

Additive synthesis after X. Serra, J. Smith, "Spectral modeling synthesis", Computer Music Journal 14(4), 1990, in the
differentiable form of J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020. Envelopes are
``(batch, time, oscillator)``; frames that are to become such envelopes are ``(batch, frames, oscillator)``.
"""

import math

import torch
from torch import Tensor

from grafx_lab.dsp.resample import Interpolation, common_frames, resample_envelope

SILENCE = 1e-7
"""Divides a distribution of harmonics that has none."""


def accumulate_phase(frequency: Tensor, sample_rate: float, *, exclusive: bool = False) -> Tensor:
    """Phase of an oscillator in cycles, 0 to 1.

    The sum runs in double precision and only its fraction of a cycle is kept, so that the phase does not drift: after
    a minute of 440 Hz, float32 knows the number of cycles to no better than a hundredth of a radian.

    Args:
        frequency: in Hz, ``(batch, time, …)``.
        sample_rate: in Hz.
        exclusive: begin at phase 0 instead of one step behind it.

    Returns:
        shape and dtype of ``frequency``.
    """
    steps = frequency.double() / sample_rate
    cycles = torch.cumsum(steps, 1)
    if exclusive:
        cycles = cycles - steps
    return torch.remainder(cycles, 1.0).to(frequency.dtype)


def remove_above_nyquist(frequencies: Tensor, amplitudes: Tensor, sample_rate: float) -> Tensor:
    """Amplitudes with zeros where the frequency in Hz is half the sample rate or more; shapes broadcast."""
    return torch.where(frequencies.abs() < sample_rate / 2, amplitudes, 0.0)


def harmonic_frequencies(f0: Tensor, count: int) -> Tensor:
    """Fundamental ``(…, 1)`` in Hz → its first multiples ``(…, count)``."""
    return f0 * torch.arange(1, count + 1, dtype=f0.dtype, device=f0.device)


def normalize_harmonics(distribution: Tensor, f0: Tensor | None = None, sample_rate: float = 44100) -> Tensor:
    """Weights of harmonics that sum to one; with a fundamental, of those below half the sample rate.

    Args:
        distribution: positive weights ``(batch, frames, harmonics)``.
        f0: in Hz, ``(batch, frames, 1)``.
        sample_rate: in Hz.

    Returns:
        ``(batch, frames, harmonics)``; all zero where no harmonic is left.
    """
    if f0 is not None:
        distribution, f0 = common_frames(distribution, f0)
        distribution = remove_above_nyquist(harmonic_frequencies(f0, distribution.shape[-1]), distribution, sample_rate)
    total = distribution.sum(-1, keepdim=True)
    return distribution / torch.where(total == 0, SILENCE, total)


def harmonic_to_sinusoidal(
    amplitudes: Tensor, distribution: Tensor, f0: Tensor, sample_rate: float
) -> tuple[Tensor, Tensor]:
    """Amplitude ``(…, 1)``, weights ``(…, harmonics)``, fundamental ``(…, 1)`` → amplitude and Hz of each sinusoid."""
    weights = normalize_harmonics(distribution, f0, sample_rate)
    return amplitudes * weights, harmonic_frequencies(f0, distribution.shape[-1])


def oscillator_bank(frequencies: Tensor, amplitudes: Tensor, sample_rate: float, *, summed: bool = True) -> Tensor:
    """Sine oscillators, silent where they would reach half the sample rate.

    Args:
        frequencies: in Hz, ``(batch, time, oscillators)``.
        amplitudes: ``(batch, time, oscillators)``.
        sample_rate: in Hz.
        summed: add the oscillators up.

    Returns:
        ``(batch, time)``, or ``(batch, time, oscillators)``.
    """
    waves = torch.sin(2 * math.pi * accumulate_phase(frequencies, sample_rate))
    waves = remove_above_nyquist(frequencies, amplitudes, sample_rate) * waves
    return waves.sum(-1) if summed else waves


def harmonic_bank(
    f0: Tensor, amplitudes: Tensor, sample_rate: float, initial_phase: Tensor | float = 0.0
) -> tuple[Tensor, Tensor]:
    """Sine oscillators at the multiples of one fundamental, whose phase is summed up only once.

    Args:
        f0: in Hz, ``(batch, time, 1)``.
        amplitudes: ``(batch, time, harmonics)``.
        sample_rate: in Hz.
        initial_phase: of the fundamental before the first sample, in cycles, ``(batch, 1, 1)``.

    Returns:
        the sum ``(batch, time)``, and the fundamental's last phase in cycles ``(batch, 1, 1)``: where the next block
        of a stream goes on.
    """
    phase = accumulate_phase(f0, sample_rate) + initial_phase
    count = amplitudes.shape[-1]
    audible = remove_above_nyquist(harmonic_frequencies(f0, count), amplitudes, sample_rate)
    waves = torch.sin(2 * math.pi * harmonic_frequencies(phase, count))
    return (audible * waves).sum(-1), torch.remainder(phase[:, -1:], 1.0)


def harmonic_synthesis(
    f0: Tensor,
    amplitudes: Tensor,
    distribution: Tensor | None,
    length: int,
    sample_rate: float,
    *,
    shifts: Tensor | None = None,
    method: Interpolation = "window",
) -> Tensor:
    """A tone of harmonics from frames, whose counts may differ.

    Args:
        f0: in Hz, ``(batch, frames, 1)``.
        amplitudes: of the whole, ``(batch, frames, 1)``.
        distribution: amplitude of each harmonic relative to it, ``(batch, frames, harmonics)``; a sine by default.
        length: samples to generate.
        sample_rate: in Hz.
        shifts: what detunes each harmonic, relative to its frequency, ``(batch, frames, harmonics)``.
        method: how amplitudes are interpolated; frequencies always linearly.

    Returns:
        ``(batch, length)``.
    """
    if distribution is not None:
        amplitudes, distribution = common_frames(amplitudes, distribution)
        amplitudes = amplitudes * distribution
    amplitudes = resample_envelope(amplitudes, length, method)
    if shifts is None:
        return harmonic_bank(resample_envelope(f0, length), amplitudes, sample_rate)[0]
    f0, shifts = common_frames(f0, shifts)
    frequencies = harmonic_frequencies(f0, shifts.shape[-1]) * (1 + shifts)
    return oscillator_bank(resample_envelope(frequencies, length), amplitudes, sample_rate)
