"""Magnitude spectra with a backward that stays on half spectra.

The gradient of a real Fourier transform's magnitude is one inverse real transform; PyTorch's own backward of ``rfft``
goes through full complex transforms, at twice the cost.
"""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from grafx_lab.dsp import frame_kernels
from grafx_lab.dsp.operators import operator

FLOOR = 1e-8
"""Smallest power: keeps logarithms and square roots finite at silence (the value of auraloss)."""


def rfft_magnitude(signal: Tensor) -> Tensor:
    """Magnitudes of the real Fourier transform along the last axis, ``(…, time)`` → ``(…, time // 2 + 1)``."""
    return _Magnitude.apply(signal, 0.0)


def frame_magnitude(frames: Tensor) -> Tensor:
    """Magnitudes of the real Fourier transform of frames that a window has shaped, ``(…, size)`` → ``(…, bins)``."""
    return _Magnitude.apply(frames, 0.0)


def stft_magnitude(signal: Tensor, fft_size: int, hop_size: int, window_size: int) -> Tensor:
    """Magnitudes of centred frames, each at least ``sqrt(FLOOR)``.

    Frames are reflected at the ends, as :func:`torch.stft` does; signals too short to reflect are padded with zeros.

    Args:
        signal: ``(batch, channel, time)``.
        fft_size: length of the transform in samples.
        hop_size: step in samples.
        window_size: length of the Hann window, centred in the frame.

    Returns:
        ``(batch, channel, frame, bin)`` with ``fft_size // 2 + 1`` bins.
    """
    window = torch.hann_window(window_size, dtype=signal.dtype, device=signal.device)
    frames = stft_support(signal, fft_size, window_size).unfold(-1, window_size, hop_size) * window
    return _Magnitude.apply(frames, FLOOR, fft_size)


def stft_support(signal: Tensor, fft_size: int, window_size: int) -> Tensor:
    """The signal as frames see it: extended at both ends, where the window of the first and of the last one reaches.

    Outside the window a frame is zero: only its inside is framed, and the transform pads.

    Args:
        signal: ``(batch, channel, time)``.
        fft_size: as in :func:`stft_magnitude`.
        window_size: as there.

    Returns:
        ``(batch, channel, longer time)``; frame k begins at k times the hop.
    """
    half = fft_size // 2
    missing = max(0, half + 1 - signal.shape[-1])
    longer = F.pad(signal, (0, missing)) if missing else signal
    left = (fft_size - window_size) // 2
    right = fft_size - window_size - left
    # Five times faster than padding with mode="reflect".
    before, after = longer[..., 1 : half + 1 - left].flip(-1), longer[..., right - half - 1 : -1].flip(-1)
    return torch.cat([before, longer, after], dim=-1)


class _Magnitude(torch.autograd.Function):
    """``sqrt(max(|rfft(x, n)|², floor))`` along the last axis; the gradient is zero where the floor holds."""

    @staticmethod
    def forward(ctx, frames: Tensor, floor: float, size: int | None = None) -> Tensor:
        size = size or frames.shape[-1]
        spectrum = torch.fft.rfft(frames, n=size)
        magnitude = _magnitude(spectrum, floor)
        ctx.save_for_backward(spectrum, magnitude)
        ctx.floor, ctx.size, ctx.length = floor, size, frames.shape[-1]
        return magnitude

    @staticmethod
    @once_differentiable
    def backward(ctx, *gradients: Tensor):
        (gradient,) = gradients
        spectrum, magnitude = ctx.saved_tensors
        # The smallest positive number makes 0 / 0 at a silent bin a zero.
        tiny = torch.finfo(magnitude.dtype).tiny
        # The floor's own root, not the magnitude squared: that may round to more than the floor.
        lowest = magnitude.new_tensor(ctx.floor).sqrt()
        weight = torch.where(magnitude > lowest, gradient / magnitude.clamp(min=tiny), 0.0)
        # irfft counts the inner bins twice, once for their mirror image; here each counts once.
        weight[..., 1 : (ctx.size + 1) // 2] *= 0.5
        return torch.fft.irfft(spectrum * weight, n=ctx.size, norm="forward")[..., : ctx.length], None, None


@operator(
    "magnitude(Tensor spectrum, float floor) -> Tensor",
    lambda spectrum, floor: spectrum.new_empty(spectrum.shape, dtype=spectrum.dtype.to_real()),
)
def _magnitude(spectrum: Tensor, floor: float) -> Tensor:
    if spectrum.is_cuda:
        return torch.view_as_real(spectrum).square().sum(-1).clamp_(min=floor).sqrt_()
    magnitude = torch.empty(spectrum.shape, dtype=spectrum.dtype.to_real())
    parts, roots = torch.view_as_real(spectrum.contiguous()).numpy(force=True).ravel(), magnitude.numpy().ravel()
    frame_kernels.magnitudes(parts, roots.dtype.type(floor), roots)
    return magnitude
