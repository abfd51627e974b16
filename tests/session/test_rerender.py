"""A session's partial renders are the renders."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grafx_lab.patch import Patch
from grafx_lab.patch.edit import apply
from grafx_lab.session import rerender
from grafx_lab.session.patch_view import problems
from grafx_lab.session.rerender import Rerender
from grafx_lab.session.timeline import Timeline

RATE = 16000
SOURCE = 0.3 * torch.randn(1, 2, 2000, generator=torch.Generator().manual_seed(0))
EXPRESSIONS = (
    "parametric_equalizer(num_filters=2) >> compressor >> stereo_gain",
    "(compressor | dry) >> stereo_gain >> (tanh_distortion | parametric_equalizer(num_filters=2))",
    "stereo_gain >> ((compressor >> tanh_distortion) | side_gain_imager) >> parametric_equalizer(num_filters=2)",
)
START = tuple(Patch.from_expression(text, sample_rate=RATE) for text in EXPRESSIONS)


def moves(patch: Patch) -> st.SearchStrategy:
    """Edits of a node, with its name, and steps through the history."""
    nodes = st.sampled_from(sorted(patch.raw))
    places = st.sampled_from([(node, name) for node in sorted(patch.raw) for name in patch.specs(node)])
    control = st.tuples(places, st.floats(0.1, 0.9)).map(
        lambda drawn: (drawn[0][0], {"op": "control", "path": ".".join(drawn[0]), "position": drawn[1]})
    )
    bypass = st.tuples(nodes, st.booleans()).map(
        lambda drawn: (drawn[0], {"op": "bypass", "node": drawn[0], "bypassed": drawn[1]})
    )
    remove = nodes.map(lambda node: (node, {"op": "remove", "nodes": [node]}))
    return st.one_of(control, control, control, bypass, remove, st.sampled_from(["undo", "redo"]))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_partial_renders_are_full_renders_whatever_is_edited(data):
    start = data.draw(st.sampled_from(START))
    timeline, rerendered = Timeline(start), Rerender()
    for move in data.draw(st.lists(moves(start), min_size=1, max_size=8)):
        if isinstance(move, str):
            getattr(timeline, move)()
        elif move[0] in timeline.patch.raw:
            timeline.advance(apply(timeline.patch, [move[1]])[0])
        if problems(timeline.patch):
            continue
        inputs = dict.fromkeys(timeline.patch.in_names, SOURCE)
        with torch.no_grad():
            whole = timeline.patch.render_signals(inputs).output
        assert torch.equal(rerendered.output(timeline.patch, inputs), whole)


def counted(monkeypatch) -> list[set[str]]:
    """The nodes that were not rendered again, by render."""
    kept = []
    render = Patch.render_signals

    def watched(self, inputs, *args, known=None, changed=(), **kwargs):
        kept.append(set() if known is None else set(self.raw) - set(changed))
        return render(self, inputs, *args, known=known, changed=changed, **kwargs)

    monkeypatch.setattr(Patch, "render_signals", watched)
    return kept


def test_what_lies_before_the_changed_node_is_not_rendered_again(monkeypatch):
    kept, rerendered, patch = counted(monkeypatch), Rerender(), START[0]
    rerendered.output(patch, {"in": SOURCE})
    rerendered.output(patch.with_controls({"stereo_gain.log_gain": 3.0}), {"in": SOURCE})
    assert kept == [set(), {"parametric_equalizer", "compressor"}]


def test_another_sound_is_rendered_as_a_whole(monkeypatch):
    kept, rerendered, patch = counted(monkeypatch), Rerender(), START[0]
    rerendered.output(patch, {"in": SOURCE})
    output = rerendered.output(patch, {"in": 2 * SOURCE})
    assert kept == [set(), set()]
    torch.testing.assert_close(output, patch.render(2 * SOURCE))


def test_signals_of_long_recordings_are_not_kept(monkeypatch):
    monkeypatch.setattr(rerender, "MOST_BYTES", SOURCE.nbytes)
    kept, rerendered, patch = counted(monkeypatch), Rerender(), START[0]
    rerendered.output(patch, {"in": SOURCE})
    rerendered.output(patch, {"in": SOURCE})
    assert kept == [set(), set()]
