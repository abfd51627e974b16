import math

import pytest
import torch

from grafx_lab import dsp

FAST, SLOW = torch.tensor([[0.1]]).double(), torch.tensor([[0.01]]).double()
NONE, FULL = torch.zeros(1, 1).double(), torch.ones(1, 1).double()


def test_a_beginning_gains_what_the_fast_follower_leads():
    energy = torch.ones(1, 200, dtype=torch.float64)
    n = torch.arange(1, 201, dtype=torch.float64)
    lead = torch.log((1 - 0.9**n) / (1 - 0.99**n))
    torch.testing.assert_close(dsp.transient_gain(energy, FULL, NONE, FAST, SLOW)[0], lead / 2, atol=1e-5, rtol=1e-5)


def test_a_decay_gains_what_the_fast_follower_lags():
    energy = torch.zeros(1, 1040, dtype=torch.float64)
    energy[:, :1000] = 1
    n = torch.arange(1, 41, dtype=torch.float64)
    start = 1 - 0.99**1000
    lag = torch.log(start * 0.99**n / 0.9**n)
    gain = dsp.transient_gain(energy, NONE, FULL, FAST, SLOW)[0, 1000:]
    torch.testing.assert_close(gain, lag / 2, atol=1e-4, rtol=1e-4)


def test_steady_levels_pass_and_levels_do_not_matter():
    energy = torch.cat([torch.full((1, 2000), 0.01), torch.full((1, 2000), 0.04)], -1).double()
    gain = dsp.transient_gain(energy, FULL, FULL, FAST, SLOW)
    louder = dsp.transient_gain(10 * energy, FULL, FULL, FAST, SLOW)
    assert float(gain[0, [1999, 3999]].abs().max()) < 1e-6
    torch.testing.assert_close(gain[:, 1500:], louder[:, 1500:], atol=1e-5, rtol=0)


def test_no_beginning_gains_more_than_the_ratio_of_the_rates():
    gain = dsp.transient_gain(torch.ones(1, 500).double(), FULL, NONE, FAST, SLOW)
    assert float(gain.max()) == pytest.approx(math.log(10) / 2, rel=1e-5)
