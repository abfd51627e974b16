"""Panel: what all panels share: a session, the slices that are read of it, answers to calls, the still output."""

import shutil
from abc import abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from grafx_lab.audio import Audio
from grafx_lab.patch import Patch
from grafx_lab.resources import bundles_folder
from grafx_lab.session import Session, SessionError
from grafx_lab.widgets.encoding import pack
from grafx_lab.widgets.still import Still, still_wanted


class Panel(anywidget.AnyWidget):
    """Base of all panels: a view of a :class:`~grafx_lab.session.Session`.

    Panels that are given the same session are linked: what a hand does in one is seen in all. Subclasses name their
    bundle as ``_esm`` and the slices that it reads as :attr:`slices`, and draw themselves in :meth:`still`.

    Args:
        opened: the session that is shown, and whether it ends with this panel (:func:`.opening.open_session`).
        title: what stands above it.
        subject: what stands beneath the title, small.

    Attributes:
        session: what is shown.
        slices: names of the slices that the front end reads.
    """

    _css = (bundles_folder() / "grafx_lab.css").read_text(encoding="utf-8")

    slices: ClassVar[tuple[str, ...]] = ()

    # A widget whose __init__ has raised is closed too, by ipywidgets.
    _owned: bool = False
    _stop: Callable[[], None] = staticmethod(lambda: None)

    heading = traitlets.Dict().tag(sync=True)
    # One trait for each slice of the protocol; those that a panel does not read stay empty.
    audio_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    basins_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    beside_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    catalog_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    export_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    fit_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    landscape_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    levels_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    live_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    notice_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    patch_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    paths_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    point_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    race_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    response_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    selection_slice = traitlets.Any(None, allow_none=True).tag(sync=True)
    snapshots_slice = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init_subclass__(cls, **options: Any) -> None:
        # As text: anywidget watches files, and what watches one keeps every panel and its session for ever.
        bundle = cls.__dict__.get("_esm")
        if isinstance(bundle, Path):
            cls._esm = bundle.read_text(encoding="utf-8")
        super().__init_subclass__(**options)

    def __init__(self, opened: tuple[Session, bool], *, title: str = "", subject: str = "") -> None:
        super().__init__(heading={"title": title, "subject": subject})
        self.session, self._owned = opened
        self._stop = self.session.board.listen(self._show, self.slices)
        self.on_msg(self._on_message)

    @property
    def patch(self) -> Patch:
        """The present patch; set another, and it is drawn, heard and an entry of undo."""
        return self.session.patch

    @patch.setter
    def patch(self, patch: Patch) -> None:
        self.session.set_patch(patch)

    @property
    def heard(self) -> dict[str, Audio]:
        """The sounds of a still output; linked panels leave them to the one that began the session."""
        return self.session.sounds.heard if self._owned else {}

    def wait(self, timeout: float = 600.0) -> bool:
        """Wait until nothing is being computed; false when the time was over first."""
        return self.session.wait(timeout)

    def close(self) -> None:
        """Take the panel away; what it has begun ends with it."""
        self._stop()
        if self._owned:
            self.session.close()
            shutil.rmtree(self.session.folder, ignore_errors=True)
        super().close()

    def answer(self, message: Mapping[str, Any], files: list[bytes] | None = None) -> None:
        """Carry out a call of ``frontend/PROTOCOL.md`` and send its result, or the sentence that says why not."""
        reply: dict[str, Any] = {"id": message.get("id")}
        buffers: list[bytes] = []
        try:
            name, args = message.get("call", ""), message.get("args", {})
            if name == "file":
                buffers = [self._file(args["name"])]
                reply["result"] = {}
            else:
                reply["result"] = pack(self.session.call(name, args, files or []))
        except SessionError as error:
            reply["error"] = {"message": error.message, "nodes": list(error.nodes)}
        self.send(reply, buffers)

    @abstractmethod
    def still(self) -> Still:
        """The panel as it stands, as a picture with words and sounds."""

    def _file(self, name: str) -> bytes:
        """A file of the session, by its name."""
        path = self.session.folder / Path(name).name
        if not path.is_file():
            raise SessionError(f"{path.name} is not there any more; what is heard now has another name.")
        return path.read_bytes()

    def _show(self, name: str, value: Any) -> None:
        setattr(self, f"{name}_slice", pack(value))

    def _on_message(self, _: Any, message: Mapping[str, Any], buffers: list[Any] | None) -> None:
        self.answer(message, [bytes(buffer) for buffer in buffers or []])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.still().mime_bundle() if still_wanted() else super()._repr_mimebundle_(**kwargs)
