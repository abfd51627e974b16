"""SessionRegistry: the sessions of a server, behind unguessable tokens."""

import secrets
import shutil
import threading
import time
from pathlib import Path

from grafx_lab.memory import give_back_freed_memory
from grafx_lab.patch import Patch
from grafx_lab.session.errors import SessionError
from grafx_lab.session.session import Session


class SessionRegistry:
    """Opens, finds and forgets sessions.

    Args:
        folder: where each session gets a folder of its own.
        time_to_live: seconds after which a session that nobody visits is closed.
        fits_at_once: how many fits share the machine.
    """

    def __init__(self, folder: Path, *, time_to_live: float = 3600.0, fits_at_once: int = 1) -> None:
        self.folder = folder
        self.time_to_live = time_to_live
        self._slots = threading.BoundedSemaphore(fits_at_once)
        self._sessions: dict[str, tuple[Session, float]] = {}
        self._lock = threading.Lock()

    def open(self, patch: Patch | None = None) -> str:
        """Begin a session, with an example or with a patch and no recordings; returns its token."""
        self._sweep()
        token = secrets.token_urlsafe(24)
        session = Session(folder=self.folder / secrets.token_hex(16), fit_slots=self._slots, patch=patch)
        with self._lock:
            self._sessions[token] = (session, time.monotonic())
        return token

    def get(self, token: str) -> Session:
        """The session of a token.

        Raises:
            SessionError: there is none, or no more.
        """
        with self._lock:
            if token not in self._sessions:
                raise SessionError("This session has ended. Reload the page to begin a new one.")
            session, _ = self._sessions[token]
            self._sessions[token] = (session, time.monotonic())
        return session

    def close(self, token: str) -> None:
        """End a session, delete its files and give its memory back."""
        with self._lock:
            session, _ = self._sessions.pop(token, (None, 0.0))
        if session is not None:
            session.close()
            shutil.rmtree(session.folder, ignore_errors=True)
            del session
            give_back_freed_memory()

    def close_all(self) -> None:
        """End every session."""
        for token in list(self._sessions):
            self.close(token)

    def _sweep(self) -> None:
        now = time.monotonic()
        with self._lock:
            expired = [token for token, (_, seen) in self._sessions.items() if now - seen > self.time_to_live]
        for token in expired:
            self.close(token)
