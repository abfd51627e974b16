"""The measures of look.md, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.app.laboratory import Laboratory
from tests.browser.moments import scrolls_sideways
from tests.waiting import eventually

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def size(laboratory: Laboratory, part: str) -> dict[str, float]:
    box = laboratory.part(part).bounding_box()
    assert box is not None, part
    return dict(box)


def test_the_parts_have_the_sizes_of_the_grid(laboratory):
    sizes = {part: size(laboratory, part) for part in ("header", "palette", "inspector", "dock")}
    assert sizes["header"]["height"] == pytest.approx(52, abs=2)
    assert sizes["palette"]["width"] == pytest.approx(208, abs=2)
    assert sizes["inspector"]["width"] == pytest.approx(332, abs=2)
    assert sizes["dock"]["height"] == pytest.approx(348, abs=2)
    assert sizes["header"]["width"] == pytest.approx(1440, abs=2)


def test_the_fonts_are_loaded_and_used(laboratory):
    page = laboratory.page
    page.wait_for_function("[...document.fonts].some((f) => f.family.includes('Geist') && f.status === 'loaded')")
    family = page.evaluate("getComputedStyle(document.querySelector('[data-testid=header]')).fontFamily")
    assert family.replace('"', "").split(",")[0] == "Geist"


def test_nothing_of_gradio_is_seen(laboratory):
    page = laboratory.page
    expect(page.locator("footer").locator("visible=true")).to_have_count(0)
    assert page.title() == "grafx_lab"
    covering = page.evaluate("document.elementFromPoint(innerWidth / 2, innerHeight - 4).closest('.gl') !== null")
    assert covering


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("where", ["wide", "phone"])
def test_nothing_scrolls_sideways(browser, context, app_url, complaints, take_picture, theme, where):
    page = context.new_page()
    page.emulate_media(color_scheme=theme)
    if where == "phone":
        page.set_viewport_size(PHONE)
    laboratory = Laboratory.open(page, app_url)
    laboratory.wait_for_sound()
    for part in (page.locator("html"), page.locator(".gl").first):
        eventually(lambda part=part: not scrolls_sideways(part), "it does not scroll sideways")
        eventually(lambda part=part: part.evaluate("el => el.scrollWidth <= innerWidth"), "it is in the window")
    expect(page.locator(".gl").first).to_have_attribute("data-theme", theme)
    take_picture(page, f"app_{theme}_{where}")
    if where == "phone":
        for tab in ("add", "listen", "controls", "fit"):
            button = laboratory.part(f"tab-{tab}")
            if button.count():
                button.click()
                take_picture(page, f"app_{theme}_{where}_{tab}")
    else:
        laboratory.select("tone")
        take_picture(page, f"app_{theme}_{where}_selected")
