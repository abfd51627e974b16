"""The recordings of a session: what was uploaded or chosen, and the pair that fits compare."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from grafx_lab import resources
from grafx_lab.audio import Audio, align_pair, common_excerpt, read_audio
from grafx_lab.patch import Patch
from grafx_lab.session.errors import SessionError
from grafx_lab.session.examples import Example
from grafx_lab.session.tracks import named

FIT_SECONDS = 8.0
"""A fit listens to so much of a long pair."""

MAX_SECONDS = 600.0
MAX_BYTES = 200_000_000


class Recordings:
    """Source and target, and the patch that made the target where that is known."""

    def __init__(self) -> None:
        self.source: Audio | None = None
        self.target: Audio | None = None
        self.truth: Patch | None = None
        self._pair: tuple[object, tuple[Audio, Audio, tuple[str, ...]]] | None = None

    def set(self, role: str, audio: Audio) -> None:
        """Put a recording in place of the source or the target."""
        if role not in ("source", "target"):
            raise SessionError(f"{role!r} is no role for a recording; choose 'source' or 'target'.")
        setattr(self, role, audio)
        self.truth = None

    def take(self, example: Example) -> None:
        """Put an example's recordings in place; what made its target is known."""
        self.truth, self.source = example.truth(), named(example.source(), resources.clip(example.clip).title)
        self.target = named(self.truth.render(self.source), example.label)

    def pair(self, sample_rate: int) -> tuple[Audio, Audio, tuple[str, ...]]:
        """The excerpt of source and target that a fit compares, and what was done to them, in sentences.

        Raises:
            SessionError: one of the two is missing.
        """
        if self.source is None or self.target is None:
            missing = "source" if self.source is None else "target"
            raise SessionError(f"Choose a {missing} first: click its name above.")
        key = (self.source, self.target, sample_rate)
        if self._pair is None or self._pair[0] != key:
            aligned = align_pair(self.source, self.target, sample_rate)
            source, target, start = common_excerpt(aligned.source, aligned.target, FIT_SECONDS)
            messages = aligned.messages
            if source.samples < aligned.source.samples:
                messages += (f"The fit listened to {FIT_SECONDS:.0f} s from {start:.1f} s on.",)
            self._pair = key, (source, target, messages)
        return self._pair[1]


def shipped(name: str) -> Audio:
    """A shipped clip, under its title."""
    clip = resources.clip(name)
    return named(read_audio(clip.path), clip.title)


def uploaded(name: str, files: Sequence[bytes | Path]) -> Audio:
    """A recording that a person has given, as bytes or as a file.

    Raises:
        AudioError: it is not audio.
        SessionError: it is missing or too large.
    """
    if len(files) != 1:
        raise SessionError("An upload brings exactly one file.")
    (given,) = files
    size = given.stat().st_size if isinstance(given, Path) else len(given)
    if size > MAX_BYTES:
        raise SessionError(
            f"{name!r} has {size / 1e6:.0f} MB; {MAX_BYTES / 1e6:.0f} MB are the limit. Upload an excerpt."
        )
    with tempfile.TemporaryDirectory() as folder:
        # The person's own name, without the folders it might pretend to be in, makes readable messages.
        path = Path(folder) / (Path(name).name or "recording")
        path.write_bytes(given.read_bytes() if isinstance(given, Path) else given)
        try:
            audio = read_audio(path)
        except ValueError as error:
            raise type(error)(str(error).replace(str(path), path.name)) from error
    if audio.seconds > MAX_SECONDS:
        raise SessionError(
            f"{name!r} lasts {audio.seconds:.0f} s; {MAX_SECONDS:.0f} s are the limit. Upload an excerpt."
        )
    return named(audio, path.stem)
