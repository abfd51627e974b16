import pytest
import torch

from grafx_lab.dsp.spectrum import FLOOR, rfft_magnitude, stft_magnitude

RESOLUTION = (64, 12, 30)


def by_torch(signal: torch.Tensor) -> torch.Tensor:
    size, hop, window = RESOLUTION
    hann = torch.hann_window(window, dtype=signal.dtype)
    frames = torch.stft(signal.flatten(0, 1), size, hop, window, hann, return_complex=True)
    power = frames.real.square() + frames.imag.square()
    return power.clamp(min=FLOOR).sqrt().unflatten(0, signal.shape[:2]).transpose(-1, -2)


@pytest.mark.parametrize("length", [40, 64, 65, 500])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_magnitudes_and_gradients_are_those_of_torch_stft(length, dtype):
    generator = torch.Generator().manual_seed(length)
    signal = torch.randn(2, 2, length, generator=generator, dtype=dtype)
    signal[..., length // 2 :] *= 1e-5  # where the floor holds in some bins
    results = []
    for magnitude in (stft_magnitude, by_torch):
        leaf = signal.clone().requires_grad_()
        output = magnitude(leaf, *RESOLUTION) if magnitude is stft_magnitude else magnitude(leaf)
        (gradient,) = torch.autograd.grad(output.log().sum(), leaf)
        results.append((output.detach(), gradient))
    tolerance = 1e-3 if dtype == torch.float32 else 1e-9
    for ours, theirs in zip(*results, strict=True):
        assert float((ours - theirs).norm()) <= tolerance * float(theirs.norm())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nothing_flows_back_through_the_floor(dtype):
    quiet = (1e-7 * torch.randn(1, 1, 300, generator=torch.Generator().manual_seed(0), dtype=dtype)).requires_grad_()
    magnitude = stft_magnitude(quiet, *RESOLUTION)
    torch.testing.assert_close(magnitude, torch.full_like(magnitude, FLOOR**0.5))
    assert not torch.autograd.grad(magnitude.log().sum(), quiet)[0].any()


def test_one_transform_over_the_whole_signal():
    impulse = torch.zeros(1, 1, 9, dtype=torch.float64)
    impulse[..., 4] = -2.0
    torch.testing.assert_close(rfft_magnitude(impulse), torch.full((1, 1, 5), 2.0, dtype=torch.float64))


@pytest.mark.parametrize("length", [1, 2, 8, 9])
def test_gradients_of_the_whole_transform_agree_with_finite_differences(length):
    signal = torch.randn(1, 2, length, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert torch.autograd.gradcheck(rfft_magnitude, signal.requires_grad_())


def test_silence_has_no_gradient_and_no_nan():
    silence = torch.zeros(1, 1, 16, requires_grad=True)
    assert not torch.autograd.grad(rfft_magnitude(silence).sum(), silence)[0].any()


def test_a_second_derivative_is_refused_rather_than_wrong():
    signal = torch.randn(8, generator=torch.Generator().manual_seed(2), requires_grad=True)
    (gradient,) = torch.autograd.grad(rfft_magnitude(signal).square().sum(), signal, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
