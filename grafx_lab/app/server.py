"""Starting the app's server."""

import os
import socket
import sys
import webbrowser

import gradio as gr

from grafx_lab.app.page import build_app, page_settings

FIRST_PORT = 7860
PORTS_TRIED = 100


def launch(
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    *,
    root_path: str = "",
    wait: bool = True,
) -> gr.Blocks:
    """Serve the app and say where it is.

    Args:
        host: the address to listen on; only this computer reaches the default.
        port: the port to listen on, or the next free one above it.
        open_browser: show the page in a browser, where there is a display and no automatic test (CI) runs.
        root_path: the path under which a proxy publishes the app.
        wait: return only when the server has ended, by Ctrl-C.

    Returns:
        the running app; ``close()`` ends it.

    Raises:
        OSError: no port is free.
    """
    app = build_app()
    _, url, _ = app.launch(
        server_name=host, server_port=free_port(host, port or FIRST_PORT), root_path=root_path, quiet=True,
        prevent_thread_lock=True, share=False, **page_settings(),
    )  # fmt: skip
    print(f"grafx_lab is at {url} (Ctrl-C ends it)", flush=True)
    if open_browser and _somebody_watches():
        webbrowser.open(url)
    if wait:
        app.block_thread()
    return app


def free_port(host: str, first: int) -> int:
    """The first port that nobody listens on.

    Raises:
        OSError: there is none among the next hundred, or the host is not this computer's.
    """
    family = socket.getaddrinfo(host, first, type=socket.SOCK_STREAM)[0][0]
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                # A port that a server left a moment ago is free; Windows would share it with a running one.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                refused = error
            else:
                return port
    raise OSError(f"No port from {first} on is free on {host} ({refused.strerror}). Name another with --port.")


def _somebody_watches() -> bool:
    display = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return display and "CI" not in os.environ
