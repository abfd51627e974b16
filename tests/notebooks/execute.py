"""Executes notebooks as still pages. Run as a script, it writes their outputs back: what is committed.

python tests/notebooks/execute.py [NOTEBOOK …]
"""

import os
import sys
from pathlib import Path

import nbformat

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def executed(path: Path, timeout: float = 300) -> nbformat.NotebookNode:
    """The notebook with fresh outputs; raises when a cell does."""
    from nbclient import NotebookClient  # seconds, which only those should spend who execute one

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3", store_widget_state=False, startup_timeout=timeout,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    before = os.environ.get("GRAFX_LAB_STATIC")
    os.environ["GRAFX_LAB_STATIC"] = "1"  # the kernel inherits it
    try:
        client.execute()
    finally:
        os.environ.pop("GRAFX_LAB_STATIC") if before is None else os.environ.update(GRAFX_LAB_STATIC=before)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day would differ in every commit
    notebook.metadata["language_info"] = {"name": "python"}  # and so would the version of Python
    return notebook


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else NOTEBOOKS:
        nbformat.write(executed(path), path)
        print(f"Executed {path.name}: {path.stat().st_size / 1e6:.2f} MB.")
