"""One person's work as observable state: what panels and app share."""

from grafx_lab.session.errors import SessionError
from grafx_lab.session.examples import EXAMPLES, Example
from grafx_lab.session.recordings import Recordings
from grafx_lab.session.registry import SessionRegistry
from grafx_lab.session.session import Session
from grafx_lab.session.worker import Worker

__all__ = ["EXAMPLES", "Example", "Recordings", "Session", "SessionError", "SessionRegistry", "Worker"]
