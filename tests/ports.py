"""Ports for servers that tests start."""

import os
import socket
from contextlib import suppress
from itertools import count

BELOW_EPHEMERAL = range(10_000, 32_000)
"""Systems hand out higher ones by themselves, as to a browser that connects: a port from here stays free."""

_turns = count(97 * os.getpid())  # processes that start side by side look in different places


def free_port() -> int:
    """A port that nobody uses; each call gives another."""
    while True:
        port = BELOW_EPHEMERAL[next(_turns) % len(BELOW_EPHEMERAL)]
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
