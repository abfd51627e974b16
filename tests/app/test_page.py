"""The app in Chromium, as a person uses it."""

import json
import re

import pytest
from playwright.sync_api import expect

from grafx_lab.audio import read_audio
from grafx_lab.patch import Patch
from tests.waiting import eventually

pytestmark = pytest.mark.browser


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
