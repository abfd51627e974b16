"""The error of a session: always a sentence for people."""

from collections.abc import Iterable


class SessionError(ValueError):
    """A call that a session refuses.

    Args:
        message: what is wrong and what to do.
        nodes: names of the nodes concerned.
    """

    def __init__(self, message: str, nodes: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.nodes = tuple(nodes)
