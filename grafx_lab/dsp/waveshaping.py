"""Memoryless curves of polynomials: weighted sums that are learned, and a cubic that clips softly."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from grafx_lab.dsp import kernels, series_kernels
from grafx_lab.dsp.kernels import array
from grafx_lab.dsp.operators import operator

LARGEST_TERM = 1e30
"""Where the terms of a polynomial are held, so that float32 and its gradients stay finite."""


def clip_by_cubic(signal: Tensor) -> Tensor:
    """``v - v³ / 3`` of any shape, and beyond ±1 its height there, ±2/3: neither height nor slope jumps."""
    held = signal.clamp(-1, 1)
    return held - held.pow(3) / 3


def power_series(signal: Tensor, weights: Tensor, squash: bool = False) -> Tensor:
    r""":math:`\sum_k w_k u^k`, or with ``squash`` :math:`\sum_k w_k\tanh(u^k)`.

    Samples are held where the highest term would pass :data:`LARGEST_TERM`: far beyond full scale for usual orders.

    Args:
        signal: ``(batch, channel, time)``.
        weights: ``(batch, order)``, the constant first.
        squash: saturate every term.
    """

    if not signal.is_cuda:
        return _Series.apply(signal, weights, 1.0, 0.0, squash)

    def terms(u: Tensor) -> Iterator[Tensor]:
        term = torch.ones_like(u)
        while True:
            yield term
            term = term * u

    return _weighted(terms(_held(signal, weights.shape[-1])), weights, squash)


def chebyshev_series(signal: Tensor, weights: Tensor, squash: bool = False) -> Tensor:
    r""":math:`\sum_k w_k T_k(u)` of Chebyshev polynomials, or with ``squash`` :math:`\sum_k w_k\tanh(T_k(u))`.

    A cosine of full scale comes out of :math:`T_k` as its k-th harmonic alone. Arguments as for :func:`power_series`.
    """

    if not signal.is_cuda:
        return _Series.apply(signal, weights, 2.0, 1.0, squash)

    def terms(u: Tensor) -> Iterator[Tensor]:
        last, term = u, torch.ones_like(u)
        while True:
            yield term
            last, term = term, 2 * u * term - last

    return _weighted(terms(_held(signal, weights.shape[-1])), weights, squash)


def _held(signal: Tensor, orders: int) -> Tensor:
    limit = _limit(orders)
    return signal.clamp(-limit, limit)


def _limit(orders: int) -> float:
    # |T_k(u)| = cosh(k arcosh |u|) beyond full scale, and |u|^k is smaller than that.
    return math.cosh(math.acosh(LARGEST_TERM) / max(orders - 1, 1))


def _weighted(terms: Iterator[Tensor], weights: Tensor, squash: bool) -> Tensor:
    parts = zip(weights[..., None, None].unbind(1), terms, strict=False)
    first, *others = (weight * (torch.tanh(term) if squash else term) for weight, term in parts)
    return sum(others, first)


class _Series(torch.autograd.Function):
    """Autograd around :func:`series_kernels.series`; signals ``(batch, channel, time)``, weights ``(batch, terms)``."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor, weights: Tensor, a: float, b: float, squash: bool) -> Tensor:
        ctx.save_for_backward(signal, weights)
        ctx.terms = a, b, squash
        return _sum_series(signal, weights, a, b, squash)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, None, None, None]:
        return *_series_adjoint(grad_output, *ctx.saved_tensors, *ctx.terms), None, None, None


@operator(
    "series(Tensor signal, Tensor weights, float a, float b, bool squash) -> Tensor",
    lambda signal, weights, a, b, squash: signal.new_empty((max(len(signal), len(weights)), *signal.shape[1:])),
)
def _sum_series(signal: Tensor, weights: Tensor, a: float, b: float, squash: bool) -> Tensor:
    x, terms, shape = _series_rows(signal, weights)
    y = np.empty_like(x)
    shared = a, b, _limit(terms.shape[1]), squash
    kernels.over_rows(series_kernels.series, x, terms, y, shared=shared)
    return torch.from_numpy(y).reshape(shape)


@operator(
    "series_adjoint(Tensor grad, Tensor signal, Tensor weights, float a, float b, bool squash) -> (Tensor, Tensor)",
    lambda grad, signal, weights, a, b, squash: (signal.new_empty(signal.shape), weights.new_empty(weights.shape)),
)
def _series_adjoint(
    grad: Tensor, signal: Tensor, weights: Tensor, a: float, b: float, squash: bool
) -> tuple[Tensor, Tensor]:
    x, terms, shape = _series_rows(signal, weights)
    flow, grads = array(grad).reshape(x.shape), (np.empty_like(x), np.empty(terms.shape))
    shared = a, b, _limit(terms.shape[1]), squash
    kernels.over_rows(series_kernels.series_adjoint, flow, x, terms, *grads, shared=shared)
    by_signal, by_weights = torch.from_numpy(grads[0]).reshape(shape), torch.from_numpy(grads[1]).to(weights.dtype)
    return by_signal.sum_to_size(signal.shape), by_weights.sum_to_size(weights.shape)


def _series_rows(signal: Tensor, weights: Tensor) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """One row for each item, float64 weights, and the shape of the output."""
    batch = max(len(signal), len(weights))
    shape = (batch, *signal.shape[1:])
    return array(signal.expand(shape)).reshape(batch, -1), array(weights.double().expand(batch, -1)), shape
