import math

import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.dynamics_kernels import BLOCK

RISE, FALL = (torch.tensor([[r], [2 * r]], dtype=torch.float64) for r in (0.3, 0.04))


def signals(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_smoothed_energy_is_the_recursion_of_the_mean_energy(channels):
    signal = signals(2, channels, 300)
    energy = signal.square().mean(1)
    torch.testing.assert_close(dsp.smoothed_energy(signal, RISE, FALL), dsp.ballistics(energy, RISE, FALL))
    torch.testing.assert_close(dsp.smoothed_energy(signal, FALL), dsp.one_pole(energy, FALL))


def test_smoothed_energy_has_the_gradients_of_finite_differences():
    free = (signals(2, 2, 25).requires_grad_(), RISE.clone().requires_grad_(), FALL.clone().requires_grad_())
    assert torch.autograd.gradcheck(dsp.smoothed_energy, free)


@pytest.mark.parametrize("length", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 13])
@pytest.mark.parametrize("rows", [1, 3, 9])
def test_the_gradients_of_smoothed_energy_know_no_blocks(rows, length):
    signal, weight = signals(rows, 2, length).requires_grad_(), signals(rows, length, seed=1)
    rates = [torch.linspace(low, 3 * low, rows).double()[:, None].requires_grad_() for low in (0.1, 0.01)]
    free = (signal, *rates)
    plain = dsp.ballistics(signal.square().mean(1), *rates)
    gradients = [torch.autograd.grad(y, free, weight) for y in (dsp.smoothed_energy(*free), plain)]
    torch.testing.assert_close(*gradients, rtol=1e-10, atol=1e-10)


def test_a_nan_reaches_the_gradients_of_smoothed_energy():
    signal = signals(1, 2, 20)
    signal[0, 1, 7] = math.nan
    free = (signal.requires_grad_(), RISE[:1].clone().requires_grad_(), FALL[:1].clone().requires_grad_())
    by_signal, *by_rates = torch.autograd.grad(dsp.smoothed_energy(*free).sum(), free)
    assert torch.isnan(by_signal[0, 1, 7])
    assert any(torch.isnan(by_rate).item() for by_rate in by_rates)


def test_smoothed_energy_keeps_the_dtype_and_broadcasts_a_batch_of_one():
    smoothed = dsp.smoothed_energy(signals(1, 2, 50).float(), RISE)
    assert smoothed.shape == (2, 50)
    assert smoothed.dtype == torch.float32


def test_amplify_is_a_product_with_its_gradients():
    signal, gain = signals(3, 2, 20).requires_grad_(), signals(3, 20, seed=1).requires_grad_()
    torch.testing.assert_close(dsp.amplify(signal, gain), signal * gain[:, None])
    assert torch.autograd.gradcheck(dsp.amplify, (signal, gain))


def test_a_gain_for_one_item_amplifies_all():
    signal, gain = signals(3, 2, 20), signals(1, 20, seed=1)
    torch.testing.assert_close(dsp.amplify(signal, gain), signal * gain[:, None])
