"""Audio files: read whatever libsndfile reads, write WAV and FLAC without clipping silently."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch
from scipy.io import wavfile

from grafx_lab.atomic_file import replacing
from grafx_lab.audio.value import Audio, AudioError

MAX_CHANNELS = 8
"""FLAC's limit and 7.1 surround; files with more are stems in disguise."""

BLOCK = 1 << 16
"""Samples of each channel that are read at once."""

_BITS = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}


@dataclass(frozen=True)
class WriteReport:
    """What was written.

    Attributes:
        path: the file.
        encoding: ``"16-bit PCM"``, ``"24-bit PCM"`` or ``"32-bit float"``.
        peak_dbfs: the greatest absolute sample in dB relative to full scale, −inf for silence.
        message: one sentence for people.
    """

    path: Path
    encoding: str
    peak_dbfs: float
    message: str


def read_audio(path: str | os.PathLike[str]) -> Audio:
    """Read a WAV, FLAC, OGG, MP3, AIFF or other file that libsndfile knows, at its own sample rate.

    Returns:
        Audio of 1 to 8 channels, named after the file. All samples are finite; floats above 1 stay.

    Raises:
        AudioError: the file is missing, is not audio, is empty, holds NaN or infinite samples, or has more
            than 8 channels.
    """
    path = Path(path)
    if not path.exists():
        raise AudioError(f"There is no file {str(path)!r}. Check the path for a typing error.")
    if path.is_dir():
        raise AudioError(f"{str(path)!r} is a folder, expected an audio file in it.")
    if path.stat().st_size == 0:
        raise AudioError(f"{str(path)!r} is empty: the file has 0 bytes. Export it again.")
    try:
        samples, sample_rate = _read(path)
    except (
        soundfile.SoundFileError,
        TypeError,
        PermissionError,
    ) as error:  # TypeError: a headerless .raw file
        # The reasons that libsndfile gives name other causes, such as a missing file for a damaged one.
        raise AudioError(
            f"{str(path)!r} is not audio that can be read: WAV, FLAC, OGG, MP3 and AIFF can. Convert it to WAV or FLAC."
        ) from error
    if not samples.size:
        raise AudioError(f"{str(path)!r} is empty: its audio lasts 0 s. Export it again.")
    if len(samples) > MAX_CHANNELS:
        raise AudioError(
            f"{str(path)!r} has {len(samples)} channels, expected at most {MAX_CHANNELS}."
            " Export the stems as files of their own."
        )
    audio = Audio(torch.from_numpy(samples), sample_rate, path.stem)
    _check_finite(audio, f"{str(path)!r}", "Export it again or repair these samples in an audio editor.")
    return audio


class _Stream(soundfile.SoundFile):
    """A file that is read from front to back: who has streamed it may not have told it its length."""

    def seekable(self) -> bool:
        return False


def _read(path: Path) -> tuple[np.ndarray, int]:
    """Samples ``(channel, time)`` and their rate."""
    with _Stream(path) as file:
        blocks: list[np.ndarray] = [np.zeros((file.channels, 0), np.float32)]
        while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
            blocks.append(block.T)
        return np.concatenate(blocks, axis=1), file.samplerate


def write_audio(path: str | os.PathLike[str], audio: Audio, *, bits: int = 24) -> WriteReport:
    """Write a ``.wav`` or ``.flac`` file, whole or not at all; equal audio gives equal bytes.

    Args:
        bits: 16 or 24 for PCM, 32 for float (WAV only). A WAV whose peak is above 0 dBFS becomes 32-bit float
            whatever was asked, and the report says so: PCM would clip it.

    Raises:
        AudioError: NaN or infinite samples; a peak above 0 dBFS in FLAC; a folder, an unknown suffix or
            number of bits; a missing folder. Nothing is written then.
    """
    path = Path(path)
    _check_finite(audio, f"{audio.name!r}", "Nothing was written.")
    encoding, peak = _encoding(path, audio, bits), audio.peak_dbfs
    if not path.parent.is_dir():
        raise AudioError(f"The folder {str(path.parent)!r} for {path.name!r} does not exist. Create it first.")
    try:
        with replacing(path) as temporary:
            _write(temporary, audio, encoding)
    except (soundfile.SoundFileError, OSError) as error:
        raise AudioError(f"{str(path)!r} could not be written: {error}") from error
    name = "32-bit float" if encoding == "FLOAT" else f"{encoding[4:]}-bit PCM"
    why = " because its peak would clip in PCM" if encoding == "FLOAT" != _BITS[bits] else ""
    level = f"its peak is {_dbfs(peak)}" if math.isfinite(peak) else "it is silent"
    message = f"Wrote {path.name} as {name}{why}; {level}."
    return WriteReport(path, name, peak, message)


def _encoding(path: Path, audio: Audio, bits: int) -> str:
    suffix = path.suffix.lower()
    if path.is_dir():
        raise AudioError(f"{str(path)!r} is a folder, expected a '.wav' or '.flac' file. Add its name.")
    if suffix not in (".wav", ".flac"):
        ending = f"ends in {suffix!r}" if suffix else "has no ending"
        raise AudioError(f"{path.name!r} {ending}, expected '.wav' or '.flac'. Choose one of the two.")
    if bits not in _BITS or (suffix == ".flac" and bits == 32):
        known = "16 or 24 in FLAC" if suffix == ".flac" else "16, 24 or 32"
        raise AudioError(f"{path.name!r}: bits is {bits}, expected {known}.")
    if audio.peak_dbfs <= 0:
        return _BITS[bits]
    if suffix == ".flac":
        raise AudioError(
            f"{path.name!r}: the peak is {_dbfs(audio.peak_dbfs)}, and FLAC clips above 0 dBFS."
            " Write a '.wav', which can hold it as 32-bit float, or lower the level by"
            f" {audio.peak_dbfs:.2f} dB."
        )
    return "FLOAT"


def _write(path: Path, audio: Audio, encoding: str) -> None:
    samples = audio.data.T.detach().cpu().numpy()
    if encoding == "FLOAT":
        # libsndfile puts the time of day into float files (PEAK chunk): the same audio, other bytes.
        wavfile.write(path, audio.sample_rate, np.ascontiguousarray(samples))
    else:
        soundfile.write(path, samples, audio.sample_rate, subtype=encoding)


def _check_finite(audio: Audio, subject: str, remedy: str) -> None:
    bad = ~torch.isfinite(audio.data)
    if bad.any():
        first = int(bad.any(dim=0).nonzero()[0]) / audio.sample_rate
        plural = "sample that is" if bad.sum() == 1 else "samples that are"
        raise AudioError(f"{subject} holds {int(bad.sum())} {plural} NaN or infinite, first at {first:.3f} s. {remedy}")


def _dbfs(peak: float) -> str:
    return f"{peak:+.2f} dBFS".replace("-", "−")
