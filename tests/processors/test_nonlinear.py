import pytest
import torch

from grafx_lab.processors import TanhDistortion

SIGNAL = torch.linspace(-1, 1, 101).expand(1, 1, -1)


def test_small_signals_keep_their_level_whatever_the_drive():
    distortion = TanhDistortion()
    output = distortion(1e-4 * SIGNAL, **distortion.raw_from_controls(log_pre_gain=20.0))
    torch.testing.assert_close(output, 1e-4 * SIGNAL, rtol=1e-5, atol=1e-10)


def test_loud_signals_are_held_at_the_inverse_of_the_drive():
    distortion = TanhDistortion()
    output = distortion(100 * SIGNAL, **distortion.raw_from_controls(log_pre_gain=20.0))
    assert float(output.max()) == pytest.approx(0.1, rel=1e-5)


def test_a_bias_leaves_silence_silent_and_breaks_the_symmetry():
    distortion = TanhDistortion(use_bias=True)
    raw = distortion.raw_from_controls(bias=0.5)
    assert not distortion(torch.zeros(1, 1, 10), **raw).any()
    output = distortion(SIGNAL, **raw)
    assert abs(float(output.max() + output.min())) > 0.1


def test_without_gains_it_is_a_plain_tanh_of_the_signal_without_its_mean():
    distortion = TanhDistortion(pre_post_gain=False, remove_dc=True)
    torch.testing.assert_close(distortion(SIGNAL + 3), torch.tanh(SIGNAL), atol=1e-6, rtol=1e-6)


def test_output_gain_is_free_when_it_is_not_the_inverse():
    distortion = TanhDistortion(inverse_post_gain=False)
    raw = distortion.raw_from_controls(log_pre_gain=0.0, log_post_gain=20.0)
    torch.testing.assert_close(distortion(SIGNAL, **raw), 10 * torch.tanh(SIGNAL))
