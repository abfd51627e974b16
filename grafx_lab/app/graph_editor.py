"""The graph editor as a Gradio component."""

import json
from typing import Any

import gradio as gr

from grafx_lab.app.view import SessionView
from grafx_lab.errors import LabError
from grafx_lab.patch import Patch
from grafx_lab.patch.document import contents


class DrawnPatch(Patch):
    """A patch that remembers which drawing it was made from, and so do the patches made from it.

    Attributes:
        revision: how often the drawing had been changed by hand; ``None`` for a patch that nobody has drawn.
    """

    revision: int | None = None

    def replace(self, **changes: Any) -> "DrawnPatch":
        """A patch with other settings, made from the same drawing."""
        patch = super().replace(**changes)
        assert isinstance(patch, DrawnPatch)
        patch.revision = self.revision
        return patch


class GraphEditor(SessionView):
    """A patch to draw: palette, canvas, undo and redo.

    As an input it is the :class:`~grafx_lab.patch.Patch` on show, as an output the patch to show. What a function
    makes of the patch it received is refused when the person has drawn on meanwhile; any other patch replaces the
    drawing. Listen to ``edit``: it happens when a hand has changed the drawing, and not when Python has.

    Args:
        value: the patch at first.
        height: in pixels.
        layout: see :class:`~grafx_lab.app.view.View`.
    """

    def __init__(self, value: Patch | None = None, *, height: int = 520, **layout: Any):
        self.height = height
        super().__init__("graph_editor", value, css=f"height: {height}px;", events=("edit",), **layout)

    def preprocess(self, payload: dict[str, Any] | None) -> DrawnPatch | None:
        """The patch on show.

        Raises:
            gr.Error: the document is not a patch.
        """
        if not payload or not payload.get("patch"):
            return None
        document = payload["patch"]
        try:
            patch = DrawnPatch.from_json(document if isinstance(document, str) else json.dumps(document))
        except LabError as error:
            raise gr.Error(str(error)) from error
        assert isinstance(patch, DrawnPatch)
        patch.revision = payload.get("revision")
        return patch

    def postprocess(self, value: Patch | dict[str, Any] | str | None) -> dict[str, Any] | None:
        """A patch, or its document, as the drawing to show."""
        if value is None:
            return None
        if isinstance(value, Patch):
            return {"revision": getattr(value, "revision", None), "patch": contents(value)}
        return {"revision": None, "patch": json.loads(value) if isinstance(value, str) else value}

    def api_info(self) -> dict[str, Any]:
        """The JSON schema of the value."""
        return {
            "type": "object",
            "description": "A drawing: the document of a patch file, and how often hands had changed it",
            "properties": {"revision": {"type": "integer"}, "patch": {"type": "object"}},
        }
