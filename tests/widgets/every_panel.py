"""A notebook that shows every panel, linked, and a browser that looks at it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

from tests.waiting import PATIENCE, be_patient, eventually
from tests.widgets.jupyterlab import jupyterlab

START = 4000 * PATIENCE  # ms; until a kernel has started, has imported PyTorch and has run all cells

_IDLE = {"lab": "text=| Idle", "notebook": ".jp-Notebook-ExecutionIndicator[data-status=idle]"}
_SPLASH = "#jupyterlab-splash"  # lies over the page while JupyterLab starts, and while it changes its theme

OPENING = """import torch
import grafx_lab as gl
from grafx_lab.processors import ParametricEqualizer
from grafx_lab.widgets import ABPlayer, ConvergencePanel, GraphPanel, LandscapePanel, ParameterPanel, ResponsePanel

torch.set_num_threads(1)
tone = ParametricEqualizer(num_filters=4, sample_rate=8000)
patch = gl.Patch.chain({"tone": tone, "shape": "waveshaper", "trim": "stereo_gain"}, sample_rate=8000)
truth = {"trim.log_gain": -6.0, "tone.log_gain[1]": 8.0}
source = 0.2 * torch.randn(1, 4000, generator=torch.Generator().manual_seed(0))
target = patch.with_controls(truth).render(source)
controls = ParameterPanel(patch, source, target, truth=truth)
controls"""

CELLS = {
    "parameters": OPENING,
    "response": "ResponsePanel(controls)",
    "player": "ABPlayer(controls, seed=4)",
    "landscape": "LandscapePanel(controls, ('trim.log_gain[0]', 'tone.log_gain[1]'), resolution=5)",
    "convergence": "ConvergencePanel(controls)",
    "graph": "GraphPanel(controls)",
}
"""By the name of the panel that the cell shows."""


def write_notebook(path: Path, cells: list[str]) -> Path:
    """A notebook of code cells."""
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel), path)
    return path


def panel_of(page: Page, name: str) -> Locator:
    return page.locator(f".gl-{name}").first


def _open(page: Page, address: str, idle: Locator) -> None:
    """Open a notebook and wait for its kernel; a page that missed its start finds it when it is reloaded."""
    page.goto(address)
    try:
        expect(idle).to_be_attached(timeout=START / 8)
    except AssertionError:
        page.reload()
        expect(idle).to_be_attached(timeout=START)


@contextmanager
def notebook_page(
    browser: Browser, notebook: Path, folder: Path, complaints: list[str], interface: str = "lab", height: int = 1000
) -> Iterator[Page]:
    """A copy of a notebook, not run yet, in JupyterLab or (``"notebook"``) Notebook 7."""
    (folder / interface).mkdir()
    with jupyterlab(notebook, folder / interface, interface=interface) as address:
        page = browser.new_page(viewport={"width": 1280, "height": height})
        be_patient(page)
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            _open(page, address, page.locator(_IDLE[interface]).first)
            expect(page.locator(_SPLASH)).to_have_count(0)
            yield page
        finally:
            page.close()


@contextmanager
def opened(
    browser: Browser, folder: Path, cells: list[str], complaints: list[str], interface: str = "lab", height: int = 1000
) -> Iterator[Page]:
    """The same with a notebook of these cells."""
    notebook = write_notebook(folder / "panels.ipynb", cells)
    with notebook_page(browser, notebook, folder, complaints, interface, height) as page:
        yield page


@contextmanager
def shown(
    browser: Browser, folder: Path, cells: list[str], complaints: list[str], interface: str = "lab", height: int = 1000
) -> Iterator[Page]:
    """The same with all cells run, one after the other."""
    with opened(browser, folder, cells, complaints, interface, height) as page:
        run_all_cells(page)
        last = page.locator(".jp-CodeCell").nth(len(cells) - 1)
        expect(last.locator(".jp-OutputArea-output").first).to_be_attached(timeout=START)
        yield page


def run_all_cells(page: Page) -> None:
    """Run them from the menu; a page that is still being set up may let that pass, and is told again."""
    eventually(lambda: _told_to_run(page), "the cells run", page=page)


def _told_to_run(page: Page) -> bool:
    for name in ("Run", "Run All Cells"):
        page.get_by_role("menuitem", name=name, exact=True).click()
    try:
        expect(page.locator(".jp-CodeCell .jp-InputPrompt").first).not_to_have_text("[ ]:", timeout=START / 40)
    except AssertionError:
        return False
    return True


def run_cell(page: Page, number: int) -> None:
    page.locator(".jp-CodeCell .cm-content").nth(number).click()
    page.keyboard.press("Control+Enter")


def use_theme(page: Page, name: str) -> None:
    """Switch JupyterLab to its ``"Light"`` or ``"Dark"`` theme, and wait until it shows it."""
    page.locator(".jp-CodeCell .cm-content").first.click()  # panels keep their keys, this one too
    page.keyboard.press("Control+Shift+C")  # the command palette
    expect(page.locator(".jp-ModalCommandPalette input")).to_be_focused()
    page.keyboard.type(f"Use Theme: JupyterLab {name}")
    expect(page.locator(".jp-ModalCommandPalette .lm-mod-active")).to_have_text(re.compile(rf"JupyterLab {name}$"))
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(name == "Light").lower())
    expect(page.locator(_SPLASH)).to_have_count(0)
