import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grafx_lab import dsp
from grafx_lab.dsp import saturation

RAMP = torch.linspace(-2, 2, 1401, dtype=torch.float64)[None, None]
LOW, HIGH, SOFT, HARD = 0.3, 0.7, 0.5, 4.0
SMALL = st.floats(0.01, 3.0)


def row(*numbers):
    return torch.tensor([numbers], dtype=torch.float64)


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40))
def test_the_compiled_tanh_is_the_one_of_the_c_library(samples):
    expected = np.tanh(samples)
    result = dsp.saturate(torch.tensor([[samples]], dtype=torch.float64))[0, 0]
    np.testing.assert_allclose(result, expected, rtol=1e-15, atol=1e-300)


def test_the_compiled_tanh_passes_nan_on_and_meets_its_limits():
    ends = dsp.saturate(row(math.nan, math.inf, -math.inf, 0.0)[None])[0, 0]
    assert math.isnan(ends[0])
    assert ends[1:].tolist() == [1, -1, 0]


def test_float32_is_rounded_once():
    signal = random(2, 2, 3000).float()
    torch.testing.assert_close(dsp.saturate(signal), torch.tanh(signal.double()).float(), rtol=1.2e-7, atol=0)


def test_a_biased_tanh_agrees_with_its_formula():
    before, after, bias = row(2.0), row(0.3), row(0.4)
    expected = after * (torch.tanh(before * RAMP + bias) - torch.tanh(bias))
    torch.testing.assert_close(dsp.saturate(RAMP, before, after, bias), expected, rtol=1e-12, atol=1e-14)


def test_piecewise_tanh_agrees_with_its_three_formulas_and_has_no_kink():
    output = dsp.piecewise_tanh(RAMP, row(LOW, HIGH), row(SOFT, HARD))[0, 0].numpy()
    u = RAMP[0, 0].numpy()
    above = math.tanh(HIGH) + (1 - math.tanh(HIGH) ** 2) / HARD * np.tanh(HARD * (u - HIGH))
    below = -math.tanh(LOW) + (1 - math.tanh(LOW) ** 2) / SOFT * np.tanh(SOFT * (u + LOW))
    np.testing.assert_allclose(output, np.where(u > HIGH, above, np.where(u < -LOW, below, np.tanh(u))), atol=1e-12)
    # GRAFX's slope of 1 - tanh k would jump by 0.24, that is 7e-4 from one step to the next.
    assert np.abs(np.diff(output, 2)).max() < 1e-4


@given(SMALL, SMALL, SMALL, SMALL, SMALL)
def test_gains_stand_in_front_of_the_curve_and_behind_it(low, high, soft, hard, gain):
    shape = row(low, high), row(soft, hard)
    expected = dsp.piecewise_tanh(gain * RAMP, *shape) / gain
    torch.testing.assert_close(dsp.piecewise_tanh(RAMP, *shape, row(gain), row(1 / gain)), expected)


@given(SMALL, SMALL)
def test_a_curve_of_hardness_one_that_is_bent_alike_on_both_sides_is_odd(threshold, hardness):
    output = dsp.piecewise_tanh(RAMP, row(threshold, threshold), row(hardness, hardness))
    torch.testing.assert_close(output.flip(-1), -output)


@pytest.mark.parametrize("batch", [1, 3])
def test_gradients_are_those_of_finite_differences_whatever_the_batches(batch):
    signal = random(batch, 2, 30, seed=1)
    gains = random(3, 1, seed=2).exp(), random(1, 1, seed=3).exp()
    shape = random(1, 2, seed=4).sigmoid(), random(3, 2, seed=5).exp()
    bias = random(3, 1, seed=6)
    for function, inputs in ((dsp.saturate, (signal, *gains, bias)), (dsp.piecewise_tanh, (signal, *shape, *gains))):
        assert torch.autograd.gradcheck(function, [tensor.requires_grad_() for tensor in inputs])


def test_both_ways_to_follow_a_curve_agree_in_values_and_gradients():
    signal, shape = random(2, 2, 700, seed=1).requires_grad_(), random(2, 3, 4).exp().requires_grad_()
    bounds = row(-0.4, 0.3).expand(2, 2)
    outputs = [follow(signal, shape, bounds) for follow in (saturation._along, saturation._plainly_along)]
    torch.testing.assert_close(*outputs)
    weights = random(2, 2, 700, seed=7)
    torch.testing.assert_close(*(torch.autograd.grad((output * weights).sum(), (signal, shape)) for output in outputs))


def test_gradients_can_be_taken_twice_of_one_graph():
    signal = random(1, 1, 20).requires_grad_()
    total = dsp.saturate(signal, row(2.0)).sum()
    first, second = (torch.autograd.grad(total, signal, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)
    torch.testing.assert_close(first, 2 / torch.cosh(2 * signal) ** 2)
