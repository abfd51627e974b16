"""Sessions live behind tokens that cannot be guessed, and go when nobody comes back."""

import weakref
from pathlib import Path
from typing import Any

import pytest

from grafx_lab.processors import registry as processors
from grafx_lab.session import Session, SessionError, SessionRegistry
from grafx_lab.session.examples import EXAMPLES
from tests.waiting import PATIENCE, eventually


@pytest.fixture
def registry(tmp_path: Path, brief_examples: None):
    registry = SessionRegistry(tmp_path, time_to_live=3600)
    yield registry
    registry.close_all()


def test_every_session_has_its_own_token_and_state(registry: SessionRegistry):
    first, second = registry.open(), registry.open()
    assert first != second
    assert len(first) >= 32
    registry.get(first).call("edit", {"ops": [{"op": "title", "title": "Mine"}]})
    assert registry.get(second).patch.title != "Mine"


def test_a_closed_session_is_gone_with_its_files(registry: SessionRegistry):
    token = registry.open()
    session = registry.get(token)
    assert session.wait(PATIENCE)
    assert any(session.folder.iterdir())
    registry.close(token)
    assert not session.folder.exists()
    with pytest.raises(SessionError, match="Reload the page"):
        registry.get(token)


def test_nothing_holds_a_closed_session(registry: SessionRegistry):
    token = registry.open()
    session = weakref.ref(registry.get(token))
    registry.get(token).call("landscape", {"axes": ["trim.log_gain[0]"], "resolution": 5})
    registry.get(token).call("fit", {"steps": 3})
    assert registry.get(token).wait(PATIENCE)
    registry.close(token)
    assert session() is None


def test_a_fit_that_waits_for_another_one_says_so_and_can_be_stopped(registry: SessionRegistry):
    first, second = (registry.get(registry.open()) for _ in range(2))
    first.call("fit", {"steps": 100_000})
    eventually(lambda: first.board.get("fit")["step"] > 0, "the first fit runs")
    second.call("fit", {"steps": 3})
    eventually(lambda: "another fit" in second.board.get("fit")["message"], "the second one says what it waits for")
    second.call("stop", {})
    stopped = second.board.get("fit")
    assert (stopped["status"], stopped["step"]) == ("idle", 0)
    assert first.fits.running
    first.call("stop", {})
    second.call("fit", {"steps": 3})
    assert second.wait(PATIENCE)
    assert second.board.get("fit")["status"] == "done"


def test_a_fit_that_begins_at_once_never_says_that_it_waits(registry: SessionRegistry, monkeypatch):
    session = registry.get(registry.open())
    messages, report = [], session.fits._report

    def listen(view: dict[str, Any], *rest: Any, **more: Any) -> None:
        messages.append(view["message"])
        report(view, *rest, **more)

    monkeypatch.setattr(session.fits, "_report", listen)
    session.call("fit", {"steps": 3})
    assert session.wait(PATIENCE)
    assert messages
    assert not any(messages)


def test_sessions_that_nobody_visits_are_closed(registry: SessionRegistry):
    registry.time_to_live = -1.0
    token = registry.open()
    registry.open()
    with pytest.raises(SessionError):
        registry.get(token)


def test_every_processor_of_the_palette_can_be_placed_shown_and_taken_back(tmp_path: Path):
    session = Session(folder=tmp_path / "session", patch=EXAMPLES[0].start())  # nothing sounds: it is only shown
    start = session.patch.names
    # Other tests register processors of their own, and not all of those can be placed.
    ours = {name for name, cls in processors.items() if cls.__module__.startswith("grafx_lab.")}
    for entry in session.changes({})[0]["catalog"]["processors"]:
        if entry["type"] not in ours | {"mix"}:
            continue
        wire = {"source": "trim", "target": "out"} if entry["inlets"] else None
        (name,) = session.call("edit", {"ops": [{"op": "add", "type": entry["type"], "insert": wire}]})["names"]
        shown = {node["name"]: node for node in session.changes({})[0]["patch"]["nodes"]}
        assert shown[name]["inlets"] == entry["inlets"]
        for group in shown[name]["groups"]:
            for control in group["controls"]:
                session.call("edit", {"ops": [{"op": "control", "path": control["path"], "position": 0.5}]})
                session.call("undo", {})
        session.call("undo", {})
        assert session.patch.names == start
    session.close()


def test_every_example_can_be_fitted_at_once(registry: SessionRegistry):
    session = registry.get(registry.open())
    catalog = session.changes({})[0]["catalog"]
    for example in catalog["examples"]:
        session.call("example", {"id": example["id"]})
        state = session.changes({})[0]
        assert state["fit"]["ready"] is True
        groups = [group for node in state["patch"]["nodes"] for group in node["groups"]]
        targets = [control["target_position"] for group in groups for control in group["controls"]]
        assert None not in targets
