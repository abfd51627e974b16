"""Panel: what all panels share. Bundle and style, answers to the front end, one worker, the still output."""

from collections.abc import Callable
from functools import partial
from typing import Any

import anywidget
import traitlets

from grafx_lab.resources import bundles_folder
from grafx_lab.session.worker import Worker
from grafx_lab.widgets.still import Still, still_wanted


class Panel(anywidget.AnyWidget):
    """Base of all panels.

    Subclasses name their bundle as ``_esm``, keep their state in traits (packed by :func:`.encoding.pack`), fill
    :attr:`calls`, and draw themselves in :meth:`still`.

    Attributes:
        heading: ``{title, subject}``.
        calls: what the front end may ask for, by name.
        slow: names of the calls that are answered on the worker, in order; the others are answered at once.
        worker: the thread for whatever takes longer.
    """

    _css = bundles_folder() / "grafx_lab.css"

    heading = traitlets.Dict().tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.calls: dict[str, Callable[..., Any]] = {}
        self.worker = Worker(type(self).__name__)
        self.slow: frozenset[str] = frozenset()
        self.on_msg(self._on_message)

    def answer(self, message: dict[str, Any]) -> None:
        """Carry out a call of ``frontend/PROTOCOL.md`` and send its result, or the sentence that says why not."""
        reply: dict[str, Any] = {"id": message.get("id")}
        try:
            reply["result"] = self._called(message)(**message.get("args", {})) or {}
        except (ValueError, TypeError) as error:
            reply["error"] = {"message": str(error), "nodes": list(getattr(error, "nodes", ()))}
        self.send(reply)

    def still(self) -> Still:
        """The panel as it stands, as a picture with words and sounds."""
        raise NotImplementedError(f"{type(self).__name__} draws no still picture.")

    def _called(self, message: dict[str, Any]) -> Callable[..., Any]:
        name = message.get("call", "")
        if name not in self.calls:
            raise ValueError(f"{type(self).__name__} cannot {name!r}; it can {', '.join(self.calls)}.")
        return self.calls[name]

    def _on_message(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("call") in self.slow:
            self.worker.command(partial(self.answer, message))
        else:
            self.answer(message)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.still().mime_bundle() if still_wanted() else super()._repr_mimebundle_(**kwargs)
