import dataclasses
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grafx_lab.audio import Audio, AudioError
from tests.audio.signals import constant, sine


def test_an_audio_tells_its_length_layout_and_peak():
    audio = constant(0.5, samples=22050, channels=2, name="half")
    assert (audio.channels, audio.samples, audio.seconds, audio.layout) == (2, 22050, 0.5, "stereo")
    assert audio.peak_dbfs == pytest.approx(-6.0206, abs=1e-4)
    assert repr(audio) == "Audio('half', stereo, 0.50 s at 44100 Hz)"


def test_silence_peaks_at_minus_infinity():
    assert constant(0.0).peak_dbfs == -math.inf


def test_samples_are_float32_whatever_float_came():
    assert Audio(torch.zeros(1, 3, dtype=torch.float64), 44100).data.dtype == torch.float32


def test_an_audio_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        constant(0.0).sample_rate = 48000


@pytest.mark.parametrize(
    ("data", "rate", "sentence"),
    [
        (torch.zeros(44100), 44100, r"data has shape \(44100,\), expected \(channel, time\)"),
        (torch.zeros(2, 0), 44100, r"data has shape \(2, 0\)"),
        (torch.zeros(1, 8, dtype=torch.int16), 44100, r"data is torch.int16, expected a tensor of floats"),
        ([[0.0]], 44100, "data is list"),
        (torch.zeros(1, 8), 0, "the sample rate is 0, expected whole Hz above 0"),
        (torch.zeros(1, 8), 44100.5, "the sample rate is 44100.5"),
        (torch.zeros(1, 8), math.nan, "the sample rate is nan"),
        (torch.zeros(1, 8), math.inf, "the sample rate is inf"),
    ],
)
def test_what_is_no_recording_is_refused(data, rate, sentence):
    with pytest.raises(AudioError, match=sentence):
        Audio(data, rate, "take")


@pytest.mark.parametrize(("before", "after"), [(48000, 44100), (44100, 48000), (44100, 16000)])
def test_a_resampled_sine_is_the_sine_at_the_other_rate(before, after):
    resampled = sine(1000, sample_rate=before, peak_dbfs=-6).resample(after)
    expected = sine(1000, sample_rate=after, peak_dbfs=-6)
    assert resampled.sample_rate == after
    assert abs(resampled.samples - expected.samples) <= 1
    middle = slice(after // 10, -after // 10)  # away from the filter's ends
    torch.testing.assert_close(resampled.data[:, middle], expected.data[:, middle], rtol=0, atol=1e-5)


@pytest.mark.parametrize("rate", [0, -8000, 44100.5, math.nan, math.inf])
def test_rates_that_are_no_whole_hertz_are_refused(rate):
    with pytest.raises(AudioError, match=rf"the sample rate is {rate}, expected whole Hz above 0"):
        constant(0.5).resample(rate)


@pytest.mark.parametrize(("samples", "rate"), [(1, 8000), (2, 8000), (3, 1)])
def test_what_is_shorter_than_a_sample_of_the_new_rate_becomes_one(samples, rate):
    resampled = Audio(torch.ones(2, samples), 44100).resample(rate)
    assert (resampled.channels, resampled.samples, resampled.sample_rate) == (2, 1, rate)
    assert resampled.data.isfinite().all()


def test_resampling_to_the_same_rate_changes_nothing():
    audio = sine(440)
    assert audio.resample(48000) is audio


def test_what_the_lower_rate_cannot_hold_is_gone():
    assert sine(15000, sample_rate=48000).resample(16000).data[:, 1000:-1000].abs().max() < 1e-4


@given(left=st.floats(-1, 1, width=32), right=st.floats(-1, 1, width=32))
@settings(max_examples=20, deadline=None)
def test_mono_is_the_mean_of_the_channels(left, right):
    stereo = Audio(torch.tensor([[left], [right]]), 44100)
    assert stereo.mono().data.item() == pytest.approx((left + right) / 2, abs=1e-6)


def test_mono_is_repeated_on_more_channels():
    wide = sine(440).with_channels(2)
    assert wide.channels == 2
    assert torch.equal(wide.data[0], wide.data[1])


def test_stereo_is_never_folded_silently():
    with pytest.raises(AudioError, match=r"'sine' has 2 channels, expected 1\. .*\.mono\(\)"):
        sine(440, channels=2).with_channels(1)


def test_crop_keeps_the_beginning():
    audio = sine(440)
    assert torch.equal(audio.crop(10).data, audio.data[:, :10])
    assert audio.crop(audio.samples + 1) is audio
