import pytest
import torch

from grafx_lab import dsp


def smoothed(signal):
    rates = torch.tensor([[0.1]], dtype=torch.float64)
    return dsp.ballistics(signal[:, 0], rates, rates / 10).sin()


def filtered(signal):
    frequency = torch.tensor([[500.0]])
    return dsp.sosfilt(signal, dsp.low_pass(frequency, torch.ones_like(frequency), 8000)[None]).sin()


@pytest.mark.parametrize("function", [smoothed, filtered])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_compiled_graphs_hold_recursions_as_one_operation_with_the_same_gradients(function, dtype):
    signal = torch.randn(2, 1, 300, dtype=dtype, requires_grad=True)
    compiled = torch.compile(function, backend="aot_eager", fullgraph=True)
    outputs = [each(signal) for each in (function, compiled)]
    gradients = [torch.autograd.grad(output.square().sum(), signal)[0] for output in outputs]
    torch.testing.assert_close(*outputs)
    torch.testing.assert_close(*gradients)
