"""What the browser tests of all panels share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def shots(tmp_path_factory) -> Path:
    """Where screenshots go: a folder to look at, or one of pytest's."""
    folder = Path(os.environ.get("GRAFX_LAB_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the browser has complained about."""
    return []
