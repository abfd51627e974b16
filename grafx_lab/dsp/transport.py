"""Optimal transport in one dimension, in closed form.

G. Peyré, M. Cuturi, "Computational optimal transport", 2019, remark 2.30: the distance between two distributions is
that between their quantile functions.
"""

import torch
from torch import Tensor


def cumulative_distribution(energy: Tensor) -> Tensor:
    """Share of the whole that lies at or below each place, ``(…, places)``; energies must be positive."""
    total = energy.cumsum(-1)
    return total / total[..., -1:]


def transport_cost(one: Tensor, other: Tensor, step: float, order: int) -> Tensor:
    """Cost of moving one distribution over evenly spaced places into another: their distance to the power ``order``.

    Args:
        one: cumulative distribution ``(…, places)``.
        other: cumulative distribution that broadcasts against it.
        step: distance between neighbouring places.
        order: what a way costs: 1 its length, 2 the square of it, and so on.

    Returns:
        ``(…)``.
    """
    if order == 1:
        return step * (one - other).abs().sum(-1)
    one, other = torch.broadcast_tensors(one, other)
    levels = torch.cat([one, other], -1).sort(-1).values
    # Between two neighbouring levels both quantile functions are constant.
    mass = levels.diff(dim=-1, prepend=torch.zeros_like(levels[..., :1]))
    ways = (_quantile(one, levels) - _quantile(other, levels)).to(levels) * step
    return (mass * ways.abs().pow(order)).sum(-1)


def _quantile(cumulative: Tensor, levels: Tensor) -> Tensor:
    """Index of the first place at which a cumulative distribution reaches a level."""
    return torch.searchsorted(cumulative.detach().contiguous(), levels.detach())
