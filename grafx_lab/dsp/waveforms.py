"""Sawtooth, square and triangle without aliases: sums of just those harmonics that fit below half the sample rate."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

WAVEFORMS = ("saw", "square", "triangle")


def band_limited_waveforms(phase: Tensor, f0: Tensor, sample_rate: float, max_harmonics: int = 1024) -> Tensor:
    r"""Classic waveforms as Fourier series of sines that begin together at phase 0 and rise.

    .. math::
        \tfrac{2}{\pi}\sum_k\tfrac{\sin k\theta}{k},\quad
        \tfrac{4}{\pi}\sum_{k\,\mathrm{odd}}\tfrac{\sin k\theta}{k},\quad
        \tfrac{8}{\pi^2}\sum_{k\,\mathrm{odd}}(-1)^{(k-1)/2}\tfrac{\sin k\theta}{k^2}

    Each sample takes the harmonics whose frequency at that moment lies below half the sample rate. Nothing is stored
    for each harmonic, so the memory does not depend on their number.

    Args:
        phase: in cycles, ``(batch, time)``.
        f0: in Hz, ``(batch, time)``; it only counts harmonics and receives no gradient.
        sample_rate: in Hz.
        max_harmonics: no more than these, for very low fundamentals.

    Returns:
        ``(batch, 3, time)``: the sawtooth (falling, after a jump up at phase 0), the square and the triangle.
    """
    reach = (sample_rate / 2) / f0.detach().abs().clamp_min(sample_rate / (2 * max_harmonics + 2))
    return _FourierSeries.apply(phase, reach)


class _FourierSeries(torch.autograd.Function):
    """The series and their derivatives in one pass: the next harmonic is the last one, rotated once more."""

    @staticmethod
    def forward(ctx: Any, phase: Tensor, reach: Tensor) -> Tensor:
        step_sin, step_cos = torch.sin(2 * math.pi * phase), torch.cos(2 * math.pi * phase)
        sin, cos = step_sin, step_cos
        waves = [torch.zeros_like(phase) for _ in WAVEFORMS]
        slopes = [torch.zeros_like(phase) for _ in WAVEFORMS]
        everywhere = float(reach.min())
        for k in range(1, math.ceil(float(reach.max()))):
            # Only where the fundamental moves do some samples have a harmonic that others lack.
            heard = (sin, cos) if k < everywhere else (sin * (k < reach), cos * (k < reach))
            for wave, slope, factor in zip(waves, slopes, _coefficients(k), strict=True):
                if factor:
                    wave.add_(heard[0], alpha=factor)
                    slope.add_(heard[1], alpha=2 * math.pi * k * factor)
            sin, cos = (
                torch.addcmul(sin * step_cos, cos, step_sin),
                torch.addcmul(cos * step_cos, sin, step_sin, value=-1),
            )
        ctx.save_for_backward(torch.stack(slopes, 1))
        return torch.stack(waves, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (slopes,) = ctx.saved_tensors
        return (grad_output * slopes).sum(1), None


def _coefficients(k: int) -> tuple[float, float, float]:
    """What harmonic k contributes to each waveform."""
    if k % 2 == 0:
        return 2 / (math.pi * k), 0.0, 0.0
    return 2 / (math.pi * k), 4 / (math.pi * k), (-1) ** (k // 2) * 8 / (math.pi * k) ** 2
