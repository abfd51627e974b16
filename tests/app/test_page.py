"""The app in Chromium, as a person uses it."""

import json
import re

import pytest
from playwright.sync_api import expect

from grafx_lab.audio import read_audio
from grafx_lab.patch import Patch
from tests.waiting import eventually

pytestmark = pytest.mark.browser

_PLAY_WHEN_THE_FIT_IS_OVER = """() => {
  const [bar, player] = [document.querySelector(".fit"), document.querySelector("[data-testid=player]").__player];
  const watch = () => {
    if (window.begunWith !== undefined) return;
    if (player.state().playing) {
      const samples = player.buffers().fitted.getChannelData(0);
      window.begunWith = samples.reduce((sum, x) => sum + x * x, 0);
      return;
    }
    requestAnimationFrame(watch);
  };
  new MutationObserver((_, observer) => {
    if (bar.dataset.running === "true") return;
    observer.disconnect();
    document.querySelector("[data-testid=play]").click();
    watch();
  }).observe(bar, { attributes: true });
}"""

_WORDS_ARE_WHOLE = """() => {
  const words = document.querySelector("[data-testid=fit-words]");
  const [own, bar, player] = [words, words.parentElement, document.querySelector("[data-testid=player]")]
    .map((el) => el.getBoundingClientRect());
  const inside = own.left >= bar.left && own.right <= bar.right && own.bottom <= bar.bottom;
  return inside && bar.bottom <= player.top + 1
    && words.scrollHeight <= words.clientHeight + 1 && words.scrollWidth <= words.clientWidth + 1;
}"""
"""Neither cut nor covered."""


def test_a_wire_is_drawn_by_dragging(laboratory):
    laboratory.wire("in", "trim")
    eventually(lambda: "in.main>trim.main" in laboratory.drawn_wires(), "the wire is drawn")
    eventually(laboratory.shows_its_patch, "the patch is drawn")


def test_a_cycle_is_refused_with_pythons_sentence(laboratory):
    before = laboratory.patch
    laboratory.wire("trim", "tone")
    eventually(lambda: "cycle" in laboratory.sentences(), "the refusal is shown")
    assert "tone" in laboratory.sentences()
    assert laboratory.patch is before
    eventually(laboratory.shows_its_patch, "the patch is drawn as before")


def test_a_fit_of_an_example_lowers_the_loss_by_a_third(laboratory, take_picture):
    laboratory.choose_example("warmer_tabla")
    laboratory.start_fit(steps=60)
    eventually(lambda: laboratory.part("fit-step").inner_text().split(" ")[0] not in ("", "0"), "steps are counted")
    take_picture(laboratory.page, "app_light_1440x900_fitting")
    laboratory.wait_for_fit()
    fit = laboratory.fit
    assert fit["status"] == "done"
    assert len(fit["losses"]) == 61
    assert fit["best_loss"] < 2 / 3 * fit["losses"][0]
    eventually(laboratory.shows_its_patch, "the fitted patch is drawn")
    laboratory.wait_for_sound()
    take_picture(laboratory.page, "app_light_1440x900_fitted")


def test_a_fit_looks_for_its_start_unless_it_is_to_begin_at_the_controls(laboratory, take_picture):
    words = laboratory.part("fit-words")
    assert laboratory.part("start").input_value() == "auto"
    laboratory.start_fit(steps=3)
    eventually(lambda: "Looking for a start" in words.inner_text(), "the stage is named")
    assert not laboratory.part("fit-step").is_visible()
    take_picture(laboratory.page, "app_light_1440x900_searching")
    laboratory.wait_for_fit()
    found = laboratory.session.fits.result.history
    assert len(found) == 4
    assert found.losses[0] < 0.5 * found.first_loss
    assert "the automatic start alone came to" in words.inner_text()
    for width in (1440, 1280, 800, 390):
        laboratory.page.set_viewport_size({"width": width, "height": 900})
        eventually(lambda: laboratory.page.evaluate(_WORDS_ARE_WHOLE), f"the ending is whole at {width} pixels")
    laboratory.page.set_viewport_size({"width": 1440, "height": 900})
    laboratory.page.keyboard.press("Escape")
    laboratory.start_fit(steps=3, start="patch")
    laboratory.page.wait_for_selector(".fit[data-running=true]")
    laboratory.wait_for_fit()
    assert not laboratory.session.fits.result.history.searched


def test_play_right_after_a_fit_plays_the_patch_as_it_stands(laboratory):
    laboratory.wait_for_sound()
    before = laboratory.patch
    laboratory.start_fit(steps=12, start="patch")
    laboratory.page.wait_for_selector(".fit[data-running=true]")
    laboratory.page.evaluate(_PLAY_WHEN_THE_FIT_IS_OVER)
    laboratory.wait_for_fit()
    eventually(lambda: laboratory.page.evaluate("window.begunWith") is not None, "the sound has begun")
    begun_with = laboratory.page.evaluate("window.begunWith")
    laboratory.wait_for_sound()
    old, new = (energy_of(laboratory, patch) for patch in (before, laboratory.patch))
    assert begun_with == pytest.approx(new, rel=1e-4)
    assert abs(new - old) > 0.01 * old


def energy_of(laboratory, patch) -> float:
    """The energy of the source through a patch, first channel."""
    return float(patch.render(laboratory.source).data[0].double().square().sum())


def test_levels_and_the_order_of_rendering_are_shown_on_request(laboratory, take_picture):
    laboratory.choose_example("warmer_tabla")
    page, patch = laboratory.page, laboratory.patch
    show = page.get_by_role("button", name="Show", exact=True)
    show.click()
    for testid in ("show-levels", "show-order"):
        page.get_by_test_id(testid).click()
    page.keyboard.press("Escape")
    wires = page.locator(".ge-level")
    expect(wires).to_have_text([re.compile(" dB$")] * len(patch.graph.edges))
    expect(page.locator(".ge-calls li")).to_have_count(len(patch.plan.steps))
    take_picture(page, "app_light_1440x900_levels")
    show.click()
    page.get_by_test_id("show-levels").click()
    expect(wires).to_have_count(0)


def test_stop_keeps_the_best_so_far(laboratory):
    start = laboratory.patch
    laboratory.start_fit(steps=5000)
    eventually(lambda: laboratory.fit["step"] >= 3, "some steps have been made")
    expect(laboratory.part("fit")).to_have_text("Stop")
    laboratory.part("fit").click()
    laboratory.wait_for_fit()
    fit = laboratory.fit
    assert fit["status"] == "stopped"
    assert fit["step"] < 5000
    assert fit["best_loss"] <= fit["losses"][0]
    assert laboratory.patch.to_json() != start.to_json()
    expect(laboratory.part("kept")).to_be_visible()
    laboratory.wait_for_sound()


@pytest.mark.parametrize("role", ["source", "fitted", "target"])
def test_what_is_heard_is_the_recording_at_the_offset_that_is_shown(laboratory, role):
    laboratory.wait_for_sound()
    track = laboratory.session.board.get("audio")[role]
    shown = laboratory.offset_shown(role)
    assert shown == pytest.approx(track["offset_db"], abs=0.051)
    eventually(lambda: laboratory.sounds_like(role, read_audio(track["url"]), shown), "it is heard at that offset")


def test_a_downloaded_patch_can_be_loaded_and_sounds_the_same(laboratory, tmp_path):
    laboratory.select("trim")
    gain = laboratory.page.locator("[data-testid^='value trim.log_gain']").first
    gain.fill("-6")
    gain.press("Enter")
    eventually(lambda: "-6" in str(laboratory.patch.controls()["trim"]["log_gain"]), "the control has moved")
    saved = laboratory.patch
    path = laboratory.download("patch.json", tmp_path)
    assert json.loads(path.read_text()) == json.loads(saved.to_json())
    laboratory.choose_example("pressed_drums")
    laboratory.load(path)
    eventually(lambda: laboratory.patch.to_json() == Patch.load(path).to_json(), "the patch is loaded")
    eventually(laboratory.shows_its_patch, "the loaded patch is drawn")
    laboratory.wait_for_sound()
