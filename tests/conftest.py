"""For all tests: one thread each, because several run side by side, the same Hypothesis examples every time, and the
one Chromium that a process of tests may have."""

from collections.abc import Iterator

import pytest
import torch
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from grafx_lab.session.examples import Example
from tests.browser.chromium import FLAGS, executable_path

torch.set_num_threads(1)
settings.register_profile("house", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("house")


@pytest.fixture(scope="module")
def brief_examples() -> Iterator[None]:
    """Half a second of the recordings that sessions begin with, for tests that only look at what is said about them."""
    source = Example.source
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Example, "source", lambda example: source(example, seconds=0.5))
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, for tests of the app and of the panels alike: Playwright runs only once at a time."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable_path(), args=list(FLAGS))
        yield chromium
        chromium.close()
