"""Recordings: values, files, loudness, pairs and outlines."""

from grafx_lab.audio.align import AlignedPair, align_pair
from grafx_lab.audio.alignment import Alignment, align, find_alignment
from grafx_lab.audio.excerpt import common_excerpt, telling_start
from grafx_lab.audio.files import WriteReport, read_audio, write_audio
from grafx_lab.audio.loudness import loudness, matched_offsets
from grafx_lab.audio.peaks import waveform_peaks
from grafx_lab.audio.value import Audio, AudioError

__all__ = [
    "AlignedPair",
    "Alignment",
    "Audio",
    "AudioError",
    "WriteReport",
    "align",
    "align_pair",
    "common_excerpt",
    "find_alignment",
    "loudness",
    "matched_offsets",
    "read_audio",
    "telling_start",
    "waveform_peaks",
    "write_audio",
]
