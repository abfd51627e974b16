import pytest
import torch

from grafx_lab.audio import AudioError, align_pair
from tests.audio.signals import constant, sine


def test_an_aligned_pair_is_left_alone_without_a_word():
    source, target = sine(440), sine(330)
    pair = align_pair(source, target)
    assert pair.messages == ()
    assert torch.equal(pair.source.data, source.data)
    assert torch.equal(pair.target.data, target.data)


def test_the_longer_recording_loses_its_end_and_it_is_said():
    pair = align_pair(sine(440, seconds=2), sine(440, seconds=0.5))
    assert pair.source.seconds == pair.target.seconds == 0.5
    assert pair.messages == ("The last 1.50 s of the source were left out: it is the longer one.",)


def test_one_sample_too_many_is_said_in_milliseconds():
    pair = align_pair(constant(0, samples=1000), constant(0, samples=1001))
    assert pair.messages == ("The last 0.02 ms of the target were left out: it is the longer one.",)


@pytest.mark.parametrize("mono", ["source", "target"])
def test_mono_is_repeated_beside_stereo(mono):
    sides = {"source": sine(440, channels=2), "target": sine(440, channels=2)} | {mono: sine(440)}
    pair = align_pair(**sides)
    assert pair.source.channels == pair.target.channels == 2
    assert pair.messages == (f"The mono {mono} was repeated on 2 channels.",)


def test_the_source_decides_the_rate_unless_one_is_given():
    pair = align_pair(sine(440, sample_rate=44100), sine(440, sample_rate=48000))
    assert pair.source.sample_rate == pair.target.sample_rate == 44100
    assert pair.messages[0] == "The target was resampled from 48000 Hz to 44100 Hz."
    assert align_pair(sine(440), sine(440), sample_rate=32000).source.sample_rate == 32000


def test_resampled_recordings_stay_in_step():
    pair = align_pair(sine(440, sample_rate=44100), sine(440, sample_rate=48000))
    inner = slice(4410, -4410)
    torch.testing.assert_close(pair.source.data[:, inner], pair.target.data[:, inner], rtol=0, atol=1e-5)


def test_stereo_against_surround_is_refused():
    with pytest.raises(AudioError, match="The source 'sine' has 2 channels and the target 'sine' has 6"):
        align_pair(sine(440, channels=2), sine(440, channels=6))
