"""``torch.compile`` changes neither the values of a processor nor its gradients."""

import pytest
import torch
from torch import Tensor

from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import Processor, split_output
from tests.processors.examples import NAMES, make, random_raw, signals_for

LENGTH = 32


@pytest.mark.compile
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_a_compiled_processor_agrees_with_the_eager_one(name: str):
    torch.compiler.reset()
    processor = make(name)
    eager, compiled = (played(call, processor) for call in (processor, torch.compile(processor, backend="aot_eager")))
    for one, other in zip(eager, compiled, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-11)


def played(call: Processor, processor: Processor) -> list[Tensor]:
    """The outputs, and the gradients of a weighted sum of them."""
    signals = signals_for(processor, length=LENGTH)
    flat = flatten(random_raw(processor))
    leaves = [tensor.requires_grad_() for tensor in (*signals, *flat.values())]
    generated = {} if processor.inlets else {"length": LENGTH}
    outputs = split_output(call(*signals, **generated, **unflatten(flat))).signals
    total = sum(((output * torch.linspace(0.5, 1, LENGTH)).sum() for output in outputs), torch.zeros(()))
    gradients = torch.autograd.grad(total, leaves, materialize_grads=True) if leaves and total.requires_grad else ()
    return [*outputs, *gradients]
