"""Drags sliders in a real JupyterLab for minutes and says whether kernel or browser grow.

python tests/widgets/soak.py [--minutes 10] [--limit 30]    (make soak)
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, executable_path
from tests.widgets.every_panel import OPENING, panel_of, shown
from tests.widgets.growth import Growth

DRAGS = 500
"""Growth is counted for so many drags."""

CELLS = [OPENING, "lab = gl.explore(controls, axes=('trim.log_gain[0]', 'tone.log_gain[1]'))\nlab",
         "import os\nprint('kernel', os.getpid())"]  # fmt: skip


def drag(page: Page, to: float) -> None:
    """One drag of the first slider to a share of its rail, in eight moves."""
    box = panel_of(page, "parameters").locator(".rail").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + to * box["width"], box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()


def soak(page: Page, minutes: float) -> tuple[int, dict[str, float]]:
    """Drag until the time is over; how often, and megabytes of growth after the first fifth of the time."""
    panel_of(page, "explore").get_by_test_id("plane").wait_for()
    pid = int(page.locator(".jp-OutputArea-output", has_text="kernel").last.inner_text().split()[-1])
    growth, began = Growth(page, pid), time.monotonic()
    panel_of(page, "parameters").scroll_into_view_if_needed()
    drags, warm, before = 0, 0, {}
    while (passed := time.monotonic() - began) < 60 * minutes:
        if not before and passed > 12 * minutes:
            warm, before = drags, growth.megabytes()
            print(f"Warm after {drags} drags: {before}.", flush=True)
        drag(page, 0.2 + 0.6 * ((drags * 0.618) % 1))
        drags += 1
        if drags % 100 == 0:
            print(f"{drags} drags in {passed:.0f} s: {growth.megabytes()}.", flush=True)
    page.wait_for_timeout(3000)
    after = growth.megabytes()
    return drags - warm, {name: after[name] - before[name] for name in after}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--limit", type=float, default=30.0, help="megabytes that 500 drags may leave")
    settings = parser.parse_args()
    complaints: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=executable_path(), args=list(FLAGS))
        with shown(browser, Path(folder), CELLS, complaints) as page:
            drags, grown = soak(page, settings.minutes)
        browser.close()
    worst = max(max(0.0, megabytes) * DRAGS / max(drags, DRAGS) for megabytes in grown.values())
    print(f"{drags} drags after warm-up: {grown}, at most {worst:.1f} MB per {DRAGS} drags.", *complaints)
    return 0 if worst < settings.limit and not complaints else 1


if __name__ == "__main__":
    sys.exit(main())
