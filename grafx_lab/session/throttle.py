"""Throttle: pictures of a running fit that leave it most of the time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.1
"""Pictures take at most about this much of a fit's time."""


class Throttle:
    """Says when something may be measured again.

    Args:
        seconds: the shortest time between two measurements.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = -1.0

    @property
    def due(self) -> bool:
        """Whether it is time for another."""
        return time.monotonic() >= self._next

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Around a measurement: the longer it takes, the longer the rest that follows."""
        began = time.monotonic()
        try:
            yield
        finally:
            now = time.monotonic()
            self._next = now + max(self._seconds, (now - began) / SHARE)
