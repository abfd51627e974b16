"""The gain of a limiter that sees peaks before they sound.

The reduction that a peak needs is held for the look-ahead time and averaged over it: every average that reaches the
delayed peak consists of values that suffice for it. See P. Hämäläinen, "Smoothing of the control signal without clipped
output in digital peak limiters", DAFx 2002.
"""

import torch
from torch import Tensor

from grafx_lab.dsp.delay import shift
from grafx_lab.dsp.recursion import ballistics

ROUNDING = 1e-6
"""The limiter aims so far below its ceiling, relatively, that float32 cannot round a sample over it."""


def limiter_gain(signal: Tensor, ceiling: Tensor, release: Tensor, look_ahead: int) -> Tensor:
    """The gain that keeps a signal, delayed by ``look_ahead`` samples, below the ceiling.

    Args:
        signal: ``(batch, channel, time)``, not yet delayed; the loudest channel decides.
        ceiling: largest amplitude, ``(batch, 1)``.
        release: rate at which the gain returns, ``(batch, 1)``; see :func:`grafx_lab.dsp.dynamics.smoothing_rate`.
        look_ahead: samples that the gain takes to fall.

    Returns:
        factors ``(batch, time)`` between 0 and 1, exactly 1 where nothing is to be done.
    """
    peak = signal.abs().amax(-2).double() / (ceiling.double() * (1 - ROUNDING))
    # Averages of logarithms keep their relative precision, however far the gain has to fall.
    reduction = torch.log(peak.clamp_min(1))
    held = sliding_maximum(ballistics(reduction, torch.ones_like(release), release), look_ahead + 1)
    # Two averages one after the other: the gain bends into its fall and out of it.
    first = look_ahead // 2 + 1
    smooth = sliding_mean(sliding_mean(held, first), look_ahead + 2 - first)
    return torch.exp(-smooth).to(signal.dtype)


def sliding_maximum(signal: Tensor, window: int) -> Tensor:
    """The largest of the latest ``window`` values, of a signal ``(batch, time)`` that is not negative."""
    reach = 1
    while reach < window:
        step = min(reach, window - reach)
        signal = torch.maximum(signal, shift(signal, step))
        reach += step
    return signal


def sliding_mean(signal: Tensor, window: int) -> Tensor:
    """The mean of the latest ``window`` values ``(batch, time)``; what lies before the first sample is zero."""
    total = signal.cumsum(-1)
    # A difference of sums can round a mean of zeros below zero.
    return ((total - shift(total, window)) / window).clamp_min(0)
