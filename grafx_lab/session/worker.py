"""Worker: the one thread on which a session computes what takes longer than an answer may."""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable

IDLE_SECONDS = 2.0
"""The thread ends when there was nothing to do for so long; the next job starts another."""

EXIT_SECONDS = 5.0
"""The interpreter waits at its end so long for a job: a thread that it cuts off inside PyTorch aborts the process."""

Job = Callable[[], None]


class Worker:
    """Runs commands first-in-first-out, and between them of each other kind of job only the latest."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._commands: deque[Job] = deque()
        self._latest: dict[str, tuple[float, Job]] = {}
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._over = False

    def command(self, job: Job) -> None:
        """Run a job after those that were given before it."""
        with self._condition:
            self._commands.append(job)
            self._wake()

    def latest(self, kind: str, job: Job, delay: float = 0.0) -> None:
        """Run a job after ``delay`` seconds, unless a newer one of its kind comes first."""
        with self._condition:
            self._latest[kind] = (time.monotonic() + delay, job)
            self._wake()

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is left to do; false when the time was over first."""
        with self._condition:
            return self._condition.wait_for(lambda: not (self._busy or self._commands or self._latest), timeout)

    def clear(self) -> None:
        """Forget what has not begun."""
        with self._condition:
            self._commands.clear()
            self._latest.clear()
            self._condition.notify_all()

    def end(self, timeout: float) -> None:
        """Forget what has not begun, let the thread go, and take no more jobs."""
        with self._condition:
            self._over = True
        self.clear()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _wake(self) -> None:
        if self._over:
            self.clear()
        elif self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
            atexit.register(self.end, EXIT_SECONDS)
        self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                job = self._next()
                if job is None:
                    self._thread = None
                    atexit.unregister(self.end)
                    return
                self._busy = True
            try:
                job()
            except Exception:
                # A job reports its own failures; whatever gets here must not take the thread along.
                logging.getLogger(__name__).exception("A job of %s failed", self._name)
            with self._condition:
                self._busy = False
                self._condition.notify_all()

    def _next(self) -> Job | None:
        """The next job that is due; waits for it, but not longer than :data:`IDLE_SECONDS` for nothing."""
        idle_since = time.monotonic()
        while True:
            if self._commands:
                return self._commands.popleft()
            now = time.monotonic()
            if self._latest:
                kind = min(self._latest, key=lambda kind: self._latest[kind][0])
                due, job = self._latest[kind]
                if due <= now:
                    del self._latest[kind]
                    return job
                self._condition.wait(due - now)
            elif self._over or now - idle_since >= IDLE_SECONDS:
                return None
            else:
                self._condition.wait(IDLE_SECONDS - (now - idle_since))
