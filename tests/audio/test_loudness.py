import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grafx_lab.audio import Audio, loudness, matched_offsets
from tests.audio.signals import constant, sine


@pytest.mark.parametrize("sample_rate", [44100, 48000])
def test_a_full_scale_997_hz_sine_has_minus_3_01_lufs(sample_rate):
    assert loudness(sine(997, seconds=3, sample_rate=sample_rate)) == pytest.approx(-3.01, abs=0.01)


def test_the_ebu_sine_at_minus_23_dbfs_in_both_channels_has_minus_23_lufs():
    # EBU Tech 3341, test 1 (1 kHz there).
    assert loudness(sine(1000, seconds=3, peak_dbfs=-23, channels=2)) == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    "audio",
    [
        constant(0.0, samples=44100),
        sine(997, seconds=0.39),
        sine(997, channels=6),
        sine(997, peak_dbfs=-90),
        constant(math.nan, samples=44100),
    ],
    ids=["silence", "shorter than a block", "six channels", "below the gate", "nan"],
)
def test_loudness_is_none_where_it_is_undefined(audio):
    assert loudness(audio) is None


@given(level=st.floats(-50, 0), other=st.floats(-50, 0))
@settings(max_examples=10, deadline=None)
def test_matched_recordings_are_equally_loud_and_below_the_ceiling(level, other):
    recordings = [sine(997, peak_dbfs=level), sine(200, peak_dbfs=other, channels=2)]
    offsets = matched_offsets(recordings)
    played = [
        Audio(audio.with_channels(2).data * 10 ** (offset / 20), audio.sample_rate)
        for audio, offset in zip(recordings, offsets, strict=True)
    ]
    assert loudness(played[0]) == pytest.approx(loudness(played[1]), abs=0.01)
    assert max(audio.peak_dbfs for audio in played) <= -1 + 1e-3


def test_quiet_recordings_come_up_to_the_loudest():
    assert matched_offsets([sine(997, peak_dbfs=-30), sine(997, peak_dbfs=-20)]) == pytest.approx([10, 0], abs=0.01)


def test_high_peaks_hold_all_of_them_down():
    clicks = torch.zeros(1, 48000)
    clicks[:, ::4800] = 0.9
    noise = sine(997, peak_dbfs=-3)
    offsets = matched_offsets([Audio(clicks, 48000, "clicks"), noise])
    assert offsets[0] == pytest.approx(-1 - 20 * math.log10(0.9), abs=1e-3)
    assert offsets[1] < -10


def test_what_has_no_loudness_keeps_its_level_below_the_ceiling():
    assert matched_offsets([constant(0.0), constant(0.1), constant(1.0)]) == pytest.approx([0, 0, -1], abs=1e-6)
    assert matched_offsets([]) == ()
