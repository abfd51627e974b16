import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grafx_lab import dsp


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def weighed(signals, weights):
    return sum(weights[:, k, None, None] * signal for k, signal in enumerate(signals))


SHAPES = pytest.mark.parametrize(
    ("signals", "parameters", "channels"), [(1, 1, 2), (3, 3, 2), (3, 1, 1), (1, 3, 2), (2, 2, 1)]
)


@SHAPES
def test_six_decibels_double_each_channel_that_has_them(signals, parameters, channels):
    signal = random(signals, channels, 50)
    decibel = torch.tensor([[20 * torch.tensor(2.0).log10(), 0]], dtype=torch.float64).expand(parameters, 2)
    expected = signal.expand(max(signals, parameters), 2, 50) * torch.tensor([[2.0], [1.0]], dtype=torch.float64)
    torch.testing.assert_close(dsp.apply_gain(signal, decibel), expected, rtol=1e-6, atol=0)


@SHAPES
def test_gradients_are_those_of_finite_differences_whatever_the_shapes(signals, parameters, channels):
    one, other = random(signals, channels, 20).requires_grad_(), random(signals, 2, 20, seed=1).requires_grad_()
    decibel, weight = (random(parameters, size, seed=2).requires_grad_() for size in (2, 1))
    weights = random(parameters, 3, seed=3).requires_grad_()
    assert torch.autograd.gradcheck(dsp.apply_gain, (one, decibel))
    assert torch.autograd.gradcheck(dsp.apply_gain, (one, weight))
    assert torch.autograd.gradcheck(dsp.crossfade, (one, other, weight))
    assert torch.autograd.gradcheck(
        lambda weights, *parts: dsp.weighted_sum(parts, weights), (weights, one, other, other)
    )


@SHAPES
def test_signals_sound_alike_with_and_without_gradients(signals, parameters, channels):
    one, other = random(signals, channels, 20), random(signals, 2, 20, seed=1)
    weights, batch = random(parameters, 2, seed=3), max(signals, parameters)
    calls = {
        dsp.apply_gain: (one, weights),
        dsp.crossfade: (one, other, weights[:, :1]),
        dsp.weighted_sum: ((one, other), weights),
    }
    for function, inputs in calls.items():
        with torch.no_grad():
            plain = function(*inputs)
        assert plain.shape == (batch, 2, 20)
        torch.testing.assert_close(function(*inputs), plain)


@given(st.floats(0, 1), st.integers(1, 5000))
def test_a_crossfade_is_a_weighted_sum_of_both_in_values_and_gradients(weight, length):
    dry, wet = random(2, 1, length).requires_grad_(), random(2, 1, length, seed=1).requires_grad_()
    share = torch.tensor([[weight]], dtype=torch.float64, requires_grad=True)
    outputs = dsp.crossfade(dry, wet, share), dsp.weighted_sum((dry, wet), torch.cat([1 - share, share], 1))
    torch.testing.assert_close(*outputs)
    weights = random(2, 1, length, seed=2)
    torch.testing.assert_close(*(torch.autograd.grad((o * weights).sum(), (dry, wet, share)) for o in outputs))


def test_a_sum_of_many_signals_agrees_with_its_formula():
    parts, weights = [random(2, 2, 30, seed=seed) for seed in range(4)], random(2, 4, seed=9)
    torch.testing.assert_close(dsp.weighted_sum(parts, weights), weighed(parts, weights))


def test_long_sums_in_float32_are_as_exact_as_their_rounding():
    signal, grad = (torch.randn(1, 1, 2**17, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
    weights = torch.ones(1, 1, requires_grad=True)
    by_weight = torch.autograd.grad(dsp.weighted_sum([signal], weights), weights, grad + 1)[0]
    expected = (signal.double() * (grad + 1).double()).sum()
    assert abs(by_weight - expected) < 1e-6 * (signal * (grad + 1)).abs().sum()


def test_gradients_can_be_taken_twice_of_one_graph():
    signal, decibel = random(1, 2, 20).requires_grad_(), random(1, 2).requires_grad_()
    total = dsp.apply_gain(signal, decibel).square().sum()
    first, second = (torch.autograd.grad(total, (signal, decibel), retain_graph=True) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    "mix",
    [
        lambda one, other: dsp.apply_gain(one, other[:, :, 0]),
        lambda one, other: dsp.crossfade(one, other, one[:, :1, 0]),
        lambda one, other: dsp.weighted_sum([one, other], other[:, 0, :2]),
        lambda one, other: dsp.to_midside(one) + dsp.to_leftright(other),
        lambda one, other: dsp.join_midside(*dsp.split_midside(one)) + other,
        lambda one, other: dsp.amplify(one, other[:, 0]),
    ],
)
def test_a_crop_of_a_longer_signal_is_as_good_as_a_copy_of_it(mix):
    leaves = [random(3, 2, 31, seed=seed).requires_grad_() for seed in (1, 2)]
    weight = random(3, 2, 40, seed=3)[..., :20]
    results = []
    for crop in (lambda signal: signal[..., :20], lambda signal: signal[..., :20].clone()):
        output = mix(*map(crop, leaves))
        results.append((output, *torch.autograd.grad((output * weight).sum(), leaves)))
    for cropped, copied in zip(*results, strict=True):
        torch.testing.assert_close(cropped, copied)


def test_the_gradient_of_a_sum_is_there_once():
    leaves = [random(3, 2, 31, seed=seed).requires_grad_() for seed in (1, 2)]
    parameters = random(3, 2).requires_grad_(), random(3, 1).requires_grad_()
    results = []
    for spread in (lambda output: output.sum(0), lambda output: output[0] + output[1] + output[2]):
        output = dsp.apply_gain(leaves[0], parameters[0]), dsp.crossfade(*leaves, parameters[1])
        total = sum((spread(part) * random(2, 31, seed=3)).sum() for part in output)
        results.append(torch.autograd.grad(total, [*leaves, *parameters]))
    for shared, apart in zip(*results, strict=True):
        torch.testing.assert_close(shared, apart)
