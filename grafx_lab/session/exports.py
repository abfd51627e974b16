"""ExportDesk: what a session hands out: patch, script, sound, and a fit as a film that plays without Python."""

import math
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grafx_lab.fitting import History
from grafx_lab.patch import Patch
from grafx_lab.plots import NO_FILM, Animation, convergence_frames, film_program
from grafx_lab.session import words
from grafx_lab.session.downloads import write_downloads
from grafx_lab.session.errors import SessionError
from grafx_lab.session.patch_view import problems
from grafx_lab.session.runs import run_numbered
from grafx_lab.session.worker import Worker

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

FRAMES = 60
FRAME_SECONDS = 0.1
HEARING, DRAWING = 0.5, 0.4
"""Shares of the work: rendering the sound of every frame, and drawing it; the rest is writing."""

FORMATS = {"gif": "GIF", "html": "HTML page", "mp4": "MP4 film"}

IDLE: dict[str, Any] = {"status": "idle", "format": "", "share": 0.0, "message": "", "file": None}


class CancelledError(Exception):
    """Somebody does not want the film any more."""


class ExportDesk:
    """Writes files for people; films on a thread of its own, so that a fit can go on.

    Args:
        session: whose work is handed out.

    Attributes:
        worker: the thread of films.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.worker = Worker(f"grafx_lab exports {session.folder.name}")
        self._cancelled = threading.Event()
        self._busy = False
        self._made: Path | None = None
        self.calls: dict[str, Callable[..., Any]] = {
            "script": self._script, "downloads": self._downloads, "export": self.export, "cancel_export": self.cancel,
        }  # fmt: skip
        self._show(IDLE)

    def export(self, format: str, run: int | None = None) -> None:
        """Make a film of a fit: its steps one after the other.

        Args:
            format: ``"gif"``, ``"html"`` or ``"mp4"``.
            run: the number of an earlier fit; the latest by default.
        """
        if format not in FORMATS:
            raise SessionError(f"There is no format '{format}'; choose {', '.join(FORMATS)}.")
        if format == "mp4" and film_program() is None:
            raise SessionError(NO_FILM)
        if self._busy:
            raise SessionError("A film is being made already; wait for it, or cancel it first.")
        fits = self._session.fits
        if run is None and fits.running:
            raise SessionError("The fit is still running; a film is made of one that is over.")
        runs = fits.runs
        if not runs:
            raise SessionError("There is no fit yet; a film shows the steps of one.")
        history = (runs[-1] if run is None else run_numbered(runs, run)).history
        self._busy = True
        self._cancelled.clear()
        self._show(IDLE | {"status": "running", "format": format, "message": "Rendering the sound of every step."})
        self.worker.command(lambda: self._run(format, history))

    def cancel(self) -> None:
        """Give up a film that is being made; nothing of it is left."""
        self._cancelled.set()

    # --- on its worker ---------------------------------------------------------------------------------------------

    def _run(self, format: str, history: History) -> None:
        try:
            view = self._film(format, history)
        except CancelledError:
            view = IDLE
        except (ValueError, RuntimeError, OSError) as error:
            view = IDLE | {"status": "failed", "format": format, "message": f"The film was not made: {error}"}
        self._busy = False
        self._show(view)

    def _film(self, format: str, history: History) -> dict[str, Any]:
        pictures = self._pictures(format, history)
        truth = words.told(history.patch, self._session.recordings.truth)
        chosen = dict(list(truth.items())[:6])
        frames = []
        for number, frame in enumerate(convergence_frames(history, pictures, truth=chosen)):
            self._tell(format, HEARING + DRAWING * number / len(pictures), "Drawing the frames.")
            frames.append(frame)
        self._tell(format, HEARING + DRAWING, "Writing the file.")
        title = f"{self._session.patch.title}: {len(history) - 1} steps"
        path = self._session.folder / f"convergence_{secrets.token_hex(4)}.{format}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Animation(tuple(frames), FRAME_SECONDS, title).save(path)
        if self._cancelled.is_set():
            path.unlink()
            raise CancelledError
        if self._made is not None:
            self._made.unlink(missing_ok=True)
        self._made = path
        size = _size_text(path.stat().st_size)
        file = {"name": f"convergence.{format}", "url": path, "size_text": size}
        message = f"**{file['name']}** is ready: `{len(frames)}` frames, `{size}`."
        return IDLE | {"status": "done", "format": format, "share": 1.0, "message": message, "file": file}

    def _pictures(self, format: str, history: History) -> dict[int, Mapping[str, Any]]:
        """The steps to show, evenly spread, with what they sound like; all with the same axes."""
        kept, responses = history.kept, self._session.responses
        places = np.linspace(0, len(kept) - 1, min(FRAMES, len(kept))).round().astype(int)
        kind = responses.sound_kind
        pictures = {}
        for number, place in enumerate(places):
            self._tell(format, HEARING * number / len(places), "Rendering the sound of every step.")
            picture = responses.sound_picture(history.patch_at(kept[place]), kind)
            if picture is None:
                raise SessionError("there is no source to be heard. Choose one.")
            pictures[kept[place]] = picture
        ends = [math.inf, -math.inf]
        for picture in pictures.values():
            ends = [min(ends[0], picture["y_range"][0]), max(ends[1], picture["y_range"][1])]
        widest = max(pictures.values(), key=lambda picture: picture["y_range"][1] - picture["y_range"][0])
        axes = {"y_range": ends, "y_ticks": widest["y_ticks"]}
        return {step: picture | axes for step, picture in pictures.items()}

    def _tell(self, format: str, share: float, message: str) -> None:
        if self._cancelled.is_set():
            raise CancelledError
        self._show(IDLE | {"status": "running", "format": format, "share": share, "message": message})

    def _show(self, view: Mapping[str, Any]) -> None:
        missing = {"mp4": NO_FILM} if film_program() is None else {}
        formats = [{"name": name, "label": label, "why_not": missing.get(name)} for name, label in FORMATS.items()]
        self._session.board.show("export", dict(view) | {"formats": formats})

    # --- small files, at once ---------------------------------------------------------------------------------------

    def _script(self) -> dict[str, Any]:
        return {"text": self._written(self._session.patch)}

    def _written(self, patch: Patch) -> str:
        return patch.to_python() + self._session.fits.written(patch)

    def _downloads(self) -> dict[str, Any]:
        session = self._session
        source = None if problems(session.patch) else session.recordings.source
        return {"files": write_downloads(session.folder, session.patch, self._written(session.patch), source)}


def _size_text(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{math.ceil(size / 1e3)} kB"
