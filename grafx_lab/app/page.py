"""The app's page: the laboratory on one screen, and everything it does as named API endpoints."""

from typing import Any
from urllib.parse import quote

import gradio as gr
from gradio.themes import Base

from grafx_lab.app.endpoints import add_endpoints
from grafx_lab.app.view import SessionView
from grafx_lab.session.recordings import MAX_BYTES

TITLE = "grafx_lab"
FILES_LAST = 86_400  # seconds

_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none"><rect width="32" height="32" rx="7" '
    'fill="#17191e"/><path d="M7 20C16 20 14 11 25 11" stroke="#f6f5f1" stroke-width="3"/>'
    '<circle cx="7" cy="20" r="3.6" fill="#17191e" stroke="#f6f5f1" stroke-width="3"/>'
    '<circle cx="25" cy="11" r="4.6" fill="#f6f5f1"/></svg>'
)


class Laboratory(SessionView):
    """The whole app as one component that covers the window."""

    def __init__(self, **layout: Any):
        super().__init__("app", css="position: fixed; inset: 0; z-index: 100;", **layout)

    def api_info(self) -> dict[str, Any]:
        """It has no value: what the app does for programs are its endpoints."""
        return {"type": "null"}


def build_app() -> gr.Blocks:
    """The app, to be launched or mounted together with :func:`page_settings`."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(FILES_LAST, FILES_LAST)) as app:
        Laboratory(elem_id="grafx_lab")
        add_endpoints()
    return app


def page_settings() -> dict[str, Any]:
    """What Gradio wants to know at ``Blocks.launch`` or ``gr.mount_gradio_app`` rather than before."""
    theme = Base(font=["Geist", "sans-serif"], font_mono=["Geist Mono", "monospace"]).set(
        # Seen until the laboratory covers it: the colours of --page.
        body_background_fill="#f6f5f1",
        body_background_fill_dark="#101216",
    )
    return {
        "theme": theme,
        "head": f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{quote(_MARK)}">',
        "footer_links": [],
        "run_history": False,
        "max_file_size": MAX_BYTES,
        "ssr_mode": False,
        "pwa": False,
    }
