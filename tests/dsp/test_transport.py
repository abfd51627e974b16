import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from grafx_lab.dsp import cumulative_distribution, transport_cost


def energies(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + 1e-3


def cost(one: torch.Tensor, other: torch.Tensor, order: int, step: float = 1.0) -> torch.Tensor:
    return transport_cost(cumulative_distribution(one), cumulative_distribution(other), step, order)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_heap_moves_as_a_whole(order):
    one, other = torch.full((20,), 1e-15, dtype=torch.float64), torch.full((20,), 1e-15, dtype=torch.float64)
    one[3], other[11] = 5.0, 0.2
    assert float(cost(one, other, order, step=0.5)) == pytest.approx(4.0**order, rel=1e-9)


def test_the_first_order_is_the_distance_of_scipy():
    one, other = energies(40), energies(40, seed=1)
    places = np.arange(40)
    expected = wasserstein_distance(places, places, one.numpy(), other.numpy())
    assert float(cost(one, other, 1)) == pytest.approx(expected, rel=1e-9)


def test_the_second_order_is_the_integral_of_squared_quantile_differences():
    one, other = energies(30), energies(30, seed=1)
    levels = (np.arange(200_000) + 0.5) / 200_000
    quantiles = [np.searchsorted(cumulative_distribution(heap).numpy(), levels) for heap in (one, other)]
    assert float(cost(one, other, 2)) == pytest.approx(np.mean((quantiles[0] - quantiles[1]) ** 2.0), rel=1e-3)


@pytest.mark.parametrize("order", [1, 2])
def test_nothing_moves_between_equal_heaps_and_the_way_back_costs_the_same(order):
    one, other = energies(5, 30), energies(5, 30, seed=1)
    assert not cost(one, 7 * one, order).abs().max() > 1e-12
    torch.testing.assert_close(cost(one, other, order), cost(other, one, order))


@pytest.mark.parametrize("order", [1, 2])
def test_gradients_agree_with_finite_differences(order):
    one = energies(3, 12).requires_grad_()
    other = energies(12, seed=1)
    assert torch.autograd.gradcheck(lambda heap: cost(heap, other, order), one)
