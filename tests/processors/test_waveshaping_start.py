"""Where a fit begins with distortions: their curve is read off recordings that have been filtered, too."""

import math

import pytest
import scipy.signal
import torch
from torch import Tensor

from grafx_lab.processors import HighPassFilter, PowerDistortion, Processor, TanhDistortion, Waveshaper

RATE = 16000
DRIVE = 12.0


def plucked(loudest: float = 0.5) -> Tensor:
    """Decaying tones of several pitches, ``(1, 1, time)``."""
    time = torch.arange(RATE // 2) / RATE
    tones = [torch.exp(-6 * time) * torch.sin(2 * torch.pi * pitch * time) for pitch in (82.0, 110.0, 196.0, 330.0)]
    signal = torch.cat(tones)
    return (loudest * signal / signal.abs().max())[None, None]


def overdriven(signal: Tensor) -> Tensor:
    """A saturated signal beside the dry one, as overdrives mix them: steep near silence, sloping beyond."""
    return 0.5 * signal + torch.tanh(10 ** (DRIVE / 20) * signal)


def filtered(signal: Tensor) -> Tensor:
    """Without what is low, and with the phase that it costs."""
    high_pass = HighPassFilter(sample_rate=RATE)
    return high_pass(signal, **high_pass.raw_from_controls(w0=150.0))


def missed(processor: Processor, raw: dict, signal: Tensor, target: Tensor) -> float:
    """Share of the target that the started processor lacks at the level that suits it best."""
    heard = processor(signal, **raw)
    level = (heard * target).sum() / heard.square().sum()
    return float((level * heard - target).norm() / target.norm())


@pytest.mark.parametrize("turned", [1.0, -1.0])
def test_a_drive_is_found_although_a_filter_has_moved_every_sample(turned):
    distortion = TanhDistortion(use_bias=True, sample_rate=RATE)
    truth = distortion.raw_from_controls(log_pre_gain=18.0, bias=0.3)
    signal = plucked()
    found = distortion.closed_form_start(signal, target=turned * filtered(distortion(signal, **truth)))
    controls = distortion.get_controls(**found)
    assert float(controls["log_pre_gain"]) == pytest.approx(18.0, abs=0.5)
    assert float(controls["bias"]) == pytest.approx(0.3, abs=0.05)


def test_a_drawn_curve_with_a_drive_plays_an_overdrive_that_was_filtered():
    shaper, signal = Waveshaper(num_points=33, pre_gain=True), plucked()
    raw = shaper.closed_form_start(signal, target=filtered(overdriven(signal)))
    assert missed(shaper, raw, signal, overdriven(signal)) < 0.03


@pytest.mark.parametrize("loudest", [0.1, 1.0])
def test_a_drawn_curve_suits_recordings_of_another_level(loudest):
    shaper, signal = Waveshaper(num_points=33, pre_gain=True), plucked()
    raw = shaper.closed_form_start(signal, target=filtered(overdriven(signal)))
    other = plucked(loudest)
    assert missed(shaper, raw, other, overdriven(other)) < 0.1


@pytest.mark.parametrize("shaper", [Waveshaper(pre_gain=True), PowerDistortion()])
def test_silence_stays_silent_behind_a_curve_that_was_found(shaper):
    signal = plucked()
    raw = shaper.closed_form_start(signal, target=torch.tanh(3 * signal + 0.5))
    assert float(shaper(torch.zeros(1, 1, 8), **raw).abs().max()) < 0.03


def test_an_overdrive_that_keeps_its_offset_back_is_found_with_its_filter():
    signal = plucked().double()
    curved = 0.5 * signal + 0.75 * (5 * signal + 0.25).clamp(-1, 1)
    target = torch.from_numpy(scipy.signal.lfilter([1, -1], [1, -0.98], curved.numpy()))
    shaper = Waveshaper(num_points=33, pre_gain=True, block_dc=True, sample_rate=RATE).double()
    raw = shaper.closed_form_start(signal, target=target)
    assert float(shaper.get_controls(**raw)["log_dc_cutoff"]) == pytest.approx(0.02 * RATE / (2 * math.pi), rel=0.15)
    assert missed(shaper, raw, signal, target) < 0.05
