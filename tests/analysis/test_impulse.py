import math

import numpy as np
import pytest
import torch

from grafx_lab.analysis import Impulse, energy_decay, impulse_response, residual, response, spectrogram
from grafx_lab.patch import Patch, PatchError

RATE = 16000


def test_the_impulse_response_of_a_node_and_of_the_patch():
    patch = Patch.chain(["stereo_gain", "parametric_equalizer"], sample_rate=RATE)
    louder = patch.with_controls({"stereo_gain.log_gain": 6.0, "parametric_equalizer.log_gain": 0.0})
    whole, node = impulse_response(louder, seconds=0.1), impulse_response(louder, "parametric_equalizer", 0.1)
    assert whole.samples.shape[-1] == node.samples.shape[-1] == 1600
    torch.testing.assert_close(whole.samples[0], 10 ** (6 / 20) * node.samples[0], rtol=1e-4, atol=1e-5)
    with pytest.raises(PatchError, match="changes no sound"):
        impulse_response(patch, "in")


def test_a_delayed_impulse_has_a_flat_response_a_falling_phase_and_its_delay():
    samples = torch.zeros(1, 4096)
    samples[0, 8] = 0.5
    found = response(Impulse(samples, RATE))
    np.testing.assert_allclose(found.magnitude, 20 * math.log10(0.5), atol=1e-6)
    np.testing.assert_allclose(found.group_delay, 1000 * 8 / RATE, rtol=1e-9)
    np.testing.assert_allclose(found.phase, -360 * found.frequencies * 8 / RATE, atol=1e-6)


def test_a_one_pole_has_the_group_delay_of_its_formula():
    pole = 0.9
    samples = pole ** torch.arange(8192, dtype=torch.float64)[None]
    found = response(Impulse(samples, RATE))
    angle = 2 * np.pi * found.frequencies / RATE
    expected = pole * (np.cos(angle) - pole) / (1 - 2 * pole * np.cos(angle) + pole**2)
    np.testing.assert_allclose(found.group_delay, 1000 * expected / RATE, rtol=0.01, atol=2e-4)


def test_nothing_has_no_delay():
    assert np.isnan(response(Impulse(torch.zeros(1, 64), RATE)).group_delay).all()


@pytest.mark.parametrize("seconds", [0.3, 1.2])
def test_an_exponential_decay_has_its_reverberation_time(seconds):
    times = torch.arange(RATE, dtype=torch.float64) / RATE
    samples = 10 ** (-3 * times / seconds) * torch.randn(RATE, generator=torch.manual_seed(0), dtype=torch.float64)
    decay = energy_decay(Impulse(samples[None], RATE))
    assert decay.levels[0] == 0
    assert (np.diff(decay.levels) <= 0).all()
    assert decay.reverberation_time == pytest.approx(seconds, rel=0.05)


def test_what_hardly_falls_has_no_reverberation_time():
    assert math.isnan(energy_decay(Impulse(torch.ones(1, 10), RATE)).reverberation_time)
    assert math.isnan(energy_decay(Impulse(torch.zeros(1, 10), RATE)).reverberation_time)


@pytest.mark.parametrize("rows", [64, 200])
@pytest.mark.parametrize("frequency", [60.0, 311.7, 1000.0, 2222.2, 6543.2])
def test_a_full_scale_sine_stands_at_zero_decibels_at_its_frequency(frequency, rows):
    sine = torch.sin(2 * torch.pi * frequency * torch.arange(RATE) / RATE)[None]
    picture = spectrogram(sine, RATE, rows=rows)
    row = picture.levels[:, picture.levels.shape[1] // 2]
    assert picture.frequencies[row.argmax()] == pytest.approx(frequency, rel=0.05 if frequency > 100 else 0.2)
    assert row.max() == pytest.approx(0.0, abs=0.4)  # wherever it lies between rows and bins
    assert picture.times[-1] == pytest.approx(1.0, abs=0.05)
    assert picture.levels.max() - picture.levels.min() <= 90


@pytest.mark.parametrize("length", [1, 100, 200_000])
def test_a_spectrogram_of_any_length_has_few_frames(length):
    picture = spectrogram(torch.zeros(2, length), RATE, frames=50)
    assert 1 <= picture.levels.shape[1] <= 51
    assert np.isfinite(picture.levels).all()


@pytest.mark.parametrize("rate", [1, 50, 384_000])
def test_a_spectrogram_of_any_rate_has_rising_frequencies(rate):
    picture = spectrogram(torch.ones(1, 300), rate)
    assert (np.diff(picture.frequencies) > 0).all()
    assert picture.frequencies[-1] < rate / 2
    assert np.isfinite(picture.levels).all()


def test_a_residual_is_measured_against_the_target():
    target = torch.ones(1, 10)
    rest = residual(0.9 * target, target, RATE)
    assert rest.level == pytest.approx(-20.0, abs=1e-4)
    torch.testing.assert_close(rest.samples, 0.1 * target)
    assert residual(torch.zeros(1, 7), target, RATE).samples.shape == (1, 7)


def test_mono_is_the_same_on_all_channels_of_what_it_is_compared_with():
    mono = torch.sin(torch.arange(50.0))[None]
    stereo = 0.9 * mono.expand(2, -1)
    assert residual(stereo, mono, RATE).level == pytest.approx(-20.0, abs=1e-4)
    assert residual(mono, stereo, RATE).samples.shape == (2, 50)
