import pytest
import torch

from grafx_lab import dsp

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
