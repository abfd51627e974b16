"""The panels of the first notebook in a real JupyterLab: run, pressed, dragged, in light and dark."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from grafx_lab.resources import notebooks_folder
from tests.browser.moments import scrolls_sideways
from tests.waiting import eventually
from tests.widgets.every_panel import START, notebook_page, run_all_cells, use_theme

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory, complaints, browser):
    """The notebook, run from top to bottom."""
    notebook = notebooks_folder() / "01_gain.ipynb"
    with notebook_page(browser, notebook, tmp_path_factory.mktemp("gain"), complaints) as page:
        run_all_cells(page)
        expect(page.locator(".gl-convergence")).to_have_count(3, timeout=START)
        expect(page.locator(".gl-landscape")).to_have_count(2)
        yield page


def part(page: Page, panel: str, number: int, testid: str) -> Locator:
    return page.locator(panel).nth(number).get_by_test_id(testid)


def step_of(page: Page, number: int = 0) -> int:
    return int(re.search(r"step (\d+)", part(page, ".gl-convergence", number, "fit-step").inner_text())[1])


def shoot(page: Page, shots: Path, theme: str) -> None:
    for panel in ("convergence", "landscape"):
        for number in range(page.locator(f".gl-{panel}").count()):
            page.locator(f".gl-{panel}").nth(number).screenshot(path=shots / f"{panel}_{number}_{theme}.png")
    page.locator(".gl-landscape").first.scroll_into_view_if_needed()
    page.screenshot(path=shots / f"jupyterlab_{theme}.png")


def test_the_fits_end_with_sentences_about_their_numbers(page):
    endings = [("0.15", "arrived"), ("0.00", "came to rest"), ("0.15", "arrived")]
    for number, (gain, verb) in enumerate(endings):
        expect(part(page, ".gl-convergence", number, "words")).to_contain_text(f"Gain {verb} at {gain}")


def test_a_fit_is_played_held_stepped_and_stopped(page):
    main, step, stop = (part(page, ".gl-convergence", 0, name) for name in ("main", "step", "stop"))
    expect(main).to_have_text("Fit again")
    while (word := main.inner_text()) != "Play":  # a fit that is over before a slow hand holds it is begun anew
        main.click()
        expect(main).not_to_have_text(word)
    expect(part(page, ".gl-convergence", 0, "fit-step")).to_have_attribute("data-held", "true")
    held = step_of(page)
    assert 0 <= held < 300
    step.click()
    expect(part(page, ".gl-convergence", 0, "fit-step")).to_have_text(f"step {held + 1} of 300")
    main.click()
    expect(main).to_have_text("Pause")
    stop.click()
    expect(main).to_have_text("Fit again")
    eventually(lambda: held < step_of(page) < 300, "a step after the held one is in place")
    expect(step).to_be_disabled()


def test_the_point_and_the_slider_are_one_control(page):
    land, rail, value = (
        part(page, ".gl-landscape", 0, name) for name in ("land", "rail linear_gain.gain", "value linear_gain.gain")
    )
    words = part(page, ".gl-landscape", 0, "words")
    expect(words).to_contain_text("At 1.00 the loss is 0.644.")
    land.hover(trial=True)  # on the screen, and at rest
    box = land.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 60, steps=6)
    page.mouse.up()
    expect(value).to_have_value("0.60")
    expect(words).to_contain_text("At 0.60 the loss is 0.394. Descent pushes gain down")
    expect(rail).to_have_attribute("aria-valuenow", "0.300")
    box = rail.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 13)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 13, steps=6)
    page.mouse.up()
    expect(land).to_have_attribute("aria-valuenow", "0.800")
    expect(words).to_contain_text("At 1.60 the loss is")


def test_keys_move_the_point_and_stay_in_the_panel(page):
    land = part(page, ".gl-landscape", 0, "land")
    cells = page.locator(".jp-Cell").count()
    land.focus()
    assert land.get_attribute("data-lm-suppress-shortcuts") == "true"
    for key in ("End", "ArrowLeft", "Shift+ArrowLeft", "x", "d", "d", "Delete", "Home", "ArrowRight"):
        page.keyboard.press(key)
    expect(part(page, ".gl-landscape", 0, "value linear_gain.gain")).to_have_value("0.02")
    assert page.locator(".jp-Cell").count() == cells


def test_what_lies_outside_is_refused_in_a_sentence(page):
    value = part(page, ".gl-landscape", 0, "value linear_gain.gain")
    before = value.input_value()
    value.fill("7")
    value.press("Enter")
    alert = page.locator(".gl-landscape").first.get_by_role("alert")
    expect(alert).to_have_text("This landscape runs from 0.00 to 2.00; 7.00 lies outside.")
    expect(value).to_have_value(before)
    value.fill("0.5")
    value.press("Enter")
    expect(alert).to_be_hidden()
    expect(part(page, ".gl-landscape", 0, "land")).to_have_attribute("aria-valuenow", "0.250")


def test_another_loss_is_another_curve_with_another_sentence(page):
    panel = page.locator(".gl-landscape").nth(1)
    curve = panel.get_by_test_id("curve")
    before = curve.get_attribute("d")
    panel.get_by_role("button", name="Spectral magnitude").click()
    expect(panel.get_by_test_id("words")).to_contain_text("The target has 0.15, and the minimum lies there.")
    expect(curve).not_to_have_attribute("d", before or "")


def test_light_and_dark_follow_jupyterlab(page, shots):
    panel = page.locator(".gl-landscape").first
    expect(panel).to_have_attribute("data-theme", "light")
    font = panel.get_by_test_id("words").evaluate("el => getComputedStyle(el).fontFamily")
    assert font.startswith("Geist")
    page.wait_for_function("document.fonts.check('14px Geist')")
    light = panel.evaluate("el => getComputedStyle(el).backgroundColor")
    shoot(page, shots, "light")
    use_theme(page, "Dark")
    expect(panel).to_have_attribute("data-theme", "dark")
    eventually(lambda: panel.evaluate("el => getComputedStyle(el).backgroundColor") != light, "the panel is darker")
    shoot(page, shots, "dark")


def test_a_narrow_window_has_one_column_and_no_sideways_scroll(page, shots):
    page.set_viewport_size({"width": 800, "height": 1000})
    panel = page.locator(".gl-convergence").first
    expect(panel).to_have_attribute("data-size", "phone")
    eventually(lambda: not scrolls_sideways(panel), "it does not scroll sideways")
    shoot(page, shots, "narrow")


def test_the_browser_had_no_complaints(page, complaints):
    assert complaints == []
