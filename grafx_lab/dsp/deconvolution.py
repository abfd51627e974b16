"""The impulse response that leads from one signal to another, by regularised least squares.

The normal equations of a convolution are Toeplitz: products with them are convolutions, and conjugate gradients solve
them in a few dozen (R. H. Chan, M. K. Ng, "Conjugate gradient methods for Toeplitz systems", SIAM Review 1996).
"""

from typing import cast

import torch
from scipy.fft import next_fast_len
from torch import Tensor

REGULARIZATION = 1e-3
"""Of the signal's mean power: what a tap has to earn."""

WHITENING_FLOOR = 1e-4
"""Power relative to the loudest frequency that whitening does not lift above: −40 dB."""


def least_squares_response(signal: Tensor, target: Tensor, length: int, iterations: int = 60) -> Tensor:
    """The response that makes the target of the signal with the smallest squared error.

    Both are whitened by the target's smoothed spectrum first, so that the treble counts as much as the bass.

    Args:
        signal: ``(channel, time)``; one channel serves all.
        target: ``(channel, time)``.
        length: taps.
        iterations: of conjugate gradients.

    Returns:
        ``(channel, length)`` with the target's dtype; zero where the signal is silent.
    """
    time = target.shape[-1]
    taps = min(length, time)
    size = cast(int, next_fast_len(time + taps, real=True))
    source, wanted = (torch.fft.rfft(item.double(), n=size) for item in (signal, target))
    weight = 1 / _smooth(wanted.abs().square().sum(0)).sqrt()
    power = (source.abs() * weight).square()
    right = torch.fft.irfft((wanted * source.conj()) * weight.square(), n=size)[..., :taps]
    lift = REGULARIZATION * power.mean(-1, keepdim=True) + 1e-30
    response = _conjugate_gradients(power + lift, right, size, iterations)
    return torch.nn.functional.pad(response, (0, length - taps)).to(target.dtype)


def _conjugate_gradients(spectrum: Tensor, right: Tensor, size: int, iterations: int) -> Tensor:
    taps = right.shape[-1]

    def product(vector: Tensor) -> Tensor:
        return torch.fft.irfft(torch.fft.rfft(vector, n=size) * spectrum, n=size)[..., :taps]

    solution = torch.zeros_like(right)
    residual = direction = right
    energy = residual.square().sum(-1, keepdim=True)
    for _ in range(iterations):
        image = product(direction)
        step = energy / (direction * image).sum(-1, keepdim=True).clamp_min(1e-60)
        solution = solution + step * direction
        residual = residual - step * image
        before, energy = energy, residual.square().sum(-1, keepdim=True)
        direction = residual + energy / before.clamp_min(1e-60) * direction
    return solution


def _smooth(power: Tensor, bands: int = 64) -> Tensor:
    """A spectrum's mean over even bands, joined by lines, never below the floor."""
    coarse = torch.nn.functional.adaptive_avg_pool1d(power[None, None], min(bands, len(power)))
    fine = torch.nn.functional.interpolate(coarse, len(power), mode="linear", align_corners=False)[0, 0]
    return fine.clamp_min(WHITENING_FLOOR * float(fine.max()) + 1e-30)
