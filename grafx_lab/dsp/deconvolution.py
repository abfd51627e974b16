"""The impulse response that leads from one signal to another, by regularised least squares.

The normal equations of a convolution are nearly Toeplitz: products with them are convolutions, and conjugate gradients
solve them in a few dozen (R. H. Chan, M. K. Ng, "Conjugate gradient methods for Toeplitz systems", SIAM Review 1996).
How loud the response is at which time is learned with it: taps among quiet ones have to earn more, so that the end of
a decay is not made of noise (empirical Bayes; M. E. Tipping, "Sparse Bayesian learning", JMLR 2001).
"""

from collections.abc import Callable

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

INVERSION_NOISE = 0.01
"""Power of what a known response does not explain, relative to what it does: nothing weaker is lifted up."""

FADE = 1024
"""Samples over which recordings fade at their end before they are whitened. Cut off, a bass clicks, and as white as the
rest that click is louder than its treble."""

SHORTEST_FADED = 8 * FADE
"""Samples from which a recording can spare its end."""


def undo_response(target: Tensor, response: Tensor) -> Tensor:
    """What a target was before it was convolved with a response that is known: Wiener's filter for a little noise.

    Args:
        target: ``(…, time)``.
        response: ``(…, taps)``, no longer than the target.

    Returns:
        ``(…, time)`` with the target's dtype; frequencies that the response hardly has are quiet.
    """
    size = fast_length(2 * target.shape[-1])
    wanted, filtered = (torch.fft.rfft(item.double(), size) for item in (target, response))
    power = filtered.abs().square()
    undone = wanted * filtered.conj() / (power + INVERSION_NOISE * power.mean(-1, keepdim=True) + 1e-30)
    return torch.fft.irfft(undone, size)[..., : target.shape[-1]].to(target)


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
    equations = _Equations(*whitened(signal.double(), target.double(), length), length)
    taps = equations.taps
    lift = REGULARIZATION * equations.power + 1e-30
    response = _conjugate_gradients(
        equations.times, torch.ones_like(equations.right), lift, equations.right, iterations
    )
    for _ in range(ROUNDS):
        noise = equations.left(response).square().mean(-1, keepdim=True) + 1e-30
        loudness = loudness_around(response)
        response = _conjugate_gradients(equations.times, loudness, noise, equations.right, 2 * iterations)
    return torch.nn.functional.pad(response, (0, length - taps)).to(target.dtype)


def least_squares_weights(
    signal: Tensor, target: Tensor, response: Callable[[Tensor], Tensor], begin: Tensor, iterations: int = 60
) -> Tensor:
    """The weights of a response that make the target of the signal with the smallest squared error.

    Args:
        signal: ``(channel, time)``; one channel serves all.
        target: ``(channel, time)``.
        response: linear, from weights to ``(channel, taps)``; of longer ones than the target the end is not heard.
        begin: what the weights are held to where the target says nothing about them, the smaller the more; float64.
        iterations: of conjugate gradients.

    Returns:
        weights, shaped as ``begin``.
    """
    weights = begin.detach().requires_grad_()
    with torch.enable_grad():
        whole = response(weights)
    equations = _Equations(*whitened(signal.double(), target.double(), whole.shape[-1]), whole.shape[-1])
    taps = equations.taps

    def along(flow: Tensor) -> Tensor:
        padded = torch.nn.functional.pad(flow, (0, whole.shape[-1] - taps))
        return torch.autograd.grad(whole, weights, padded, retain_graph=True)[0].flatten()

    def times(flat: Tensor) -> Tensor:
        return along(equations.times(response(flat.view_as(begin))[..., :taps]))

    missing = along(equations.right) - times(begin.flatten())
    found = begin
    for _ in range(ROUNDS):
        noise = equations.left(response(found)[..., :taps]).square().mean() + 1e-30
        found = begin + _conjugate_gradients(times, begin.abs().flatten(), noise, missing, iterations).view_as(begin)
    return found


def loudness_around(response: Tensor) -> Tensor:
    """How loud a response is around each tap, ``(…, taps)``: the root mean square of a neighbourhood."""
    taps = response.shape[-1]
    place = torch.arange(taps, device=response.device)
    side = (NEIGHBOURHOOD * place).long().clamp(NEAREST, FARTHEST)
    begin, end = (place - side).clamp(min=0), (place + side + 1).clamp(max=taps)
    total = torch.nn.functional.pad(response.square().cumsum(-1), (1, 0))
    energy = (total[..., end] - total[..., begin]) / (end - begin)
    return energy.maximum(QUIETEST * energy.amax(-1, keepdim=True)).sqrt()


def whitened(signal: Tensor, target: Tensor, taps: int) -> tuple[Tensor, Tensor]:
    """Both through the filter that makes the target's smoothed spectrum white, but for a fade at the end.

    Args:
        signal: ``(channel, time)``.
        target: ``(channel, time)``.
        taps: of the response that is looked for between them.

    Returns:
        the two of them, shorter by the fade.
    """
    time = target.shape[-1]
    size = fast_length(time + min(taps, time))
    fade = FADE if time >= SHORTEST_FADED else 0
    ramp = torch.ones(time, dtype=target.dtype, device=target.device)
    ramp[time - fade :] = torch.hann_window(2 * fade, dtype=target.dtype, device=target.device)[fade:]
    spectra = [torch.fft.rfft(ramp * item, n=size) for item in (signal, target)]
    weight = 1 / _smooth(spectra[1].abs().square().sum(0)).sqrt()
    source, wanted = (torch.fft.irfft(weight * spectrum, n=size)[..., : time - fade] for spectrum in spectra)
    return source, wanted


class _Equations:
    """The normal equations of a convolution that is heard for as long as the signal lasts, and no longer.

    Their matrix is that of the whole convolution, a Toeplitz matrix, less what sounds after the signal's end. That is
    made of its last samples: a recording that stops within a decay does not say that there is silence from then on.

    Args:
        signal: ``(channel, time)``.
        target: ``(channel, time)``.
        taps: of the response, as far as it is heard.

    Attributes:
        taps: no more than there are samples.
        right: their right side, ``(channel, taps)``.
        power: of the signal, ``(channel, 1)``.
    """

    def __init__(self, signal: Tensor, target: Tensor, taps: int) -> None:
        self.taps = taps = min(taps, target.shape[-1])
        self._size = size = fast_length(target.shape[-1] + taps)
        self._signal, self._target = torch.fft.rfft(signal, n=size), target
        power = self._signal.abs().square()
        self.right = torch.fft.irfft(torch.fft.rfft(target, n=size) * self._signal.conj(), n=size)[..., :taps]
        self.power = power.mean(-1, keepdim=True)
        correlation = torch.fft.irfft(power, n=size)[..., :taps]
        self._circle = fast_length(2 * taps - 1)
        between = correlation.new_zeros(*correlation.shape[:-1], self._circle - 2 * taps + 1)
        self._whole = torch.fft.rfft(torch.cat([correlation, between, correlation[..., 1:].flip(-1)], -1)).real
        self._last = torch.fft.rfft(signal[..., -taps:], n=self._circle)

    def times(self, response: Tensor) -> Tensor:
        """The matrix times ``(channel, taps)``."""
        spectrum = torch.fft.rfft(response, n=self._circle)
        late = torch.fft.irfft(spectrum * self._last, n=self._circle)
        late[..., : self.taps] = 0.0
        product = spectrum * self._whole - torch.fft.rfft(late) * self._last.conj()
        return torch.fft.irfft(product, n=self._circle)[..., : self.taps]

    def left(self, response: Tensor) -> Tensor:
        """What a response ``(channel, taps)`` leaves of the target, ``(channel, time)``."""
        made = torch.fft.irfft(torch.fft.rfft(response, n=self._size) * self._signal, n=self._size)
        return self._target - made[..., : self._target.shape[-1]]


def _conjugate_gradients(
    times: Callable[[Tensor], Tensor], scale: Tensor, lift: Tensor, right: Tensor, iterations: int
) -> Tensor:
    """What times a matrix is the right side ``(…, size)``, each row by itself.

    In units of ``scale`` each number costs the same ``lift``: so the equations are even.
    """
    right = scale * right
    solution = torch.zeros_like(right)
    residual = direction = right
    energy = residual.square().sum(-1, keepdim=True)
    for _ in range(iterations):
        image = scale * times(scale * direction) + lift * direction
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
