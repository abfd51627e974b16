import torch

from grafx_lab import dsp


def test_mean_energy_is_that_of_all_samples():
    signal = torch.randn(3, 2, 100, dtype=torch.float64)
    expected = torch.log(signal.square().mean((1, 2)) + 1e-7)
    torch.testing.assert_close(dsp.log_mean_energy(signal), expected)


def test_gradients_agree_with_finite_differences():
    signal = torch.randn(2, 2, 30, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(dsp.log_mean_energy, signal)


def test_silence_has_a_level_and_no_gradient():
    signal = torch.zeros(1, 1, 10, requires_grad=True)
    level = dsp.log_mean_energy(signal)
    torch.testing.assert_close(level, torch.tensor([1e-7]).log())
    assert not torch.autograd.grad(level.sum(), signal)[0].any()


def test_long_sums_in_float32_are_as_exact_as_their_rounding():
    signal = torch.randn(1, 2, 2**17, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        dsp.log_mean_energy(signal).double(), dsp.log_mean_energy(signal.double()), rtol=0, atol=1e-6
    )
