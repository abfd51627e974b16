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
