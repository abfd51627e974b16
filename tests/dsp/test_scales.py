import math

import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.scales import SCALES


def tensor(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.parametrize("name", SCALES)
def test_every_scale_rises_and_comes_back(name):
    frequency = torch.linspace(5, 24000, 2000, dtype=torch.float64)
    place = SCALES[name].from_hz(frequency)
    assert (place.diff() > 0).all()
    torch.testing.assert_close(SCALES[name].to_hz(place), frequency, rtol=1e-9, atol=1e-9)


def test_mel_scales_agree_at_their_anchors():
    assert float(dsp.hz_to_mel(tensor(1000.0))) == pytest.approx(999.985, abs=1e-2)
    slaney = SCALES["mel_slaney"].from_hz
    assert float(slaney(tensor(1000.0))) == pytest.approx(15)
    assert float(slaney(tensor(6400.0))) == pytest.approx(42)
    assert float(slaney(tensor(200.0))) == pytest.approx(3)


def test_corrected_bark_keeps_the_middle_and_moves_the_ends():
    corrected = SCALES["bark_traunmuller"].from_hz
    frequency = tensor(30.0, 1000.0, 15000.0)
    plain, moved = dsp.hz_to_bark(frequency), corrected(frequency)
    torch.testing.assert_close(moved[1], plain[1])
    torch.testing.assert_close(moved[0], plain[0] + 0.15 * (2 - plain[0]))
    torch.testing.assert_close(moved[2], plain[2] + 0.22 * (plain[2] - 20.1))


def test_the_ear_is_about_133_hz_wide_at_1_khz():
    assert float(dsp.hz_to_erb(tensor(1000.0))) == pytest.approx(132.7)
    step = SCALES["erb"].from_hz(tensor(1066.3)) - SCALES["erb"].from_hz(tensor(933.7))
    assert float(step) == pytest.approx(1, abs=0.01)


def test_pitches_are_semitones_and_silence_has_none():
    torch.testing.assert_close(dsp.hz_to_midi(tensor(440.0, 880.0, 0.0, -5.0)), tensor(69, 81, 0, 0).double())
    torch.testing.assert_close(dsp.midi_to_hz(tensor(57.0, 0.0)), tensor(220.0, 440 * 2 ** (-69 / 12)))
    frequency = tensor(0.0, 440.0).requires_grad_()
    dsp.hz_to_midi(frequency).sum().backward()
    torch.testing.assert_close(frequency.grad, tensor(0.0, 12 / (440 * math.log(2))))


def test_units_run_from_low_to_high_in_octaves():
    torch.testing.assert_close(dsp.unit_to_hz(tensor(0.0, 0.5, 1.0), 100, 400), tensor(100.0, 200.0, 400.0))
    torch.testing.assert_close(dsp.hz_to_unit(tensor(100.0, 200.0, 400.0), 100, 400), tensor(0.0, 0.5, 1.0))


def test_spread_is_even_on_its_scale():
    frequency = SCALES["log"].spread(40.0, 640.0, 5)
    torch.testing.assert_close(frequency, tensor(40.0, 80.0, 160.0, 320.0, 640.0))
