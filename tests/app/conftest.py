"""The app's server in this process, so that tests can look at its sessions, and Chromium to drive it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.app.laboratory import Laboratory
from tests.ports import free_port
from tests.waiting import be_patient

WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session", autouse=True)
def _gradio_stays_in_its_folder(tmp_path_factory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    from grafx_lab.app import launch

    app = launch(port=free_port(), open_browser=False, wait=False)
    yield app.local_url
    app.close(verbose=False)


class Complaints(list[str]):
    """What the browser's console, its scripts and its requests complained about."""

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("response", lambda answer: answer.status >= 400 and self.append(f"{answer.status}: {answer.url}"))
        page.on("request", lambda request: self._address(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.append(f"console: {message.text} ({message.location['url']})")

    def _address(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.append(f"asked the network for {url}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """A test that expects complaints takes them out of the list."""
    found = Complaints()
    yield found
    assert not found


@pytest.fixture
def context(browser, complaints) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=WIDE, accept_downloads=True)
    context.on("page", complaints.watch)
    be_patient(context)
    yield context
    context.close()


@pytest.fixture
def laboratory(context, app_url) -> Laboratory:
    """The app in a tab of its own, showing its first example."""
    return Laboratory.open(context.new_page(), app_url)


@pytest.fixture
def take_picture() -> Callable[[Page, str], None]:
    """Saves a screenshot where GRAFX_LAB_SHOTS names a folder for people to look at."""

    def take(page: Page, name: str) -> None:
        if folder := os.environ.get("GRAFX_LAB_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
