"""The error of a session: always a sentence for people."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from grafx_lab.errors import LabError
from grafx_lab.resources import ResourceError


class SessionError(LabError):
    """A call that a session refuses.

    Args:
        message: what is wrong and what to do.
        nodes: names of the nodes concerned.
    """

    def __init__(self, message: str, nodes: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.nodes = tuple(nodes)


@contextmanager
def failing_in_sentences(call: str) -> Iterator[None]:
    """Whatever fails within a call becomes a :class:`SessionError`; what nobody has foreseen is logged too."""
    try:
        yield
    except SessionError:
        raise
    except (ValueError, ResourceError, OSError) as error:
        raise SessionError(str(error), getattr(error, "nodes", ())) from error
    except Exception as error:
        logging.getLogger(__name__).exception("The call %s failed", call)
        sentence = f"Something unexpected happened ({type(error).__name__}: {error}). Your patch is kept."
        raise SessionError(sentence) from error
