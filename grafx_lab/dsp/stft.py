"""Short-time Fourier transforms with a periodic Hann window, and noise shaped by a mask on its bins.

Filtered noise as the late part of a room's response: J. Engel et al., "DDSP: Differentiable digital signal
processing", ICLR 2020.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, stft_kernels
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator

SMALLEST_OVERLAP = 1e-11
"""Sum of overlapping squared windows below which a sample is not restored."""


def stft(signal: Tensor, n_fft: int, hop: int) -> Tensor:
    """Signal ``(…, time)`` → complex ``(…, n_fft // 2 + 1, 1 + time // hop)``; frames are centred, edges mirrored."""
    window = torch.hann_window(n_fft, dtype=signal.dtype, device=signal.device)
    rows = signal.reshape(-1, signal.shape[-1])
    spectrum = torch.stft(rows, n_fft, hop, window=window, return_complex=True)
    return spectrum.reshape(*signal.shape[:-1], *spectrum.shape[-2:])


def istft(spectrum: Tensor, n_fft: int, hop: int, length: int) -> Tensor:
    """Complex ``(…, n_fft // 2 + 1, frames)`` → signal ``(…, length)``: undoes :func:`stft`."""
    window = torch.hann_window(n_fft, dtype=spectrum.real.dtype, device=spectrum.device)
    rows = spectrum.reshape(-1, *spectrum.shape[-2:])
    return torch.istft(rows, n_fft, hop, window=window, length=length).reshape(*spectrum.shape[:-2], length)


def masked_noise(
    noise: Tensor,
    log_start: Tensor,
    log_decay: Tensor,
    n_fft: int,
    hop: int,
    length: int,
    log_envelope: Tensor | None = None,
) -> Tensor:
    """Noise whose bins start at a magnitude and decay exponentially.

    Args:
        noise: its STFT, complex ``(batch or 1, channel, bins, frames)``; no gradient flows into it on the CPU.
        log_start: natural logarithm of the magnitude in the first frame ``(batch, channel, bins)``.
        log_decay: what each frame subtracts from it ``(batch, channel, bins)``, positive.
        n_fft: FFT length of that STFT.
        hop: its hop in samples.
        length: samples of the result.
        log_envelope: added to every bin of a frame ``(batch, channel, frames)``.

    Returns:
        ``(batch, channel, length)``.
    """
    frames = noise.shape[-1]
    if log_envelope is None:
        log_envelope = log_start.new_zeros(1, 1, frames)
    if noise.is_cuda:
        steps = torch.arange(frames, dtype=log_start.dtype, device=log_start.device)
        log_mask = log_start[..., None] - log_decay[..., None] * steps + log_envelope[..., None, :]
        return istft(noise * torch.exp(log_mask), n_fft, hop, length)
    batch, channels = max(map(len, (noise, log_start, log_decay, log_envelope))), noise.shape[1]
    curves = (curve.expand(batch, channels, -1) for curve in (log_start, log_decay, log_envelope))
    spectrum = _Mask.apply(noise.mT.contiguous(), *curves)
    return _OverlapAdd.apply(torch.fft.irfft(spectrum, n=n_fft), hop, length)


def normalize_energy(impulse_response: Tensor, floor: float = 1e-12) -> Tensor:
    """Scale a response ``(batch, channel, time)`` so that its channels have energy one on average."""
    energy = impulse_response.square().sum(-1, keepdim=True).mean(-2, keepdim=True)
    return impulse_response * torch.rsqrt(energy + floor)


class _Mask(torch.autograd.Function):
    """Autograd around :func:`stft_kernels.mask_frames`; noise ``(batch, channel, frames, bins)``."""

    @staticmethod
    def forward(ctx: Any, noise: Tensor, start: Tensor, decay: Tensor, envelope: Tensor) -> Tensor:
        ctx.save_for_backward(noise, start, decay, envelope)
        return _mask(noise, start, decay, envelope)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        return None, *_mask_adjoint(grad_output, *ctx.saved_tensors)


class _OverlapAdd(torch.autograd.Function):
    """Frames ``(batch, channel, frames, n_fft)`` → ``(batch, channel, time)``: the last step of :func:`istft`."""

    @staticmethod
    def forward(ctx: Any, frames: Tensor, hop: int, length: int) -> Tensor:
        ctx.sizes = *frames.shape[-2:], hop
        return _overlap_add(frames, hop, length)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        return _overlap_add_adjoint(grad_output, *ctx.sizes), None, None


@operator(
    "mask_frames(Tensor noise, Tensor start, Tensor decay, Tensor envelope) -> Tensor",
    lambda noise, start, *_: noise.new_empty((len(start), *noise.shape[1:])),
)
def _mask(noise: Tensor, start: Tensor, decay: Tensor, envelope: Tensor) -> Tensor:
    spectrum = torch.empty((len(start), *noise.shape[1:]), dtype=noise.dtype)
    kernels.over_rows(stft_kernels.mask_frames, *_mask_arguments(noise, start, decay, envelope), _floats(spectrum))
    return spectrum


@operator(
    "mask_frames_adjoint(Tensor grad, Tensor noise, Tensor start, Tensor decay, Tensor envelope)"
    " -> (Tensor, Tensor, Tensor)",
    lambda grad, noise, *curves: tuple(curve.new_empty(curve.shape) for curve in curves),
)
def _mask_adjoint(
    grad: Tensor, noise: Tensor, start: Tensor, decay: Tensor, envelope: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    arguments = _mask_arguments(noise, start, decay, envelope)
    by_part, by_part_decay, by_frame = (np.empty(argument.shape) for argument in arguments[1:])
    grads = by_part, by_part_decay, by_frame
    kernels.over_rows(stft_kernels.mask_frames_adjoint, _floats(grad.contiguous()), *arguments, *grads)
    by_bin = (part.reshape(*start.shape, 2).sum(-1) for part in (by_part, by_part_decay))
    by_start, by_decay, by_envelope = (torch.from_numpy(part).to(start.dtype) for part in (*by_bin, by_frame))
    return by_start, by_decay, by_envelope


def _mask_arguments(noise: Tensor, *curves: Tensor) -> tuple[np.ndarray, ...]:
    """Noise and float64 curves for each item; the real and imaginary parts of a bin stand side by side."""
    start, decay, envelope = (curve.detach().double() for curve in curves)
    doubled = (array(curve.repeat_interleave(2, -1)) for curve in (start, decay))
    parts = _floats(noise)
    return np.broadcast_to(parts, (len(start), *parts.shape[1:])), *doubled, array(envelope)


def _floats(spectrum: Tensor) -> np.ndarray:
    """Complex ``(…, bins)`` → real ``(…, 2 bins)``."""
    return torch.view_as_real(spectrum.detach()).flatten(-2).numpy()


@operator(
    "overlap_add(Tensor frames, int hop, int length) -> Tensor",
    lambda frames, hop, length: frames.new_empty((*frames.shape[:-2], length)),
)
def _overlap_add(frames: Tensor, hop: int, length: int) -> Tensor:
    count, size = frames.shape[-2:]
    y = frames.new_empty((*frames.shape[:-2], length))
    window, scale = _synthesis(size, hop, count, length, frames.dtype)
    rows = array(frames).reshape(-1, count, size), y.view(-1, length).numpy()
    kernels.over_rows(stft_kernels.overlap_add, *rows, shared=(window, scale, hop))
    return y


@operator(
    "overlap_add_adjoint(Tensor grad, int frames, int size, int hop) -> Tensor",
    lambda grad, frames, size, hop: grad.new_empty((*grad.shape[:-1], frames, size)),
)
def _overlap_add_adjoint(grad: Tensor, frames: int, size: int, hop: int) -> Tensor:
    length = grad.shape[-1]
    grad_frames = grad.new_empty((*grad.shape[:-1], frames, size))
    window, scale = _synthesis(size, hop, frames, length, grad.dtype)
    rows = array(grad).reshape(-1, length), grad_frames.view(-1, frames, size).numpy()
    kernels.over_rows(stft_kernels.overlap_add_adjoint, *rows, shared=(window, scale, hop))
    return grad_frames


@lru_cache(maxsize=16)
def _synthesis(size: int, hop: int, frames: int, length: int, dtype: torch.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The window, and one over the sum of its overlapping squares at every sample."""
    window = torch.hann_window(size, dtype=torch.float64).numpy()
    total = np.zeros((frames - 1) * hop + size)
    for frame in range(frames):
        total[frame * hop : frame * hop + size] += window**2
    reached = total[size // 2 : size // 2 + length]
    scale = np.zeros(length)
    scale[: len(reached)] = 1 / np.maximum(reached, SMALLEST_OVERLAP)
    kind = torch.empty(0, dtype=dtype).numpy().dtype
    return window.astype(kind), scale.astype(kind)
