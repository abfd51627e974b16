"""Every panel in a real JupyterLab, for people without a mouse and without a screen: rules, names, keys alone."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import committed, roles_and_names, violations
from tests.browser.moments import scrolls_sideways
from tests.waiting import eventually
from tests.widgets.every_panel import CELLS, panel_of, shown, use_theme

pytestmark = pytest.mark.browser

SNAPSHOTS = Path(__file__).parent / "snapshots"
MOST_TABS = 60


@pytest.fixture(scope="module")
def page(tmp_path_factory, complaints, browser):
    """All panels, on one session."""
    with shown(browser, tmp_path_factory.mktemp("panels"), list(CELLS.values()), complaints) as page:
        panel_of(page, "graph").locator(".react-flow__node").first.wait_for()
        expect(panel_of(page, "landscape").get_by_test_id("point")).to_be_attached()
        expect(panel_of(page, "player").get_by_test_id("matched")).to_be_visible()
        expect(panel_of(page, "parameters").locator(".push")).to_be_visible()  # the arrows are there
        yield page


def part(page: Page, panel: str, testid: str) -> Locator:
    return panel_of(page, panel).get_by_test_id(testid)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, goal: Locator) -> Locator:
    """Go to a part with the Tab key alone, from wherever the focus is before it."""
    expect(goal).to_be_visible()
    expect(goal).to_be_enabled()
    for _ in range(MOST_TABS):
        if goal.evaluate("el => el === document.activeElement"):
            return goal
        page.keyboard.press("Tab")
    raise AssertionError(f"{goal} is not reached by Tab")


def enter(page: Page, panel: str) -> None:
    """Put the focus on the first thing of a panel that takes it."""
    panel_of(page, panel).locator("button:enabled, [tabindex='0'], select, input").first.focus()


def cells(page: Page) -> int:
    return page.locator(".jp-Cell").count()


def test_axe_finds_what_it_is_meant_to_find(page):
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div id=planted><button></button></div>')")
    found = violations(page.locator("#planted"))
    page.evaluate("document.getElementById('planted').remove()")
    assert [line.split(":")[0] for line in found] == ["button-name"]


@pytest.mark.parametrize("panel", CELLS)
def test_roles_and_names_are_those_that_were_committed(page, panel):
    wanted = committed(roles_and_names(panel_of(page, panel)), SNAPSHOTS / f"{panel}.txt")
    with suppress(AssertionError):  # the difference is worth more than the time that it took
        eventually(lambda: roles_and_names(panel_of(page, panel)) == wanted, "the panel is as it was committed")
    assert roles_and_names(panel_of(page, panel)) == wanted


@pytest.mark.parametrize("panel", CELLS)
def test_a_light_panel_breaks_no_serious_rule(page, panel):
    expect(panel_of(page, panel)).to_have_attribute("data-theme", "light")
    assert violations(panel_of(page, panel)) == []


def test_controls_are_chosen_drawn_typed_bypassed_and_compared_by_keys(page):
    before = cells(page)
    enter(page, "parameters")
    tab_to(page, panel_of(page, "parameters").locator("[data-node=shape]"))
    press(page, "Enter")
    curve = tab_to(page, part(page, "parameters", "curve shape.curve"))
    press(page, "x", "d", "d", "ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowUp")
    expect(curve).to_have_attribute("aria-label", "Curve, entry 3 of 17")
    value = part(page, "parameters", "entry shape.curve")
    expect(curve).to_have_attribute("aria-valuetext", "−0.72")  # −0.75, and 1.1 % of the 3 from end to end
    tab_to(page, value)
    press(page, "Control+a")
    page.keyboard.type("0.5")
    press(page, "Enter")
    expect(curve).to_have_attribute("aria-valuetext", "0.50")
    curve.focus()
    press(page, "Delete")
    expect(curve).to_have_attribute("aria-valuetext", "−0.75")
    enter(page, "parameters")
    bypass = tab_to(page, part(page, "parameters", "bypass"))
    for state in ("true", "false"):
        press(page, "Space")
        expect(bypass).to_have_attribute("aria-pressed", state)
    freeze = tab_to(page, part(page, "parameters", "freeze-node"))
    for state in ("true", "false"):
        press(page, "Space")
        expect(freeze).to_have_attribute("aria-pressed", state)
    enter(page, "parameters")
    other = tab_to(page, panel_of(page, "parameters").locator("[data-slot=B]"))
    press(page, "Enter")
    expect(other).to_have_attribute("aria-pressed", "true")
    assert cells(page) == before


def test_a_picture_is_chosen_by_keys(page):
    before = cells(page)
    enter(page, "response")
    picture = tab_to(page, part(page, "response", "picture"))
    chosen = picture.input_value()
    press(page, "x", "d", "d", "End")
    expect(picture).not_to_have_value(chosen)
    expect(panel_of(page, "response").locator(".cap")).to_contain_text("Spectrogram")
    assert cells(page) == before


def test_sounds_are_compared_sought_and_guessed_by_keys(page):
    before = cells(page)
    enter(page, "player")
    press(page, "x", "d", "d", "3")
    expect(part(page, "player", "listen-target")).to_have_attribute("aria-pressed", "true")
    place = tab_to(page, part(page, "player", "wave-target"))
    press(page, "End")
    expect(place).to_have_attribute("aria-valuetext", re.compile(r"0\.5 of 0\.5 seconds, strongest: .*Hz at .*dB"))
    press(page, "Home")
    tab_to(page, part(page, "player", "blind"))
    press(page, "Enter", "2")
    expect(part(page, "player", "blind-B")).to_have_attribute("aria-pressed", "true")
    blind = panel_of(page, "player").get_by_role("group", name="Blind test")
    assert not re.search("source|fitted|(?<!the )target", blind.aria_snapshot())
    tab_to(page, part(page, "player", "choose-B"))
    press(page, "Enter")
    expect(part(page, "player", "blind-words")).to_contain_text(re.compile(r"Found in [01] of 1 rounds"))
    press(page, "Enter")  # the next round has the focus
    expect(part(page, "player", "blind-words")).to_have_text("")
    tab_to(page, part(page, "player", "blind-end"))
    press(page, "Enter")
    expect(part(page, "player", "listen-target")).to_be_visible()
    assert cells(page) == before


def test_the_point_of_a_landscape_is_moved_by_keys(page):
    before = cells(page)
    enter(page, "landscape")
    point = part(page, "landscape", "point")
    across = float(point.get_attribute("cx") or 0)
    tab_to(page, part(page, "landscape", "plane"))
    press(page, "x", "d", "d", "ArrowRight", "ArrowRight")
    eventually(lambda: float(point.get_attribute("cx") or 0) > across, "the point has gone to the right")
    assert cells(page) == before


def test_a_fit_is_begun_and_walked_through_by_keys(page):
    before = cells(page)
    enter(page, "convergence")
    main = tab_to(page, part(page, "convergence", "main"))
    press(page, "x", "d", "d", "Enter")
    expect(main).to_have_text("Fit again")
    tab_to(page, part(page, "convergence", "step-rail"))
    press(page, "Home")
    expect(part(page, "convergence", "fit-step")).to_contain_text("step 0 of")
    assert cells(page) == before


def test_a_step_of_the_fit_is_heard_beside_the_patch(page):
    field = part(page, "player", "hear-step")
    expect(field).to_be_visible()
    field.focus()
    press(page, "Control+a", "2", "Enter")
    expect(part(page, "player", "listen-step")).to_be_enabled()
    press(page, "Tab", "4")
    expect(part(page, "player", "listen-step")).to_have_attribute("aria-pressed", "true")
    expect(part(page, "player", "lane-step")).to_contain_text("step 2")
    expect(part(page, "player", "lane-fitted")).to_contain_text("step 0")  # the patch stays where it is


def test_a_node_is_taken_away_by_keys(page):
    before = cells(page)
    nodes = panel_of(page, "graph").locator(".react-flow__node")
    expect(nodes).to_have_count(5)
    enter(page, "graph")
    tab_to(page, panel_of(page, "graph").locator(".react-flow__node[data-id=trim]"))
    press(page, "Enter", "Delete")
    expect(nodes).to_have_count(4)
    assert cells(page) == before
    enter(page, "parameters")
    tab_to(page, part(page, "parameters", "undo"))
    press(page, "Enter")
    expect(nodes).to_have_count(5)


@pytest.mark.parametrize("panel", CELLS)
def test_a_dark_panel_breaks_no_serious_rule(page, panel):
    if page.locator("body").get_attribute("data-jp-theme-light") == "true":
        use_theme(page, "Dark")
    expect(panel_of(page, panel)).to_have_attribute("data-theme", "dark")
    assert violations(panel_of(page, panel)) == []


@pytest.mark.parametrize("panel", CELLS)
def test_a_narrow_panel_does_not_scroll_sideways(page, panel, shots):
    page.set_viewport_size({"width": 800, "height": 1000})
    expect(panel_of(page, panel)).to_have_attribute("data-size", "phone")
    eventually(lambda: not scrolls_sideways(panel_of(page, panel)), "it does not scroll sideways")
    panel_of(page, panel).screenshot(path=shots / f"{panel}_dark_800.png")


def test_the_browser_had_no_complaints(page, complaints):
    assert complaints == []
