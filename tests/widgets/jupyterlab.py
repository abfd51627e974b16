"""A real JupyterLab or Notebook 7 for the browser tests: its own settings, its own port, one notebook."""

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.waiting import PATIENCE, eventually

SETTINGS = {
    # Cells that are off the screen stay in the page, so that tests find them.
    "@jupyterlab/notebook-extension/tracker": '{"windowingMode": "none"}',
    "@jupyterlab/apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
}

_MODULES = {"lab": "jupyterlab", "notebook": "notebook"}
_PAGES = {"lab": "lab/tree", "notebook": "notebooks"}


@contextmanager
def jupyterlab(
    notebook: Path, folder: Path, settings: Mapping[str, str] = SETTINGS, interface: str = "lab"
) -> Iterator[str]:
    """Serve a copy of a notebook; yields the address that opens it in ``"lab"`` or ``"notebook"``."""
    for name, text in settings.items():
        path = folder / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "notebooks").mkdir()
    shutil.copy(notebook, folder / "notebooks")
    places = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    places |= {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "IPYTHONDIR": str(folder / "ipython")}
    environment = {key: value for key, value in os.environ.items() if key != "GRAFX_LAB_STATIC"} | places
    port = free_port()
    command = [
        sys.executable, "-m", _MODULES[interface], "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder / 'notebooks'}",
    ]  # fmt: skip
    with (folder / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            start = f"{address}/tree" if interface == "notebook" else f"{address}/lab"
            eventually(lambda: _answers(start, server), f"JupyterLab answers at {start}")
            yield f"{address}/{_PAGES[interface]}/{notebook.name}"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _answers(address: str, server: subprocess.Popen) -> bool:
    assert server.poll() is None, f"JupyterLab ended with {server.poll()} before it answered at {address}."
    try:
        urllib.request.urlopen(address, timeout=PATIENCE).close()
    except OSError:
        return False
    return True
