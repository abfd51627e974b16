import copy
import json
from contextlib import suppress

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grafx_lab import ControlPathError, GraphError, Patch, PatchError, ProcessorError, UnknownProcessorError
from grafx_lab.parameters import flatten
from grafx_lab.patch.document import MIGRATIONS
from grafx_lab.processors import ParametricEqualizer, STFTMaskedNoiseReverb

HOUSE_ERRORS = (ControlPathError, GraphError, PatchError, ProcessorError, UnknownProcessorError)
RATE = 16000


def everything() -> Patch:
    """A patch that uses every part of the document: a wrapper, a large tensor, settings, positions."""
    reverb = STFTMaskedNoiseReverb(ir_len=200, n_fft=64, hop_length=32)
    patch = Patch.chain([ParametricEqualizer(num_filters=3), reverb, "stereo_gain"], sample_rate=RATE, title="Room")
    generator = torch.Generator().manual_seed(0)
    raw = {
        name: {key: torch.randn(value.shape, generator=generator) for key, value in tree.items()}
        for name, tree in patch.raw.items()
    }
    return patch.replace(
        raw=raw,
        positions={"in": (0.5, -3.0)},
        frozen={"stereo_gain", "parametric_equalizer.log_gain[1]"},
        bypassed={"stft_masked_noise_reverb"},
    )


PATCH = everything()
DOCUMENT = json.loads(PATCH.to_json())


def changed(*place: str | int, to: object) -> str:
    document = copy.deepcopy(DOCUMENT)
    branch = document
    for step in place[:-1]:
        branch = branch[step]
    branch[place[-1]] = to
    return json.dumps(document)


def test_a_patch_comes_back_from_json_to_the_last_bit():
    again = Patch.from_json(PATCH.to_json())
    assert again.to_json() == PATCH.to_json()
    for name, tree in PATCH.raw.items():
        for key, value in flatten(tree).items():
            assert torch.equal(flatten(again.raw[name])[key], value)
    source = torch.randn(2, 500, generator=torch.Generator().manual_seed(1))
    assert torch.equal(again.render(source), PATCH.render(source))


def test_a_large_seed_comes_back():
    patch = Patch.chain([STFTMaskedNoiseReverb(ir_len=200, n_fft=64, hop_length=32, seed=2**32 - 1)], sample_rate=RATE)
    assert Patch.from_json(patch.to_json()).to_json() == patch.to_json()


def test_every_setting_comes_back():
    again = Patch.from_json(PATCH.to_json())
    for name in ("title", "sample_rate", "names", "positions", "frozen", "bypassed"):
        assert getattr(again, name) == getattr(PATCH, name)
    assert again.frozen == {"stereo_gain", "parametric_equalizer.log_gain[0,1]"}


@given(bits=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_every_float32_survives_the_document(bits):
    patch = Patch.chain(["stereo_gain"]).with_raw({"stereo_gain": {"log_gain": torch.tensor([bits])}})
    again = Patch.from_json(patch.to_json()).raw["stereo_gain"]["log_gain"]
    assert torch.equal(again.view(torch.int32), torch.tensor([bits]).view(torch.int32))


def test_large_tensors_are_packed_and_small_ones_can_be_read():
    reverb = DOCUMENT["nodes"][2]["raw"]
    assert reverb["init_log_magnitude"]["shape"] == [1, 2, 33]
    assert reverb["drywet_weight"] == PATCH.raw["stft_masked_noise_reverb"]["drywet_weight"].tolist()


def test_a_saved_file_is_loaded(tmp_path):
    PATCH.save(tmp_path / "patch.json")
    assert Patch.load(tmp_path / "patch.json").to_json() == PATCH.to_json()


def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path):
    (tmp_path / "patch.json").write_bytes(b"\xff\xfe\x00")
    for name in ("patch.json", "nowhere.json"):
        with pytest.raises(PatchError, match=f"The patch file '.*{name}' cannot be read"):
            Patch.load(tmp_path / name)


EQ, REVERB = ("nodes", 1), ("nodes", 2)
INNER, CURVE = (*REVERB, "type", "arguments", "processor"), (*REVERB, "raw", "init_log_magnitude")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "The patch file is not JSON"),
        ("[" * 5000, "The patch file is not JSON"),
        ("[1]", 'The file is JSON but not a patch: it lacks "kind": "grafx_lab.patch"'),
        (changed("kind", to="grafx_lab.poem"), "The file is JSON but not a patch"),
        (changed("schema_version", to=99), r"schema_version 99.*reads up to 1\..*Update"),
        (changed("schema_version", to=0), "schema_version is 0; the oldest that exists is 1"),
        (changed("schema_version", to="1"), "schema_version is '1', expected a whole number"),
        (changed("sample_rate", to=-5), "damaged at 'sample_rate': Input should be greater than 0"),
        (changed("colour", to="red"), "damaged at 'colour': a patch has no such entry"),
        (changed(*EQ, "type", to="inn"), "damaged at 'nodes.1.type.utility': Input should be 'in', 'out' or 'mix'"),
        (changed(*EQ, "type", to=5), r"damaged at 'nodes.1.type': Input should be .* or a processor's class"),
        (changed(*EQ, "type", "class", to=5), "damaged at 'nodes.1.type.processor.class': Input should"),
        (changed(*EQ, "type", "class", to="parametric_equaliser"), "no processor 'parametric_equaliser'. Did you mean"),
        (changed(*EQ, "type", "arguments", to={"num_filters": "x"}), "num_filters is 'x', expected a whole number"),
        (changed(*EQ, "type", "arguments", to={"num_filters": 10**9}), "num_filters is 1000000000, expected a whole"),
        (changed(*EQ, "type", "arguments", to={"sr": 8000}), "leave out 'sr'; a processor has the sample rate of"),
        (changed(*EQ, "type", "arguments", to={"num_filters": 2.5}), "num_filters is 2.5, expected a whole number"),
        (changed(*EQ, "type", "arguments", to={"num_fitlers": 3}), "'num_fitlers'. Did you mean 'num_filters'"),
        (changed(*EQ, "type", "arguments", to={"num_filters": 4}), r"has shape \(1, 1, 3\), expected \(batch, 1, 4\)"),
        (changed(*INNER, to=5), "DryWet: processor is 5, expected a Processor"),
        (changed(*INNER, "class", to={}), "There is no processor {}"),
        (changed(*INNER, "arguments", to=7), "the arguments are 7, expected values by"),
        (changed(*EQ, "raw", "w0", to=1.0), "damaged at 'nodes.1.raw.w0': Input should be nested lists of numbers"),
        (changed(*EQ, "raw", "w0", to=[["a"]]), "parameter 'w0' of 'parametric_equalizer' is not a tensor"),
        (changed(*EQ, "raw", "w0", to=[[[1, 2], [3]]]), "parameter 'w0' of 'parametric_equalizer' is not a tensor"),
        (changed(*EQ, "raw", "w0", to=[[[1, 2, 1e39]]]), "raw parameter 'w0' is not finite"),
        (changed(*EQ, "raw", "w0", to=[[[1, 2, 3]]] * 2), "has a batch of 2; a patch holds one"),
        (changed(*EQ, "raw", "w0.deep", to=[1.0]), "'w0' of 'parametric_equalizer' is a parameter and a"),
        (changed(*EQ, "raw", "w1", to=[[1.0]]), "unknown raw parameter 'w1'. Did you mean 'w0'"),
        (changed(*CURVE, "float32", to="!!"), "is not a tensor"),
        (changed(*CURVE, "shape", to=[1, 2, 4]), r"66 numbers do not fill the shape \[1, 2, 4\]"),
        (changed(*CURVE, to={"shape": [1]}), "raw.init_log_magnitude.packed.float32': it is missing"),
        (changed(*EQ, "name", to="in"), "Two nodes of the patch file are called 'in'"),
        (changed("nodes", 0, "name", to="The Input"), "A wire of the patch file leads to 'in', but there"),
        (changed("edges", 0, "target", to="nowhere"), "A wire of the patch file leads to 'nowhere'"),
        (changed("edges", 0, "inlet", to="side"), "'parametric_equalizer' has no inlet 'side'. Its inlets are: main"),
        (changed("edges", 0, "source", to="stereo_gain"), "The graph has a cycle: "),
        (changed("frozen", to=["stereo_gain.gain"]), "'stereo_gain' has no parameter 'gain'"),
        (changed("title", to="x" * 201), "damaged at 'title'"),
    ],
)
def test_a_damaged_document_gets_one_sentence(text, message):
    with pytest.raises(HOUSE_ERRORS, match=message) as caught:
        Patch.from_json(text)
    assert "\n" not in str(caught.value)


def test_an_older_document_is_lifted_version_by_version(monkeypatch):
    monkeypatch.setitem(MIGRATIONS, 0, lambda data: data | {"schema_version": 1, "title": f"{data['title']}, lifted"})
    old = json.dumps(DOCUMENT | {"schema_version": 0})
    assert Patch.from_json(old).title == "Room, lifted"


def test_deep_nesting_is_refused_before_it_exhausts_the_stack():
    deep: object = 1
    for _ in range(300):
        deep = {"processor": deep}
    with pytest.raises(PatchError, match="nested more than 40 levels deep"):
        Patch.from_json(changed(*REVERB, "type", "arguments", to=deep))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 70)
    | st.floats()
    | st.sampled_from(["", "in", "mix", "stereo_gain", "Ä.x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["class", "arguments", "shape", "float32", "w0", "a.b"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: object, here: tuple = ()) -> list[tuple]:
    """Where something stands in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in [(*here, key), *places(item, (*here, key))]]


@settings(max_examples=200)
@given(data=st.data(), times=st.integers(1, 2))
def test_whatever_happens_to_a_document_it_loads_or_one_of_the_house_errors_is_raised(data, times):
    document = copy.deepcopy(DOCUMENT)
    for _ in range(times):
        *parents, last = data.draw(st.sampled_from(places(document)))
        branch = document
        for step in parents:
            branch = branch[step]
        match data.draw(st.sampled_from(["replace", "delete", "rename", "double"])):
            case "replace":
                branch[last] = data.draw(JSON)
            case "delete":
                del branch[last]
            case "rename" if isinstance(branch, dict):
                branch[data.draw(st.sampled_from(["", "w0.x", "class", "name"]))] = branch.pop(last)
            case _:
                branch[last] = [branch[last], branch[last]]
    with suppress(*HOUSE_ERRORS):
        Patch.from_json(json.dumps(document))
