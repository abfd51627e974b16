"""Gains and mixtures of whole signals as compiled loops with their adjoints: one pass where tensors take several.

Signals that are read may be longer than those that are written, which say how far to go; of a gradient that all rows
share there may be one row.

Numbers stay in the dtype of the signals; sums are taken in it over blocks, and in float64 over the blocks.
"""

from typing import Any

from grafx_lab.dsp.kernels import compiled_in_any_order

BLOCK = 1024
"""Samples that are summed up in the dtype of the signals."""


@compiled_in_any_order
def scale_adjoint(grad: Any, x: Any, gain: Any, grad_x: Any, grad_gain: Any) -> None:
    """Gradients of signals times gains for each channel or for all of them: grad_x and grad_gain are written.

    grad: (rows or 1, channels, time); x, grad_x: (rows, channels, time); gain, grad_gain: (rows, 1 or channels).
    """
    grad_gain[:] = 0
    for row in range(x.shape[0]):
        for channel in range(x.shape[1]):
            own = channel % gain.shape[1]
            factor, total = gain[row, own], 0.0
            for start in range(0, grad_x.shape[2], BLOCK):
                flow = grad[row % grad.shape[0], channel, start : start + BLOCK]
                samples = x[row, channel, start : start + BLOCK]
                result, share = grad_x[row, channel, start : start + BLOCK], x.dtype.type(0)
                for n in range(len(result)):
                    result[n] = flow[n] * factor
                    share += flow[n] * samples[n]
                total += share
            grad_gain[row, own] += total


@compiled_in_any_order
def decibel_adjoint(grad: Any, x: Any, gain: Any, grad_x: Any, grad_decibel: Any, per_decibel: Any) -> None:
    """As :func:`scale_adjoint`, by decibels: with each of them a gain grows by the share ``per_decibel`` of itself."""
    scale_adjoint(grad, x, gain, grad_x, grad_decibel)
    for row in range(gain.shape[0]):
        for channel in range(gain.shape[1]):
            grad_decibel[row, channel] *= gain[row, channel] * per_decibel


@compiled_in_any_order
def crossfade_adjoint(
    grad: Any, dry: Any, wet: Any, weight: Any, grad_dry: Any, grad_wet: Any, grad_weight: Any
) -> None:
    """Gradients of ``(1 - weight) * dry + weight * wet``: all three are written.

    grad: (rows or 1, channels, time); dry, wet, grad_dry, grad_wet: (rows, channels, time); weight, grad_weight: (rows,
    1).
    """
    for row in range(dry.shape[0]):
        to_wet, total = weight[row, 0], 0.0
        to_dry = weight.dtype.type(1) - to_wet
        for channel in range(dry.shape[1]):
            for start in range(0, grad_dry.shape[2], BLOCK):
                flow = grad[row % grad.shape[0], channel, start : start + BLOCK]
                before = dry[row, channel, start : start + BLOCK]
                after, share = wet[row, channel, start : start + BLOCK], dry.dtype.type(0)
                by_dry = grad_dry[row, channel, start : start + BLOCK]
                by_wet = grad_wet[row, channel, start : start + BLOCK]
                for n in range(len(by_dry)):
                    by_dry[n] = flow[n] * to_dry
                    by_wet[n] = flow[n] * to_wet
                    share += flow[n] * (after[n] - before[n])
                total += share
        grad_weight[row, 0] = total


@compiled_in_any_order
def sum_and_difference(first: Any, last: Any, total: Any, difference: Any, scale: Any) -> None:
    """``scale * (l + r)`` and ``scale * (l - r)`` of the first channel of ``first`` and the last one of ``last``.

    first, last: (rows, 1 or 2, time). Written are the first channel of ``total`` and the last one of ``difference``,
    (rows, 1 or 2, time) too: two signals may lie in one array or in two.
    """
    for row in range(first.shape[0]):
        left, right = first[row, 0], last[row, -1]
        above, below = total[row, 0], difference[row, -1]
        for n in range(len(above)):
            one, other = left[n], right[n]
            above[n] = (one + other) * scale
            below[n] = (one - other) * scale


@compiled_in_any_order
def widen(x: Any, gain: Any, y: Any) -> None:
    """The side of two channels, what they do not share, times a gain.

    x: (rows, 2, time); gain: (rows,); y: (rows, 2, time) is written.
    """
    half = x.dtype.type(0.5)
    for row in range(x.shape[0]):
        own, other = half + half * gain[row], half - half * gain[row]
        left, right, first, last = x[row, 0], x[row, 1], y[row, 0], y[row, 1]
        for n in range(len(left)):
            one, two = left[n], right[n]
            first[n] = own * one + other * two
            last[n] = own * two + other * one


@compiled_in_any_order
def side_products(grad: Any, x: Any, products: Any) -> None:
    """Sums over time of the products of two differences of channels: grad, x (rows, 2, time) → products (rows,)."""
    for row in range(x.shape[0]):
        total = 0.0
        for start in range(0, x.shape[2], BLOCK):
            above, below = grad[row, 0, start : start + BLOCK], grad[row, 1, start : start + BLOCK]
            left, right = x[row, 0, start : start + BLOCK], x[row, 1, start : start + BLOCK]
            share = x.dtype.type(0)
            for n in range(len(left)):
                share += (above[n] - below[n]) * (left[n] - right[n])
            total += share
        products[row] = total
