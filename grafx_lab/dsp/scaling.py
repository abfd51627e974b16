"""Curves that squash any number into a range: how the outputs of a network become amplitudes and frequencies.

From J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def exp_sigmoid(x: Tensor, exponent: float = 10.0, max_value: float = 2.0, threshold: float = 1e-7) -> Tensor:
    """An exponential that ends at ``threshold`` below and at ``threshold + max_value`` above.

    Far below 0, a step of 1 multiplies by ``exponent``.
    """
    return max_value * torch.exp(math.log(exponent) * F.logsigmoid(x)) + threshold


def symmetric_exp_sigmoid(x: Tensor, width: float = 8.0) -> Tensor:
    """An even :func:`exp_sigmoid`: smallest at 0, half as wide as ``width`` on either side."""
    return exp_sigmoid(width * (x.abs() / 2 - 1))


def soft_limit(x: Tensor, low: float = 0.0, high: float = 1.0) -> Tensor:
    """A straight line between ``low`` and ``high`` that bends towards them; ``low`` lies at x = 0."""
    return F.softplus(x) + low - F.softplus(x - (high - low))


def log_scale(x: Tensor, low: float, high: float) -> Tensor:
    """−1 to 1 → ``low`` to ``high`` in even ratios."""
    return low * (high / low) ** ((x + 1) / 2)
