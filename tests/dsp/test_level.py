import torch

from grafx_lab import dsp


def test_mean_energy_is_that_of_all_samples():
    signal = torch.randn(3, 2, 100, dtype=torch.float64)
    expected = torch.log(signal.square().mean((1, 2)) + 1e-7)
    torch.testing.assert_close(dsp.log_mean_energy(signal), expected)
