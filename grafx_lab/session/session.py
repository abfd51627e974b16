"""Session: one person's work, observable and in order. Panels and app show the same one.

The front end calls (:meth:`Session.call`) and hears of slices (:attr:`Session.board`): the protocol is
``frontend/PROTOCOL.md``. Answers come at once; what takes longer is computed on the session's worker thread. What has
slices and calls of its own sits at a desk: fits, sounds, landscapes, responses.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grafx_lab.fitting import Layout, Objective
from grafx_lab.losses import Loss
from grafx_lab.patch import Patch
from grafx_lab.patch.edit import apply
from grafx_lab.session.board import Board
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.errors import SessionError, failing_in_sentences
from grafx_lab.session.examples import EXAMPLES
from grafx_lab.session.exports import ExportDesk
from grafx_lab.session.fits import FitDesk
from grafx_lab.session.gallery import Gallery
from grafx_lab.session.landscapes import LandscapeDesk
from grafx_lab.session.levels import LevelDesk
from grafx_lab.session.live import LiveDesk
from grafx_lab.session.loss_shelf import LossShelf
from grafx_lab.session.patch_view import catalog, patch_slice, problems
from grafx_lab.session.recordings import Recordings
from grafx_lab.session.responses import ResponseDesk
from grafx_lab.session.snapshots import Snapshots
from grafx_lab.session.sounds import SoundDesk
from grafx_lab.session.timeline import Timeline
from grafx_lab.session.worker import Worker

UNATTENDED_SECONDS = 30.0
"""A fit that nobody has looked at for so long ends."""

_COSMETIC = {"move", "title"}
_STOP_SECONDS = 60.0


class Session:
    """The observable state of one person's work.

    Args:
        folder: for files that the front end fetches; it belongs to this session.
        fit_slots: one is held by a running fit, to share one machine between sessions.
        patch: what to begin with; an example with its recordings by default.
        recordings: source and target to begin with.
        loss: what fits descend, landscapes draw and arrows point down, by name or as a module.
        patience: a fit ends after so many seconds without anybody looking; :data:`UNATTENDED_SECONDS` by default.

    Attributes:
        board: the slices.
        recordings: source and target.
        worker: the thread for whatever takes longer than an answer may.
        lock: held while the patch and what belongs to it change.
        fits: the desk of fits.
        landscapes: the desk of landscapes.
        responses: the desk of responses.
        levels: the desk of signal levels.
        exports: the desk of what is handed out.
        gallery: keeps the portraits of nodes.
        sounds: the desk of sounds.
        selected: the node that people look at; :meth:`select` another.
        loss: the present loss.
        loss_name: what calls it.
    """

    def __init__(
        self,
        *,
        folder: Path,
        fit_slots: threading.Semaphore | None = None,
        patch: Patch | None = None,
        recordings: Recordings | None = None,
        loss: str | Loss = "mr_stft",
        patience: float | None = None,
    ) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.worker = Worker(f"grafx_lab session {folder.name}")
        self.board, self.recordings = Board(), recordings or Recordings()
        self._losses = LossShelf()
        self.choose_loss(loss)
        self.gallery = Gallery()
        self._revision = self._notices = 0
        self._patience, self._seen = patience, time.monotonic()
        self.selected: str | None = None
        self._timeline = Timeline(patch or EXAMPLES[0].start())
        self.fits, self.sounds = FitDesk(self, fit_slots or threading.Semaphore()), SoundDesk(self)
        self.landscapes, self.responses, self._snapshots = LandscapeDesk(self), ResponseDesk(self), Snapshots(self)
        self.levels, self.exports, self._live = LevelDesk(self), ExportDesk(self), LiveDesk(self)
        self._calls: dict[str, Callable[..., Any]] = {
            "edit": self._edit, "undo": self._undo, "redo": self._redo, "load": self._load, "alive": self.touch,
            "select": self.select, "loss": self._change_loss, "text": self._text,
        }  # fmt: skip
        desks = self.fits, self.sounds, self.landscapes, self.responses, self._snapshots, self.levels, self.exports
        for desk in desks:
            self._calls |= desk.calls
        self.board.show("catalog", catalog())
        self.board.show("notice", None)
        if patch is None:
            self.recordings.take(EXAMPLES[0])
        self.refresh()
        self.sounds.begin()

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
        extra = {"files": files} if name == "upload" else {}
        with failing_in_sentences(name):
            return self._calls[name](**args, **extra) or {}

    def changes(self, seen: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
        """The slices that are newer than the versions ``seen``, and all versions."""
        self.touch()
        return self.board.changes(seen)

    def touch(self) -> None:
        """Somebody is looking."""
        self._seen = time.monotonic()

    def attended(self) -> bool:
        """Whether somebody has looked lately."""
        return time.monotonic() - self._seen < (self._patience or UNATTENDED_SECONDS)

    def wait(self, timeout: float = 60.0) -> bool:
        """Wait until nothing is being computed; false when the time was over first."""
        return all(worker.wait(timeout) for worker in self._workers)

    def close(self) -> None:
        """Stop whatever runs, and wait for it: a thread that computes must not outlive Python."""
        self.fits.abandon()
        self.landscapes.abandon()
        self.exports.cancel()
        for worker in self._workers:
            worker.end(_STOP_SECONDS)

    @property
    def _workers(self) -> tuple[Worker, ...]:
        return self.worker, self.sounds.worker, *self.landscapes.workers, self.responses.worker, self.exports.worker

    def set_patch(self, patch: Patch, gesture: str | None = None) -> None:
        """Put another patch in place, as one entry of undo; a running fit is stopped first."""
        self.fits.stop()
        with self.lock:
            self.put(patch, gesture)

    def put(self, patch: Patch, gesture: str | None = None) -> None:
        """Put a patch in place that can be shown; one that cannot changes nothing."""
        try:
            view = self._view(patch)
        except Exception:
            self.responses.refresh()  # the curve that went ahead is of a patch that nobody will see
            raise
        self._timeline.advance(patch, gesture)
        self.refresh(view)

    def select(self, node: str | None) -> None:
        """Look at a node, or at none."""
        if node is not None and node not in self.patch.ids:
            raise SessionError(f"There is no node '{node}'.")
        self.selected = node
        self.board.show("selection", {"node": node})
        self.responses.refresh()

    def choose_loss(self, loss: str | Loss) -> None:
        """Make another loss the session's."""
        self.loss_name = self._losses.keep(loss)
        self.loss = self.loss_called(self.loss_name)

    def offer_losses(self, losses: Sequence[str | Loss]) -> None:
        """Let landscapes offer the present loss and these, instead of all there are."""
        self.landscapes.easel.losses = list(dict.fromkeys([self.loss_name, *map(self._losses.keep, losses)]))

    def loss_called(self, name: str) -> Loss:
        """A loss by its name; the session keeps one of each."""
        return self._losses.called(name)

    def objective(self, patch: Patch) -> Objective:
        """The patch compared with the target by the present loss.

        Raises:
            ValueError: one of the house's errors: they cannot be compared.
        """
        return self.recordings.objective(patch, self.loss)

    def why_not(self) -> str:
        """What keeps a fit from beginning, in a sentence."""
        if reason := self.incomparable():
            return reason
        if not Layout(self.patch).movable(self.patch).any():
            return "Nothing can move: place a processor, or release a frozen one."
        return ""

    def incomparable(self) -> str:
        """What keeps the patch from being compared with the target, in a sentence."""
        if found := problems(self.patch):
            return found[0]["message"]
        missing = self.recordings.missing
        return f"Choose a {missing} first: click its name above." if missing else ""

    def notify(self, message: str, nodes: Sequence[str] = (), kind: str = "error") -> None:
        """Say a sentence to the person."""
        self._notices += 1
        self.board.show("notice", {"kind": kind, "message": message, "nodes": list(nodes), "count": self._notices})

    # --- calls -----------------------------------------------------------------------------------------------------

    def _edit(self, ops: Sequence[Mapping[str, Any]], gesture: str | None = None) -> dict[str, Any]:
        if any(op.get("op") not in _COSMETIC for op in ops):
            self.fits.stop()
        with self.lock:
            patch, names = apply(self.patch, ops)
            self.put(patch, gesture)
        return {"names": names}

    def _undo(self) -> None:
        self._travel(self._timeline.undo)

    def _redo(self) -> None:
        self._travel(self._timeline.redo)

    def _travel(self, move: Callable[[], bool]) -> None:
        self.fits.stop()
        with self.lock:
            if move():
                self.refresh()

    def _load(self, text: str) -> None:
        self.set_patch(Patch.from_json(text))

    def _change_loss(self, name: str) -> None:
        self.fits.stop()
        with self.lock:
            self.choose_loss(name)
            self.refresh()

    def _text(self, path: str) -> dict[str, Any]:
        return {"text": self.patch.spec(path)[1].format(self.patch.control(path))}

    # --- what follows from a change --------------------------------------------------------------------------------

    def _view(self, patch: Patch) -> dict[str, Any]:
        """The slice ``patch``; the curve of the node in hand goes ahead of it, for that is what a hand looks at."""
        self.responses.refresh(patch)
        return patch_slice(patch, self.gallery, self.recordings.truth, self._revision + 1)

    def refresh(self, view: dict[str, Any] | None = None) -> None:
        """Show the present patch, and let sound, arrows, landscape and response follow."""
        view = view or self._view(self.patch)
        self._revision += 1
        if self.selected is not None and self.selected not in self.patch.ids:
            self.select(None)
        self.board.show("patch", view | {"can_undo": self._timeline.can_undo, "can_redo": self._timeline.can_redo})
        self.fits.show()
        self.landscapes.refresh()
        self.levels.refresh()
        self._live.refresh(self._revision)
        self.sounds.refresh()

    def show_live(self, downhill: Downhill, pictures: bool, wet: Mapping[str, float]) -> None:
        """Show where a fit stands: see :meth:`.LiveDesk.stand`."""
        self._live.stand(downhill, self._revision, pictures, wet)
