from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafx_lab import ControlPathError, GraphError, Patch, PatchError, ProcessorError, UnknownProcessorError
from grafx_lab.parameters import ControlValueError
from grafx_lab.patch.edit import apply
from grafx_lab.patch.operations import OPERATIONS

PATCH = Patch.chain(["parametric_equalizer", "stereo_gain"], sample_rate=16000, title="Start")
WIRE = {"source": "in", "outlet": "main", "target": "parametric_equalizer", "inlet": "main"}


def edited(*operations: dict, patch: Patch = PATCH) -> Patch:
    return apply(patch, operations)[0]


def wires(patch: Patch) -> set[tuple]:
    name = patch.graph.display
    return {(name(s), name(t)) for s, t in patch.graph.edges()}


def wire(source: str, target: str) -> dict:
    return {"source": source, "target": target}


def test_adding_places_an_unconnected_node_and_says_its_name():
    patch, added = apply(PATCH, [{"op": "add", "type": "compressor", "position": {"x": 10, "y": -4}}])
    assert added == ["compressor"]
    assert patch.positions == {"compressor": (10.0, -4.0)}
    assert wires(patch) == wires(PATCH)
    assert "compressor" not in PATCH.names


def test_adding_twice_numbers_the_names():
    operations = [
        {"op": "add", "type": "compressor"},
        {"op": "add", "type": "mix"},
        {"op": "add", "type": "compressor"},
    ]
    assert apply(PATCH, operations)[1] == ["compressor", "mix", "compressor_2"]


def test_adding_into_a_wire_cuts_it():
    patch = edited({"op": "add", "type": "stft_masked_noise_reverb", "insert": WIRE})
    assert wires(patch) == {
        ("in", "stft_masked_noise_reverb"),
        ("stft_masked_noise_reverb", "parametric_equalizer"),
        ("parametric_equalizer", "stereo_gain"),
        ("stereo_gain", "out"),
    }
    assert "drywet_weight" in patch.raw["stft_masked_noise_reverb"]


def test_a_duplicate_stands_in_the_wire_with_all_that_was_set():
    patch = edited(
        {"op": "control", "path": "stereo_gain.log_gain", "text": "-6 dB"},
        {"op": "freeze", "path": "stereo_gain.log_gain[0]", "frozen": True},
        {"op": "bypass", "node": "stereo_gain", "bypassed": True},
    )
    place = {"position": {"x": 5, "y": 6}, "insert": wire("stereo_gain", "out")}
    patch, added = apply(patch, [{"op": "duplicate", "node": "stereo_gain", **place}])
    assert added == ["stereo_gain_2"]
    assert wires(patch) == {
        ("in", "parametric_equalizer"),
        ("parametric_equalizer", "stereo_gain"),
        ("stereo_gain", "stereo_gain_2"),
        ("stereo_gain_2", "out"),
    }
    assert patch.controls()["stereo_gain_2"]["log_gain"].flatten().tolist() == pytest.approx([-6, -6], abs=1e-4)
    assert patch.frozen == {"stereo_gain.log_gain[0]", "stereo_gain_2.log_gain[0]"}
    assert patch.bypassed == {"stereo_gain", "stereo_gain_2"}
    assert patch.positions["stereo_gain_2"] == (5.0, 6.0)


def test_a_duplicate_is_a_node_of_its_own():
    patch = edited(
        {"op": "duplicate", "node": "stereo_gain", "insert": wire("stereo_gain", "out")},
        {"op": "control", "path": "stereo_gain_2.log_gain", "text": "-12 dB"},
    )
    assert patch.controls()["stereo_gain"]["log_gain"].flatten().tolist() == pytest.approx([0, 0], abs=1e-4)


def test_duplicates_are_named_after_their_original_and_numbered():
    operations = [
        {"op": "rename", "node": "stereo_gain", "name": "loud"},
        {"op": "duplicate", "node": "loud"},
        {"op": "duplicate", "node": "loud_2"},
        {"op": "add", "type": "mix"},
        {"op": "duplicate", "node": "mix"},
    ]
    assert apply(PATCH, operations)[1] == ["loud_2", "loud_3", "mix", "mix_2"]


@pytest.mark.parametrize("node", ["in", "out"])
def test_input_and_output_are_not_duplicated(node: str):
    with pytest.raises(PatchError, match=f"'{node}' is an end of the patch"):
        edited({"op": "duplicate", "node": node})


def test_removing_bridges_what_had_one_wire_in_and_one_out():
    assert wires(edited({"op": "remove", "nodes": ["parametric_equalizer", "stereo_gain"]})) == {("in", "out")}


def test_removing_does_not_bridge_what_had_several():
    patch = edited(
        {"op": "add", "type": "mix", "insert": WIRE},
        {"op": "connect", "edge": wire("mix", "stereo_gain")},
        {"op": "remove", "nodes": ["mix"]},
    )
    assert wires(patch) == {("parametric_equalizer", "stereo_gain"), ("stereo_gain", "out")}


def test_removing_a_bypassed_or_frozen_node_forgets_that():
    patch = PATCH.replace(frozen={"stereo_gain"}, bypassed={"stereo_gain"}, positions={"stereo_gain": (1.0, 1.0)})
    patch = edited({"op": "remove", "nodes": ["stereo_gain"]}, patch=patch)
    assert (patch.frozen, patch.bypassed, patch.positions) == (frozenset(), frozenset(), {})


def test_wires_are_laid_and_cut():
    patch = edited({"op": "connect", "edge": wire("in", "stereo_gain")})
    assert ("in", "stereo_gain") in wires(patch)
    assert wires(edited({"op": "disconnect", "edge": wire("in", "stereo_gain")}, patch=patch)) == wires(PATCH)


def test_moving_changes_only_the_named_positions():
    patch = PATCH.replace(positions={"in": (0.0, 0.0), "out": (9.0, 9.0)})
    patch = edited({"op": "move", "positions": {"out": {"x": 5, "y": 6}}}, patch=patch)
    assert patch.positions == {"in": (0.0, 0.0), "out": (5.0, 6.0)}


def test_renaming_takes_everything_along():
    patch = PATCH.replace(
        frozen={"stereo_gain.log_gain[1]"}, bypassed={"stereo_gain"}, positions={"stereo_gain": (1.0, 2.0)}
    ).with_controls({"stereo_gain.log_gain": 6.0})
    patch = edited({"op": "rename", "node": "stereo_gain", "name": " loud "}, patch=patch)
    assert patch.names == ("in", "parametric_equalizer", "loud", "out")
    assert (patch.frozen, patch.bypassed, patch.positions) == ({"loud.log_gain[1]"}, {"loud"}, {"loud": (1.0, 2.0)})
    assert patch.control("loud.log_gain") == pytest.approx(6.0)
    assert wires(patch) == {("in", "parametric_equalizer"), ("parametric_equalizer", "loud"), ("loud", "out")}


def test_a_control_is_set_by_its_position_or_by_text():
    by_position = edited({"op": "control", "path": "stereo_gain.log_gain[0]", "position": 0.5})
    assert by_position.controls()["stereo_gain"]["log_gain"].tolist() == pytest.approx([-12.0, 0.0], abs=1e-5)
    by_text = edited({"op": "control", "path": "parametric_equalizer.w0[2]", "text": "1.5k"})
    assert by_text.control("parametric_equalizer.w0[2]") == pytest.approx(1500.0, rel=1e-4)


def test_a_position_beyond_the_rail_stops_at_its_end_and_a_text_does_not():
    path = "stereo_gain.log_gain[0]"
    assert edited({"op": "control", "path": path, "position": 7}).control(path) == pytest.approx(24.0)
    assert edited({"op": "control", "path": path, "text": "+30 dB"}).control(path) == pytest.approx(30.0)


def test_without_an_index_all_entries_move_alike():
    patch = PATCH.with_controls({"stereo_gain.log_gain": [-10.0, 2.0]})
    moved = edited({"op": "control", "path": "stereo_gain.log_gain", "text": "0"}, patch=patch)
    assert moved.controls()["stereo_gain"]["log_gain"].tolist() == pytest.approx([-6.0, 6.0], abs=1e-4)


def test_entries_that_move_alike_stop_at_the_end_of_the_slider():
    frequencies = edited({"op": "control", "path": "parametric_equalizer.w0", "position": 1}).controls()
    places = frequencies["parametric_equalizer"]["w0"]
    assert float(places.max()) == pytest.approx(7200.0, rel=1e-4)  # 0.9 of Nyquist


def test_a_reset_restores_the_default_of_an_entry_or_of_all():
    patch = PATCH.with_controls({"stereo_gain.log_gain": [-10.0, 2.0]})
    entry = edited({"op": "reset", "path": "stereo_gain.log_gain[0]"}, patch=patch)
    assert entry.controls()["stereo_gain"]["log_gain"].tolist() == pytest.approx([0.0, 2.0], abs=1e-5)
    whole = edited({"op": "reset", "path": "stereo_gain.log_gain"}, patch=patch)
    assert whole.controls()["stereo_gain"]["log_gain"].tolist() == [0.0, 0.0]


def test_freezing_and_bypassing_go_on_and_off():
    freeze = {"op": "freeze", "path": "parametric_equalizer.w0[2]", "frozen": True}
    bypass = {"op": "bypass", "node": "stereo_gain", "bypassed": True}
    patch = edited(freeze, bypass, {"op": "freeze", "path": "stereo_gain", "frozen": True})
    assert patch.frozen == {"parametric_equalizer.w0[0,2]", "stereo_gain"}
    assert patch.bypassed == {"stereo_gain"}
    patch = edited(freeze | {"frozen": False}, bypass | {"bypassed": False}, patch=patch)
    assert (patch.frozen, patch.bypassed) == ({"stereo_gain"}, frozenset())


def test_a_title_is_trimmed_and_never_empty():
    assert edited({"op": "title", "title": "  Warm "}).title == "Warm"
    assert edited({"op": "title", "title": "  "}).title == "Untitled patch"


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        ({"op": "explode"}, PatchError, "The edit is not understood at '0'"),
        ({"op": "add"}, PatchError, "The edit is not understood at '0.add.type': Field required"),
        ({"op": "add", "type": "compresor"}, UnknownProcessorError, "no processor 'compresor'. Did you mean"),
        ({"op": "add", "type": "dry_wet"}, ProcessorError, "'dry_wet' holds other processors and cannot stand alone"),
        ({"op": "add", "type": "mix", "insert": wire("in", "out")}, GraphError, "There is no wire from 'in' to 'out'"),
        ({"op": "remove", "nodes": ["out"]}, GraphError, "'out' stays: a patch needs its input and its output"),
        ({"op": "remove", "nodes": ["in"]}, GraphError, "'in' stays"),
        ({"op": "remove", "nodes": ["tone"]}, PatchError, "The patch has no node 'tone'"),
        ({"op": "connect", "edge": wire("stereo_gain", "parametric_equalizer")}, GraphError, "The graph has a cycle: "),
        ({"op": "connect", "edge": wire("in", "parametric_equalizer")}, GraphError, "is connected to .* already"),
        ({"op": "connect", "edge": wire("stereo_gain", "stereo_gain")}, GraphError, "cannot feed itself"),
        ({"op": "connect", "edge": wire("out", "stereo_gain")}, GraphError, "'out' has no outlet 'main'"),
        ({"op": "connect", "edge": wire("in", "stereo")}, PatchError, "no node 'stereo'. Did you mean 'stereo_gain'"),
        ({"op": "disconnect", "edge": wire("in", "out")}, GraphError, "There is no wire from 'in' to 'out'"),
        ({"op": "move", "positions": {"tone": {"x": 0, "y": 0}}}, PatchError, "The patch has no node 'tone'"),
        ({"op": "move", "positions": {"in": {"x": float("nan"), "y": 0}}}, PatchError, "finite number"),
        ({"op": "rename", "node": "in", "name": "In put"}, PatchError, "'In put' is no name for a node"),
        ({"op": "rename", "node": "stereo_gain", "name": "in"}, PatchError, "a node 'in' already; 'in_2' is free"),
        ({"op": "control", "path": "stereo_gain.log_gain"}, PatchError, "give a position or a text"),
        ({"op": "control", "path": "stereo_gain.gain", "position": 0}, ControlPathError, "has no parameter 'gain'"),
        ({"op": "control", "path": "stereo_gain.log_gain", "text": "loud"}, ControlValueError, "is not a number"),
        (
            {"op": "control", "path": "parametric_equalizer.w0", "text": "9k"},
            ControlValueError,
            "its range is 20 Hz to",
        ),
        ({"op": "reset", "path": "nowhere.gain"}, ControlPathError, "The patch has no node 'nowhere'"),
        ({"op": "freeze", "path": "nowhere", "frozen": True}, ControlPathError, "does not name a control"),
        ({"op": "bypass", "node": "in", "bypassed": True}, PatchError, "'in' has nothing to bypass"),
        ({"op": "title", "title": "x" * 201}, PatchError, "at most 200 characters"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_in_a_sentence(operation, error, message):
    with pytest.raises(error, match=message) as caught:
        edited(operation)
    assert "\n" not in str(caught.value)


def test_either_all_operations_count_or_none():
    with pytest.raises(PatchError):
        edited({"op": "title", "title": "Changed"}, {"op": "remove", "nodes": ["nowhere"]})
    assert PATCH.title == "Start"


def test_every_operation_of_the_protocol_is_understood():
    known = {
        branch["properties"]["op"]["const"]
        for branch in OPERATIONS.json_schema()["$defs"].values()
        if "op" in branch["properties"]
    }
    assert known == {
        "add", "duplicate", "remove", "connect", "disconnect", "move", "rename", "control", "draw", "reset", "freeze",
        "bypass", "title",
    }  # fmt: skip


CURVE = Patch.chain({"shape": "waveshaper"})


def test_entries_that_are_drawn_move_and_the_others_keep_their_raw_value():
    drawn = edited({"op": "draw", "path": "shape.curve", "entries": {"2": 0.75, "3": 2.0}}, patch=CURVE)
    assert drawn.control("shape.curve[2]") == pytest.approx(0.75)  # from −1.5 to 1.5
    assert drawn.control("shape.curve[3]") == pytest.approx(1.5)  # a hand cannot leave the range
    before, after = (patch.raw["shape"]["curve"] for patch in (CURVE, drawn))
    assert (before != after).flatten().nonzero().flatten().tolist() == [2, 3]


def test_one_row_of_a_curve_is_drawn_by_its_own_path():
    patch = Patch.chain({"room": "stft_masked_noise_reverb"})
    drawn = edited({"op": "draw", "path": "room.init_log_magnitude[1]", "entries": {"5": 0.25}}, patch=patch)
    before, after = (each.raw["room"]["init_log_magnitude"] for each in (patch, drawn))
    assert (before != after)[0].nonzero().tolist() == [[1, 5]]


def test_an_entry_that_is_not_there_is_refused_in_a_sentence():
    with pytest.raises(PatchError, match="no entry 17: they run from 0 to 16"):
        edited({"op": "draw", "path": "shape.curve", "entries": {"17": 0.5}}, patch=CURVE)


NAMES = st.sampled_from([*PATCH.names, "mix", "nowhere", ""])
PATHS = st.sampled_from(["stereo_gain.log_gain", "parametric_equalizer.w0[3]", "in.gain", "stereo_gain", "mix"])
WIRES = st.fixed_dictionaries({"source": NAMES, "target": NAMES})
OPERATION = st.one_of(
    st.fixed_dictionaries(
        {"op": st.just("add"), "type": st.sampled_from(["mix", "in", "out", "tanh_distortion", "ghost"])},
        optional={"insert": WIRES},
    ),
    st.fixed_dictionaries({"op": st.just("remove"), "nodes": st.lists(NAMES, max_size=3)}),
    st.fixed_dictionaries({"op": st.sampled_from(["connect", "disconnect"]), "edge": WIRES}),
    st.fixed_dictionaries({"op": st.just("rename"), "node": NAMES, "name": st.sampled_from(["a", "in", "B", ""])}),
    st.fixed_dictionaries({"op": st.just("control"), "path": PATHS, "position": st.floats()}),
    st.fixed_dictionaries(
        {"op": st.just("control"), "path": PATHS, "text": st.sampled_from(["1", "-3", "1e300", "x"])}
    ),
    st.fixed_dictionaries(
        {"op": st.just("draw"), "path": PATHS, "entries": st.dictionaries(st.integers(-1, 9).map(str), st.floats())}
    ),
    st.fixed_dictionaries({"op": st.just("reset"), "path": PATHS}),
    st.fixed_dictionaries({"op": st.just("freeze"), "path": PATHS | NAMES, "frozen": st.booleans()}),
    st.fixed_dictionaries({"op": st.just("bypass"), "node": NAMES, "bypassed": st.booleans()}),
    st.fixed_dictionaries({"op": st.just("title"), "title": st.text(max_size=5)}),
)


@given(operations=st.lists(OPERATION, max_size=6))
def test_whatever_is_done_leaves_a_patch_that_can_be_saved_or_is_refused_by_a_house_error(operations):
    patch = PATCH
    for operation in operations:
        with suppress(
            ControlPathError, ControlValueError, GraphError, PatchError, ProcessorError, UnknownProcessorError
        ):
            patch = edited(operation, patch=patch)
        assert Patch.from_json(patch.to_json()).to_json() == patch.to_json()
