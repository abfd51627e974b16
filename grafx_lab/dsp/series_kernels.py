r"""Weighted sums of polynomials as compiled loops, with their adjoint.

Powers and Chebyshev polynomials follow from the last two, :math:`P_{k+1}=a\,u\,P_k-b\,P_{k-1}` with a = 1, b = 0 or
a = 2, b = 1, from :math:`P_0=1` and :math:`P_{-1}=u`. Where ``squash`` is true each passes through a tanh before it is
weighted. Blocks of samples stay in the cache, term by term.
"""

from typing import Any

import numpy as np

from grafx_lab.dsp.kernels import compiled, compiled_in_any_order
from grafx_lab.dsp.saturation_kernels import BLOCK, tanh


@compiled
def series(x: Any, weights: Any, y: Any, a: Any, b: Any, limit: Any, squash: Any) -> None:
    """Sums of polynomials of samples that are held at ``limit``.

    x: (rows, time); weights: (rows, terms); y: (rows, time) is written.
    """
    u, last, term, total = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    height = np.empty(BLOCK)
    for row in range(x.shape[0]):
        for start in range(0, x.shape[1], BLOCK):
            samples, result = x[row, start : start + BLOCK], y[row, start : start + BLOCK]
            count = len(samples)
            for n in range(count):
                u[n] = min(max(samples[n], -limit), limit)
                last[n], term[n], total[n] = u[n], 1.0, 0.0
            for weight in weights[row]:
                if squash:
                    tanh(term[:count], height)
                else:
                    height[:] = term
                for n in range(count):
                    total[n] += weight * height[n]
                    last[n], term[n] = term[n], a * u[n] * term[n] - b * last[n]
            for n in range(count):
                result[n] = total[n]


@compiled_in_any_order
def series_adjoint(
    grad: Any, x: Any, weights: Any, grad_x: Any, grad_weights: Any, a: Any, b: Any, limit: Any, squash: Any
) -> None:
    """Gradients of :func:`series`: grad_x (rows, time) and grad_weights (rows, terms) are written."""
    u, total, height, steepness = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.ones(BLOCK)
    last, term, last_slope, slope = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for row in range(x.shape[0]):
        grad_weights[row] = 0.0
        for start in range(0, x.shape[1], BLOCK):
            samples, flow = x[row, start : start + BLOCK], grad[row, start : start + BLOCK]
            result, count = grad_x[row, start : start + BLOCK], len(samples)
            for n in range(count):
                u[n] = min(max(samples[n], -limit), limit)
                last[n], term[n], last_slope[n], slope[n], total[n] = u[n], 1.0, 1.0, 0.0, 0.0
            for k in range(weights.shape[1]):
                weight, share = weights[row, k], 0.0
                if squash:
                    tanh(term[:count], height)
                    steepness[:] = 1 - height * height
                else:
                    height[:] = term
                for n in range(count):
                    share += flow[n] * height[n]
                    total[n] += weight * steepness[n] * slope[n]
                    following = a * (term[n] + u[n] * slope[n]) - b * last_slope[n]
                    last[n], term[n] = term[n], a * u[n] * term[n] - b * last[n]
                    last_slope[n], slope[n] = slope[n], following
                grad_weights[row, k] += share
            for n in range(count):
                result[n] = flow[n] * total[n] if abs(samples[n]) <= limit else 0.0
