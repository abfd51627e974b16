"""The components in somebody's own page, and the app below somebody's own server."""

import threading
from collections.abc import Iterator

import fastapi
import gradio as gr
import pytest
import uvicorn
from playwright.sync_api import expect

from grafx_lab.app import ABPlayer, FitView, GraphEditor, build_app, page_settings
from grafx_lab.audio import Audio
from grafx_lab.fitting import History, Layout, Objective, fit_steps, summarise
from grafx_lab.patch import Patch
from grafx_lab.resources import clip
from tests.app.laboratory import Laboratory
from tests.ports import free_port
from tests.waiting import PATIENCE, eventually

pytestmark = pytest.mark.browser

SECONDS = 1.0


def recording() -> Audio:
    from grafx_lab.audio import read_audio

    audio = read_audio(clip("loop_tabla").path)
    return audio.crop(round(SECONDS * audio.sample_rate))


def own_page(asked: threading.Event, released: threading.Event, seen: list[Patch]) -> gr.Blocks:
    """Somebody's page. The slow button sets ``asked`` and waits until it is ``released``; ``seen`` collects what
    ``edit`` hands over."""
    source = recording()

    def shown(patch: Patch) -> str:
        seen.append(patch)
        return " ".join(patch.names)

    def slowly_louder(patch: Patch) -> Patch:
        asked.set()
        released.wait(PATIENCE)
        return patch.with_controls({"stereo_gain.log_gain": 6.0})

    def fit(patch: Patch, event: gr.EventData):
        objective = Objective(patch, source, patch.with_controls({"stereo_gain.log_gain": -6.0}).render(source))
        history = History(patch, Layout(patch))
        for _ in fit_steps(objective, 8, history=history):
            yield history, None
        result = summarise(objective, history, "done")
        yield result, {"source": source, "fitted": result.patch.render(source)}

    with gr.Blocks(analytics_enabled=False) as page:
        editor = GraphEditor(Patch.chain(["stereo_gain"]), elem_id="editor")
        names = gr.Textbox(elem_id="names", label="Nodes")
        view, player = FitView(steps=8, elem_id="fit"), ABPlayer(elem_id="player")
        gr.Audio(label="Beside them")
        gr.Button("Slowly louder", elem_id="slow").click(slowly_louder, editor, editor)
        gr.Button("Other patch", elem_id="other").click(lambda: Patch.chain(["compressor"]), None, editor)
        editor.edit(shown, editor, names)
        view.fit(fit, editor, [view, player])
    return page


@pytest.fixture
def asked() -> threading.Event:
    return threading.Event()


@pytest.fixture
def released() -> threading.Event:
    return threading.Event()


@pytest.fixture
def seen() -> list[Patch]:
    return []


@pytest.fixture
def page(context, asked, released, seen):
    """Somebody's page in a tab."""
    served = own_page(asked, released, seen)
    served.launch(server_port=free_port(), prevent_thread_lock=True, quiet=True, footer_links=[], run_history=False)
    page = context.new_page()
    page.goto(served.local_url)
    eventually(lambda: nodes(page) == ["in", "out", "stereo_gain"], "the patch is drawn")
    yield page
    released.set()
    page.close()
    served.close(verbose=False)


def nodes(page) -> list[str]:
    names = "[...document.querySelectorAll('#editor .react-flow__node')].map((node) => node.dataset.id)"
    return sorted(page.evaluate(names))


def add(page, name: str) -> None:
    page.locator("#editor summary", has_text="Dynamics").click()
    page.locator(f"#editor .ge-item[data-type={name}]").click()


def test_the_editor_shows_its_value_and_reports_what_hands_draw(page, seen, take_picture):
    add(page, "compressor")
    eventually(lambda: nodes(page) == ["compressor", "in", "out", "stereo_gain"], "the new node is drawn")
    expect(page.locator("#names textarea, #names input")).not_to_have_value("")  # edit has reached Python, and is back
    assert set(seen[-1].names) == {"in", "out", "stereo_gain", "compressor"}
    assert seen[-1].revision == 1
    take_picture(page, "blocks")


def test_python_replaces_the_drawing_without_an_edit(page, seen):
    page.locator("#other").click()
    eventually(lambda: nodes(page) == ["compressor", "in", "out"], "the other patch is drawn")
    assert seen == []


def test_an_answer_to_an_older_drawing_is_refused(page, asked, released, seen):
    page.locator("#slow").click()
    assert asked.wait(PATIENCE)
    add(page, "compressor")
    eventually(lambda: seen, "the edit has reached Python")
    released.set()
    expect(page.locator("#editor")).to_contain_text("older drawing", use_inner_text=True)
    assert nodes(page) == ["compressor", "in", "out", "stereo_gain"]


def test_an_answer_to_the_present_drawing_is_shown(page, released):
    released.set()
    page.locator("#slow").click()
    expect(page.locator("#editor")).to_contain_text("+6.0 dB", use_inner_text=True)


def test_a_fit_streams_into_the_view_and_then_plays(page, take_picture):
    page.locator("#fit [data-testid=fit]").click()
    expect(page.locator("#fit")).to_contain_text("Done", use_inner_text=True)
    expect(page.locator("#fit [data-testid=fit-step]")).to_have_text("8 / 8")
    player = page.locator("#player")
    expect(player.locator("[data-testid=listen-fitted]")).to_be_enabled()
    expect(player.locator("[data-testid=listen-target]")).to_be_disabled()
    take_picture(page, "blocks_fitted")


@pytest.fixture(params=["", "/behind"], ids=["mounted", "mounted behind a proxy"])
def mounted(request) -> Iterator[str]:
    """The app below /lab on somebody's server, perhaps with a root path that a proxy cuts off."""
    server = fastapi.FastAPI(root_path=request.param)
    server.get("/favicon.ico")(lambda: None)  # the server's own, whatever it is
    gr.mount_gradio_app(server, build_app(), path="/lab", **page_settings())
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(server, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    eventually(lambda: running.started, "the server runs")
    yield f"http://127.0.0.1:{port}{request.param}/lab/"
    running.should_exit = True
    thread.join(10)


def test_the_app_works_below_a_path(mounted, context, tmp_path):  # the tab closes before the server
    laboratory = Laboratory.open(context.new_page(), mounted)
    laboratory.wire("in", "trim")
    eventually(lambda: "in.main>trim.main" in laboratory.drawn_wires(), "the wire is drawn")
    laboratory.wait_for_sound()
    assert Patch.load(laboratory.download("patch.json", tmp_path)).to_json() == laboratory.patch.to_json()
