"""What all views of the front end have in common as Gradio components."""

import json
from functools import cache
from typing import Any

import gradio as gr
from gradio.components.base import server
from starlette.responses import Response

from grafx_lab.app.bridge import answer
from grafx_lab.app.served import module_address
from grafx_lab.resources import bundles_folder
from grafx_lab.session.recordings import MAX_BYTES

MOUNT = """
const { root, api_prefix } = window.gradio_config;
import(`${root}${api_prefix}/file=${props.module}`)
  .then((host) => host.mount({ element, props, trigger, watch, server, upload }))
  .catch((error) => { element.textContent = `grafx_lab could not be loaded (${error.message}). Reload the page.`; });
"""


class View(gr.HTML):
    """A module of the front end in a ``gr.HTML``.

    Args:
        view: the module's name.
        value: what the subclass takes.
        css: declarations for the component's outermost element.
        events: the view's own, which Python can listen to.
        layout: arguments of ``gr.HTML``: ``label``, ``scale``, ``visible``, ``elem_id`` and others.
    """

    def __init__(self, view: str, value: Any = None, *, css: str = "", events: tuple[str, ...] = (), **layout: Any):
        _serve_bundles()
        # Gradio knows an event of a gr.HTML by finding its name in the script.
        script = f"const events = {json.dumps(events)};{MOUNT}"
        super().__init__(
            value, html_template="", css_template=css, js_on_load=script, apply_default_css=False,
            view=view, module=module_address(), max_bytes=MAX_BYTES, **layout,
        )  # fmt: skip

    def example_payload(self) -> Any:
        """What a caller of the API may send."""
        return None

    def example_value(self) -> Any:
        """What a function may return."""
        return None


class SessionView(View):
    """A view with a :class:`~grafx_lab.session.Session` for each browser tab that shows it."""

    @server
    def exchange(self, message: Any) -> Response:
        """Answer the view's host; as a finished response, because slices are long and FastAPI would walk them again."""
        return Response(json.dumps(answer(message), allow_nan=False), media_type="application/json")


@cache
def _serve_bundles() -> None:
    gr.set_static_paths(bundles_folder())
