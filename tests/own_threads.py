"""Threads that sessions begin, apart from those of servers and of tests in the same process."""

import threading


def own_threads() -> set[threading.Thread]:
    """Those that run now."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("grafx_lab ")}
