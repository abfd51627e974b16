"""Board: the slices of a session, each with the version of its last change."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

Listener = Callable[[str, Any], None]


class Board:
    """What a session shows. Panels listen to it, the app asks what is new; both see every slice in order."""

    def __init__(self) -> None:
        self._slices: dict[str, tuple[int, Any]] = {}
        self._listeners: list[Listener] = []
        self._version = 0
        self._lock = threading.RLock()

    def show(self, name: str, value: Any) -> None:
        """Put a slice in place and tell the listeners."""
        with self._lock:
            self._version += 1
            self._slices[name] = (self._version, value)
            for listener in tuple(self._listeners):
                listener(name, value)

    def get(self, name: str) -> Any:
        """A slice; ``None`` until it is first shown."""
        with self._lock:
            return self._slices.get(name, (0, None))[1]

    def changes(self, seen: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
        """The slices that are newer than the versions ``seen``, and all versions."""
        with self._lock:
            versions = {name: version for name, (version, _) in self._slices.items()}
            news = {name: value for name, (version, value) in self._slices.items() if version > seen.get(name, 0)}
        return news, versions

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of what is there and of every change, on whichever thread makes it; returns the way to stop."""
        with self._lock:
            for name, (_, value) in self._slices.items():
                listener(name, value)
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop
