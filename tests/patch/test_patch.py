import re

import networkx as nx
import pytest
import torch

from grafx_lab import (
    GRAFX,
    Audio,
    ControlPathError,
    GraphError,
    Patch,
    PatchError,
    ProcessorError,
    UnknownProcessorError,
)
from grafx_lab.patch.node_types import palette
from grafx_lab.processors import Compressor, DryWet, ParametricEqualizer, StereoGain, registry

RATE = 16000
GENERATOR = torch.Generator().manual_seed(0)
NOISE = 0.1 * torch.randn(2, 800, generator=GENERATOR)


def gain_chain(**settings) -> Patch:
    return Patch.chain(["stereo_gain", "stereo_gain"], sample_rate=RATE, **settings)


def test_nodes_are_named_after_their_type_and_numbered_when_repeated():
    patch = Patch.chain(["stereo_gain", "compressor", "stereo_gain", "stereo_gain"])
    assert patch.names == ("in", "stereo_gain", "compressor", "stereo_gain_2", "stereo_gain_3", "out")
    assert patch.in_names == ["in"]


def test_names_classes_instances_and_descriptions_stand_for_a_processor():
    kinds = ["compressor", Compressor, Compressor(knee="hard"), {"class": "compressor", "arguments": {"knee": "hard"}}]
    patch = Patch.chain(kinds)
    types = [patch.node_type(name) for name in patch.names[1:-1]]
    assert types[0] == types[1] == "compressor"
    assert types[2] == types[3] == 'compressor{"knee": "hard"}'
    assert patch.processor("compressor_3").knee == "hard"


def test_a_mapping_gives_the_nodes_their_names():
    patch = Patch.chain({"tone": "parametric_equalizer", "room": "stft_masked_noise_reverb"})
    assert patch.names == ("in", "tone", "room", "out")
    assert isinstance(patch.processor("room"), DryWet)


def test_what_is_wet_only_is_wrapped_and_named_after_what_is_inside():
    patch = Patch.chain(["stft_masked_noise_reverb"])
    assert patch.names == ("in", "stft_masked_noise_reverb", "out")
    assert isinstance(patch.processor("stft_masked_noise_reverb"), DryWet)
    assert patch.controls()["stft_masked_noise_reverb"]["drywet_weight"] == pytest.approx(1.0, rel=1e-5)


def test_processors_are_built_with_the_rate_of_the_patch():
    patch = Patch.chain([ParametricEqualizer(sample_rate=96000), "compressor"], sample_rate=RATE)
    assert {processor.sample_rate for processor in patch.processors.values()} == {RATE}


@pytest.mark.parametrize(
    ("kinds", "error", "message"),
    [
        (["stereo_gian"], UnknownProcessorError, "no processor 'stereo_gian'. Did you mean 'stereo_gain'"),
        ("stereo_gain", PatchError, r"takes a list of processors; write \['stereo_gain'\]"),
        ([5], ProcessorError, "5 is no processor: give a registered name"),
        ([{"arguments": {}}], ProcessorError, "described by a 'class' and its 'arguments'"),
        ([{"class": "compressor", "arguments": {"knee": torch.ones(1)}}], PatchError, "that a patch cannot hold"),
        (["dry_wet"], ProcessorError, "'dry_wet' holds other processors and cannot stand alone"),
    ],
)
def test_what_is_no_processor_is_refused(kinds, error, message):
    with pytest.raises(error, match=message):
        Patch.chain(kinds)


@pytest.mark.parametrize("name", sorted(name for name, cls in registry.items() if cls.family == "container"))
def test_a_container_without_an_inside_says_how_it_is_written_and_that_works(name):
    with pytest.raises(ProcessorError, match=f"'{name}' holds other processors and cannot stand alone") as refused:
        Patch.chain([name])
    (example,) = re.findall(r'Patch\.from_expression\("(.+)"\)', str(refused.value))
    probe = torch.randn(1, 100)
    assert Patch.from_expression(example, sample_rate=16000).render(probe).isfinite().all()


@pytest.mark.parametrize("rate", [0, -44100, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(PatchError, match=r"sample rate is .*; give it in Hz"):
        Patch.chain(["stereo_gain"], sample_rate=rate)


def test_a_new_patch_is_neutral():
    output = Patch.chain(["parametric_equalizer", "compressor", "stereo_gain"], sample_rate=RATE).render(NOISE)
    assert float((output - NOISE).norm()) < 0.01 * float(NOISE.norm())


def test_a_gain_in_decibels_is_a_factor():
    patch = gain_chain().with_controls({"stereo_gain.log_gain": 20.0, "stereo_gain_2.log_gain[1]": -6.0206})
    torch.testing.assert_close(patch.render(NOISE), NOISE * torch.tensor([[10.0], [5.0]]), rtol=1e-4, atol=0)


def test_controls_are_read_in_their_units():
    patch = gain_chain().with_controls({"stereo_gain.log_gain": [-3.0, 2.0]})
    assert patch.controls()["stereo_gain"]["log_gain"].tolist() == pytest.approx([-3.0, 2.0], rel=1e-5)
    assert patch.control("stereo_gain.log_gain[0]") == pytest.approx(-3.0, rel=1e-5)
    assert patch.control("stereo_gain.log_gain") == pytest.approx(-0.5, rel=1e-5)  # the mean along the slider


def test_a_mean_along_a_logarithmic_slider_is_geometric():
    patch = Patch.chain([ParametricEqualizer(num_filters=2)])
    patch = patch.with_controls({"parametric_equalizer.w0": [[100.0, 10000.0]]})
    assert patch.control("parametric_equalizer.w0") == pytest.approx(1000.0, rel=1e-4)


def test_entries_that_are_not_named_keep_their_raw_value_to_the_last_bit():
    raw = torch.tensor([[0.1, 0.3]])
    patch = Patch.chain(["stereo_gain"]).with_raw({"stereo_gain": {"log_gain": raw}})
    changed = patch.with_controls({"stereo_gain.log_gain[1]": 6.0}).raw["stereo_gain"]["log_gain"]
    assert changed[0, 0] == raw[0, 0]
    assert changed[0, 1] != raw[0, 1]


@pytest.mark.parametrize(
    ("path", "value", "error", "message"),
    [
        ("stereo_gian.log_gain", 0.0, ControlPathError, "no node 'stereo_gian'. Did you mean 'stereo_gain'"),
        ("stereo_gain.gain", 0.0, ControlPathError, "'stereo_gain' has no parameter 'gain'"),
        ("in.gain", 0.0, ControlPathError, "'in' has no parameter 'gain'. It has: none"),
        ("stereo_gain.log_gain[2]", 0.0, ControlPathError, r"does not exist: .* has the shape \(2,\)"),
        ("stereo_gain.log_gain", [1, 2, 3], PatchError, r"takes a number or the shape \(2,\), not \[1, 2, 3\]"),
        ("stereo_gain.log_gain", torch.ones(3), PatchError, r"takes a number or the shape \(2,\), not \(3,\)"),
        ("stereo_gain.log_gain[0]", "loud", PatchError, r"takes a number or the shape \(\), not 'loud'"),
        ("stereo_gain.log_gain", float("nan"), PatchError, "cannot be nan: no raw value reaches it"),
        ("compressor.log_ratio", 0.5, PatchError, "cannot be 0.5: no raw value reaches it"),
        ("parametric_equalizer.w0[0]", 9000.0, PatchError, "cannot be 9000.0: no raw value reaches it"),
    ],
)
def test_a_control_that_cannot_be_set_is_named(path, value, error, message):
    patch = Patch.chain(["parametric_equalizer", "compressor", "stereo_gain"], sample_rate=RATE)
    with pytest.raises(error, match=message):
        patch.with_controls({path: value})


def test_editing_gives_a_new_patch_and_leaves_the_old_one():
    patch = gain_chain()
    louder = patch.with_controls({"stereo_gain.log_gain": 6.0}).replace(title="Louder", frozen={"stereo_gain"})
    assert patch.control("stereo_gain.log_gain") == 0.0
    assert (patch.title, patch.frozen) == ("Untitled patch", frozenset())
    assert louder.control("stereo_gain.log_gain") == pytest.approx(6.0)
    with pytest.raises(nx.NetworkXError, match=r"[Ff]rozen graph"):
        patch.graph.add_edge(0, 2, outlet="main", inlet="main")


def test_bypass_passes_the_input_through():
    patch = gain_chain().with_controls({"stereo_gain.log_gain": 20.0})
    assert torch.equal(patch.replace(bypassed={"stereo_gain"}).render(NOISE), NOISE)


def test_a_frozen_node_freezes_its_controls_and_a_frozen_entry_only_itself():
    patch = gain_chain().replace(frozen={"stereo_gain", "stereo_gain_2.log_gain[1]"})
    assert patch.is_frozen("stereo_gain.log_gain[0]")
    assert patch.is_frozen("stereo_gain_2.log_gain[1]")
    assert not patch.is_frozen("stereo_gain_2.log_gain[0]")
    assert not patch.is_frozen("stereo_gain_2.log_gain")


def test_audio_is_resampled_to_the_rate_of_the_patch_and_tensors_are_taken_as_they_are():
    audio = Audio(torch.ones(1, 4410), 44100, "one")
    output = gain_chain(title="Twice").render(audio)
    assert (output.sample_rate, output.samples, output.channels, output.name) == (RATE, 1600, 2, "Twice")
    assert gain_chain().render(NOISE).shape == (2, 800)
    assert gain_chain().render(NOISE[None].expand(3, -1, -1)).shape == (3, 2, 800)


def test_generators_sound_as_long_as_the_source_that_they_do_not_hear():
    patch = Patch.from_expression("oscillator >> stereo_gain", sample_rate=8000)
    alone = patch.render(length=800).data
    assert torch.equal(patch.render(NOISE), alone)
    assert torch.equal(patch.render(NOISE[None]), alone[None])
    assert torch.equal(patch.render(Audio(NOISE, 16000)).data, alone[:, :400])
    assert patch.render(NOISE, tail=0.1).shape[-1] == 1600


def test_a_tail_renders_on_into_silence():
    output = Patch.chain(["stft_masked_noise_reverb"], sample_rate=RATE).render(NOISE, tail=0.1)
    assert output.shape == (2, 800 + 1600)
    assert output[:, 800:].abs().max() > 1e-6


def two_inputs() -> Patch:
    graph = GRAFX()
    first, second, mix, out = (graph.add(kind) for kind in ("in", "in", "mix", "out"))
    for wire in ((first, mix), (second, mix), (mix, out)):
        graph.connect(*wire)
    return Patch(graph, sample_rate=RATE)


def test_several_inputs_are_fed_by_name():
    patch = two_inputs()
    assert patch.in_names == ["in", "in_2"]
    torch.testing.assert_close(patch.render({"in": NOISE, "in_2": 2 * NOISE}), 3 * NOISE)
    torch.testing.assert_close(patch.render(NOISE), 2 * NOISE)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"in": NOISE}, "The patch's input 'in_2' has no source"),
        ({"in": NOISE, "in_2": NOISE, "in_3": NOISE}, "The patch has no node 'in_3'. Did you mean 'in_2'"),
        ({"in": NOISE, "in_2": NOISE, "mix": NOISE}, "'mix' is no input of the patch; its inputs are: in, in_2"),
        ({"in": NOISE, "in_2": NOISE[:, :100]}, "The sources are 100 and 800 samples long; give equally long ones"),
        (None, "The source of 'in' is NoneType; give Audio or a tensor"),
        (NOISE[0], r"The source of 'in' is a tensor of shape \(800,\)"),
    ],
)
def test_sources_that_do_not_fit_are_refused(source, message):
    with pytest.raises(PatchError, match=message):
        two_inputs().render(source)


def test_an_error_while_rendering_names_the_node():
    with pytest.raises(
        GraphError, match=r"'stereo_gain' cannot be rendered\. .* 3 channels, expected 1 or 2"
    ) as caught:
        gain_chain().render(torch.ones(3, 10))
    assert caught.value.nodes == ("stereo_gain",)


def test_an_open_inlet_is_an_error_with_its_remedy():
    graph = GRAFX()
    graph.add_serial_chain(["in", "stereo_gain", "out"])
    graph.add("stereo_gain")
    with pytest.raises(GraphError, match="The inlet of 'stereo_gain_2' is open: connect a wire to it, or remove"):
        Patch(graph).render(NOISE)


def test_a_second_output_is_an_error():
    graph = GRAFX()
    graph.add_serial_chain(["in", "out"])
    graph.connect(0, graph.add("out"))
    with pytest.raises(GraphError, match="The patch has 2 'out' nodes; keep one and mix into it"):
        Patch(graph).render(NOISE)


def test_a_cycle_is_refused_when_the_patch_is_built():
    graph = GRAFX()
    graph.add_serial_chain(["in", "mix", "stereo_gain", "out"])
    graph.connect(2, 1)
    with pytest.raises(
        GraphError, match=r"The graph has a cycle: (mix → stereo_gain → mix|stereo_gain → mix → stereo_gain)"
    ):
        Patch(graph)


@pytest.mark.parametrize(("name", "message"), [("My EQ", "is no name for a node"), ("in", "Two nodes are called 'in'")])
def test_names_that_do_not_serve_are_refused(name, message):
    graph = GRAFX()
    graph.add("in", name="in")
    graph.add("stereo_gain", name=name)
    with pytest.raises(PatchError, match=message):
        Patch(graph)


def test_raw_parameters_of_another_shape_are_refused_with_the_node():
    with pytest.raises(
        PatchError, match=r"Node 'stereo_gain': StereoGain: raw parameter 'log_gain' has shape \(1, 3\)"
    ):
        gain_chain().with_raw({"stereo_gain": {"log_gain": torch.ones(1, 3)}})
    with pytest.raises(PatchError, match="The patch has no node 'gain'"):
        gain_chain().with_raw({"gain": {"log_gain": torch.ones(1, 2)}})


def test_parameters_may_travel_with_the_nodes_of_a_graph():
    graph = GRAFX()
    graph.add_serial_chain(["in", {"node_type": "stereo_gain", "parameters": {"log_gain": torch.ones(1, 2)}}, "out"])
    torch.testing.assert_close(Patch(graph).render(NOISE), torch.e * NOISE)


def test_gradients_flow_into_raw_parameters_and_signals():
    patch, signal = gain_chain(), NOISE[None].clone().requires_grad_()
    raw = {
        "stereo_gain": {"log_gain": torch.zeros(1, 2, requires_grad=True)},
        "stereo_gain_2": patch.raw["stereo_gain_2"],
    }
    output = patch.render_signals({"in": signal}, raw).output
    by_gain, by_signal = torch.autograd.grad(output.sum(), [raw["stereo_gain"]["log_gain"], signal])
    torch.testing.assert_close(by_gain, NOISE.sum(-1)[None])
    torch.testing.assert_close(by_signal, torch.ones_like(signal))


def test_the_palette_lists_every_class_but_aliases_and_containers():
    names = palette()
    assert {"stereo_gain", "compressor"} <= set(names)
    assert not {"dry_wet", "midside_filtered_noise_reverb"} & set(names)
    assert registry["midside_filtered_noise_reverb"].registered_name in names


def test_a_processor_of_another_rate_sounds_at_the_rate_of_the_patch():
    instance = StereoGain(sample_rate=48000)
    assert Patch.chain([instance], sample_rate=48000).processors["stereo_gain"] is not instance
    graph = GRAFX()
    graph.add_serial_chain(["in", "gain", "out"])
    assert Patch(graph, {"gain": instance}, sample_rate=48000).processors["gain"] is instance


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_source_that_is_not_finite_is_refused(bad):
    source = torch.zeros(2, 100)
    source[1, 7] = bad
    with pytest.raises(PatchError, match="The source of 'in' contains NaN or infinity"):
        Patch.chain(["stereo_gain"]).render(source)
