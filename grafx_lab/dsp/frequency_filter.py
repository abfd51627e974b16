"""Filters given by magnitudes at equally spaced frequencies, fixed or changing with time.

J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020, section 3: each frame of the signal has a
finite impulse response of its own, sampled in frequency and windowed in time, and the filtered frames overlap and add.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.convolution import convolve


def frequency_impulse_response(magnitudes: Tensor, window_size: int = 0) -> Tensor:
    """The linear-phase FIR that has these magnitudes, smoothed by a Hann window.

    Args:
        magnitudes: factors from 0 Hz to half the sample rate ``(…, bins)``, at least two bins.
        window_size: taps; 0, or more than the ``2 * (bins - 1)`` that the bins determine, takes all of those.

    Returns:
        ``(…, taps)``, centred at tap ``taps // 2``, where the window is 1.
    """
    return windowed_response(torch.fft.irfft(magnitudes, n=2 * (magnitudes.shape[-1] - 1)), window_size)


def windowed_response(zero_phase: Tensor, window_size: int = 0) -> Tensor:
    """Cut a Hann window out of a response whose centre is tap 0 and whose past stands at its end.

    Args:
        zero_phase: ``(…, time)``.
        window_size: taps; 0, or more than the response has, takes all of it.

    Returns:
        ``(…, taps)``, centred at tap ``taps // 2``, where the window is 1.
    """
    length = zero_phase.shape[-1]
    taps = window_size if 0 < window_size < length else length
    # A window of even length peaks at taps // 2 only in its periodic form, one of odd length only in its symmetric one.
    window = torch.hann_window(taps, periodic=taps % 2 == 0, dtype=zero_phase.dtype, device=zero_phase.device)
    return zero_phase.roll(taps // 2, -1)[..., :taps] * window


def sinc_impulse_response(
    cutoff: Tensor, sample_rate: float, window_size: int = 512, *, high_pass: bool = False
) -> Tensor:
    """A linear-phase low-pass or high-pass FIR: an ideal filter's response under a Hamming window.

    Args:
        cutoff: in Hz, ``(…)``.
        sample_rate: in Hz.
        window_size: taps; an even number makes one more.
        high_pass: pass what lies above the cutoff instead of what lies below.

    Returns:
        ``(…, taps)``, centred at tap ``taps // 2``; a low-pass has gain 1 at 0 Hz, a high-pass gain 0.
    """
    half = window_size // 2
    tap = torch.arange(-half, half + 1, dtype=cutoff.dtype, device=cutoff.device)
    window = torch.hamming_window(2 * half + 1, periodic=False, dtype=cutoff.dtype, device=cutoff.device)
    response = torch.sinc(cutoff[..., None] * (2 / sample_rate) * tap) * window
    response = response / response.sum(-1, keepdim=True)
    return (tap == 0).to(response) - response if high_pass else response


def time_varying_convolve(signal: Tensor, fir: Tensor, mode: Literal["causal", "zerophase"] = "causal") -> Tensor:
    """Convolve equally long frames of the signal with a response each, overlap, add, and crop to its length.

    Args:
        signal: ``(batch, channel, time)``.
        fir: ``(batch, channel, frames, taps)``; batch and channel broadcast against the signal's. Frames are
            ``ceil(time / frames)`` samples long; responses of frames beyond the end stay unused.
        mode: ``"causal"`` lets the first tap act at once; ``"zerophase"`` centres tap ``taps // 2``.

    Returns:
        ``(batch, channel, time)``, broadcast in batch and channel.
    """
    length, taps = signal.shape[-1], fir.shape[-1]
    size = -(-length // fir.shape[-2])
    frames = -(-length // size)
    cut = F.pad(signal, (0, frames * size - length)).unflatten(-1, (frames, size))
    filtered = convolve(F.pad(cut, (0, taps - 1)), fir[..., :frames, :])
    offset = taps // 2 if mode == "zerophase" else 0
    return F.pad(_overlap_add(filtered, size), (0, offset))[..., offset : offset + length]


def frequency_filter(signal: Tensor, magnitudes: Tensor, window_size: int = 0) -> Tensor:
    """Filter frames of a signal by magnitudes each, without delay.

    Args:
        signal: ``(batch, channel, time)``.
        magnitudes: factors ``(batch, channel, frames, bins)``; batch and channel broadcast against the signal's.
        window_size: see :func:`frequency_impulse_response`.

    Returns:
        ``(batch, channel, time)``, broadcast in batch and channel.
    """
    return time_varying_convolve(signal, frequency_impulse_response(magnitudes, window_size), "zerophase")


def _overlap_add(frames: Tensor, hop: int) -> Tensor:
    """Frames ``(…, frames, size)`` laid ``hop`` samples apart → their sum ``(…, time)``."""
    layers = -(-frames.shape[-1] // hop)
    pieces = F.pad(frames, (0, layers * hop - frames.shape[-1])).unflatten(-1, (layers, hop))
    shifted = [F.pad(pieces[..., layer, :], (0, 0, layer, layers - 1 - layer)) for layer in range(layers)]
    return torch.stack(shifted).sum(0).flatten(-2)
