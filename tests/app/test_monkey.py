"""After everything that a monkey can do, the screen and the sound are still the patch's."""

import json
from functools import partial

import pytest

from grafx_lab.audio import read_audio, write_audio
from grafx_lab.patch import Patch
from grafx_lab.resources import clip
from tests.app.laboratory import Laboratory, eventually
from tests.app.monkey import Monkey

pytestmark = pytest.mark.browser

ACTIONS = 300
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
    for _ in range(ACTIONS):
        monkey.act()
    take_picture(laboratory.page, "after_the_monkey")
    # What is not there at the moment cannot be acted on; a slow machine shows things later.
    assert sum(monkey.done.values()) > 0.6 * ACTIONS, monkey.done
    _calm(laboratory)
    eventually(laboratory.shows_its_patch, "the drawing is the patch")
    _assert_drawn(laboratory, laboratory.patch)
    _make_audible(laboratory)
    laboratory.wait_for_sound()
    laboratory.page.reload()
    laboratory.wait_until_drawn()
    _assert_drawn(laboratory, laboratory.patch)


def _calm(laboratory: Laboratory) -> None:
    """End the fit, close windows, let everything arrive."""
    laboratory.page.keyboard.press("Escape")
    for notice in laboratory.page.locator(".notices button[aria-label=Dismiss]").all()[::-1]:
        notice.click()
    if laboratory.page.locator(".fit[data-running=true]").count():
        laboratory.part("fit").click()
    laboratory.wait_for_fit()
    assert laboratory.session.wait()


def _assert_drawn(laboratory: Laboratory, patch: Patch) -> None:
    document = json.loads(patch.to_json())
    centres = laboratory.drawn_centres()
    for node in document["nodes"]:
        if node["position"]:
            width, height = SIZES.get(node["type"] if isinstance(node["type"], str) else "", CARD)
            x, y = node["position"]
            assert centres[node["name"]] == pytest.approx((x + width / 2, y + height / 2), abs=2), node["name"]
    shown = laboratory.session.changes({})[0]["patch"]
    laboratory.page.get_by_role("button", name="Fit view").click()
    laboratory.page.wait_for_timeout(400)
    for node in shown["nodes"]:
        texts = {control["path"]: control["text"] for group in node["groups"] for control in group["controls"]}
        for path, text in laboratory.drawn_controls(node["name"]).items():
            assert text == texts[path], path


def _make_audible(laboratory: Laboratory) -> None:
    """Undo what keeps the patch from being rendered; a patch that cannot sound has no fitted track."""
    while laboratory.session.changes({})[0]["patch"]["errors"]:
        assert laboratory.part("listen-fitted").is_disabled()
        shown = laboratory.session.changes({})[0]["patch"]["revision"]
        laboratory.part("undo").click()
        eventually(partial(_is_newer, laboratory, shown), "undo goes back")
    eventually(laboratory.shows_its_patch, "the drawing is the patch")


def _is_newer(laboratory: Laboratory, revision: int) -> bool:
    return laboratory.session.changes({})[0]["patch"]["revision"] > revision
