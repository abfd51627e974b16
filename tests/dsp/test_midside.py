import pytest
import torch

from grafx_lab import dsp


def test_left_and_right_return_from_mid_and_side():
    signal = torch.randn(2, 2, 30)
    torch.testing.assert_close(dsp.to_leftright(dsp.to_midside(signal)), signal)


def test_mono_is_all_mid_at_its_own_level():
    signal = torch.randn(2, 1, 30)
    mid, side = dsp.to_midside(signal).unbind(1)
    torch.testing.assert_close(mid, signal[:, 0])
    assert not side.any()


def test_widening_multiplies_the_side_alone():
    signal, gain = torch.randn(3, 2, 8, dtype=torch.float64), torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
    mid, side = dsp.to_midside(signal).split(1, 1)
    expected = dsp.to_leftright(torch.cat([mid, gain[..., None] * side], 1))
    torch.testing.assert_close(dsp.widen(signal, gain), expected)


def test_the_side_of_mono_is_silent_at_every_scale():
    assert not dsp.to_midside(torch.randn(1, 1, 4096), scale=0.5**0.5)[:, 1].any()


def test_mid_and_side_apart_are_those_together_and_find_back():
    signal = torch.randn(2, 2, 30, dtype=torch.float64)
    mid, side = dsp.split_midside(signal)
    torch.testing.assert_close(torch.cat([mid, side], 1), dsp.to_midside(signal))
    torch.testing.assert_close(dsp.join_midside(mid, side), signal)


def test_mid_of_one_item_meets_sides_of_several():
    mid, side = torch.randn(1, 1, 9), torch.randn(3, 1, 9)
    expected = torch.cat([mid + side, mid - side], 1)
    torch.testing.assert_close(dsp.join_midside(mid, side), expected)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("batches", [(1, 1), (3, 3), (1, 3), (3, 1)])
def test_gradients_are_those_of_finite_differences(channels, batches):
    signal = torch.randn(batches[0], channels, 12, dtype=torch.float64, requires_grad=True)
    other = torch.randn(batches[1], 1, 12, dtype=torch.float64, requires_grad=True)
    gain = torch.rand(batches[1], 1, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(dsp.widen, (signal, gain))
    assert torch.autograd.gradcheck(dsp.to_midside, (signal, 0.7))
    assert torch.autograd.gradcheck(dsp.split_midside, (signal, 0.7))
    assert torch.autograd.gradcheck(dsp.join_midside, (signal[:, :1], other))
