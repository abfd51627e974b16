"""The panels in Notebook 7, which has JupyterLab's parts but not its shell: shown, linked, keeping their keys."""

import pytest
from playwright.sync_api import expect

from tests.widgets.every_panel import CELLS, panel_of, shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory, complaints, browser):
    """All panels, on one session."""
    folder = tmp_path_factory.mktemp("panels")
    with shown(browser, folder, list(CELLS.values()), complaints, "notebook") as page:
        yield page


@pytest.mark.parametrize("panel", CELLS)
def test_a_panel_is_drawn(page, panel, shots):
    expect(panel_of(page, panel)).to_be_visible()
    expect(panel_of(page, panel)).to_have_attribute("data-theme", "light")
    panel_of(page, panel).screenshot(path=shots / f"{panel}_notebook_7.png")


def test_what_one_panel_moves_another_hears_and_keys_stay_inside(page):
    cells = page.locator(".jp-Cell").count()
    sound = panel_of(page, "player").get_by_test_id("lane-fitted")
    expect(sound).to_contain_text("LUFS")
    before = sound.text_content() or ""
    panel_of(page, "parameters").locator("[data-node=trim]").click()
    rail = panel_of(page, "parameters").get_by_role("slider").first
    rail.focus()
    for key in ("x", "d", "d", "End"):
        page.keyboard.press(key)
    expect(rail).to_have_attribute("aria-valuenow", "1.000")
    expect(sound).not_to_have_text(before)
    assert page.locator(".jp-Cell").count() == cells


def test_the_browser_had_no_complaints(page, complaints):
    # Notebook 7 itself misses the schema of one of JupyterLab's settings while it starts.
    assert [text for text in complaints if not text.endswith("(reading 'schema')")] == []
