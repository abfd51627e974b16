"""Ctrl-C as a wish instead of an explosion."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Wish:
    """Whether a person has asked to stop."""

    def __init__(self):
        self.stop = False

    def handle(self, _signal: int, _frame: FrameType | None) -> None:
        """Note the first Ctrl-C; a second one means it."""
        if self.stop:
            raise KeyboardInterrupt
        self.stop = True


@contextmanager
def polite_interrupts() -> Iterator[Wish]:
    """Inside the block the first Ctrl-C only sets ``wish.stop``, so that a loop ends between two steps.

    It must be entered in the main thread, as Python's signal handlers must.
    """
    wish = Wish()
    before = signal.signal(signal.SIGINT, wish.handle)
    try:
        yield wish
    finally:
        signal.signal(signal.SIGINT, before)
