"""Where the browser tests find Chromium. Run as a script, it makes sure that there is one.

One on the path is preferred; else the system's package manager is asked when we are root; else Playwright
downloads its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For a browser in a container that has no display and must not look for its maker."""

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def executable_path() -> str | None:
    """Chromium on the path; None stands for Playwright's own, as `launch(executable_path=None)` does."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> str:
    """Find or install a Chromium and return where it is. Raises `CalledProcessError` when nothing worked."""
    found = executable_path() or _playwrights_own()
    if found:
        return found
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "chromium"]):
            subprocess.run(["apt-get", "-qq", *words], env=environment, check=False)
    if not executable_path():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return executable_path() or _playwrights_own() or "Playwright's folder"


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    try:
        print(f"Browser tests use {ensure()}.")
    except subprocess.CalledProcessError:
        sys.exit("No Chromium was found or could be installed. Install one (Debian: apt install chromium).")
