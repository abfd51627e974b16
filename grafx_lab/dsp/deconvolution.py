"""The impulse response that leads from one signal to another, by regularised least squares.

The normal equations of a convolution are Toeplitz: products with them are convolutions, and conjugate gradients solve
them in a few dozen (R. H. Chan, M. K. Ng, "Conjugate gradient methods for Toeplitz systems", SIAM Review 1996).
How loud the response is at which time is learned with it: taps among quiet ones have to earn more, so that the end of
a decay is not made of noise (empirical Bayes; M. E. Tipping, "Sparse Bayesian learning", JMLR 2001).
"""

import torch
from torch import Tensor

from grafx_lab.dsp.convolution import fast_length

REGULARIZATION = 1e-3
"""Of the signal's mean power: what a tap has to earn before anything is known about the response."""

NEIGHBOURHOOD = 0.1
"""Share of its time within which others say how loud a tap may be: early reflections are sparse, late ones dense."""

NEAREST, FARTHEST = 8, 880
"""Taps to each side in that neighbourhood: at 44.1 kHz some 0.2 to 20 ms."""

ROUNDS = 2
"""How often the loudness is learned anew from the response that it has led to."""

QUIETEST = 1e-7
"""Energy relative to the loudest neighbourhood, below which no tap is held down harder: −70 dB."""

WHITENING_FLOOR = 1e-4
"""Power relative to the loudest frequency that whitening does not lift above: −40 dB."""


def least_squares_response(signal: Tensor, target: Tensor, length: int, iterations: int = 60) -> Tensor:
    """The response that makes the target of the signal with the smallest squared error.

    Both are whitened by the target's smoothed spectrum first, so that the treble counts as much as the bass.

    Args:
        signal: ``(channel, time)``; one channel serves all.
        target: ``(channel, time)``.
        length: taps.
        iterations: of conjugate gradients; twice as many once the loudness is known. No more of them: the later ones
            learn the excerpt by heart.

    Returns:
        ``(channel, length)`` with the target's dtype; zero where the signal is silent.
    """
    time = target.shape[-1]
    taps = min(length, time)
    size = fast_length(time + taps)
    source, wanted = (torch.fft.rfft(item.double(), n=size) for item in (signal, target))
    weight = 1 / _smooth(wanted.abs().square().sum(0)).sqrt()
    power = (source.abs() * weight).square()
    right = torch.fft.irfft((wanted * source.conj()) * weight.square(), n=size)[..., :taps]
    spectrum, circle = _circulant(torch.fft.irfft(power, n=size), taps)
    lift = REGULARIZATION * power.mean(-1, keepdim=True) + 1e-30
    response = _conjugate_gradients(spectrum, torch.ones_like(right), lift, right, circle, iterations)
    for _ in range(ROUNDS):
        left = torch.fft.irfft((wanted - torch.fft.rfft(response, n=size) * source) * weight, n=size)[..., :time]
        noise = left.square().mean(-1, keepdim=True) + 1e-30
        loudness = loudness_around(response)
        response = _conjugate_gradients(spectrum, loudness, noise, right, circle, 2 * iterations)
    return torch.nn.functional.pad(response, (0, length - taps)).to(target.dtype)


def loudness_around(response: Tensor) -> Tensor:
    """How loud a response is around each tap, ``(…, taps)``: the root mean square of a neighbourhood."""
    taps = response.shape[-1]
    place = torch.arange(taps, device=response.device)
    side = (NEIGHBOURHOOD * place).long().clamp(NEAREST, FARTHEST)
    begin, end = (place - side).clamp(min=0), (place + side + 1).clamp(max=taps)
    total = torch.nn.functional.pad(response.square().cumsum(-1), (1, 0))
    energy = (total[..., end] - total[..., begin]) / (end - begin)
    return energy.maximum(QUIETEST * energy.amax(-1, keepdim=True)).sqrt()


def _circulant(correlation: Tensor, taps: int) -> tuple[Tensor, int]:
    """The spectrum of a circle that multiplies ``taps`` numbers as the Toeplitz matrix does, and how long it is."""
    size = fast_length(2 * taps - 1)
    one_side = correlation[..., :taps]
    between = one_side.new_zeros(*one_side.shape[:-1], size - 2 * taps + 1)
    return torch.fft.rfft(torch.cat([one_side, between, one_side[..., 1:].flip(-1)], -1)).real, size


def _conjugate_gradients(
    spectrum: Tensor, scale: Tensor, lift: Tensor, right: Tensor, size: int, iterations: int
) -> Tensor:
    """The response, in whose units of ``scale`` every tap costs the same ``lift``: so the equations are even."""
    taps, right = right.shape[-1], scale * right

    def product(vector: Tensor) -> Tensor:
        return scale * torch.fft.irfft(torch.fft.rfft(scale * vector, n=size) * spectrum, n=size)[..., :taps] + (
            lift * vector
        )

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
    return scale * solution


def _smooth(power: Tensor, bands: int = 64) -> Tensor:
    """A spectrum's mean over even bands, joined by lines, never below the floor."""
    coarse = torch.nn.functional.adaptive_avg_pool1d(power[None, None], min(bands, len(power)))
    fine = torch.nn.functional.interpolate(coarse, len(power), mode="linear", align_corners=False)[0, 0]
    return fine.clamp_min(WHITENING_FLOOR * float(fine.max()) + 1e-30)
