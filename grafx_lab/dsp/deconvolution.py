"""The impulse response that leads from one signal to another, by regularised least squares.

The normal equations of a convolution are nearly Toeplitz: products with them are convolutions, and conjugate gradients
solve them in a few dozen (R. H. Chan, M. K. Ng, "Conjugate gradient methods for Toeplitz systems", SIAM Review 1996).
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
    source, wanted = _whitened(signal.double(), target.double(), taps)
    size = fast_length(time + taps)
    spectrum = torch.fft.rfft(source, n=size)
    right = torch.fft.irfft(torch.fft.rfft(wanted, n=size) * spectrum.conj(), n=size)[..., :taps]
    equations = _Equations(source, torch.fft.irfft(spectrum.abs().square(), n=size)[..., :taps])
    lift = REGULARIZATION * spectrum.abs().square().mean(-1, keepdim=True) + 1e-30
    response = _conjugate_gradients(equations, torch.ones_like(right), lift, right, iterations)
    for _ in range(ROUNDS):
        left = wanted - torch.fft.irfft(torch.fft.rfft(response, n=size) * spectrum, n=size)[..., :time]
        noise = left.square().mean(-1, keepdim=True) + 1e-30
        loudness = loudness_around(response)
        response = _conjugate_gradients(equations, loudness, noise, right, 2 * iterations)
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


def _whitened(signal: Tensor, target: Tensor, taps: int) -> tuple[Tensor, Tensor]:
    """Both through the filter that makes the target's smoothed spectrum white, as long as they are."""
    time = target.shape[-1]
    size = fast_length(time + taps)
    spectra = [torch.fft.rfft(item, n=size) for item in (signal, target)]
    weight = 1 / _smooth(spectra[1].abs().square().sum(0)).sqrt()
    source, wanted = (torch.fft.irfft(weight * spectrum, n=size)[..., :time] for spectrum in spectra)
    return source, wanted


class _Equations:
    """The normal equations of a convolution that is heard for as long as the signal lasts, and no longer.

    Their matrix is that of the whole convolution, a Toeplitz matrix, less what sounds after the signal's end. That is
    made of its last samples: a recording that stops within a decay does not say that there is silence from then on.

    Args:
        signal: ``(channel, time)``.
        correlation: of the signal with itself, ``(channel, taps)``.
    """

    def __init__(self, signal: Tensor, correlation: Tensor) -> None:
        self._taps = taps = correlation.shape[-1]
        self._size = fast_length(2 * taps - 1)
        between = correlation.new_zeros(*correlation.shape[:-1], self._size - 2 * taps + 1)
        circle = torch.cat([correlation, between, correlation[..., 1:].flip(-1)], -1)
        self._whole = torch.fft.rfft(circle).real
        self._last = torch.fft.rfft(signal[..., -taps:], n=self._size)

    def times(self, response: Tensor) -> Tensor:
        """The matrix times ``(channel, taps)``."""
        spectrum = torch.fft.rfft(response, n=self._size)
        late = torch.fft.irfft(spectrum * self._last, n=self._size)
        late[..., : self._taps] = 0.0
        product = spectrum * self._whole - torch.fft.rfft(late) * self._last.conj()
        return torch.fft.irfft(product, n=self._size)[..., : self._taps]


def _conjugate_gradients(equations: _Equations, scale: Tensor, lift: Tensor, right: Tensor, iterations: int) -> Tensor:
    """The response, in whose units of ``scale`` every tap costs the same ``lift``: so the equations are even."""
    right = scale * right
    solution = torch.zeros_like(right)
    residual = direction = right
    energy = residual.square().sum(-1, keepdim=True)
    for _ in range(iterations):
        image = scale * equations.times(scale * direction) + lift * direction
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
