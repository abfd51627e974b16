"""Transport: play, pause and step for a loop that runs on another thread."""

import threading
import time
from collections.abc import Callable


class Transport:
    """A gate that a loop passes after every step.

    Args:
        pace: at most so many steps a second; as many as there are by default.
    """

    def __init__(self, pace: float | None = None) -> None:
        self._seconds = 1 / pace if pace else 0.0
        self._condition = threading.Condition()
        self._playing = True
        self._tickets = 0
        self._over = False
        self._due = 0.0

    @property
    def playing(self) -> bool:
        """Whether the loop runs by itself."""
        return self._playing

    def play(self) -> None:
        """Let the loop run."""
        self._change(playing=True)

    def pause(self) -> None:
        """Hold the loop after its next step."""
        self._change(playing=False)

    def step(self) -> None:
        """Hold the loop, and let one step through."""
        self._change(playing=False, tickets=1)

    def end(self) -> None:
        """Open the gate for good: the loop is to come out by itself."""
        self._change(playing=True, over=True)

    def wait(self, on_hold: Callable[[], None]) -> None:
        """Wait until the next step may be done; ``on_hold`` is called before the loop is held."""
        with self._condition:
            if not self._may_pass():
                on_hold()
                self._condition.wait_for(self._may_pass)
            if self._tickets:
                self._tickets -= 1
            else:
                self._keep_pace()

    def _may_pass(self) -> bool:
        return self._over or self._playing or self._tickets > 0

    def _keep_pace(self) -> None:
        self._due = max(self._due + self._seconds, time.monotonic() - self._seconds)
        self._condition.wait_for(lambda: self._over or not self._playing, self._due - time.monotonic())

    def _change(self, *, playing: bool, tickets: int = 0, over: bool = False) -> None:
        with self._condition:
            self._playing, self._over = playing, self._over or over
            self._tickets += tickets
            self._condition.notify_all()
