import pytest
import torch

from grafx_lab import dsp
from grafx_lab.processors import Overdrive
from tests.fitting.signals import noise

SIGNAL = torch.linspace(-1, 1, 101).expand(1, 1, -1)


def test_loud_signals_are_held_at_two_thirds_of_the_inverse_of_the_drive():
    overdrive = Overdrive()
    output = overdrive(100 * SIGNAL, **overdrive.raw_from_controls(log_pre_gain=20.0))
    assert float(output.max()) == pytest.approx(0.2 / 3, rel=1e-5)
    assert float(output.min()) == pytest.approx(-0.2 / 3, rel=1e-5)


def test_the_clean_signal_passes_beside_the_curve_and_its_filter():
    overdrive = Overdrive(block_dc=True)
    raw = overdrive.raw_from_controls(log_pre_gain=30.0, bias=0.4, clean=100.0)
    torch.testing.assert_close(overdrive(SIGNAL, **raw), SIGNAL)


def test_a_bias_leaves_silence_silent_and_breaks_the_symmetry():
    overdrive = Overdrive()
    raw = overdrive.raw_from_controls(bias=0.5)
    assert not overdrive(torch.zeros(1, 1, 10), **raw).any()
    output = overdrive(2 * SIGNAL, **raw)
    assert abs(float(output.max() + output.min())) > 0.1


def test_neither_height_nor_slope_jumps_where_the_curve_becomes_flat():
    around = torch.tensor([1 - 1e-4, 1 + 1e-4], dtype=torch.float64, requires_grad=True)
    heights = dsp.clip_by_cubic(around)
    (slopes,) = torch.autograd.grad(heights.sum(), around)
    torch.testing.assert_close(heights, torch.full_like(heights, 2 / 3), atol=1e-7, rtol=0)
    assert slopes.tolist() == [pytest.approx(2e-4, rel=1e-3), 0.0]


def test_a_start_finds_it_with_its_clean_signal_and_its_filter():
    overdrive = Overdrive(block_dc=True, sample_rate=16000)
    signal = dsp.convolve(noise(time=16000), torch.hann_window(16)[None, None] / 8)
    truth = {"log_pre_gain": 18.0, "bias": 0.3, "clean": 12.0, "log_dc_cutoff": 30.0}
    target = 0.4 * overdrive(signal, **overdrive.raw_from_controls(**truth))
    found = overdrive.get_controls(**overdrive.closed_form_start(signal, target=target))
    for name, near in {"log_pre_gain": 0.3, "bias": 0.02, "clean": 1.5}.items():
        assert float(found[name]) == pytest.approx(truth[name], abs=near)
