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
