"""Whether results will find their place: asked before the work, which would be lost without one."""

import tempfile
from pathlib import Path

from grafx_lab.cli.errors import UsageError


def check_writable(folder: Path, *names: str) -> None:
    """Raise where files of these names cannot be written into a folder.

    Raises:
        UsageError: the folder takes no files, or a folder has one of the names.
    """
    for name in names:
        if (folder / name).is_dir():
            raise UsageError(f"{str(folder / name)!r} is a folder, expected a file or nothing. Name another --out.")
    try:
        # Permissions alone do not tell: file systems may be read-only or full.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(f"The folder {str(folder)!r} takes no files: {error.strerror}. Name another --out.") from error
