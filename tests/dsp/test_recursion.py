import time

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.dsp import scan


def random_sections(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    low, high = torch.tensor([30.0, 0.4, -12.0]).double(), torch.tensor([18000.0, 6.0, 12.0]).double()
    controls = low + (high - low) * torch.rand(*shape, 3, generator=generator, dtype=torch.float64)
    return dsp.peaking(*controls.unbind(-1), 44100.0)


@pytest.mark.parametrize("length", [1, 2, 7, 9, 255, 256, 257, 3000])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cascade_agrees_with_scipy(length, dtype):
    sos, signal = random_sections(2, 3, 5), torch.randn(2, 3, length, dtype=dtype)
    ours = dsp.sosfilt(signal, sos)
    rows = zip(sos.flatten(0, 1).numpy(), signal.double().flatten(0, 1).numpy(), strict=True)
    theirs = np.stack([scipy.signal.sosfilt(*row) for row in rows]).reshape(ours.shape)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-5 if dtype == torch.float32 else 1e-10)


@pytest.mark.parametrize("length", [13, 605])
@pytest.mark.parametrize("rows", [1, 3, 7, 8, 9, 16, 17])
def test_a_cascade_of_any_number_of_rows_equals_each_row_alone(rows, length):
    """Eight rows are filtered side by side, eight samples at once; what is left over fills groups only in part."""
    sos, signal = random_sections(rows, 1, 3), torch.randn(rows, 1, length, dtype=torch.float64, requires_grad=True)
    together = dsp.sosfilt(signal, sos)
    alone = torch.cat([dsp.sosfilt(signal[row : row + 1], sos[row : row + 1]) for row in range(rows)])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-13)
    gradients = [torch.autograd.grad(output.square().sum(), signal)[0] for output in (together, alone)]
    torch.testing.assert_close(*gradients, rtol=0, atol=1e-11)


def test_grafx_fault_2_every_stage_is_fed_by_the_stage_before():
    sos, signal = random_sections(1, 1, 4), torch.randn(1, 1, 500, dtype=torch.float64)
    one_by_one = signal
    for stage in range(4):
        one_by_one = dsp.sosfilt(one_by_one, sos[:, :, stage : stage + 1])
    torch.testing.assert_close(dsp.sosfilt(signal, sos), one_by_one)


@pytest.mark.parametrize("length", [1, 5, 300])
def test_cascade_has_the_gradients_of_finite_differences(length):
    signal = torch.randn(1, 2, length, dtype=torch.float64, requires_grad=True)
    sos = random_sections(2, 1, 3).requires_grad_()

    def scaled(signal, free):  # a0 is 1 by definition, so it takes no part
        return dsp.sosfilt(signal, torch.cat([free[..., :3], torch.ones_like(free[..., :1]), free[..., 3:]], -1))

    free = torch.cat([sos[..., :3], sos[..., 4:]], -1).detach().requires_grad_()
    assert torch.autograd.gradcheck(scaled, (signal, free), fast_mode=length > 100)


def test_cascade_in_threads_equals_the_rows_alone():
    sos, signal = random_sections(4, 2, 3), torch.randn(4, 2, 20000, requires_grad=True)
    together = dsp.sosfilt(signal, sos)
    together.square().sum().backward()
    for item in range(4):
        alone = signal.detach()[item : item + 1].requires_grad_()
        output = dsp.sosfilt(alone, sos[item : item + 1])
        output.square().sum().backward()
        torch.testing.assert_close(together[item : item + 1], output, rtol=0, atol=0)
        torch.testing.assert_close(signal.grad[item : item + 1], alone.grad, rtol=0, atol=0)


@pytest.mark.parametrize("initial", [0.0, 1.0])
def test_one_pole_agrees_with_scipy(initial):
    signal, rate = torch.randn(3, 700, dtype=torch.float64), torch.tensor([[1.0], [0.1], [1e-4]], dtype=torch.float64)
    for row in range(3):
        r = float(rate[row])
        theirs, _ = scipy.signal.lfilter([r], [1, r - 1], signal[row].numpy(), zi=[(1 - r) * initial])
        np.testing.assert_allclose(dsp.one_pole(signal, rate, initial)[row].numpy(), theirs, atol=1e-12)


def test_float32_smoothing_still_arrives_after_a_very_long_time():
    """A float32 state would stop at 94 %: the increments round to nothing."""
    rate = torch.tensor([[1e-6]])
    assert float(dsp.one_pole(torch.ones(1, 1 << 23), rate)[0, -1]) == pytest.approx(1 - np.exp(-8.388608), abs=1e-5)


def test_ballistics_rise_with_one_rate_and_fall_with_the_other():
    signal = torch.cat([torch.ones(1, 50), torch.zeros(1, 50)], -1).double()
    result = dsp.ballistics(signal, torch.tensor([[0.5]]), torch.tensor([[0.1]]))[0]
    n = torch.arange(1, 51).double()
    torch.testing.assert_close(result[:50], 1 - 0.5**n, rtol=1e-6, atol=1e-12)
    torch.testing.assert_close(result[50:], result[49] * 0.9**n, rtol=1e-6, atol=1e-12)


def test_ballistics_with_equal_rates_are_a_one_pole():
    signal, rate = torch.randn(2, 300, dtype=torch.float64), torch.tensor([[0.03]], dtype=torch.float64)
    torch.testing.assert_close(dsp.ballistics(signal, rate, rate, 0.5), scan.one_pole(signal, rate, 0.5))


@pytest.mark.parametrize("initial", [0.0, 1.0])
def test_ballistics_have_the_gradients_of_finite_differences(initial):
    signal = torch.randn(2, 30, dtype=torch.float64, requires_grad=True)
    rates = [torch.tensor([[0.4], [0.02]], dtype=torch.float64, requires_grad=True) for _ in range(2)]
    assert torch.autograd.gradcheck(lambda s, r, f: dsp.ballistics(s, r, f, initial), (signal, *rates))


def test_a_batch_of_one_broadcasts_on_either_side():
    signal, rate = torch.rand(1, 20), torch.tensor([[0.1], [0.5]])
    assert dsp.one_pole(signal, rate).shape == (2, 20)
    assert dsp.ballistics(torch.rand(3, 20), rate[:1], rate[1:]).shape == (3, 20)
    assert dsp.sosfilt(torch.rand(1, 1, 20), random_sections(3, 2, 4)).shape == (3, 2, 20)
    assert dsp.sosfilt(torch.rand(3, 2, 20), random_sections(1, 1, 4)).shape == (3, 2, 20)


def test_plain_pytorch_recursions_agree_with_the_compiled_ones():
    signal, sos = torch.randn(4, 1000, dtype=torch.float64, requires_grad=True), random_sections(4, 3)
    compiled, plain = dsp.sosfilt(signal[:, None], sos[:, None])[:, 0], scan.cascade(signal, sos)
    torch.testing.assert_close(plain, compiled)
    weight = torch.randn_like(plain)
    gradients = [torch.autograd.grad(output, signal, weight, retain_graph=True)[0] for output in (plain, compiled)]
    torch.testing.assert_close(*gradients)


def test_compiled_recursions_are_not_loops_of_the_interpreter():
    """A second of stereo through ten filters in far less than a second of this thread, whoever else computes."""
    signal, sos = torch.randn(1, 2, 44100), random_sections(1, 1, 10)
    dsp.sosfilt(signal, sos)
    start = time.thread_time()
    dsp.sosfilt(signal, sos)
    assert time.thread_time() - start < 0.5
