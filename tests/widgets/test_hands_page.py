"""Hands that are faster than Python: nothing they do is lost, and nothing overtakes what was done before it."""

import pytest
from playwright.sync_api import Page, expect

from grafx_lab.widgets import LandscapePanel, ParameterPanel
from tests.landscapes.place import X, Y, place_objective
from tests.waiting import PATIENCE, eventually
from tests.widgets.gain import PATH, gain_objective
from tests.widgets.panel_page import opened

pytestmark = pytest.mark.browser

RAIL, UNDO, LOCK, PLANE = f"[data-testid='rail {PATH}']", "[data-testid=undo]", f"[data-path='{PATH}'] .fz", ".plane"

AT_ONCE = """(deeds) => deeds.forEach(([selector, key]) => {
  const part = document.querySelector(selector);
  if (key) part.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  else part.click();
})"""
"""Presses and clicks between which Python cannot answer."""


@pytest.fixture
def controls(browser, complaints):
    """Sliders of a gain on a page: (page, panel)."""
    panel = ParameterPanel(gain_objective())
    with opened(browser, panel, complaints) as page:
        expect(page.locator(RAIL)).to_be_visible()
        yield page, panel
    panel.close()


def position(panel: ParameterPanel) -> float:
    """Where Python has the control."""
    _, spec = panel.patch.spec(PATH)
    return spec.to_position(spec.full(panel.patch.control(PATH))).flatten()[0].item()


def expect_position(page: Page, panel: ParameterPanel, wanted: float) -> None:
    arrived = pytest.approx(wanted, abs=1e-5)
    eventually(lambda: position(panel) == arrived, f"Python has the position {wanted}", page=page)


def test_undo_does_not_overtake_the_press_that_it_is_to_take_back(controls):
    page, panel = controls
    page.locator(RAIL).press("End")
    expect(page.locator(UNDO)).to_be_enabled()
    heard = []
    answer = panel.session.call
    panel.session.call = lambda name, *rest: heard.append(name) or answer(name, *rest)
    page.evaluate(AT_ONCE, [[RAIL, "ArrowLeft"], [RAIL, "ArrowLeft"], [RAIL, "Home"], [UNDO, None]])
    eventually(lambda: "undo" in heard, "undo has arrived", page=page)
    assert [name for name in heard if name in ("edit", "undo")] == ["edit", "edit", "undo"]


def test_a_control_that_is_frozen_right_after_a_move_keeps_the_move(controls):
    page, panel = controls
    start = position(panel)
    page.evaluate(AT_ONCE, [[RAIL, "ArrowRight"], [RAIL, "ArrowRight"], [LOCK, None], [RAIL, "ArrowRight"]])
    expect(page.locator(LOCK)).to_have_attribute("aria-pressed", "true")
    expect_position(page, panel, start + 0.03)


def test_an_arrow_after_a_reset_goes_on_from_the_default(controls):
    page, panel = controls
    start = position(panel)
    page.locator(RAIL).press("End")
    expect_position(page, panel, 1.0)
    page.evaluate(AT_ONCE, [[RAIL, "ArrowLeft"], [RAIL, "Delete"], [RAIL, "ArrowRight"]])
    expect_position(page, panel, start + 0.01)


def test_the_point_of_a_landscape_goes_on_from_the_default_too(browser, complaints):
    panel = LandscapePanel(place_objective(lambda x, y: x.square() + y.square()), (X, Y), resolution=5)
    assert panel.wait(PATIENCE)
    with opened(browser, panel, complaints) as page:
        expect(page.get_by_test_id("point")).to_be_attached()
        page.evaluate(AT_ONCE, [[PLANE, key] for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Delete", "ArrowUp")])
        arrived = pytest.approx(0.02, abs=1e-5)
        eventually(lambda: panel.patch.control(Y) == arrived, "it has gone up from the default", page=page)
        assert panel.patch.control(X) == pytest.approx(0.0, abs=1e-5)
    panel.close()


def test_the_browser_had_no_complaints(complaints):
    assert complaints == []
