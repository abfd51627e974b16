"""Loudness after ITU-R BS.1770, and the offsets for a fair comparison by ear."""

import math
from collections.abc import Callable, Sequence

import pyloudnorm

from grafx_lab.audio.value import Audio

CEILING_DBFS = -1.0
"""No sample of a matched comparison goes above."""

_BLOCK_SECONDS = 0.4
_MAX_CHANNELS = 5  # BS.1770 has weights for five
_LOWEST_RATE = 8000  # the weighting filters become unstable somewhat below


def loudness(audio: Audio, channels: int = 1) -> float | None:
    """Integrated loudness in LUFS.

    A full-scale 997 Hz sine in one channel has −3.01 LUFS.

    Args:
        audio: the recording.
        channels: mono is heard on so many.

    Returns:
        None where the measure is undefined: shorter than its 400 ms block, below its gate of −70 LUFS (as
        silence is), with NaN samples, or with more than five channels.
    """
    if audio.channels == 1:
        audio = audio.with_channels(channels)
    if audio.seconds < _BLOCK_SECONDS or audio.channels > _MAX_CHANNELS:
        return None
    if audio.sample_rate < _LOWEST_RATE:
        audio = audio.resample(_LOWEST_RATE)
    if not 0 < float(audio.data.abs().max()) < math.inf:
        return None
    # "DeMan" is the class whose coefficients are the standard's; pyloudnorm's default misses by 0.04 LU.
    meter = pyloudnorm.Meter(audio.sample_rate, filter_class="DeMan", block_size=_BLOCK_SECONDS)
    value = float(meter.integrated_loudness(audio.data.detach().T.double().cpu().numpy()))
    return value if math.isfinite(value) else None


def matched_offsets(
    recordings: Sequence[Audio],
    ceiling_dbfs: float = CEILING_DBFS,
    measure: Callable[[Audio, int], float | None] = loudness,
) -> tuple[float, ...]:
    """Gains in dB that make recordings equally loud with no sample above the ceiling.

    They come up to the loudest of them, or as far as the ceiling lets the one with the highest peaks go. A
    recording without a loudness keeps its level, or is lowered to the ceiling. Mono beside stereo counts as
    what a player makes of it: the same on both sides.

    Args:
        recordings: what is compared.
        ceiling_dbfs: in dB relative to full scale.
        measure: gives what :func:`loudness` gives; whoever compares again and again may remember.
    """
    channels = max((audio.channels for audio in recordings), default=1)
    headroom = [_headroom(audio, ceiling_dbfs) for audio in recordings]
    levels = [measure(audio, channels) for audio in recordings]
    measured = [level for level in levels if level is not None]
    reachable = [level + room for level, room in zip(levels, headroom, strict=True) if level is not None]
    common = min(max(measured), min(reachable)) if measured else 0.0
    return tuple(
        min(0.0, room) if level is None else common - level for level, room in zip(levels, headroom, strict=True)
    )


def _headroom(audio: Audio, ceiling_dbfs: float) -> float:
    """By how many dB it may rise; without end for silence, none where samples are not finite."""
    room = ceiling_dbfs - audio.peak_dbfs
    return 0.0 if math.isnan(room) else room
