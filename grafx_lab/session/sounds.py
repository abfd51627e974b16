"""SoundDesk: what a session listens to: its recordings, and its patch played on the source.

It has a thread of its own: a fit that runs or is held keeps the session's, and its steps are heard all the same.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grafx_lab.audio import Audio
from grafx_lab.patch import Patch
from grafx_lab.patch.rendering import as_signal
from grafx_lab.session.errors import SessionError
from grafx_lab.session.examples import EXAMPLES
from grafx_lab.session.patch_view import problems
from grafx_lab.session.recordings import shipped, uploaded
from grafx_lab.session.rerender import Rerender, sound_alike
from grafx_lab.session.tracks import Tracks, named
from grafx_lab.session.worker import Worker

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

RENDER_DELAY = 0.15
"""Sound follows a slider after so many seconds of rest."""


class SoundDesk:
    """Takes recordings, and renders the patch a moment after its last change.

    Args:
        session: whose patch is played.

    Attributes:
        heard: what can be heard, by role.
        worker: the thread that renders.
    """

    def __init__(self, session: "Session") -> None:
        self._session, self._tracks = session, Tracks(session.folder)
        self.worker = Worker(f"grafx_lab sounds {session.folder.name}")
        self._rerender = Rerender()
        self._rendered: tuple[Patch, Audio | None] | None = None
        self._fitted: Audio | None = None
        self._step: tuple[Audio, int] | None = None
        self.heard: dict[str, Audio] = {}
        self.calls: dict[str, Callable[..., Any]] = {
            "clip": self._clip, "upload": self._upload, "example": self._example, "hear_step": self._hear_step,
        }  # fmt: skip

    def begin(self) -> None:
        """Render at once, so that also a fit that begins now has its sounds."""
        self.refresh(0.0)

    def refresh(self, delay: float = RENDER_DELAY) -> None:
        """Follow the patch after ``delay`` seconds; until it is rendered, what is heard is marked as pending."""
        audio = self._session.board.get("audio")
        fitted = audio and audio["fitted"]
        if fitted and not fitted["pending"] and not self._is_rendered(self._session.patch):
            self._session.board.show("audio", audio | {"fitted": fitted | {"pending": True}})
        self.worker.latest("audio", partial(self._render, self._session.patch), delay)

    def _clip(self, role: str, id: str) -> None:
        self._set(role, shipped(id))

    def _upload(self, role: str, name: str, files: Sequence[bytes | Path]) -> None:
        self._set(role, uploaded(name, files))

    def _set(self, role: str, audio: Audio) -> None:
        session = self._session
        session.fits.stop()
        with session.lock:
            session.recordings.set(role, audio)
            self._fitted = self._step = None
            # What was given is seen before it is rendered: a long one takes its time.
            self.worker.command(self._show)
            session.refresh()

    def _example(self, id: str) -> None:
        example = next((example for example in EXAMPLES if example.name == id), None)
        if example is None:
            raise SessionError(f"There is no example '{id}'; there are: {', '.join(item.name for item in EXAMPLES)}.")
        session = self._session
        session.fits.stop()
        with session.lock:
            session.recordings.take(example)
            self._step = None
            session.put(example.start())

    def _hear_step(self, step: int | None) -> None:
        """Let a step of the latest fit be heard beside the present patch, which stays; ``None`` takes it away."""
        if step is None:
            self._step = None
            self._show()
            return
        patch = self._session.fits.patch_at(step)
        self.worker.latest("step", partial(self._render_step, patch, step), RENDER_DELAY)

    def _render_step(self, patch: Patch, step: int) -> None:
        source = self._session.recordings.source
        if source is not None and not problems(patch):
            self._step = named(patch.render(source), f"step {step}"), step
            self._show()

    def _render(self, patch: Patch) -> None:
        source = self._session.recordings.source
        if not self._is_rendered(patch):
            self._fitted = self._played(patch, source)
        self._rendered = patch, source
        if patch is self._session.patch:  # a hand that has moved on is not held up by what it will not hear
            self._show()

    def _is_rendered(self, patch: Patch) -> bool:
        """Whether what was rendered last is what this patch makes of the present source."""
        if self._rendered is None:
            return False
        before, source = self._rendered
        return source is self._session.recordings.source and sound_alike(patch, before)

    def _played(self, patch: Patch, source: Audio | None) -> Audio | None:
        if source is None or problems(patch):
            return None
        try:
            return self._output(patch, source)
        except ValueError as error:
            self._session.notify(str(error), getattr(error, "nodes", ()))
            return None

    def _output(self, patch: Patch, source: Audio) -> Audio:
        signal = as_signal(source, patch.sample_rate, "source")
        output = self._rerender.output(patch, dict.fromkeys(patch.in_names, signal), signal.shape[-1])
        return Audio(output[0], patch.sample_rate, "fitted")

    def _show(self) -> None:
        session, recordings = self._session, self._session.recordings
        roles = {"source": recordings.source, "fitted": self._fitted, "target": recordings.target}
        self.heard = {role: audio for role, audio in roles.items() if audio is not None}
        audio, step = self._step or (None, None)
        tracks = self._tracks.slice({**roles, "step": audio}, {"step": f"step {step}"})
        if tracks["step"] is not None:
            tracks["step"]["step"] = step
        with session.lock:  # the patch stays while it is said what belongs to it
            if tracks["fitted"] is not None:
                rendered = self._rendered[0] if self._rendered else session.patch
                pending = not self._is_rendered(session.patch)
                tracks["fitted"] |= {"note": session.fits.note(rendered), "pending": pending}
            session.board.show("audio", tracks)
