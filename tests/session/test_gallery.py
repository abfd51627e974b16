"""What a node looks like is kept, and never shown for another setting."""

import pytest

from grafx_lab.analysis import measure
from grafx_lab.patch import Patch
from grafx_lab.patch.edit import apply
from grafx_lab.session import gallery
from grafx_lab.session.gallery import Gallery
from grafx_lab.session.response_view import node_picture

PATCH = Patch.chain(["parametric_equalizer", "compressor", "stereo_gain"], sample_rate=16000)
EDITS = (
    {"op": "control", "path": "compressor.log_knee", "position": 0.7},
    {"op": "control", "path": "parametric_equalizer.log_gain[2]", "position": 0.9},
    {"op": "freeze", "path": "compressor", "frozen": True},
    {"op": "freeze", "path": "compressor.log_knee", "frozen": True},
    {"op": "bypass", "node": "compressor", "bypassed": True},
    {"op": "rename", "node": "compressor", "name": "squeeze"},
)


@pytest.fixture
def drawn(monkeypatch):
    """The nodes whose controls are worked out."""
    nodes = []
    groups = gallery.control_groups
    monkeypatch.setattr(
        gallery, "control_groups", lambda patch, node, truth: nodes.append(node) or groups(patch, node, truth)
    )
    return nodes


def alike(left, right) -> bool:
    return str(left) == str(right)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit['op']} {edit.get('path', '')}")
@pytest.mark.parametrize("truth", [None, PATCH.with_controls({"compressor.log_ratio": 8.0})], ids=["", "truth"])
def test_faces_after_an_edit_are_those_of_a_new_gallery(edit, truth):
    kept = Gallery()
    for patch in (PATCH, apply(PATCH, [edit])[0], PATCH):
        for node in patch.names:
            assert alike(kept.face(patch, node, truth), Gallery().face(patch, node, truth))


def test_an_edit_draws_its_node_alone_and_undo_none(drawn):
    kept, edited = Gallery(), apply(PATCH, [EDITS[0]])[0]
    for patch in (PATCH, edited, PATCH):
        drawn.append("next")
        for node in patch.raw:
            kept.face(patch, node, None)
    assert drawn == ["next", *PATCH.raw, "next", "compressor", "next"]


def test_a_truth_that_changes_is_drawn(drawn):
    kept = Gallery()
    for ratio in (2.0, 4.0):
        face = kept.face(PATCH, "compressor", PATCH.with_controls({"compressor.log_ratio": ratio}))
        texts = [control["target_position"] for group in face["groups"] for control in group["controls"]]
        assert None not in texts
    assert drawn == ["compressor", "compressor"]


@pytest.mark.parametrize(("node", "kind"), [("parametric_equalizer", "magnitude"), ("compressor", "static")])
def test_a_nodes_card_and_its_response_are_measured_once(monkeypatch, node, kind):
    played, probes = measure.played, []
    monkeypatch.setattr(measure, "played", lambda *args, **words: probes.append(node) or played(*args, **words))
    kept = Gallery()
    curve = node_picture(kind, PATCH, node, None, kept)["lines"][0]
    assert (kept.face(PATCH, node, None)["plot"]["y"] == curve["y"]).all()
    assert len(probes) == 1
