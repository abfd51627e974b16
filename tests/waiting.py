"""Waiting for what arrives later. How long that takes is the machine's affair: a test ends as soon as it is there."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

PATIENCE = 180.0
"""Seconds after which something that should have happened has not, on a slow machine that others use as well."""

LOOK_SECONDS = 0.02


def eventually(condition: Callable[[], Any], what: str, *, page: Page | None = None, patience: float = PATIENCE) -> Any:
    """Wait for a condition; its value.

    Args:
        condition: looked at until its value is true.
        what: the condition in words, for when patience is over.
        page: one whose calls this very thread answers (a :mod:`tests.widgets.panel_page`); it goes on meanwhile.
        patience: in seconds.
    """
    end = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < end, f"{what}: not within {patience:.0f} s"
        if page is None:
            time.sleep(LOOK_SECONDS)
        else:
            page.wait_for_timeout(1000 * LOOK_SECONDS)
    return value


def be_patient(pages: Page | BrowserContext) -> None:
    """Let hands on pages, and what is expected of them, wait as long as all else does."""
    pages.set_default_timeout(1000 * PATIENCE)
    expect.set_options(timeout=1000 * PATIENCE)
