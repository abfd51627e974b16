"""The Python end of ``frontend/src/host/link.js``: an exchange carries at most one call and brings what is new."""

import atexit
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from grafx_lab.app.encoding import pack
from grafx_lab.app.served import received, served_folder
from grafx_lab.patch import Patch
from grafx_lab.session import Session, SessionError, SessionRegistry


class Exchange(BaseModel):
    """What the browser sends.

    Attributes:
        token: of its session; without one a session is opened.
        begin: the text of the patch file that a new session begins with; an example by default.
        seen: the version of each slice that it has.
        call: one of the calls of ``frontend/PROTOCOL.md``, or nothing for a poll.
        args: the call's arguments.
        files: paths that Gradio has given to the uploaded files of the call.
    """

    model_config = ConfigDict(extra="forbid")
    token: str | None = None
    begin: str | None = None
    seen: dict[str, int] = {}
    call: str | None = None
    args: dict[str, Any] = {}
    files: list[str] = []


@cache
def sessions() -> SessionRegistry:
    """The sessions of this process, of the app and of stand-alone components alike; they end before Python does."""
    registry = SessionRegistry(served_folder())
    atexit.register(registry.close_all)
    return registry


def answer(message: Any) -> dict[str, Any]:
    """Carry out an exchange; whatever goes wrong becomes a sentence in the answer.

    Returns:
        plain data: ``{"gone": True}`` where the session of the token does not exist, else ``{token, slices, versions}``
        with ``result`` or ``error``.
    """
    try:
        exchange = Exchange.model_validate(message)
    except ValidationError:
        return _refused("The page and grafx_lab do not understand each other. Reload the page.")
    try:
        token = exchange.token or _open(exchange.begin)
        session = sessions().get(token)
    except SessionError:
        return {"gone": True}
    except ValueError as error:
        return _refused(str(error))
    session.touch()
    outcome = _carry_out(session, exchange) if exchange.call else {"result": None}
    slices, versions = session.changes(exchange.seen)
    return {"token": token, "slices": pack(slices), "versions": versions, **outcome}


def _open(document: str | None) -> str:
    """Begin a session; returns its token. A damaged document raises the patch's own errors, which are sentences."""
    return sessions().open(Patch.from_json(document) if document else None)


def _carry_out(session: Session, exchange: Exchange) -> dict[str, Any]:
    try:
        files = [received(path) for path in exchange.files]
        return {"result": pack(session.call(exchange.call or "", exchange.args, files))}
    except SessionError as error:
        return {"error": {"message": error.message, "nodes": list(error.nodes)}}


def _refused(sentence: str) -> dict[str, Any]:
    return {"token": None, "slices": {}, "versions": {}, "error": {"message": sentence, "nodes": []}}
