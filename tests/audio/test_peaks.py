import torch

from grafx_lab.audio import Audio, waveform_peaks
from tests.audio.signals import constant, sine


def test_the_outline_follows_the_loudest_channel():
    ramp = torch.linspace(0, 1, 3200)
    peaks = waveform_peaks(Audio(torch.stack([ramp, -2 * ramp / 3]), 44100), bins=32)
    torch.testing.assert_close(peaks, ramp[99::100])


def test_the_outline_stays_between_0_and_1():
    assert waveform_peaks(constant(3.0)).tolist() == [1.0] * 320
    assert waveform_peaks(constant(float("nan"))).tolist() == [0.0] * 320


def test_short_and_long_recordings_have_as_many_bins():
    assert waveform_peaks(constant(0.5, samples=1)).shape == (320,)
    assert waveform_peaks(sine(440, seconds=3)).shape == (320,)
