import math

import pytest
import torch

from grafx_lab import dsp
from grafx_lab.transforms import ExpSigmoid, logistic_between


def test_exp_sigmoid_is_bounded_and_falls_by_its_exponent_for_each_unit():
    ends = dsp.exp_sigmoid(torch.tensor([-1000.0, 0.0, 1000.0], dtype=torch.float64))
    assert ends.tolist() == pytest.approx([1e-7, 2 * 0.5 ** math.log(10) + 1e-7, 2 + 1e-7])
    far = dsp.exp_sigmoid(torch.tensor([-11.0, -10.0], dtype=torch.float64), threshold=0.0)
    assert float(far[1] / far[0]) == pytest.approx(10, rel=1e-3)


def test_the_symmetric_one_is_even():
    x = torch.linspace(-3, 3, 7, dtype=torch.float64)
    torch.testing.assert_close(dsp.symmetric_exp_sigmoid(x), dsp.symmetric_exp_sigmoid(-x))
    torch.testing.assert_close(dsp.symmetric_exp_sigmoid(x[-1:]), dsp.exp_sigmoid(8 * (x[-1:] / 2 - 1)))


def test_the_soft_limit_is_straight_in_the_middle_and_ends_at_its_bounds():
    x = torch.tensor([-1000.0, 50.0, 1000.0], dtype=torch.float64)
    assert dsp.soft_limit(x, 10.0, 110.0).tolist() == pytest.approx([10, 60, 110])


def test_the_log_scale_has_its_geometric_mean_at_zero():
    assert dsp.log_scale(torch.tensor([-1.0, 0.0, 1.0]), 1.0, 100.0).tolist() == pytest.approx([1, 10, 100])


@pytest.mark.parametrize("transform", [ExpSigmoid(), ExpSigmoid(5.0, 1.0, 1e-5), logistic_between(20, 8000)])
def test_transforms_return(transform):
    raw = torch.linspace(-6, 9, 31, dtype=torch.float64)
    torch.testing.assert_close(transform.inv(transform(raw)), raw, rtol=1e-6, atol=1e-8)
