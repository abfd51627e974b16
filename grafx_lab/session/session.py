"""Session: one person's work, observable and in order. Panels and app show the same one.

The front end calls (:meth:`Session.call`) and asks what has changed (:meth:`Session.changes`): the protocol is
``frontend/PROTOCOL.md``. Answers come at once; what takes longer is computed on the session's one worker thread.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from grafx_lab.atomic_file import write_text
from grafx_lab.audio import Audio, write_audio
from grafx_lab.fitting import FitStep, Layout, Objective, evaluate
from grafx_lab.patch import Patch
from grafx_lab.patch.edit import apply
from grafx_lab.resources import ResourceError
from grafx_lab.session.errors import SessionError
from grafx_lab.session.examples import EXAMPLES
from grafx_lab.session.fit_job import EMPTY_FIGURES, FitJob
from grafx_lab.session.patch_view import Gallery, catalog, live_slice, patch_slice, problems
from grafx_lab.session.recordings import Recordings, shipped, uploaded
from grafx_lab.session.timeline import Timeline
from grafx_lab.session.tracks import Tracks, named
from grafx_lab.session.worker import Worker

RENDER_DELAY = 0.15
"""Sound follows a slider after so many seconds of rest."""

UNATTENDED_SECONDS = 30.0
"""A fit that nobody has looked at for so long ends."""

MAX_STEPS = 100_000
_COSMETIC = {"move", "title"}
_STOP_SECONDS = 60.0


class Session:
    """The observable state of one person's work.

    Args:
        folder: for files that the front end fetches; it belongs to this session.
        fit_slots: held by a running fit, to share one machine between sessions.
        patch: what to begin with; an example with its recordings by default.
    """

    def __init__(
        self, *, folder: Path, fit_slots: AbstractContextManager[Any] | None = None, patch: Patch | None = None
    ) -> None:
        self.folder = folder
        self.on_patch: list[Callable[[Patch], None]] = []
        self._slots = fit_slots or nullcontext()
        self._lock = threading.RLock()
        self._worker = Worker(f"grafx_lab session {folder.name}")
        self._gallery, self._tracks, self._recordings = Gallery(), Tracks(folder), Recordings()
        self._slices: dict[str, tuple[int, Any]] = {}
        self._version = 0
        self._revision = 0
        self._fitted: Audio | None = None
        self._fit: FitJob | None = None
        self._fit_view: dict[str, Any] = {"status": "idle", "message": "", "step": 0, "steps": 0, "changed": []}
        self._fit_view |= EMPTY_FIGURES
        self._loss = "mr_stft"
        self._notices = 0
        self._seen = time.monotonic()
        self._timeline = Timeline(patch or EXAMPLES[0].start())
        self._calls: dict[str, Callable[..., dict[str, Any] | None]] = {
            "edit": self._edit, "undo": self._undo, "redo": self._redo, "load": self._load, "clip": self._clip,
            "example": self._example, "upload": self._upload, "fit": self._start_fit, "stop": self._stop_fit,
            "script": self._script, "downloads": self._downloads,
        }  # fmt: skip
        self._show("catalog", catalog())
        self._show("notice", None)
        if patch is None:
            self._recordings.take(EXAMPLES[0])
        self._patch_changed(render_delay=0.0)

    @property
    def patch(self) -> Patch:
        """The present patch."""
        return self._timeline.patch

    def call(self, name: str, args: Mapping[str, Any], files: Sequence[bytes | Path] = ()) -> dict[str, Any]:
        """Answer a call of the protocol.

        Args:
            name: of the call.
            args: its arguments.
            files: what came with it, as bytes or as paths of uploaded files.

        Raises:
            SessionError: a sentence for people; everything is as it was.
        """
        self.touch()
        if name not in self._calls:
            raise SessionError(f"There is no call '{name}'.")
        try:
            extra = {"files": files} if name == "upload" else {}
            return self._calls[name](**args, **extra) or {}
        except SessionError:
            raise
        except (ValueError, ResourceError, OSError) as error:
            raise SessionError(str(error), getattr(error, "nodes", ())) from error
        except Exception as error:
            logging.getLogger(__name__).exception("The call %s failed", name)
            raise SessionError(
                f"Something unexpected happened ({type(error).__name__}: {error}). Your patch is kept."
            ) from error

    def changes(self, seen: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
        """The slices that are newer than the versions ``seen``, and all versions."""
        self.touch()
        with self._lock:
            versions = {name: version for name, (version, _) in self._slices.items()}
            news = {name: value for name, (version, value) in self._slices.items() if version > seen.get(name, 0)}
        return news, versions

    def touch(self) -> None:
        """Somebody is looking."""
        self._seen = time.monotonic()

    def wait(self, timeout: float = 60.0) -> bool:
        """Wait until nothing is being computed; false when the time was over first."""
        return self._worker.wait(timeout)

    def close(self) -> None:
        """Stop whatever runs, and wait for it: a thread that computes must not outlive Python."""
        if self._fit is not None:
            self._fit.stop()
        self._worker.clear()
        self._worker.wait(_STOP_SECONDS)

    def set_patch(self, patch: Patch, gesture: str | None = None) -> None:
        """Put another patch in place, as one entry of undo; a running fit is stopped first."""
        self._settle()
        with self._lock:
            self._put(patch, gesture)

    # --- calls -----------------------------------------------------------------------------------------------------

    def _edit(self, ops: Sequence[Mapping[str, Any]], gesture: str | None = None) -> dict[str, Any]:
        if any(op.get("op") not in _COSMETIC for op in ops):
            self._settle()
        with self._lock:
            patch, names = apply(self.patch, ops)
            self._put(patch, gesture)
        return {"names": names}

    def _undo(self) -> None:
        self._settle()
        with self._lock:
            if self._timeline.undo():
                self._patch_changed()

    def _redo(self) -> None:
        self._settle()
        with self._lock:
            if self._timeline.redo():
                self._patch_changed()

    def _load(self, text: str) -> None:
        self.set_patch(Patch.from_json(text))

    def _clip(self, role: str, id: str) -> None:
        self._set_recording(role, shipped(id))

    def _upload(self, role: str, name: str, files: Sequence[bytes | Path]) -> None:
        self._set_recording(role, uploaded(name, files))

    def _example(self, id: str) -> None:
        example = next((example for example in EXAMPLES if example.name == id), None)
        if example is None:
            raise SessionError(f"There is no example '{id}'; there are: {', '.join(item.name for item in EXAMPLES)}.")
        self._settle()
        with self._lock:
            self._recordings.take(example)
            self._put(example.start())

    def _start_fit(self, steps: int = 300, loss: str = "mr_stft") -> None:
        if not isinstance(steps, int) or not 1 <= steps <= MAX_STEPS:
            raise SessionError(f"A fit takes 1 to {MAX_STEPS} steps, not {steps!r}.")
        with self._lock:
            if self._fit is not None:
                raise SessionError("A fit is running already; stop it first.")
            if reason := self._why_not():
                raise SessionError(reason)
            patch, self._loss = self.patch, loss
            job = FitJob(lambda: self._objective(patch), steps, self._report, self._attended, self._slots)
            self._fit = job
            self._fit_view |= {"status": "waiting", "message": "", "changed": [], "steps": steps}
            self._show_fit()
        self._worker.command(lambda: self._run_fit(job))

    def _stop_fit(self) -> None:
        self._settle()

    def _script(self) -> dict[str, Any]:
        return {"text": self.patch.to_python()}

    def _downloads(self) -> dict[str, Any]:
        self.folder.mkdir(parents=True, exist_ok=True)
        patch = self.patch
        document, script = self.folder / "patch.json", self.folder / "patch.py"
        patch.save(document)
        write_text(script, patch.to_python())
        files = [
            {"label": "Patch", "name": "patch.json", "url": document},
            {"label": "Python script", "name": "patch.py", "url": script},
        ]
        if self._recordings.source is not None and not problems(patch):
            sound = self.folder / "fitted.wav"
            write_audio(sound, patch.render(self._recordings.source))
            files.insert(1, {"label": "Fitted audio", "name": "fitted.wav", "url": sound})
        return {"files": files}

    # --- what follows from a change --------------------------------------------------------------------------------

    def _set_recording(self, role: str, audio: Audio) -> None:
        self._settle()
        with self._lock:
            self._recordings.set(role, audio)
            self._patch_changed()

    def _put(self, patch: Patch, gesture: str | None = None) -> None:
        """Put a patch in place that can be shown; one that cannot changes nothing."""
        view = self._view(patch)
        self._timeline.advance(patch, gesture)
        self._patch_changed(view)

    def _view(self, patch: Patch) -> dict[str, Any]:
        return patch_slice(patch, self._gallery, self._recordings.truth, self._revision + 1)

    def _patch_changed(self, view: dict[str, Any] | None = None, render_delay: float = RENDER_DELAY) -> None:
        """Show the present patch, and let sound and gradient follow."""
        view = view or self._view(self.patch)
        self._revision += 1
        patch, revision = self.patch, self._revision
        self._show("patch", view | {"can_undo": self._timeline.can_undo, "can_redo": self._timeline.can_redo})
        self._show_fit()
        for callback in self.on_patch:
            callback(patch)
        self._worker.latest("audio", lambda: self._render(patch), render_delay)
        self._worker.latest("gradient", lambda: self._point_downhill(patch, revision), 2 * RENDER_DELAY)

    def _render(self, patch: Patch) -> None:
        source = self._recordings.source
        fitted = None
        if source is not None and not problems(patch):
            try:
                fitted = named(patch.render(source), "fitted")
                write = self._tracks.slice(self._roles(fitted), {"fitted": self._fitted_note()})
            except ValueError as error:
                self._notify(str(error), getattr(error, "nodes", ()))
                fitted = None
        if fitted is None:
            write = self._tracks.slice(self._roles(None), {})
        self._fitted = fitted
        self._show("audio", write)

    def _roles(self, fitted: Audio | None) -> dict[str, Audio | None]:
        return {"source": self._recordings.source, "fitted": fitted, "target": self._recordings.target}

    def _fitted_note(self) -> str:
        view = self._fit_view
        return f"step {view['step']}" if view["status"] in ("done", "stopped") else "current patch"

    def _point_downhill(self, patch: Patch, revision: int) -> None:
        """The arrows on the sliders: where descent would push from here."""
        if self._fit is not None or patch is not self.patch or self._why_not():
            return
        try:
            objective = self._objective(patch)
            layout = Layout(patch)
            _, gradient = evaluate(objective, layout, layout.pack(patch.raw)[0])
        except ValueError as error:
            self._notify(str(error), getattr(error, "nodes", ()))
            return
        self._show("live", live_slice(patch, revision, None, layout.unpack(gradient[None])))

    def _objective(self, patch: Patch) -> Objective:
        source, target, messages = self._recordings.pair(patch.sample_rate)
        objective = Objective(patch, source, target, self._loss)
        objective.messages = messages
        return objective

    # --- the fit ---------------------------------------------------------------------------------------------------

    def _run_fit(self, job: FitJob) -> None:
        try:
            view = job.run()
        except ValueError as error:
            view = self._failed(str(error), getattr(error, "nodes", ()))
        except Exception as error:
            # A defect, ours or of a person's own processor; the session goes on.
            logging.getLogger(__name__).exception("The fit failed")
            view = self._failed(f"The fit ended ({type(error).__name__}: {error}). Your patch is kept.")
        with self._lock:
            self._fit = None
            self._fit_view = view
            if job.result is not None and len(job.result.history):
                # Nodes may have been moved meanwhile; only the parameters are the fit's.
                self._put(self.patch.with_raw(job.result.patch.raw))
            else:
                self._patch_changed()

    def _failed(self, message: str, nodes: Sequence[str] = ()) -> dict[str, Any]:
        self._notify(message, nodes)
        return self._fit_view | {"status": "failed", "message": message}

    def _report(self, view: dict[str, Any], step: FitStep | None, pictures: bool) -> None:
        with self._lock:
            self._fit_view = view
            self._show_fit()
            if step is not None:
                gallery = self._gallery if pictures else None
                live = live_slice(step.patch, self._revision, gallery, step.gradient, self._recordings.truth)
                if not pictures and "live" in self._slices:
                    previous = self._slices["live"][1]
                    live |= {"screens": previous["screens"], "plots": previous["plots"]}
                self._show("live", live)

    def _settle(self) -> None:
        """End a running fit and wait until its best patch is in place."""
        job = self._fit
        if job is None:
            return
        job.stop()
        deadline = time.monotonic() + _STOP_SECONDS
        while self._fit is job and time.monotonic() < deadline:
            time.sleep(0.01)

    def _attended(self) -> bool:
        return time.monotonic() - self._seen < UNATTENDED_SECONDS

    def _why_not(self) -> str:
        """What keeps Fit from being pressed, in a sentence."""
        if found := problems(self.patch):
            return found[0]["message"]
        if self._recordings.source is None or self._recordings.target is None:
            missing = "source" if self._recordings.source is None else "target"
            return f"Choose a {missing} first: click its name above."
        if not Layout(self.patch).movable(self.patch).any():
            return "Nothing can move: place a processor, or release a frozen one."
        return ""

    # --- slices ----------------------------------------------------------------------------------------------------

    def _show_fit(self) -> None:
        reason = self._why_not()
        self._show("fit", self._fit_view | {"ready": not reason, "why_not": reason or None})

    def _notify(self, message: str, nodes: Sequence[str] = (), kind: str = "error") -> None:
        self._notices += 1
        self._show("notice", {"kind": kind, "message": message, "nodes": list(nodes), "count": self._notices})

    def _show(self, name: str, value: Any) -> None:
        with self._lock:
            self._version += 1
            self._slices[name] = (self._version, value)
