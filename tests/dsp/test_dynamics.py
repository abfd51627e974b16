import math

import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.dynamics_kernels import BLOCK

LEVELS = torch.linspace(-14, 2, 161, dtype=torch.float64)[None]
THRESHOLD, RATIO = torch.tensor([[-6.0]]).double(), torch.tensor([[4.0]]).double()
KNEE = {"hard": None, "quadratic": torch.tensor([[3.0]]).double(), "exponential": torch.tensor([[2.0]]).double()}


@pytest.mark.parametrize("shape", KNEE)
def test_compressor_does_nothing_far_below_the_threshold_and_divides_far_above_it(shape):
    # Eight units of log energy over the threshold are four of log amplitude; a quarter of them stays.
    gain = dsp.compressor_gain(LEVELS, THRESHOLD, RATIO, shape, KNEE[shape])[0]
    assert float(gain[0].abs()) < 1e-6
    assert float(gain[-1]) == pytest.approx((1 / 4 - 1) * 4, abs=1e-6)


def test_quadratic_knee_begins_half_its_width_below_the_threshold_and_bends_an_eighth_at_it():
    excess = torch.tensor([[-1.5, 0.0, 1.5]]).double()
    bent = dsp.overshoot(excess, "quadratic", KNEE["quadratic"])
    torch.testing.assert_close(bent, torch.tensor([[0.0, 3 / 8, 1.5]]).double())


@pytest.mark.parametrize("shape", KNEE)
def test_gradients_are_finite_and_continuous_across_the_knee(shape):
    level = LEVELS.clone().requires_grad_()
    knee = None if shape == "hard" else KNEE[shape].clone().requires_grad_()
    dsp.compressor_gain(level, THRESHOLD, RATIO, shape, knee).sum().backward()
    largest_step = 1.0 if shape == "hard" else 0.1
    assert torch.isfinite(level.grad).all()
    assert float(level.grad.diff().abs().max()) < largest_step
    assert knee is None or float(knee.grad.abs()) > 1e-3


@pytest.mark.parametrize("shape", ["quadratic", "exponential"])
def test_a_soft_knee_needs_its_knee(shape):
    with pytest.raises(ValueError, match=shape):
        dsp.overshoot(LEVELS, shape)


def test_smoothing_rate_covers_63_percent_of_a_step_in_its_time():
    rate = dsp.smoothing_rate(torch.tensor([[10.0]]).double(), 48000)
    step = dsp.one_pole(torch.ones(1, 480, dtype=torch.float64), rate)
    assert float(step[0, -1]) == pytest.approx(1 - math.exp(-1))


def test_smoothing_rate_keeps_its_digits_for_long_times():
    rate = dsp.smoothing_rate(torch.tensor([2000.0]), 44100)
    assert float(rate) == pytest.approx(1 / (2 * 44100), rel=1e-5)


def test_truncated_one_pole_sums_to_what_the_recursion_reaches():
    fir = dsp.truncated_one_pole(torch.tensor([[0.01], [1.0]]).double(), 1000)
    torch.testing.assert_close(fir.sum(-1), torch.tensor([1 - 0.99**1000, 1.0]).double(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("shape", KNEE)
def test_gate_does_nothing_far_above_the_threshold_and_multiplies_far_below_it(shape):
    # Eight units of log energy under the threshold are four of log amplitude; the output shall lie four times as deep.
    gain = dsp.gate_gain(LEVELS, THRESHOLD, RATIO, shape, KNEE[shape])[0]
    assert float(gain[-1].abs()) < 1e-6
    assert float(gain[0]) == pytest.approx((1 - 4) * 4, abs=1e-6)


def test_gate_curve_is_the_compressor_curve_upside_down():
    """A gate of ratio R falls below its threshold as a compressor of ratio 1/(2 − R) does above it."""
    for shape, knee in KNEE.items():
        gate = dsp.gate_gain(LEVELS, THRESHOLD, RATIO, shape, knee)
        mirrored = dsp.compressor_gain(2 * THRESHOLD - LEVELS, THRESHOLD, 1 / (2 - RATIO), shape, knee)
        torch.testing.assert_close(gate, mirrored)


@pytest.mark.parametrize("shape", KNEE)
@pytest.mark.parametrize("gain", [dsp.compressor_gain, dsp.gate_gain])
def test_compiled_curves_are_the_formula_of_the_overshoot(shape, gain):
    knee = KNEE[shape]
    excess, slope = (LEVELS - THRESHOLD, (1 / RATIO - 1) / 2)
    if gain is dsp.gate_gain:
        excess, slope = -excess, (1 - RATIO) / 2
    formula = slope * dsp.overshoot(excess, shape, knee)
    torch.testing.assert_close(gain(LEVELS, THRESHOLD, RATIO, shape, knee), formula, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", KNEE)
@pytest.mark.parametrize("length", [BLOCK - 1, BLOCK, 2 * BLOCK + 13])
def test_a_curve_and_its_gradients_know_no_blocks(shape, length):
    level = torch.linspace(-14, 2, length, dtype=torch.float64).expand(3, -1).clone().requires_grad_()
    threshold, ratio, knee = (torch.tensor([[0.5], [1.0], [2.0]]).double() * scale for scale in (-6, 4, 0.5))
    free = tuple(part.requires_grad_() for part in (level, threshold, ratio, *([] if shape == "hard" else [knee])))
    formula = (1 / ratio - 1) / 2 * dsp.overshoot(level - threshold, shape, None if shape == "hard" else knee)
    compiled = dsp.compressor_gain(level, threshold, ratio, shape, None if shape == "hard" else knee)
    torch.testing.assert_close(compiled, formula, rtol=1e-12, atol=1e-14)
    weight = torch.linspace(-1, 1, 3 * length, dtype=torch.float64).reshape(3, length)
    gradients = [torch.autograd.grad(output, free, weight) for output in (compiled, formula)]
    torch.testing.assert_close(*gradients, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("shape", KNEE)
@pytest.mark.parametrize("gain", [dsp.compressor_gain, dsp.gate_gain])
def test_curves_have_the_gradients_of_finite_differences(shape, gain):
    level = torch.linspace(-11.1, -1.3, 30, dtype=torch.float64).reshape(2, 15).requires_grad_()
    threshold, ratio, knee = (
        torch.tensor(values, dtype=torch.float64)[:, None].requires_grad_()
        for values in ((-6.05, -5.05), (4.0, 2.5), (3.0, 2.0))
    )
    free = (level, threshold, ratio, *([] if shape == "hard" else [knee]))
    assert torch.autograd.gradcheck(lambda *inputs: gain(*inputs[:3], shape, *inputs[3:]), free)


def test_a_curve_passes_nan_on_in_its_own_place():
    level = LEVELS.clone()
    level[0, 3] = math.nan
    for shape, knee in KNEE.items():
        bent = dsp.compressor_gain(level, THRESHOLD, RATIO, shape, knee)[0]
        assert torch.isnan(bent).nonzero().flatten().tolist() == [3]
