"""The page when the server is away, has forgotten, or says no."""

import pytest

from grafx_lab.app import launch
from grafx_lab.app.bridge import sessions
from tests.app.laboratory import Laboratory
from tests.ports import free_port
from tests.waiting import eventually

pytestmark = pytest.mark.browser


def draw_a_wire(laboratory: Laboratory) -> None:
    laboratory.wire("in", "trim")
    eventually(lambda: "in.main>trim.main" in laboratory.drawn_wires(), "the wire is drawn")


def token_of(laboratory: Laboratory) -> str:
    return laboratory.page.evaluate("Object.entries(sessionStorage).find(([key]) => key.startsWith('grafx_lab'))?.[1]")


def forget(laboratory: Laboratory) -> None:
    """End the tab's session once nothing of it is on its way: its files go with it, also those that are being read."""
    laboratory.wait_for_sound()
    for role in ("source", "target", "fitted"):
        eventually(lambda role=role: laboratory.heard(role).size, f"the {role} is loaded")
    sessions().close(token_of(laboratory))


def test_a_forgotten_session_is_opened_again_with_the_same_patch(laboratory):
    draw_a_wire(laboratory)
    before, token = laboratory.patch.to_json(), token_of(laboratory)
    forget(laboratory)
    eventually(lambda: "Your patch is kept" in laboratory.sentences(), "it is said")
    assert token_of(laboratory) != token
    assert laboratory.patch.to_json() == before
    eventually(laboratory.shows_its_patch, "the patch is drawn")


def test_a_call_that_finds_its_session_forgotten_is_carried_out_in_the_new_one(laboratory):
    forget(laboratory)
    draw_a_wire(laboratory)
    eventually(laboratory.shows_its_patch, "the patch is drawn")


def test_a_lost_connection_is_said_and_found_again(laboratory, complaints):
    laboratory.wait_for_sound()
    laboratory.page.context.set_offline(True)
    before = laboratory.patch
    laboratory.wire("in", "trim")
    eventually(lambda: "does not answer" in laboratory.sentences(), "the loss is said")
    assert laboratory.patch is before
    laboratory.page.context.set_offline(False)
    eventually(lambda: "answers again" in laboratory.sentences(), "the return is said")
    draw_a_wire(laboratory)
    assert complaints
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in complaints)
    complaints.clear()


def test_a_reload_goes_on_with_the_same_session(laboratory):
    draw_a_wire(laboratory)
    token = token_of(laboratory)
    laboratory.page.reload()
    laboratory.wait_until_drawn()
    assert token_of(laboratory) == token
    assert "in.main>trim.main" in laboratory.drawn_wires()


def test_a_file_above_the_limit_is_refused_before_it_travels(context, monkeypatch, tmp_path):
    monkeypatch.setattr("grafx_lab.app.view.MAX_BYTES", 1000)
    app = launch(port=free_port(), open_browser=False, wait=False)
    laboratory = Laboratory.open(context.new_page(), app.local_url)
    laboratory.wait_for_sound()
    before = laboratory.session.changes({})[0]["audio"]["source"]["name"]
    (tmp_path / "long.wav").write_bytes(bytes(2000))
    laboratory.part("source-name").click()
    laboratory.part("file-source").set_input_files(tmp_path / "long.wav")
    eventually(lambda: "“long.wav” has 1 MB; files up to" in laboratory.sentences(), "the limit is said")
    assert laboratory.session.changes({})[0]["audio"]["source"]["name"] == before
    context.close()
    app.close(verbose=False)
