"""Every notebook runs from top to bottom, and what is committed is what it gives."""

import re

import nbformat
import pytest

from tests.notebooks.execute import NOTEBOOKS, executed

pytestmark = pytest.mark.notebook

LARGEST = 1.5e6  # bytes: what a repository's preview still shows


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def pair(request):
    """A notebook as committed and as executed now."""
    return nbformat.read(request.param, as_version=4), executed(request.param), request.param


def kinds(cell) -> list[tuple[str, ...]]:
    return [tuple(sorted(output.get("data", {output.output_type: None}))) for output in cell.get("outputs", ())]


def test_the_committed_outputs_are_of_the_kinds_that_cells_give(pair):
    committed, fresh, _ = pair
    assert [kinds(cell) for cell in committed.cells] == [kinds(cell) for cell in fresh.cells]


def test_a_saved_page_has_pictures_and_sound_and_fits_a_preview(pair):
    committed, _, path = pair
    outputs = [output for cell in committed.cells for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert any("data:audio/wav;base64," in output.get("data", {}).get("text/html", "") for output in outputs)
    assert path.stat().st_size < LARGEST


def test_no_cell_prints_a_warning(pair):
    _, fresh, _ = pair
    assert [output.text for cell in fresh.cells for output in cell.get("outputs", ()) if "text" in output] == []


def test_committed_words_are_those_of_a_fresh_run(pair):
    committed, fresh, _ = pair

    def said(notebook):
        data = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
        return [item["text/markdown"] for item in data if "text/markdown" in item]

    assert said(committed) == said(fresh)


@pytest.mark.parametrize("pair", [path for path in NOTEBOOKS if path.stem == "01_gain"], indirect=True)
def test_the_three_gains_are_found(pair):
    _, fresh, _ = pair
    table = fresh.cells[-2].outputs[0].data["text/markdown"]
    found = [float(number) for number in re.findall(r"\*\*([\d.]+)\*\*", table)]
    assert found == pytest.approx([0.147, 0.000, 0.140], abs=0.015)
