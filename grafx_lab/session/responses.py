"""ResponseDesk: what the selected node does, and what the sound is like before, after and at the target."""

from functools import partial
from typing import TYPE_CHECKING, Any

from grafx_lab.patch import Patch
from grafx_lab.session import response_view as view
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.errors import SessionError
from grafx_lab.session.patch_view import problems
from grafx_lab.session.rerender import Rerender
from grafx_lab.session.throttle import Throttle
from grafx_lab.session.worker import Worker

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

PICTURE_SECONDS = 0.1
"""While a fit runs, another picture follows after so many seconds."""

SOUND_DELAY = 0.1
"""Pictures of the whole sound follow a slider after so many seconds of rest."""

HEAD_START = 0.03
"""Seconds that everything else waits for a node's curve, which is what a hand looks at: threads that share Python's
lock hinder each other, and the shortest would be the last. What it has measured, the others find in the gallery."""


class ResponseDesk:
    """Measures one picture at a time and follows selection, patch and fit; idle until it is opened.

    Args:
        session: whose patch is looked at.

    Attributes:
        worker: the thread: what a hand does is seen at once, whatever is computed beside it.
        shown: seconds of waveform to draw, from the beginning; ``None`` for the loudest moments.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.worker = Worker("grafx_lab response")
        self._rerender = Rerender()
        self._kind: str | None = None
        self._throttle = Throttle(PICTURE_SECONDS)
        self.shown: float | None = None
        self.calls = {"response": self.open}

    def open(self, kind: str | None = None) -> None:
        """Draw a kind of picture.

        Args:
            kind: one of the slice's ``kinds``; by default the first that suits the selected node.
        """
        known = {name for name, *_ in view.KINDS}
        if kind is not None and kind not in known:
            raise SessionError(f"There is no picture '{kind}'; there are {', '.join(sorted(known))}.")
        self._kind = kind or self._kind or ""
        self.refresh()

    def refresh(self, patch: Patch | None = None) -> None:
        """Follow patch and selection.

        Args:
            patch: one that is about to be put in place; the present one by default.
        """
        if self._kind is not None:
            patch = patch or self._session.patch
            node = self._node(patch)
            kind = view.suited(patch, node, self._kind)
            delay = SOUND_DELAY if kind in view.SOUND_KINDS else 0.0
            self.worker.latest("response", partial(self._draw, patch, node, kind), delay)
            if not delay:
                self.worker.wait(HEAD_START)

    def stand(self, downhill: Downhill) -> None:
        """Follow a fit."""
        if self._kind is None or not self._session.fits.running or not self._throttle.due:
            return
        node = self._node(downhill.patch)
        kind = view.suited(downhill.patch, node, self._kind)
        with self._throttle.measured():
            self._draw(downhill.patch, node, kind)

    @property
    def sound_kind(self) -> str:
        """The curves of the sound that are on show, else its waveform."""
        return self._kind if self._kind == "spectrum" else "waveform"

    def sound_picture(self, patch: Patch, kind: str) -> dict[str, Any] | None:
        """Source, target and what a patch makes of the source; ``None`` where there is nothing to be heard.

        Raises:
            ValueError: one of the house's errors: it cannot be rendered.
        """
        heard = {} if problems(patch) else self._heard(patch, kind)
        return view.sound_picture(kind, heard, patch.sample_rate)

    def _node(self, patch: Patch) -> str | None:
        selected = self._session.selected
        return selected if selected in patch.raw else next(iter(patch.raw), None)

    def _draw(self, patch: Patch, node: str | None, kind: str) -> None:
        session = self._session
        try:
            if kind in view.SOUND_KINDS:
                picture = self.sound_picture(patch, kind)
            else:
                truth, gallery = session.recordings.truth, session.gallery
                picture = view.node_picture(kind, patch, node, truth, gallery) if node else None
        except (ValueError, RuntimeError) as error:
            # A person's own processor may not take a test signal, or the two recordings may not suit.
            session.notify(str(error), getattr(error, "nodes", ()))
            picture = None
        state = {"node": node, "kinds": view.kinds_for(patch, node), "kind": kind, "picture": picture}
        session.board.show("response", state)

    def _heard(self, patch: Patch, kind: str) -> dict[str, Any]:
        """Source, fitted and target ``(channel, time)`` at the patch's rate, and where the excerpt begins."""
        inputs, target = self._session.recordings.signals(patch, self._session.loss)
        start, stop = view.window(inputs, target, patch.sample_rate, self.shown) if kind == "waveform" else (0, None)
        inputs = {name: signal[..., :stop] for name, signal in inputs.items()}
        length = stop or (target.shape[-1] if target is not None else None)
        fitted = self._rerender.output(patch, inputs, length)
        signals = {"source": next(iter(inputs.values()), None), "target": target, "fitted": fitted}
        cut = {role: signal[0, :, start:stop] for role, signal in signals.items() if signal is not None}
        return {"signals": cut, "start": start / patch.sample_rate}
