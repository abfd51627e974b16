"""The landscape panel in a real browser: walked on by keys, turned, raced on, compared, in light and dark."""

import re

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from grafx_lab.widgets import LandscapePanel
from tests.browser.moments import keep_texts, kept_texts, scrolls_sideways
from tests.landscapes.place import X, Y, place_objective
from tests.waiting import PATIENCE, eventually
from tests.widgets.panel_page import opened

pytestmark = pytest.mark.browser

PAINTED_SHARE = """el => {
  const { data } = el.getContext("2d").getImageData(0, 0, el.width, el.height);
  let painted = 0;
  for (let k = 3; k < data.length; k += 4) painted += data[k] > 0;
  return painted / (data.length / 4);
}"""

BEST, WORSE = (0.42, -0.31), (-0.57, 0.23)


def two_wells(x, y):
    best, worse = ((x - a).square() + (y - b).square() for a, b in (BEST, WORSE))
    return torch.minimum(best, worse + 0.05)


@pytest.fixture(scope="module")
def panel():
    panel = LandscapePanel(
        place_objective(two_wells), (X, Y), truth={X: BEST[0], Y: BEST[1]}, losses=["waveform_l1", "waveform_l2"],
        resolution=21,
    )  # fmt: skip
    assert panel.wait(PATIENCE)
    yield panel
    panel.close()


@pytest.fixture
def page(panel, browser, complaints):
    """The panel; what a test leaves behind is taken away."""
    with opened(browser, panel, complaints) as page:
        expect(page.get_by_test_id("point")).to_be_attached()
        yield page
    for name, args in (("end_race", {}), ("beside", {"losses": []}), ("basins", {"wanted": False})):
        panel.session.call(name, args)
    if [axis["path"] for axis in panel.landscape_slice["axes"]] != [X, Y]:
        panel.session.call("landscape", {"axes": [X, Y]})
    panel.session.call("walk", {"ops": [{"path": path, "op": "reset"} for path in (X, Y)]})
    assert panel.wait(PATIENCE)


def first_lines(parts: Locator) -> list[str]:
    return [text.split("\n")[0] for text in parts.all_inner_texts()]


def expect_control(page: Page, panel: LandscapePanel, path: str, value: float) -> None:
    def arrived() -> bool:
        return panel.patch.control(path) == pytest.approx(value, abs=1e-5)

    eventually(arrived, f"Python has {value} for {path}", page=page)


def turn_of(relief: Locator) -> float:
    return float(relief.get_attribute("data-turn") or "nan")


def pixels_of(heat: Locator) -> str:
    return heat.evaluate("el => el.toDataURL()")


def test_keys_move_the_point_by_a_hundredth_and_python_follows(page, panel):
    page.get_by_test_id("plane").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect_control(page, panel, X, 0.04)
    expect_control(page, panel, Y, 0.022)
    expect(page.get_by_test_id("plane")).to_have_attribute("aria-label", re.compile(r"X 0\.04, Y 0\.02"))
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("plane")).to_have_attribute("aria-label", re.compile(r"X 0\.00, Y 0\.00"))
    expect_control(page, panel, X, 0.0)
    expect_control(page, panel, Y, 0.0)


def test_a_race_runs_to_its_end_and_says_who_arrives_first(page, panel):
    page.get_by_test_id("race").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("race-words")).to_contain_text("arrives first")
    expect(page.get_by_test_id("race-step")).to_have_text("step 100 of 100")
    assert first_lines(page.get_by_test_id(re.compile("^racer "))) == ["Adam", "SGD", "L-BFGS"]
    expect(page.get_by_test_id("trail")).to_have_count(3)
    expect(page.get_by_test_id("racer lbfgs")).to_have_attribute("data-state", "arrived")
    strip = page.get_by_test_id("race-strip")
    keep_texts(strip, "[data-testid=race-step], [data-testid=race-words]")
    page.get_by_test_id("race-replay").click()
    eventually(lambda: {"step 1 of 100", ""} <= set(kept_texts(strip)), "it runs again, and nothing is said meanwhile")
    page.get_by_test_id("race-end").click()
    expect(page.get_by_test_id("race-strip")).to_be_hidden()
    assert panel.patch.control(X) == pytest.approx(0.0)


def test_a_start_is_dropped_by_keys_and_by_hand(page, panel):
    page.get_by_test_id("race").click()
    page.get_by_test_id("race-aim").click()
    expect(page.get_by_test_id("plane")).to_be_focused()
    for key in ("ArrowLeft", "ArrowUp", "Escape"):
        page.keyboard.press(key)
    expect(page.get_by_text("drop the start")).to_have_count(0)
    page.get_by_test_id("race-aim").click()
    for key in ("ArrowLeft", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("race-words")).to_contain_text("From X −0.02 and Y 0.02")
    page.get_by_test_id("race-aim").click()
    box = page.get_by_test_id("plane").bounding_box()
    page.get_by_test_id("plane").click(position={"x": 0.1 * box["width"], "y": 0.3 * box["height"]})
    expect(page.get_by_test_id("race-words")).to_contain_text("nobody reaches the lowest place")
    assert panel.race_slice["start"] == pytest.approx([0.1, 0.7], abs=0.01)
    assert panel.patch.control(X) == pytest.approx(0.0)


def test_reduced_motion_shows_the_end_at_once(panel, browser, complaints):
    with opened(browser, panel, complaints, reduced_motion="reduce") as page:
        page.get_by_test_id("race").click()
        expect(page.get_by_test_id("race-words")).to_contain_text("From X")
        steps = page.evaluate("""() => {
          const seen = new Set(), place = document.querySelector("[data-testid=race-step]");
          document.querySelector("[data-testid=race-replay]").click();
          return new Promise((done) => { const timer = setInterval(() => seen.add(place.textContent), 10);
            setTimeout(() => (clearInterval(timer), done([...seen])), 400); });
        }""")
        assert set(steps) <= {"step 0 of 100", "step 100 of 100"}
    panel.session.call("end_race", {})


def test_the_relief_turns_by_drag_and_by_keys_and_the_point_moves_with_shift(page, panel):
    page.get_by_role("button", name="3-D").click()
    relief = page.get_by_test_id("relief")
    expect(relief).to_be_visible()
    canvas = relief.locator("canvas")
    eventually(lambda: canvas.evaluate(PAINTED_SHARE) > 0.1, "the relief is painted", page=page)
    before = turn_of(relief)
    relief.focus()
    page.keyboard.press("ArrowRight")
    turned = pytest.approx(before + 0.131, abs=0.01)
    eventually(lambda: turn_of(relief) == turned, "it has turned", page=page)
    box = relief.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 60, steps=4)
    page.mouse.up()
    eventually(lambda: turn_of(relief) > before + 0.6, "it has followed the pointer", page=page)
    assert panel.patch.control(X) == pytest.approx(0.0)
    relief.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(relief).to_have_attribute("aria-label", re.compile(r"X 0\.02, Y 0\.00"))


def test_the_point_is_dragged_over_the_relief(page, panel):
    page.get_by_role("button", name="3-D").click()
    expect(page.get_by_test_id("relief")).to_be_visible()
    point = page.get_by_test_id("point").bounding_box()
    x, y = point["x"] + point["width"] / 2, point["y"] + point["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    expect(page.get_by_test_id("relief")).not_to_have_attribute("aria-label", re.compile(r"X 0\.00, Y 0\.00"))
    expect(page.get_by_test_id("relief")).to_have_attribute("data-turn", "-0.620")


def test_losses_stand_side_by_side_and_their_points_move_together(page, panel):
    page.get_by_test_id("landscape-more").focus()
    page.keyboard.press("Enter")
    for name in ("waveform_l1", "waveform_l2"):
        page.get_by_test_id("beside-choice").locator(f"[data-loss={name}]").check()
    page.keyboard.press("Escape")
    faces = page.get_by_test_id("face")
    expect(faces).to_have_count(3)
    names = ["Function", "Waveform L1", "Waveform L2"]
    eventually(lambda: first_lines(faces) == names, "each has its name", page=page)
    heats = page.locator(".heat")
    eventually(lambda: len(set(map(pixels_of, heats.all()))) == 3, "each has its picture", page=page)
    faces.nth(2).get_by_test_id("plane").focus()
    page.keyboard.press("ArrowRight")
    for number in range(3):
        plane = faces.nth(number).get_by_test_id("plane")
        expect(plane).to_have_attribute("aria-label", re.compile(r"X 0\.02, Y 0\.00"))
    expect_control(page, panel, X, 0.02)


def test_basins_are_coloured_and_their_share_is_said(page, panel):
    heat = page.locator(".heat").first
    before = pixels_of(heat)
    page.get_by_role("button", name="Basins").click()
    expect(page.get_by_test_id("basin-words")).to_contain_text("% of this plane leads downhill to the lowest minimum")
    expect(page.get_by_test_id("rim")).to_be_attached()
    expect(page.get_by_test_id("low")).to_have_count(1)
    eventually(lambda: pixels_of(heat) != before, "the basins have other colours", page=page)
    page.get_by_role("button", name="Basins").click()
    expect(page.get_by_test_id("basin-words")).to_be_hidden()
    expect(page.get_by_test_id("rim")).to_have_count(0)


def test_linear_shades_are_other_shades(page):
    heat = page.locator(".heat").first
    before = pixels_of(heat)
    page.get_by_test_id("landscape-more").click()
    page.get_by_test_id("loss-scale").get_by_role("button", name="Linear").click()
    eventually(lambda: pixels_of(heat) != before, "the shades have changed", page=page)


def test_directions_replace_both_axes_and_a_control_brings_them_back(page, panel):
    panel.session.call("walk", {"ops": [{"path": X, "position": 0.8}, {"path": Y, "position": 0.3}]})
    page.get_by_test_id("axis-x").select_option("random")
    expect(page.get_by_test_id("axis-y")).to_be_disabled()
    expect(page.get_by_test_id("plane")).to_have_attribute("aria-label", re.compile("Random direction 1 0.00"))
    page.get_by_test_id("axis-x").select_option(X)
    expect(page.get_by_test_id("land")).to_be_visible()
    page.get_by_test_id("axis-y").select_option(Y)
    expect(page.get_by_test_id("plane")).to_be_visible()


def test_every_button_has_a_name_and_focus_is_seen(page):
    page.get_by_test_id("race").click()
    expect(page.get_by_test_id("race-words")).to_contain_text("From X")  # from now on all buttons stay
    for button in page.locator("#root button:visible, #root select:visible, #root [role=application]").all():
        named = button.get_attribute("aria-label") or button.inner_text()
        assert named.strip(), button
    page.locator("#before").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        focused = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert focused == "solid"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 800), ("dark", 800)])
def test_it_fits_and_is_drawn_in_light_and_dark(panel, browser, complaints, shots, theme, width):
    with opened(browser, panel, complaints, theme=theme, width=width) as page:
        page.get_by_test_id("race").click()
        page.get_by_role("button", name="Basins").click()
        expect(page.get_by_test_id("race-words")).to_contain_text("From X")
        root = page.locator("#root")
        eventually(lambda: not scrolls_sideways(root), "it does not scroll sideways", page=page)
        root.screenshot(path=shots / f"landscape_race_{theme}_{width}.png")
        page.get_by_role("button", name="3-D").click()
        root.screenshot(path=shots / f"landscape_relief_{theme}_{width}.png")


def test_the_browser_had_no_complaints(complaints):
    assert complaints == []
