"""One sample rate, one channel layout and one length for a source and its target."""

from dataclasses import dataclass

from grafx_lab.audio.value import Audio, AudioError


@dataclass(frozen=True)
class AlignedPair:
    """A source and a target that can be compared sample by sample.

    Attributes:
        source: same rate, channels and length as ``target``.
        target: the recording to approach.
        messages: a sentence for everything that was changed.
    """

    source: Audio
    target: Audio
    messages: tuple[str, ...]


def align_pair(source: Audio, target: Audio, sample_rate: int | None = None) -> AlignedPair:
    """Bring a pair to one sample rate (Hz, the source's by default), channel layout and length.

    Mono is repeated on the other's channels. The longer one loses its end.

    Raises:
        AudioError: both have several channels, and not equally many.
    """
    if source.channels != target.channels and 1 not in (source.channels, target.channels):
        raise AudioError(
            f"The source {source.name!r} has {source.channels} channels and the target {target.name!r} has"
            f" {target.channels}. Give both equally many, or make one of them mono."
        )
    rate = sample_rate or source.sample_rate
    channels = max(source.channels, target.channels)
    pair = {"source": source, "target": target}
    messages: list[str] = []
    for role, audio in pair.items():
        if audio.sample_rate != rate:
            messages.append(f"The {role} was resampled from {audio.sample_rate} Hz to {rate} Hz.")
        if audio.channels != channels:
            messages.append(f"The mono {role} was repeated on {channels} channels.")
        pair[role] = audio.resample(rate).with_channels(channels)
    samples = min(audio.samples for audio in pair.values())
    for role, audio in pair.items():
        if audio.samples > samples:
            seconds = (audio.samples - samples) / rate
            messages.append(f"The last {_duration(seconds)} of the {role} were left out: it is the longer one.")
        pair[role] = audio.crop(samples)
    return AlignedPair(pair["source"], pair["target"], tuple(messages))


def _duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.2f} ms"
