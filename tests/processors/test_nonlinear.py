import pytest
import torch

from grafx_lab.processors import PiecewiseTanhDistortion, TanhDistortion

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


def test_the_halves_of_a_piecewise_tanh_are_set_apart():
    distortion = PiecewiseTanhDistortion(pre_post_gain=False)
    raw = distortion.raw_from_controls(log_hardness=[8.0, 0.5], z_threshold=[90.0, 20.0])
    output = distortion(2 * SIGNAL, **raw)[0, 0]
    # Above 20 % the hard piece ends at tanh k + (1 - tanh² k) / 8, below it is a tanh up to 90 %.
    k = torch.tanh(torch.tensor(0.2))
    assert float(output.max()) == pytest.approx(float(k + (1 - k**2) / 8), abs=1e-3)
    torch.testing.assert_close(output[30:50], torch.tanh(2 * SIGNAL[0, 0, 30:50]))


def test_the_slope_of_a_piecewise_tanh_is_continuous_unlike_in_grafx():
    distortion = PiecewiseTanhDistortion(pre_post_gain=False).double()
    raw = {key: value.double() for key, value in distortion.raw_from_controls(z_threshold=60.0).items()}
    around = torch.tensor([[[0.6 - 1e-6, 0.6, 0.6 + 1e-6]]], dtype=torch.float64)
    before, after = torch.diff(distortion(around, **raw)[0, 0]) / 1e-6
    assert float(after) == pytest.approx(float(before), rel=1e-4)
