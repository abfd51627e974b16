"""After everything that a monkey can do, the screen and the sound are still the patch's."""

import json

import pytest
from playwright.sync_api import expect

from grafx_lab.audio import read_audio, write_audio
from grafx_lab.patch import Patch
from grafx_lab.resources import clip
from tests.app.laboratory import Laboratory
from tests.app.monkey import Monkey
from tests.waiting import PATIENCE, eventually

pytestmark = pytest.mark.browser

ACTIONS = 300
DEEDS = 180
"""What is not there yet cannot be acted on, and a slow machine is late: the monkey goes on until so much is done."""

LAST_WORD = "After the monkey"
SIZES = {"in": (52, 32), "out": (52, 32), "mix": (38, 38)}
CARD = (148, 104)


@pytest.fixture
def files(tmp_path):
    audio = read_audio(clip("loop_tabla").path)
    write_audio(tmp_path / "short.wav", audio.crop(audio.sample_rate // 2))
    Patch.chain(["parametric_equalizer", "stereo_gain"]).save(tmp_path / "patch.json")
    return tmp_path


def test_the_drawing_and_the_sound_survive_a_monkey(laboratory, files, take_picture):
    monkey = Monkey(laboratory, seed=2, files=files)
    for role in ("source", "target"):
        laboratory.part(f"{role}-name").click()
        laboratory.part(f"file-{role}").set_input_files(files / "short.wav")
    for action in range(5 * ACTIONS):
        if action >= ACTIONS and monkey.done.total() >= DEEDS:
            break
        monkey.act()
    take_picture(laboratory.page, "after_the_monkey")
    assert monkey.done.total() >= DEEDS, monkey.done
    _calm(laboratory)
    eventually(laboratory.shows_its_patch, "the drawing is the patch")
    _assert_drawn(laboratory, laboratory.patch)
    _make_audible(laboratory)
    laboratory.wait_for_sound()
    laboratory.page.reload()
    laboratory.wait_until_drawn()
    _assert_drawn(laboratory, laboratory.patch)


def _calm(laboratory: Laboratory) -> None:
    """Close windows, let everything arrive, end the fit."""
    laboratory.page.keyboard.press("Escape")
    dismiss = "(buttons) => buttons.forEach((button) => button.click())"
    laboratory.page.locator(".notices button[aria-label=Dismiss]").evaluate_all(dismiss)
    title = laboratory.part("title")
    title.fill(LAST_WORD)
    title.press("Enter")
    eventually(lambda: laboratory.patch.title == LAST_WORD, "Python has got this, and all that was done before it")
    laboratory.session.call("stop", {})
    laboratory.wait_for_fit()
    assert laboratory.session.wait(PATIENCE)


def _assert_drawn(laboratory: Laboratory, patch: Patch) -> None:
    document = json.loads(patch.to_json())
    laboratory.wait_until_at_rest()
    centres = laboratory.drawn_centres()
    for node in document["nodes"]:
        if node["position"]:
            width, height = SIZES.get(node["type"] if isinstance(node["type"], str) else "", CARD)
            x, y = node["position"]
            assert centres[node["name"]] == pytest.approx((x + width / 2, y + height / 2), abs=2), node["name"]
    shown = laboratory.session.board.get("patch")
    laboratory.page.get_by_role("button", name="Fit view").click()
    laboratory.wait_until_at_rest()
    for node in shown["nodes"]:
        texts = {control["path"]: control["text"] for group in node["groups"] for control in group["controls"]}
        for path, text in laboratory.drawn_controls(node["name"]).items():
            assert text == texts[path], path


def _make_audible(laboratory: Laboratory) -> None:
    """Undo what keeps the patch from being rendered; a patch that cannot sound has no fitted track.

    Some can be drawn and still refuse a source: one that takes mono only, say, behind a stereo recording.
    """
    while not _sounds(laboratory):
        expect(laboratory.part("listen-fitted")).to_be_disabled()
        before = laboratory.patch
        laboratory.part("undo").click()
        eventually(lambda before=before: laboratory.patch is not before, "undo goes back")
    eventually(laboratory.shows_its_patch, "the drawing is the patch")


def _sounds(laboratory: Laboratory) -> bool:
    assert laboratory.session.wait(PATIENCE)
    return laboratory.session.changes({})[0]["audio"]["fitted"] is not None
