"""The slice ``audio``: recordings as files that a browser can play, with outline, spectrogram and matched loudness."""

import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from grafx_lab.analysis import spectrogram
from grafx_lab.audio import Audio, loudness, matched_offsets, waveform_peaks, write_audio
from grafx_lab.parameters import format_quantity

KEPT_SECONDS = 60.0
"""So long a file outlives its recording's place in the slice: a browser may just have begun to fetch it."""

PICTURE_ROWS = 64
PICTURE_FRAMES = 320
PICTURE_RANGE_DB = 72.0
"""A lane of the player is small: so fine is the spectrogram behind its waveform, and so far below its top it ends."""


class Tracks:
    """Writes recordings into a folder and describes them for the player.

    Args:
        folder: where the files go; it belongs to one session.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._described: dict[str, tuple[Audio, dict[str, Any]]] = {}
        self._retired: deque[tuple[float, Path]] = deque()
        # Measuring takes longer than all the rest, and most recordings stay from one slice to the next.
        self._measured: WeakKeyDictionary[Audio, dict[int, float | None]] = WeakKeyDictionary()

    def slice(self, recordings: Mapping[str, Audio | None], notes: Mapping[str, str]) -> dict[str, Any]:
        """The slice for recordings such as ``source``, ``fitted`` and ``target``; each is written once.

        Args:
            recordings: by role.
            notes: what stands beneath a name, by role.
        """
        present = {role: audio for role, audio in recordings.items() if audio is not None}
        offsets = dict(zip(present, matched_offsets(list(present.values()), measure=self._loudness), strict=True))
        tracks: dict[str, Any] = dict.fromkeys(recordings)
        for role, audio in present.items():
            offset = offsets[role]
            tracks[role] = self._track(role, audio) | {
                "offset_db": offset,
                "offset_text": format_quantity(offset, "dB"),
                "note": notes.get(role, ""),
            }
        return tracks

    def _track(self, role: str, audio: Audio) -> dict[str, Any]:
        known = self._described.get(role)
        if known is not None and known[0] is audio:
            return known[1]
        if known is not None:
            self._retire(known[1]["url"], known[1]["spectrogram"]["url"])
        track = self._describe(role, audio)
        self._described[role] = (audio, track)
        return track

    def _loudness(self, audio: Audio, channels: int = 1) -> float | None:
        known = self._measured.setdefault(audio, {})
        heard_on = channels if audio.channels == 1 else audio.channels
        if heard_on not in known:
            known[heard_on] = loudness(audio, channels)
        return known[heard_on]

    def _retire(self, *paths: Path) -> None:
        now = time.monotonic()
        self._retired.extend((now, path) for path in paths)
        while now - self._retired[0][0] > KEPT_SECONDS:
            self._retired.popleft()[1].unlink(missing_ok=True)

    def _describe(self, role: str, audio: Audio) -> dict[str, Any]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{role}_{secrets.token_hex(4)}.wav"
        write_audio(path, audio)
        level = self._loudness(audio)
        peak = audio.peak_dbfs
        return {
            "name": audio.name,
            "url": path,
            "seconds": audio.seconds,
            "sample_rate": audio.sample_rate,
            "channels": audio.channels,
            "loudness": f"{level:.1f} LUFS".replace("-", "−") if level is not None else "no loudness",
            "peaks": waveform_peaks(audio).numpy(),
            "spectrogram": _picture(audio, path.with_suffix(".f32")),
            "badges": [f"peak {format_quantity(peak, 'dB')}FS"] if peak > 0 else [],
        }


def _picture(audio: Audio, path: Path) -> dict[str, Any]:
    """Write a recording's spectrogram as float32, lowest frequency first, and say what its rows and values are."""
    picture = spectrogram(audio.data, audio.sample_rate, rows=PICTURE_ROWS, frames=PICTURE_FRAMES)
    path.write_bytes(picture.levels.astype("<f4").tobytes())
    top = 6.0 * float(np.ceil(np.nan_to_num(picture.levels.max()) / 6))
    return {
        "url": path,
        "shape": list(picture.levels.shape),
        "range": [top - PICTURE_RANGE_DB, top],
        "rows": [format_quantity(float(frequency), "Hz") for frequency in picture.frequencies],
    }


def named(audio: Audio, name: str) -> Audio:
    """The same recording under another name."""
    return replace(audio, name=name)
