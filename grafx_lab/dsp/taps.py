r"""Delay taps whose times can be learned: an echo is a complex number, its angle the time, its radius the sharpness.

B. Hayes, C. Saitis, G. Fazekas, "Sinusoidal frequency estimation by gradient descent", ICASSP 2023, find frequencies
like this. By duality an impulse after d of N samples has the spectrum :math:`e^{-2\pi jkd/N}`, a sinusoid whose
frequency is the delay; within the unit circle it decays, and the impulse is a broad bump that feels its surroundings.
"""

import math
from typing import Any

import torch
from torch import Tensor

GUARD = 1e-7
"""Keeps the logarithm of a number at the origin finite; its value is part of GRAFX's numbers."""


def soft_taps(places: Tensor, length: int) -> Tensor:
    r"""The bumps of complex places: the inverse transform of the powers :math:`z^0, z^1, \dots`.

    Args:
        places: real and imaginary part of any number, ``(…, 2)``; its magnitude passes through a tanh.
        length: samples.

    Returns:
        ``(…, length)``, float64.
    """
    # The powers run into the thousands, so angles need float64.
    z = torch.complex(*places.double().unbind(-1))
    magnitude = z.abs()
    z = z * (torch.tanh(magnitude) / (magnitude + GUARD)) + GUARD
    powers = torch.arange(length // 2 + 1, device=places.device)
    return torch.fft.irfft(torch.exp(powers * torch.log(z)[..., None]), n=length)


def hard_taps(soft: Tensor) -> Tensor:
    """An impulse where each bump ``(…, length)`` is highest; its gradient is the bump's (straight through).

    Y. Bengio, N. Léonard, A. Courville, "Estimating or propagating gradients through stochastic neurons", 2013.
    """
    with torch.no_grad():
        impulse = torch.zeros_like(soft).scatter(-1, soft.argmax(-1, keepdim=True), 1.0)
    return soft + (impulse - soft).detach()


def tap_places(delays: Tensor, length: int, magnitude: float = 1.0) -> Tensor:
    """Places ``(…, 2)`` whose bumps stand at ``delays`` ``(…)`` samples of ``length``: undoes :func:`soft_taps`."""
    angle = -2 * math.pi * delays / length
    return magnitude * torch.stack([torch.cos(angle), torch.sin(angle)], -1)


def unsharpness(places: Tensor) -> Tensor:
    """How far each place ``(…, 2)`` is from the unit circle, squared, ``(…)``."""
    return (1 - torch.tanh(_magnitude(places))).square()


def normalized_gradient(places: Tensor) -> Tensor:
    """The places ``(…, 2)`` unchanged, but each one's gradient has the length 1: only its direction counts."""
    return _NormalizedGradient.apply(places)


def _magnitude(places: Tensor) -> Tensor:
    return torch.complex(*places.unbind(-1)).abs()


class _NormalizedGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, places: Tensor) -> Tensor:
        return places.view_as(places)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        return gradient / (GUARD + gradient.norm(dim=-1, keepdim=True))
