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

from grafx_lab.dsp.scaling import exp_sigmoid
from grafx_lab.dsp.units import DECIBEL_PER_NEPER, in_unit


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


class Scaling(Transform):
    """Raw ↔ ``factor * raw``, without the sum that an affine map takes."""

    domain = constraints.real
    codomain = constraints.real
    bijective = True

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scaling) and self.factor == other.factor

    def __hash__(self) -> int:
        return hash((Scaling, self.factor))

    def _call(self, x: Tensor) -> Tensor:
        return in_unit(x, self.factor)

    def _inverse(self, y: Tensor) -> Tensor:
        return y / self.factor


class CompressionRatio(Transform):
    r"""GRAFX's raw ratio ↔ the ratio of input to output decibels above the threshold.

    GRAFX's law lowers the logarithm of the *amplitude* by :math:`\sigma(z)` for each unit of log *energy* over the
    threshold. In decibels the output then rises by :math:`s=1-2\sigma(z)=-\tanh(z/2)` for each decibel of input, which
    sound engineers call a ratio of :math:`1/s`. Raw values above 0 over-compress: the output falls while the input
    rises, and the ratio is negative, as on hardware that can do it.
    """

    domain = constraints.real
    codomain = constraints.real
    bijective = True

    SMALLEST_SLOPE = 1e-12

    def _call(self, x: Tensor) -> Tensor:
        slope = -torch.tanh(x / 2)
        # A limiter has slope 0 and no finite ratio; this one is as good, and its gradient stays finite.
        return 1 / torch.where(slope.abs() < self.SMALLEST_SLOPE, slope + self.SMALLEST_SLOPE, slope)

    def _inverse(self, y: Tensor) -> Tensor:
        return -2 * torch.atanh(1 / y)


class ExpSigmoid(Transform):
    r"""Raw ↔ an amplitude between a threshold and about ``max_value``: see :func:`grafx_lab.dsp.scaling.exp_sigmoid`.

    The inverse is the logit of :math:`((y-\mathrm{threshold})/\mathrm{max\_value})^{1/\ln\mathrm{exponent}}`.
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True

    def __init__(self, exponent: float = 10.0, max_value: float = 2.0, threshold: float = 1e-7) -> None:
        super().__init__()
        self.exponent, self.max_value, self.threshold = exponent, max_value, threshold

    def _call(self, x: Tensor) -> Tensor:
        return exp_sigmoid(x, self.exponent, self.max_value, self.threshold)

    def _inverse(self, y: Tensor) -> Tensor:
        log_sigmoid = torch.log((y - self.threshold) / self.max_value) / math.log(self.exponent)
        return log_sigmoid - torch.log(-torch.expm1(log_sigmoid))


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
    return _affine(offset, decibel_per_unit)


def exponential(scale: float = 1.0, *, inverse: bool = False, offset: float = 0.0) -> Transform:
    """Raw ↔ ``offset + scale * exp(±raw)``."""
    turned: list[Transform] = [Scaling(-1.0)] if inverse else []
    line: list[Transform] = [] if (offset, scale) == (0, 1) else [_affine(offset, scale)]
    return ComposeTransform([*turned, ExpTransform(), *line])


def logistic(high: float = 1.0) -> Transform:
    """Raw ↔ ``high * sigmoid(raw)``: bounded between 0 and ``high``."""
    return ComposeTransform([SigmoidTransform(), Scaling(high)])


def logistic_between(low: float, high: float) -> Transform:
    """Raw ↔ ``low * (high / low) ** sigmoid(raw)``: bounded, and even in ratios."""
    span = AffineTransform(math.log(low), math.log(high / low))
    return ComposeTransform([SigmoidTransform(), span, ExpTransform()])


def exp_sigmoid_level(bias: float = 0.0) -> Transform:
    """Raw ↔ decibels of the amplitude that DDSP's exponential sigmoid makes of ``raw + bias``: −140 to 6 dB."""
    return ComposeTransform([AffineTransform(bias, 1.0), ExpSigmoid(), ExpTransform().inv, logarithmic_gain()])


def reciprocal() -> Transform:
    """A positive number ↔ one over it."""
    return ComposeTransform([ExpTransform().inv, Scaling(-1.0), ExpTransform()])


def _affine(offset: float, factor: float) -> Transform:
    """Raw ↔ ``offset + factor * raw``."""
    return AffineTransform(offset, factor) if offset else Scaling(factor)
