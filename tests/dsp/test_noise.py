import numpy as np
import torch

from grafx_lab import dsp


def test_seed_0_gives_the_fixed_noise_of_grafx():
    expected = np.random.RandomState(0).uniform(size=(2, 500)) * 2 - 1
    np.testing.assert_array_equal(dsp.uniform_noise(0, 2, 500).numpy(), expected)


def test_seeds_differ_and_repeat():
    assert torch.equal(dsp.uniform_noise(1, 1, 10), dsp.uniform_noise(1, 1, 10))
    assert not torch.equal(dsp.uniform_noise(1, 1, 10), dsp.uniform_noise(2, 1, 10))


def test_fresh_noise_differs_between_items_and_follows_its_generator():
    first, second = (dsp.fresh_noise(2, 1, 50, torch.ones(1), torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first[0], first[1])
    assert -1 <= float(first.min()) < -0.5 < 0.5 < float(first.max()) <= 1
