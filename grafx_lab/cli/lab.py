"""``grafx-lab lab``: the notebooks in JupyterLab."""

import importlib.util
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from grafx_lab.cli.errors import UsageError
from grafx_lab.resources import in_checkout, notebooks_folder

HELP = "open the notebooks in JupyterLab"
COPIES = "grafx_lab_notebooks"
SETTINGS = Path(__file__).parent / "jupyter"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("words", nargs="*", metavar="WORD", help="handed on to JupyterLab, behind --")


def run(arguments: Namespace) -> int:
    """Run JupyterLab until it ends, and return its exit status."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError("JupyterLab is not installed. Install it with: pip install 'grafx-lab[notebooks]'")
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={_folder()}", *arguments.words]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return subprocess.run(command, env=with_settings(os.environ), check=False).returncode


def with_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which JupyterLab finds :data:`SETTINGS` beside a person's own."""
    known = environment.get("JUPYTER_CONFIG_PATH", "")
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [known, str(SETTINGS)]))}


def _folder() -> Path:
    """The repository's notebooks themselves, or copies beside the person: what is installed is not edited."""
    if in_checkout():
        return notebooks_folder()
    copies = Path(COPIES)
    copies.mkdir(exist_ok=True)
    for original in notebooks_folder().iterdir():
        if original.is_file() and not (copies / original.name).exists():
            shutil.copy(original, copies)
    print(f"Your copies of the notebooks are in {copies.resolve()}.")
    return copies
