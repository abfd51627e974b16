"""Short-time Fourier transforms with a periodic Hann window, and noise shaped by a mask on its bins.

Filtered noise as the late part of a room's response: J. Engel et al., "DDSP: Differentiable digital signal
processing", ICLR 2020.
"""

import torch
from torch import Tensor


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
        noise: its STFT, complex ``(batch or 1, channel, bins, frames)``.
        log_start: natural logarithm of the magnitude in the first frame ``(batch, channel, bins)``.
        log_decay: what each frame subtracts from it ``(batch, channel, bins)``, positive.
        n_fft: FFT length of that STFT.
        hop: its hop in samples.
        length: samples of the result.
        log_envelope: added to every bin of a frame ``(batch, channel, frames)``.

    Returns:
        ``(batch, channel, length)``.
    """
    frames = torch.arange(noise.shape[-1], dtype=log_start.dtype, device=log_start.device)
    log_mask = log_start[..., None] - log_decay[..., None] * frames
    if log_envelope is not None:
        log_mask = log_mask + log_envelope[..., None, :]
    return istft(noise * torch.exp(log_mask), n_fft, hop, length)


def normalize_energy(impulse_response: Tensor, floor: float = 1e-12) -> Tensor:
    """Scale a response ``(batch, channel, time)`` so that its channels have energy one on average."""
    energy = impulse_response.square().sum(-1, keepdim=True).mean(-2, keepdim=True)
    return impulse_response * torch.rsqrt(energy + floor)
