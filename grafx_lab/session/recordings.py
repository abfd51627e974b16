"""The recordings of a session: what was uploaded or chosen, and the pair that fits compare."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from grafx_lab import resources
from grafx_lab.audio import Audio, align_pair, common_excerpt, read_audio
from grafx_lab.fitting import Objective
from grafx_lab.losses import Loss
from grafx_lab.patch import Patch
from grafx_lab.patch.rendering import as_signal
from grafx_lab.session.errors import SessionError
from grafx_lab.session.examples import Example
from grafx_lab.session.tracks import named

FIT_SECONDS = 8.0
"""A fit listens to so much of a long pair."""

MAX_SECONDS = 600.0
MAX_BYTES = 200_000_000

PLAYABLE_HZ = (3_000, 768_000)
"""Sample rates that Chromium decodes; the standard (Web Audio API, W3C 2021) asks for 8 to 96 kHz."""


class Recordings:
    """Source and target, and the patch that made the target where that is known.

    Args:
        source: what enters the patch.
        target: what the patch is to approach.
        truth: the patch that made the target.
        given: a comparison that somebody has already made; it is used as it is until a recording changes.
    """

    def __init__(
        self,
        source: Audio | None = None,
        target: Audio | None = None,
        truth: Patch | None = None,
        given: Objective | None = None,
    ) -> None:
        self.source, self.target, self.truth, self.given = source, target, truth, given
        self._prepared: tuple[object, Objective] | None = None
        self._pair: tuple[object, tuple[Audio, Audio, tuple[str, ...]]] | None = None

    @classmethod
    def of(cls, objective: Objective, truth: Patch | None = None) -> "Recordings":
        """The recordings of an objective; of several sources the first is heard."""
        rate = objective.patch.sample_rate
        first = next(iter(objective.inputs.values()), None)
        source = None if first is None else Audio(first[0], rate, "source")
        return cls(source, Audio(objective.target[0], rate, "target"), truth, objective)

    @property
    def missing(self) -> str:
        """Which of the two is not there yet; empty where both are, or where they need not be."""
        if self.given is not None:
            return ""
        return "source" if self.source is None else "target" if self.target is None else ""

    def objective(self, patch: Patch, loss: Loss) -> Objective:
        """A patch compared with the target; what does not depend on the patch is prepared once.

        Raises:
            ValueError: one of the house's errors: they cannot be compared.
        """
        key = (self.source, self.target, loss, structure(patch))
        if self._prepared is None or self._prepared[0] != key:
            if self.given is not None:
                made = self.given.with_patch(patch).with_loss(loss)
            else:
                source, target, messages = self.pair(patch.sample_rate)
                made = Objective(patch, source, target, loss)
                made.messages = messages
            self._prepared = key, made
        return self._prepared[1].with_patch(patch)

    def signals(self, patch: Patch, loss: Loss) -> tuple[Mapping[str, Tensor], Tensor | None]:
        """What enters the patch, by the names of its ``in`` nodes, and the target; ``(1, channel, time)`` each."""
        if not self.missing:
            objective = self.objective(patch, loss)
            return objective.inputs, objective.target
        if self.source is None:
            return {}, None
        return dict.fromkeys(patch.in_names, as_signal(self.source, patch.sample_rate, "source")), None

    def set(self, role: str, audio: Audio) -> None:
        """Put a recording in place of the source or the target."""
        if role not in ("source", "target"):
            raise SessionError(f"{role!r} is no role for a recording; choose 'source' or 'target'.")
        setattr(self, role, audio)
        self.truth = self.given = None

    def take(self, example: Example) -> None:
        """Put an example's recordings in place; what made its target is known."""
        self.truth, self.source = example.truth(), named(example.source(), resources.clip(example.clip).title)
        self.target = named(self.truth.render(self.source), example.label)
        self.given = None

    def pair(self, sample_rate: int) -> tuple[Audio, Audio, tuple[str, ...]]:
        """The excerpt of source and target that a fit compares, and what was done to them, in sentences.

        Raises:
            SessionError: one of the two is missing.
        """
        if self.source is None or self.target is None:
            raise SessionError(f"Choose a {self.missing} first: click its name above.")
        key = (self.source, self.target, sample_rate)
        if self._pair is None or self._pair[0] != key:
            aligned = align_pair(self.source, self.target, sample_rate)
            source, target, start = common_excerpt(aligned.source, aligned.target, FIT_SECONDS)
            messages = aligned.messages
            if source.samples < aligned.source.samples:
                messages += (f"The fit listened to {FIT_SECONDS:.0f} s from {start:.1f} s on.",)
            silent = [role for role, audio in (("source", source), ("target", target)) if not audio.data.any()]
            messages += tuple(f"The {role} is silent there: nothing can be learned from it." for role in silent)
            self._pair = key, (source, target, messages)
        return self._pair[1]


def structure(patch: Patch) -> object:
    """What decides, beside the recordings, how a patch's output is compared: not its parameters."""
    nodes = tuple((name, patch.node_type(name), id(patch.processor(name))) for name in patch.names)
    wires = tuple((*edge[:2], *sorted(edge[2].items())) for edge in patch.graph.edges(data=True))
    return nodes, wires, frozenset(patch.bypassed), patch.sample_rate


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
    slowest, fastest = PLAYABLE_HZ
    if not slowest <= audio.sample_rate <= fastest:
        raise SessionError(
            f"{name!r} has a sample rate of {audio.sample_rate} Hz; browsers play {slowest / 1e3:.0f} to"
            f" {fastest / 1e3:.0f} kHz. Export it at 44.1 or 48 kHz."
        )
    return named(audio, path.stem)
