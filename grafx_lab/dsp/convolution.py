"""Linear convolution through the FFT, exact for every length, with a backward pass on half spectra."""

import math
from typing import Any, Literal, cast

import torch
from scipy.fft import next_fast_len
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

LEAST_ROWS = 2
"""MKL transforms one long row slower than two."""

LENGTH_STEP = 16
"""What the lengths of transforms are multiples of."""


def convolve(signal: Tensor, fir: Tensor, mode: Literal["causal", "zerophase"] = "causal") -> Tensor:
    """Convolve and crop to the length of the signal.

    Args:
        signal: ``(batch, channel, time)``.
        fir: ``(batch, channel, taps)``; batch and channel broadcast against the signal's.
        mode: ``"causal"`` lets the first tap act at once; ``"zerophase"`` centres tap ``taps // 2``.

    Returns:
        ``(batch, channel, time)``, broadcast in batch and channel.
    """
    if mode not in ("causal", "zerophase"):
        raise ValueError(f"convolve: mode is {mode!r}, expected 'causal' or 'zerophase'.")
    offset = fir.shape[-1] // 2 if mode == "zerophase" else 0
    # Taps beyond the last output sample multiply nothing but zeros.
    return _Convolution.apply(signal, fir[..., : signal.shape[-1] + offset], offset)


def fast_length(samples: int) -> int:
    """The next length whose real FFT is fast: MKL takes up to four times as long for an odd one, however smooth."""
    return LENGTH_STEP * cast(int, next_fast_len(-(-samples // LENGTH_STEP), real=True))


class _Convolution(torch.autograd.Function):
    """Both gradients of a convolution are correlations: one spectrum of the cotangent serves the two of them."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, fir: Tensor, offset: int) -> Tensor:
        length, taps = signal.shape[-1], fir.shape[-1]
        # What wraps around must fall outside the crop, no more: the tails may overlap each other.
        size = fast_length(max(length + offset, length + taps - 1 - offset))
        signal_spectrum, fir_spectrum = _spectra(size, signal, fir)
        ctx.save_for_backward(signal_spectrum, fir_spectrum)
        ctx.sizes = size, offset, length, taps
        return _inverse(signal_spectrum * fir_spectrum, size)[..., offset : offset + length]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        signal_spectrum, fir_spectrum = ctx.saved_tensors
        size, offset, length, taps = ctx.sizes
        (grad_spectrum,) = _spectra(size, F.pad(grad_output, (offset, 0)) if offset else grad_output)
        mirrored = grad_spectrum.conj_physical_()
        grad_signal = grad_fir = None
        if ctx.needs_input_grad[1]:
            grad_fir = _correlation(mirrored * signal_spectrum, fir_spectrum.shape, size)[..., :taps]
        if ctx.needs_input_grad[0]:
            # Nobody needs it any more: a product in fresh memory would take twice as long.
            grad_signal = _correlation(mirrored.mul_(fir_spectrum), signal_spectrum.shape, size)[..., :length]
        return grad_signal, grad_fir, None


def _spectra(size: int, *signals: Tensor) -> list[Tensor]:
    """Transform signals ``(…, time)``, padded to one size, together: an FFT takes long to set up."""
    rows = [math.prod(signal.shape[:-1]) for signal in signals]
    padded = signals[0].new_empty(max(sum(rows), LEAST_ROWS), size)
    for part, signal in zip(padded[: sum(rows)].split(rows), signals, strict=True):
        part[:, : signal.shape[-1]] = signal.flatten(0, -2)
        part[:, signal.shape[-1] :] = 0
    padded[sum(rows) :] = 0
    spectra = torch.fft.rfft(padded)[: sum(rows)].split(rows)
    return [spectrum.unflatten(0, signal.shape[:-1]) for spectrum, signal in zip(spectra, signals, strict=True)]


def _correlation(mirrored: Tensor, shape: torch.Size, size: int) -> Tensor:
    """The correlation whose spectrum's conjugate is given and used up.

    Summing over what was broadcast before the inverse FFT saves transforms.
    """
    return _inverse(mirrored.sum_to_size(shape).conj_physical_(), size)


def _inverse(spectrum: Tensor, size: int) -> Tensor:
    """Transform a spectrum ``(…, bins)`` back to ``(…, size)``."""
    rows = spectrum.flatten(0, -2)
    signals = torch.fft.irfft(rows.expand(max(len(rows), LEAST_ROWS), -1), n=size)
    return signals[: len(rows)].unflatten(0, spectrum.shape[:-1])
