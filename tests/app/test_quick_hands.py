"""What a first-time user does at once: press quickly, type half a word, choose other recordings, watch a fit end."""

from itertools import pairwise

import networkx as nx
import pytest
from playwright.sync_api import expect

from grafx_lab.audio import Audio, write_audio
from tests.app.laboratory import wires_of
from tests.waiting import eventually

pytestmark = pytest.mark.browser

_PLACES = """() => [...document.querySelectorAll(".ply, .crv, .lane, [data-testid=fit]")].map((part) => {
  const { x, y, width, height } = part.getBoundingClientRect();
  return [part.dataset.role ?? part.dataset.testid, ...[x, y, width, height].map(Math.round)];
})"""

_END_OF_THE_LOSS = """() => {
  const plot = document.querySelector("[data-testid=loss-plot] svg");
  const place = (part) => { const box = part.getBoundingClientRect(); return box.x + box.width / 2; };
  const tick = [...plot.querySelectorAll("text")].findLast((text) => /^[0-9]+$/.test(text.textContent));
  return { step: Number(tick.textContent), off: place(plot.querySelector("circle")) - place(tick) };
}"""


def test_processors_that_are_added_in_quick_succession_all_stand_in_line(laboratory):
    names = list(laboratory.patch.names)
    search = laboratory.page.get_by_label("Find a processor")
    for wanted in ("limiter", "phaser", "stereo_gain", "low_shelf"):
        search.fill(wanted)
        search.press("Enter")
    eventually(lambda: len(laboratory.patch.names) == len(names) + 4, "all of them have arrived")
    graph = laboratory.patch.graph
    line = [graph.display(node) for node in nx.topological_sort(graph)]
    assert line == [*names[:-1], "limiter", "phaser", "stereo_gain", "low_shelf", "out"]
    eventually(laboratory.shows_its_patch, "they are drawn")


def test_enter_adds_what_begins_with_the_word_or_is_named_most_like_it(laboratory):
    search = laboratory.page.get_by_label("Find a processor")
    for wanted, type_name in (("comp", "compressor"), ("delay", "feedback_delay"), ("tanh", "tanh_distortion")):
        search.fill(wanted)
        search.press("Enter")
        eventually(lambda name=type_name: name in laboratory.patch.names, f"{wanted} has added {type_name}")


def test_a_node_is_duplicated_behind_itself_as_it_stands_and_its_copy_at_once(laboratory):
    page, original = laboratory.page, next(iter(laboratory.patch.raw))
    copies = [original, f"{original}_2", f"{original}_3"]
    laboratory.select(original)
    laboratory.part("bypass").click()
    eventually(lambda: original in laboratory.patch.bypassed, "it is bypassed")
    for node, copy in pairwise(copies):
        page.locator(f".react-flow__node[data-id={node}]").focus()
        page.keyboard.press("Control+d")
        expect(page.locator(f".react-flow__node[data-id={copy}]")).to_be_focused()
    patch = laboratory.patch
    assert set(copies) <= patch.bypassed
    assert {f"{node}.main>{copy}.main" for node, copy in pairwise(copies)} <= wires_of(patch)
    eventually(laboratory.shows_its_patch, "they are drawn")


def test_the_end_of_a_fit_moves_nothing(laboratory):
    page = laboratory.page
    laboratory.start_fit(steps=100_000, start="patch")
    eventually(lambda: laboratory.fit["step"] >= 1, "a step has been made")
    expect(page.locator(".lane[data-role=step]")).to_be_visible()
    running = page.evaluate(_PLACES)
    laboratory.part("fit").click()
    laboratory.wait_for_fit()
    expect(laboratory.part("fit-words")).to_contain_text("Stopped at step")
    assert page.evaluate(_PLACES) == running


def test_the_loss_is_drawn_up_to_the_step_it_belongs_to(laboratory):
    laboratory.start_fit(steps=4, start="patch")
    laboratory.wait_for_fit()
    end = laboratory.page.evaluate(_END_OF_THE_LOSS)
    assert end["step"] == 4
    assert abs(end["off"]) < 1


def test_after_a_new_source_one_listens_to_the_fitted_sound_again(laboratory, tmp_path):
    fitted = laboratory.part("listen-fitted")
    laboratory.wait_for_sound()
    fitted.click()
    half = laboratory.source.data[..., : laboratory.source.data.shape[-1] // 2]
    write_audio(tmp_path / "half.wav", Audio(half, laboratory.source.sample_rate))
    laboratory.part("source-name").click()
    laboratory.part("file-source").set_input_files(tmp_path / "half.wav")
    expect(laboratory.part("source-name")).to_have_text("half")
    expect(fitted).to_be_enabled()
    expect(fitted).to_have_attribute("aria-pressed", "true")


def test_a_long_name_of_one_recording_leaves_room_for_the_other(laboratory, tmp_path):
    write_audio(tmp_path / f"{'a very long name ' * 10}.wav", laboratory.source)
    laboratory.part("source-name").click()
    laboratory.part("file-source").set_input_files(tmp_path / f"{'a very long name ' * 10}.wav")
    expect(laboratory.part("source-name")).to_contain_text("very long")
    for role, whole in (("source", False), ("target", True)):
        name = laboratory.part(f"{role}-name")
        assert name.evaluate("(part) => part.scrollWidth <= part.clientWidth") == whole
