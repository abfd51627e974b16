"""Convergence and graph in a real JupyterLab: compared, explained, saved as a film, pruned in sight."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.moments import keep_texts, kept_texts, scrolls_sideways
from tests.waiting import be_patient, eventually
from tests.widgets.every_panel import shown, use_theme

pytestmark = pytest.mark.browser

CELLS = [
    """import torch
import grafx_lab as gl
from grafx_lab.fitting import Objective
from grafx_lab.processors import ParametricEqualizer
from grafx_lab.widgets import ConvergencePanel, GraphPanel

torch.set_num_threads(1)
def tone():
    return ParametricEqualizer(num_filters=2, sample_rate=8000)
patch = gl.Patch.chain({"tone": tone(), "idle": tone(), "trim": "stereo_gain"}, sample_rate=8000, title="Three nodes")
truth = {"trim.log_gain": -6.0, "tone.log_gain[1]": 8.0}
source = 0.2 * torch.randn(1, 2400, generator=torch.Generator().manual_seed(0))
target = patch.with_controls(truth).render(source)
panel = ConvergencePanel(Objective(patch, source, target), truth=truth, steps=60)
panel""",
    """EQ = "parametric_equalizer(num_filters=2, name='{}')"
both = gl.Patch.from_expression(
    f"({EQ.format('low')} | {EQ.format('high')}) >> tanh_distortion(name='soft') >> stereo_gain(name='trim')",
    sample_rate=8000,
).with_controls({"soft.log_pre_gain": -20.0})
graph = GraphPanel(both, source, both.with_controls({"low.log_gain[0]": 9.0}).render(source))
graph""",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory, complaints, browser):
    """A notebook with both panels."""
    with shown(browser, tmp_path_factory.mktemp("fit"), CELLS, complaints, height=1300) as page:
        expect(page.locator(".gl-graph .react-flow__node")).to_have_count(6)
        expect(part(page, "main")).to_have_text("Fit again")
        yield page


def part(page: Page, testid: str, panel: str = "convergence") -> Locator:
    return page.locator(f".gl-{panel}").get_by_test_id(testid)


def shoot(page: Page, shots: Path, name: str) -> None:
    for name_of_panel in ("convergence", "graph"):
        panel = page.locator(f".gl-{name_of_panel}")
        eventually(lambda panel=panel: not scrolls_sideways(panel), "it does not scroll sideways")
        panel.screenshot(path=shots / f"fit_{name_of_panel}_{name}.png")


def test_a_fit_ends_with_a_diagnosis_that_opens_by_keyboard(page):
    diagnosis = part(page, "diagnosis")
    expect(diagnosis).to_contain_text("findings")
    diagnosis.focus()
    assert diagnosis.get_attribute("data-lm-suppress-shortcuts") == "true"
    page.keyboard.press("Enter")
    expect(page.locator(".gl-convergence .diagnosis li").first).to_be_visible()
    expect(page.locator(".gl-convergence .diagnosis")).to_contain_text("trim contributes")


def test_the_spectrum_lies_over_that_of_the_target(page):
    curve = page.locator(".gl-convergence .response [data-role=fitted]")
    wave = curve.get_attribute("d")
    page.get_by_role("button", name="Spectrum", exact=True).click()
    expect(page.locator(".gl-convergence .response svg[aria-label^='Mean spectrum']")).to_be_attached()
    expect(curve).not_to_have_attribute("d", wave or "")
    expect(page.locator(".gl-convergence .response [data-role=target]")).to_be_attached()


def test_an_earlier_fit_stays_and_is_compared_by_keyboard_alone(page):
    part(page, "main").click()
    expect(part(page, "run")).to_have_count(1)  # from when the second one begins
    expect(part(page, "main")).to_have_text("Fit again")
    more, cells = part(page, "more"), page.locator(".jp-Cell").count()
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Compare and save")).to_be_visible()
    expect(page.get_by_role("button", name="Fit 1")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(part(page, "compared")).to_contain_text("Fit 1: Multi-resolution STFT, adam, rate 0.01, 60 steps; best")
    expect(page.locator(".gl-convergence .earlier.chosen")).to_have_count(1)
    assert page.locator(".jp-Cell").count() == cells
    part(page, "take-run").click()
    expect(part(page, "take-run")).to_have_text("Fit 1 is in place")
    expect(part(page, "hear-fitted")).to_contain_text("of fit 1")


def test_a_page_is_made_downloaded_and_plays_without_python_and_network(page, browser, tmp_path):
    part(page, "more").click()
    expect(part(page, "no-mp4").or_(part(page, "export-mp4"))).to_be_visible()
    part(page, "export-html").click()
    expect(part(page, "film-words")).to_contain_text("convergence.html is ready")
    with page.expect_download() as download:
        part(page, "save-film").click()
    assert download.value.suggested_filename == "convergence.html"
    path = tmp_path / "film.html"
    download.value.save_as(path)
    alone = browser.new_context(offline=True, reduced_motion="no-preference").new_page()
    be_patient(alone)
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(path.as_uri())
    first = alone.locator("img").get_attribute("src")
    alone.wait_for_function("first => document.querySelector('img').src !== first", arg=first)
    alone.get_by_role("button", name="Pause").click()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    alone.context.close()


def test_a_gif_is_whole_and_a_cancelled_one_leaves_nothing(page, tmp_path):
    part(page, "more").click()
    part(page, "export-gif").click()
    part(page, "cancel-film").click()
    expect(part(page, "film")).to_be_hidden()
    part(page, "more").click()
    part(page, "export-gif").click()
    expect(part(page, "film-words")).to_contain_text("convergence.gif is ready")
    with page.expect_download() as download:
        part(page, "save-film").click()
    download.value.save_as(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 60


def test_wires_carry_their_levels_and_the_order_is_shown_on_request(page):
    level = part(page, "level in low", "graph")
    expect(level).to_have_text(re.compile(r"−1[34]\.\d dB"))
    expect(level).to_have_attribute("aria-label", re.compile(r"Level from in to low: −1[34]\.\d dB, peak −\d\.\d dB"))
    graph = page.locator(".gl-graph")
    show = graph.get_by_role("button", name="Show", exact=True)
    show.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(part(page, "show-order", "graph")).to_be_checked()
    expect(graph.get_by_role("region", name="Render order").locator("li")).to_have_count(5)
    expect(graph.get_by_role("region", name="Render order")).to_contain_text("low, high2 in one call")
    expect(graph.get_by_role("img", name="Call 2, together with high", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(part(page, "show-order", "graph")).to_have_count(0)
    expect(show).to_be_focused()


def test_light_and_dark_and_narrow_have_screenshots(page, shots):
    shoot(page, shots, "light")
    use_theme(page, "Dark")
    for panel in ("convergence", "graph"):
        expect(page.locator(f".gl-{panel}")).to_have_attribute("data-theme", "dark")
    shoot(page, shots, "dark")
    page.set_viewport_size({"width": 800, "height": 1300})
    for panel in ("convergence", "graph"):
        expect(page.locator(f".gl-{panel}")).to_have_attribute("data-size", "phone")
    shoot(page, shots, "narrow_dark")
    page.set_viewport_size({"width": 1280, "height": 1300})
    use_theme(page, "Light")


def test_pruning_is_seen_as_it_happens(page, shots):
    graph = page.locator(".gl-graph")
    keep_texts(graph, "[data-testid=prune], .words, [data-id=trim] .ge-readouts")
    part(page, "prune", "graph").click()
    eventually(lambda: "Stop" in kept_texts(graph), "pruning can be stopped")
    graph.screenshot(path=shots / "fit_graph_pruning_light.png")
    expect(graph.locator(".react-flow__node[data-id=trim]")).to_have_count(0)
    shown = kept_texts(graph)
    assert any(re.fullmatch(r"wet\d+ %", text) for text in shown), shown
    assert any("drawn to dry" in text for text in shown), shown
    expect(graph.locator(".words")).to_contain_text("Taken out, since the target does without: trim")
    expect(part(page, "prune", "graph")).to_have_text("Fit and prune")
    graph.get_by_role("button", name="Undo", exact=True).click()
    expect(graph.locator(".react-flow__node[data-id=trim]")).to_have_count(1)


def test_the_browser_had_no_complaints(page, complaints):
    assert complaints == []
