"""Files between browser and Python: what is served, what was received, and how their paths become addresses.

Gradio serves its upload folder. Ours lies in it under a name that cannot be guessed, so that ``/file=`` finds what we
put there and nobody else does.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

from gradio.utils import get_upload_folder

from grafx_lab.resources import bundles_folder
from grafx_lab.session import SessionError


@cache
def served_folder() -> Path:
    """The folder for sounds and patches that browsers fetch; it goes when Python ends."""
    uploads = Path(get_upload_folder())
    uploads.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="grafx_lab_", dir=uploads)).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def received(path: str) -> Path:
    """A file that the browser has uploaded, by the path that it was given for it.

    Raises:
        SessionError: it lies somewhere else, or is gone.
    """
    file = Path(path).resolve()
    if not file.is_relative_to(Path(get_upload_folder()).resolve()) or not file.is_file():
        raise SessionError(f"{file.name!r} is not an uploaded file. Choose the file again.")
    return file


def address(file: Path) -> str:
    """A file's path as it stands behind ``/file=`` in a URL; a changed file has another.

    A file that has gone meanwhile has one too: who asks for it learns that it is gone, and everybody else goes on.
    """
    version = file.stat().st_mtime_ns if file.exists() else 0
    return f"{quote(file.as_posix())}?v={version:x}"


def module_address() -> str:
    """The address of the host module; its version is that of the newest bundle, whose siblings it loads."""
    folder = bundles_folder()
    newest = max(file.stat().st_mtime_ns for file in folder.iterdir())
    return f"{quote((folder / 'gradio.js').as_posix())}?v={newest:x}"
