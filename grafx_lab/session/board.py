"""Board: the slices of a session, each with the version of its last change."""

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

Listener = Callable[[str, Any], None]


class Board:
    """What a session shows. Panels listen to it, the app asks what is new; both see every slice in order."""

    def __init__(self) -> None:
        self._slices: dict[str, tuple[int, Any]] = {}
        self._listeners: list[tuple[Listener, Collection[str] | None]] = []
        self._asked = False
        self._version = 0
        self._lock = threading.RLock()

    def show(self, name: str, value: Any) -> None:
        """Put a slice in place and tell the listeners."""
        with self._lock:
            self._version += 1
            self._slices[name] = (self._version, value)
            for listener, names in tuple(self._listeners):
                if names is None or name in names:
                    listener(name, value)

    def is_read(self, name: str) -> bool:
        """Whether anybody looks at a slice: what is shown many times a second need not be made for nobody."""
        with self._lock:
            return self._asked or any(names is None or name in names for _, names in self._listeners)

    def get(self, name: str) -> Any:
        """A slice; ``None`` until it is first shown."""
        with self._lock:
            return self._slices.get(name, (0, None))[1]

    def changes(self, seen: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
        """The slices that are newer than the versions ``seen``, and all versions."""
        with self._lock:
            self._asked = True
            versions = {name: version for name, (version, _) in self._slices.items()}
            news = {name: value for name, (version, value) in self._slices.items() if version > seen.get(name, 0)}
        return news, versions

    def listen(self, listener: Listener, names: Collection[str] | None = None) -> Callable[[], None]:
        """Hear of what is there and of every change, on whichever thread makes it; returns the way to stop.

        Args:
            listener: gets the name of a slice and what it shows.
            names: of the slices to hear of; all by default.
        """
        entry = listener, names
        with self._lock:
            for name, (_, value) in self._slices.items():
                if names is None or name in names:
                    listener(name, value)
            self._listeners.append(entry)

        def stop() -> None:
            with self._lock:
                if entry in self._listeners:
                    self._listeners.remove(entry)

        return stop
