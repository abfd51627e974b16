"""explore() in a real JupyterLab: dragged, fitted, walked through, drawn from both sides, in light and dark."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.moments import scrolls_sideways
from tests.waiting import eventually
from tests.widgets.every_panel import opened, run_cell, use_theme

pytestmark = pytest.mark.browser

CELLS = [
    """import torch
import grafx_lab as gl
from grafx_lab.processors import ParametricEqualizer

torch.set_num_threads(1)
tone = ParametricEqualizer(num_filters=4, sample_rate=8000)
patch = gl.Patch.chain({"tone": tone, "trim": "stereo_gain"}, sample_rate=8000, title="Two nodes")
truth = {"trim.log_gain": -6.0, "tone.log_gain[1]": 8.0}
source = 0.2 * torch.randn(1, 2400, generator=torch.Generator().manual_seed(0))
target = patch.with_controls(truth).render(source)
lab = gl.explore(patch, source, target, truth=truth, axes=("trim.log_gain[0]", "tone.log_gain[1]"))
lab""",
    "lab.patch = gl.Patch.chain(['stereo_gain', 'tanh_distortion'], sample_rate=8000)",
    "print('drawn:', *lab.patch.names)",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory, complaints, browser):
    """A notebook whose first cell has been run."""
    with opened(browser, tmp_path_factory.mktemp("explore"), CELLS, complaints, height=1400) as page:
        run_cell(page, 0)
        expect(page.locator(".gl-explore")).to_be_visible()
        expect(part(page, "plane")).to_be_visible()
        yield page


def part(page: Page, testid: str) -> Locator:
    return page.locator(".gl-explore").get_by_test_id(testid)


def drag(page: Page, target: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place of an element to another, both as shares of its size."""
    target.hover(trial=True)  # on the screen, and at rest
    box = target.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)
    page.mouse.up()


def place_of(page: Page) -> list[float]:
    """Pixels across and down to the point."""
    return part(page, "point").evaluate("({ attributes: { cx, cy } }) => [Number(cx.value), Number(cy.value)]")


def test_a_dragged_slider_moves_the_point_and_bends_the_response(page):
    page.locator(".gl-explore .react-flow__node[data-id=tone]").click()
    page.get_by_role("button", name="Band 1", exact=True).click()
    curve = page.locator(".gl-explore .response [data-role=fitted]")
    before, (_, height) = curve.get_attribute("d"), place_of(page)
    drag(page, part(page, "rail tone.log_gain[1]"), (0.5, 0.5), (0.8, 0.5))
    expect(part(page, "value tone.log_gain[1]")).not_to_have_value("0.0 dB")
    expect(curve).not_to_have_attribute("d", before or "")
    eventually(lambda: place_of(page)[1] < height, "the point has followed the slider")


def test_the_dragged_point_moves_both_sliders_and_says_where_it_is(page):
    drag(page, part(page, "plane"), (0.5, 0.5), (0.4, 0.85))
    expect(part(page, "rail tone.log_gain[1]")).to_have_attribute("aria-valuenow", re.compile(r"0\.1[3-7]"))
    expect(page.locator(".gl-explore .landscape-block").get_by_test_id("words")).to_contain_text("Descent pushes")
    expect(part(page, "push")).to_be_attached()


def test_keys_move_the_point_and_stay_in_the_panel(page):
    point, plane, cells = part(page, "point"), part(page, "plane"), page.locator(".jp-Cell").count()
    plane.focus()
    assert plane.get_attribute("data-lm-suppress-shortcuts") == "true"
    expect(point).to_be_attached()
    start = pytest.approx(place_of(page), abs=0.01)
    left, low = place_of(page)
    for key in ("x", "d", "d", "ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    across, up = place_of(page)
    assert across > left
    assert up < low
    # Presses in quick succession are one entry; a busy machine may part them, into three at most.
    for _ in range(3):
        before = pytest.approx(place_of(page), abs=0.01)
        page.keyboard.press("Control+z")
        eventually(lambda before=before: place_of(page) != before, "undo has moved the point")
        if place_of(page) == start:
            break
    assert place_of(page) == start
    assert page.locator(".jp-Cell").count() == cells


def test_the_landscape_is_turned_and_raced_on_by_keys_that_stay_in_the_panel(page):
    cells = page.locator(".jp-Cell").count()
    page.locator(".gl-explore").get_by_role("button", name="3-D").focus()
    page.keyboard.press("Enter")
    relief = part(page, "relief")
    relief.focus()
    assert relief.get_attribute("data-lm-suppress-shortcuts") == "true"
    turn = relief.get_attribute("data-turn")
    for key in ("x", "d", "d", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(relief).not_to_have_attribute("data-turn", turn or "")
    part(page, "race").focus()
    page.keyboard.press("Enter")
    expect(part(page, "race-words")).to_contain_text("From")
    for key in ("x", "d", "d"):
        page.keyboard.press(key)
    page.locator(".gl-explore").get_by_role("button", name="Map").click()
    expect(part(page, "trail")).to_have_count(3)
    part(page, "race-end").click()
    expect(part(page, "race-strip")).to_be_hidden()
    assert page.locator(".jp-Cell").count() == cells


def test_a_fit_is_stopped_and_its_steps_are_walked_through(page):
    main, place = part(page, "main"), part(page, "fit-step")
    part(page, "steps").fill("5000")
    main.click()
    expect(main).to_have_text("Pause")
    expect(place).to_have_text(re.compile(r"step [1-9]\d* of 5000"))
    main.click()
    expect(main).to_have_text("Play")
    part(page, "stop").click()
    expect(main).to_have_text("Fit")
    expect(part(page, "way")).to_be_attached()
    rail = part(page, "step-rail")
    rail.focus()
    page.keyboard.press("Home")
    expect(place).to_have_text("step 0 of 5000")
    expect(part(page, "lane-fitted")).to_contain_text("step 0")
    replay = part(page, "replay")
    before = replay.bounding_box()
    replay.click()
    expect(place).not_to_have_text("step 0 of 5000")
    assert replay.bounding_box() == before, "the words of a step and its number move no button"


def test_light_dark_and_narrow_are_drawn(page, shots):
    panel = page.locator(".gl-explore")
    expect(panel).to_have_attribute("data-theme", "light")
    panel.screenshot(path=shots / "explore_light_1280.png")
    use_theme(page, "Dark")
    expect(panel).to_have_attribute("data-theme", "dark")
    panel.screenshot(path=shots / "explore_dark_1280.png")
    page.set_viewport_size({"width": 800, "height": 1400})
    expect(panel).to_have_attribute("data-size", "phone")
    eventually(lambda: not scrolls_sideways(panel), "it does not scroll sideways")
    panel.screenshot(path=shots / "explore_dark_800.png")
    page.set_viewport_size({"width": 1280, "height": 1400})


def test_python_draws_and_what_is_drawn_is_python(page):
    run_cell(page, 1)
    nodes = page.locator(".gl-explore .react-flow__node")
    expect(nodes).to_have_count(4)
    page.locator(".gl-explore .react-flow__node[data-id=tanh_distortion]").click()
    page.keyboard.press("Delete")
    expect(nodes).to_have_count(3)
    run_cell(page, 2)
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text("drawn: in stereo_gain out")


def test_the_browser_had_no_complaints(page, complaints):
    assert complaints == []
