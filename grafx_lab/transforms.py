"""Raw → control mappings that :mod:`torch.distributions.transforms` does not have.

All of them hold Python floats, so that dtype and device follow the tensor.
"""

import math

import torch
from torch import Tensor
from torch.distributions import constraints
from torch.distributions.transforms import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    SigmoidTransform,
    Transform,
)
from torch.nn import functional as F

DECIBEL_PER_NEPER = 20 / math.log(10)
"""Decibels in one unit of the natural logarithm of an amplitude (8.686)."""


class OnePoleTime(Transform):
    r"""Logit of a one-pole coefficient ↔ time constant in milliseconds.

    The pole is :math:`\alpha=\sigma(z)` (``pole=True``) or :math:`1-\alpha=\sigma(z)` (``pole=False``), and the time
    constant :math:`\tau=-1/(f_s\ln\alpha)`: after τ a step has covered 63 % of its way. Written with ``softplus``
    (the negative log-sigmoid), because σ rounds to 1 in float32 long before τ is large.
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True

    def __init__(self, sample_rate: float, *, pole: bool = True) -> None:
        super().__init__()
        self.milliseconds = 1000.0 / sample_rate
        self.direction = -1 if pole else 1

    def _call(self, x: Tensor) -> Tensor:
        return self.milliseconds / F.softplus(self.direction * x)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.direction * _inverse_softplus(self.milliseconds / y)


class DecayTime(Transform):
    r"""Raw decay of a log-magnitude per frame ↔ seconds until −60 dB (RT60).

    Each frame lowers the magnitude by :math:`c\,\mathrm{softplus}(z)` nepers, hence
    :math:`T_{60}=\ln(1000)\,h/(c\,\mathrm{softplus}(z))` with the frame period h in seconds.
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True

    def __init__(self, frame_seconds: float, nepers_per_frame: float) -> None:
        super().__init__()
        self.scale = math.log(1000.0) * frame_seconds / nepers_per_frame

    def _call(self, x: Tensor) -> Tensor:
        return self.scale / F.softplus(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return _inverse_softplus(self.scale / y)


def _inverse_softplus(y: Tensor) -> Tensor:
    return y + torch.log(-torch.expm1(-y))


def logarithmic_gain(decibel_per_unit: float = DECIBEL_PER_NEPER, offset: float = 0.0) -> Transform:
    """Natural logarithm of a gain (raw) ↔ decibels (control): an affine map."""
    return AffineTransform(offset, decibel_per_unit)


def exponential(scale: float = 1.0, *, inverse: bool = False, offset: float = 0.0) -> Transform:
    """Raw ↔ ``offset + scale * exp(±raw)``."""
    parts: list[Transform] = [AffineTransform(0.0, -1.0)] if inverse else []
    return ComposeTransform([*parts, ExpTransform(), AffineTransform(offset, scale)])


def logistic(high: float = 1.0) -> Transform:
    """Raw ↔ ``high * sigmoid(raw)``: bounded between 0 and ``high``."""
    return ComposeTransform([SigmoidTransform(), AffineTransform(0.0, high)])
