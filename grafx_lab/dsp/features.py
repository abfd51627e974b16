"""What a recording is like over time: spectra, mel bands, cepstra and levels, a row for each frame.

The definitions are those of J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020, at any sample
rate. All are differentiable, and their gradients are finite at silence. Signals are ``(…, time)``.
"""

import math

import torch
from torch import Tensor
from torch.linalg import vector_norm

from grafx_lab.dsp.filterbank import mel_filterbank
from grafx_lab.dsp.frames import Padding, frame
from grafx_lab.dsp.spectrum import frame_magnitude
from grafx_lab.dsp.weighting import a_weighting

SMALLEST_MAGNITUDE = 1e-5
"""What is added to magnitudes before a logarithm."""

RANGE_DECIBEL = 80.0
"""Levels go no further down than this below 0 dB."""


def magnitude_spectrogram(
    signal: Tensor, fft_size: int = 2048, overlap: float = 0.75, padding: Padding = "same"
) -> Tensor:
    """Magnitudes of Hann-windowed frames.

    Args:
        signal: ``(…, time)``.
        fft_size: samples of a frame and of its transform.
        overlap: share of a frame that the next one has in common with it.
        padding: where frames begin and end; see :func:`grafx_lab.dsp.frames.frame`.

    Returns:
        ``(…, frames, fft_size // 2 + 1)``.
    """
    frames = frame(signal, fft_size, round(fft_size * (1 - overlap)), padding)
    return frame_magnitude(frames * torch.hann_window(fft_size, dtype=signal.dtype, device=signal.device))


def log_magnitude(magnitude: Tensor) -> Tensor:
    """Natural logarithm of magnitudes, of mel bands too, that stays finite at silence; any shape."""
    return torch.log(magnitude + SMALLEST_MAGNITUDE)


def mel_spectrogram(
    signal: Tensor,
    sample_rate: float = 16000,
    bands: int = 64,
    low: float = 0.0,
    high: float | None = None,
    fft_size: int = 2048,
    overlap: float = 0.75,
) -> Tensor:
    """Magnitudes summed in triangular bands that are evenly spaced in mel.

    Args:
        signal: ``(…, time)``.
        sample_rate: in Hz.
        bands: how many.
        low: where the first band begins, in Hz.
        high: where the last band ends, in Hz; half the sample rate by default.
        fft_size: as in :func:`magnitude_spectrogram`.
        overlap: as in :func:`magnitude_spectrogram`.

    Returns:
        ``(…, frames, bands)``.
    """
    magnitude = magnitude_spectrogram(signal, fft_size, overlap)
    matrix = mel_filterbank(bands, magnitude.shape[-1], sample_rate, low, high, convention="htk")
    return magnitude @ matrix.T.to(magnitude)


def log_mel_spectrogram(
    signal: Tensor,
    sample_rate: float = 16000,
    bands: int = 64,
    low: float = 80.0,
    high: float | None = 7600.0,
    fft_size: int = 2048,
    overlap: float = 0.75,
) -> Tensor:
    """Natural logarithm of :func:`mel_spectrogram`, ``(…, frames, bands)``."""
    return log_magnitude(mel_spectrogram(signal, sample_rate, bands, low, high, fft_size, overlap))


def mfcc(
    signal: Tensor,
    sample_rate: float = 16000,
    coefficients: int = 13,
    bands: int = 128,
    low: float = 20.0,
    high: float | None = None,
    fft_size: int = 1024,
    overlap: float = 0.75,
) -> Tensor:
    """Mel-frequency cepstral coefficients: the cosine transform of :func:`log_mel_spectrogram`.

    Args:
        signal: ``(…, time)``.
        sample_rate: in Hz.
        coefficients: how many, from the zeroth on.
        bands: of the mel spectrogram; further arguments as there.
        low: where the first band begins, in Hz.
        high: where the last band ends, in Hz; half the sample rate by default.
        fft_size: samples of a frame.
        overlap: share of a frame that the next one has in common with it.

    Returns:
        ``(…, frames, coefficients)``.
    """
    log_mel = log_mel_spectrogram(signal, sample_rate, bands, low, high, fft_size, overlap)
    order, place = torch.arange(coefficients).to(log_mel), (torch.arange(bands) + 0.5).to(log_mel)
    cosines = torch.cos(math.pi / bands * place[:, None] * order) * math.sqrt(2 / bands)
    return log_mel @ cosines


def frame_rms(
    signal: Tensor,
    sample_rate: float = 16000,
    frame_rate: float = 250,
    frame_size: int = 512,
    padding: Padding = "center",
) -> Tensor:
    """Root of the mean square of each frame.

    Args:
        signal: ``(…, time)``.
        sample_rate: in Hz.
        frame_rate: frames in a second; the hop is rounded to samples.
        frame_size: in samples.
        padding: where frames begin and end; see :func:`grafx_lab.dsp.frames.frame`.

    Returns:
        ``(…, frames)``.
    """
    frames = frame(signal, frame_size, round(sample_rate / frame_rate), padding)
    return vector_norm(frames, dim=-1) / math.sqrt(frame_size)


def frame_power(
    signal: Tensor,
    sample_rate: float = 16000,
    frame_rate: float = 250,
    frame_size: int = 512,
    padding: Padding = "center",
) -> Tensor:
    """Level of each frame in dB, 0 at full scale and at least −:data:`RANGE_DECIBEL`; as :func:`frame_rms`."""
    return _decibel(frame_rms(signal, sample_rate, frame_rate, frame_size, padding).square())


def frame_loudness(
    signal: Tensor,
    sample_rate: float = 16000,
    frame_rate: float = 250,
    fft_size: int = 512,
    padding: Padding = "center",
) -> Tensor:
    """Mean of the A-weighted power of each frame's bins in dB, at least −:data:`RANGE_DECIBEL`.

    Args:
        signal: ``(…, time)``.
        sample_rate: in Hz.
        frame_rate: frames in a second; the hop is rounded to samples.
        fft_size: samples of a frame and of its transform.
        padding: where frames begin and end; see :func:`grafx_lab.dsp.frames.frame`.

    Returns:
        ``(…, frames)``.
    """
    frames = frame(signal, fft_size, round(sample_rate / frame_rate), padding)
    magnitude = frame_magnitude(frames * torch.hann_window(fft_size, dtype=signal.dtype, device=signal.device))
    frequency = torch.linspace(0, sample_rate / 2, magnitude.shape[-1], dtype=torch.float64)
    weight = (10 ** (a_weighting(frequency) / 10)).to(magnitude)
    return _decibel((magnitude.square() * weight).mean(-1))


def _decibel(power: Tensor) -> Tensor:
    return 10 * torch.log10(power.clamp_min(10 ** (-RANGE_DECIBEL / 10)))
