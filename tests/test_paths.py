from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafx_lab.paths import ControlPath, ControlPathError, free_name, short_index, snake_case, suggestion

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@given(
    node=NAMES,
    parameter=st.lists(NAMES, min_size=1, max_size=3).map(".".join),
    index=st.lists(st.integers(-9, 9), max_size=3).map(tuple),
)
def test_a_path_is_written_as_it_is_read(node, parameter, index):
    path = ControlPath(node, parameter, index)
    assert ControlPath.parse(str(path)) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tone.log_gain", ControlPath("tone", "log_gain")),
        (" tone.log_gain[2] ", ControlPath("tone", "log_gain", (2,))),
        ("tone.child.q[ 0 , -1 ]", ControlPath("tone", "child.q", (0, -1))),
    ],
)
def test_paths_are_parsed(text, path):
    assert ControlPath.parse(text) == path


@given(text=st.text(max_size=20))
def test_any_text_is_a_path_or_a_sentence(text):
    with suppress(ControlPathError):
        assert ControlPath.parse(text).node


@pytest.mark.parametrize(
    "text", ["", "tone", "tone.", "Tone.gain", "tone.gain[", "tone.gain[]", "tone.gain[1,]", "a.b[x]"]
)
def test_what_is_no_path_is_refused(text):
    with pytest.raises(ControlPathError, match="does not name a control"):
        ControlPath.parse(text)


@pytest.mark.parametrize(
    ("index", "shape", "full"),
    [
        ((2,), (1, 10), (0, 2)),
        ((0, 2), (1, 10), (0, 2)),
        ((-1,), (4,), (3,)),
        ((1,), (2, 10), (1,)),
        ((), (2, 3), ()),
        ((), (1,), ()),
    ],
)
def test_axes_of_size_one_may_be_left_out(index, shape, full):
    assert ControlPath("a", "b", index).full_index(shape) == full


@given(data=st.data(), shape=SHAPES)
def test_a_short_index_means_the_full_one(data, shape):
    full = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    short = ControlPath("a", "b", short_index(full, shape))
    assert short.index == tuple(i for i, size in zip(full, shape, strict=True) if size > 1)
    resolved = short.full_index(shape)
    assert resolved + (0,) * (len(shape) - len(resolved)) == full


@pytest.mark.parametrize(("index", "shape"), [((3,), (3,)), ((-4,), (3,)), ((0, 0), (3,)), ((10,), (1, 10))])
def test_an_index_outside_the_shape_is_refused_with_the_shape(index, shape):
    with pytest.raises(ControlPathError, match=r"'a.b\[.*\]' does not exist: 'a.b' has the shape \("):
        ControlPath("a", "b", index).full_index(shape)


def test_near_names_are_suggested_and_far_ones_not():
    assert suggestion("log_gian", ["log_gain", "w0"]) == " Did you mean 'log_gain'?"
    assert suggestion("banana", ["log_gain", "w0"]) == ""


@pytest.mark.parametrize(
    ("taken", "name"), [([], "add"), (["add"], "add_2"), (["add", "add_2"], "add_3"), (["add_2"], "add")]
)
def test_a_name_that_is_taken_is_numbered(taken, name):
    assert free_name("add", taken) == name
    assert free_name("add_2", [*taken, "add_2"]) not in {*taken, "add_2"}


@pytest.mark.parametrize(
    ("name", "written"),
    [("Mix", "mix"), ("FIRFilter", "fir_filter"), ("STFTMaskedNoiseReverb", "stft_masked_noise_reverb")],
)
def test_names_of_classes_are_written_in_small_letters(name, written):
    assert snake_case(name) == written
