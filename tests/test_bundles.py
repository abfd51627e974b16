"""The committed front-end bundles are what their source builds to."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parent.parent / "grafx_lab" / "frontend"
NO_NODE = "Node.js is not here, so the committed bundles were not compared with their source"


@pytest.mark.browser
def test_the_committed_bundles_are_those_of_the_source(tmp_path: Path):
    if shutil.which("npm") is None:
        if "CI" in os.environ:
            pytest.fail(f"{NO_NODE}; CI needs it.")
        pytest.skip(NO_NODE)
    copy = tmp_path / "frontend"
    shutil.copytree(FRONTEND, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=copy, check=True, timeout=900)
    subprocess.run(["node", "build.mjs"], cwd=copy, check=True, timeout=900)
    committed = {file.name: file.read_bytes() for file in (FRONTEND / "dist").iterdir()}
    built = {file.name: file.read_bytes() for file in (copy / "dist").iterdir()}
    assert sorted(built) == sorted(committed)
    different = [name for name in built if built[name] != committed[name]]
    assert different == [], "run `make frontend` and commit what it builds"
