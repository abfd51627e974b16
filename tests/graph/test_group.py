import math

import pytest
import torch
from torch import Tensor

import grafx_lab as gl
from grafx_lab.losses import MultiResolutionSTFT
from grafx_lab.processors import (
    Add,
    Additive,
    Crossover,
    ExpDecayReverb,
    FilteredNoise,
    Harmonic,
    Mix,
    ParametricEqualizer,
    Processor,
    SerialChain,
    TanhDistortion,
    TrainableReverb,
)
from tests.graph.processors import Scale, Split

RATE, TIME = 8000, 400
SYNTH = {"sample_rate": RATE, "n_samples": TIME}


def tensor(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def network_outputs(batch: int = 2) -> dict[str, Tensor]:
    """What a decoder gives the synthesizers of DDSP's tutorial."""
    return {
        "amps": tensor(batch, 5, 1),
        "harmonic_distribution": tensor(batch, 5, 4, seed=1),
        "f0_hz": 300 + 20 * tensor(batch, 5, 1, seed=2),
        "magnitudes": tensor(batch, 3, 9, seed=3),
        "ir": 0.1 * tensor(batch, 30, seed=4),
    }


def synthesizers() -> tuple[Additive, FilteredNoise]:
    return Additive(n_harmonics=4, **SYNTH), FilteredNoise(n_magnitudes=9, window_size=0, **SYNTH)


def tutorial(reverb_keys: tuple[str, ...] = ("add/signal", "ir")) -> gl.ProcessorGroup:
    """Harmonics and noise, added and reverberated."""
    additive, noise = synthesizers()
    dag = [
        (additive, ["amps", "harmonic_distribution", "f0_hz"]),
        (noise, ["magnitudes"]),
        (Add(), ["additive/signal", "filtered_noise/signal"]),
        (TrainableReverb(reverb_length=30, name="reverb"), list(reverb_keys)),
    ]
    return gl.ProcessorGroup(dag=dag)


def names(*dag, **named: Processor) -> list[str]:
    return [node.name for node in gl.ProcessorGroup(dag, **named).nodes]


def sentence(*dag, **named: Processor) -> str:
    with pytest.raises(gl.GraphError) as caught:
        gl.ProcessorGroup(dag, **named)
    return caught.value.message


def test_the_group_of_the_tutorial_computes_what_its_processors_do_by_hand():
    outputs = network_outputs()
    additive, noise = synthesizers()
    tone = additive(
        amplitudes=outputs["amps"],
        harmonic_distribution=outputs["harmonic_distribution"],
        f0_hz=outputs["f0_hz"],
    )
    total = tone + noise(magnitudes=outputs["magnitudes"])
    expected = TrainableReverb(reverb_length=30)(total, ir=outputs["ir"])
    torch.testing.assert_close(tutorial()(outputs), expected, rtol=0, atol=0)


def test_gradients_reach_every_input_of_the_group():
    outputs = {key: value[:1] for key, value in network_outputs().items()}
    keys, values = list(outputs), [value.requires_grad_() for value in outputs.values()]
    group = tutorial()

    def signal(*tensors: Tensor) -> Tensor:
        return group(dict(zip(keys, tensors, strict=True)), length=24)

    assert torch.autograd.gradcheck(signal, values)


def test_all_signals_and_controls_are_returned_on_request():
    inputs = network_outputs()
    group = tutorial()
    everything = group(inputs, return_outputs_dict=True)
    assert set(everything) == {"signal", "controls"}
    controls = everything["controls"]
    assert set(controls) == {*inputs, "inputs", "additive", "filtered_noise", "add", "reverb", "out"}
    torch.testing.assert_close(controls["out"]["signal"], everything["signal"])
    torch.testing.assert_close(
        controls["add"]["signal"], controls["additive"]["signal"] + controls["filtered_noise"]["signal"]
    )
    weights = controls["additive"]["controls"]["harmonic_distribution"]
    torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))


def test_a_tone_at_440_hz_has_the_18_harmonics_that_16_khz_can_carry():
    group = gl.ProcessorGroup([(Harmonic(60, sample_rate=16000, n_samples=100), ["amps", "weights", "f0_hz"])])
    inputs = {"amps": tensor(1, 3, 1), "weights": tensor(1, 3, 60), "f0_hz": torch.full((1, 3, 1), 440.0)}
    weights = group.get_controls(inputs)["harmonic"]["controls"]["harmonic_distribution"]
    assert (weights > 0).sum(-1).unique().tolist() == [18]
    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 3, dtype=torch.float64))


def test_a_network_before_the_group_and_the_reverb_inside_it_learn_from_a_spectral_loss():
    torch.manual_seed(0)
    sizes = {"amps": 1, "harmonic_distribution": 4, "magnitudes": 9}
    network, group = torch.nn.Linear(2, sum(sizes.values())), tutorial(reverb_keys=("add/signal",))
    features, pitch = tensor(1, 5, 2, dtype=torch.float32), {"f0_hz": torch.full((1, 5, 1), 440.0)}
    target = tutorial()({key: value.float() for key, value in network_outputs(batch=1).items()} | pitch)
    optimizer = torch.optim.Adam([*network.parameters(), *group.parameters()], lr=0.1)
    losses = []
    for _ in range(10):
        outputs = dict(zip(sizes, network(features).split(list(sizes.values()), -1), strict=True))
        loss = MultiResolutionSTFT()(group(outputs | pitch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    assert group.own["reverb/ir"].abs().max() > 0.01


def test_the_signal_comes_from_controls_and_from_inputs_alike():
    group, inputs = tutorial(), network_outputs()
    signal = group(inputs)
    torch.testing.assert_close(group.get_signal(group.get_controls(inputs)), signal, rtol=0, atol=0)
    torch.testing.assert_close(group.get_signal(inputs), signal, rtol=0, atol=0)


def test_the_length_of_a_call_precedes_the_samples_of_the_synthesizers():
    assert tutorial()(network_outputs()).shape == (2, 1, TIME)
    assert tutorial()(network_outputs(), length=100).shape == (2, 1, 100)


def test_a_parameter_without_a_key_belongs_to_the_group_and_begins_neutral():
    group, inputs = tutorial(reverb_keys=("add/signal",)), network_outputs()
    inputs = {key: value.float() for key, value in inputs.items() if key != "ir"}
    controls = group.get_controls(inputs)
    torch.testing.assert_close(controls["out"]["signal"], controls["add"]["signal"])
    assert {name: value.shape for name, value in group.named_parameters()} == {"own.reverb/ir": (1, 30)}
    group(inputs).square().sum().backward()
    assert group.own["reverb/ir"].grad.abs().max() > 0


def test_a_trainable_reverb_learns_the_room_that_was_there():
    group = gl.ProcessorGroup([(TrainableReverb(reverb_length=6, name="reverb"), ["audio"])])
    audio, room = tensor(1, 1, 64, dtype=torch.float32), torch.tensor([[0, 0.5, 0, -0.3, 0.2, 0.1]])
    target = TrainableReverb(reverb_length=6)(audio, ir=room)
    optimizer = torch.optim.LBFGS(group.parameters(), max_iter=50)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (group({"audio": audio}) - target).square().mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    torch.testing.assert_close(group.own["reverb/ir"][:, 1:], room[:, 1:], rtol=0, atol=1e-3)


def test_keys_go_to_the_inlets_first_and_then_to_the_raw_parameters_in_order():
    one, two, level = tensor(1, 2, 20), tensor(1, 2, 20, seed=1), tensor(1, 1, 1, seed=2)
    group = gl.ProcessorGroup([(Mix(), ["one", "two", "level"])])
    expected = Mix()(one, two, mix_level=level)
    torch.testing.assert_close(group({"one": one, "two": two, "level": level}), expected)


def test_keys_can_be_given_by_the_names_of_inlets_and_parameters():
    audio, gain, decay = tensor(1, 1, 50), tensor(1, 1, seed=1), tensor(1, 1, seed=2)
    reverb = ExpDecayReverb(reverb_length=20)
    group = gl.ProcessorGroup([(reverb, {"decay": "long", "main": "audio", "gain": "loud"})])
    expected = reverb(audio, gain=gain, decay=decay)
    torch.testing.assert_close(group({"audio": audio, "loud": gain, "long": decay}), expected)


def test_parameters_inside_a_container_are_taken_in_the_order_of_its_specs():
    chain = SerialChain({"one": Scale(), "two": Scale()})
    group = gl.ProcessorGroup([(chain, ["audio", "first"])])
    assert list(group.own) == ["serial_chain/two/gain"]
    audio = tensor(1, 1, 10)
    group.double().own["serial_chain/two/gain"].data.fill_(3)
    torch.testing.assert_close(group({"audio": audio, "first": torch.full((1, 1), 2.0)}), 6 * audio)


def test_keys_reach_into_nested_dicts_and_controls_of_other_nodes():
    group = gl.ProcessorGroup(
        [
            (Scale(name="one"), ["mixer/audio", "encoder/style/gain"]),
            (Scale(name="two"), ["inputs/mixer/audio", "one/controls/gain"]),
            (Add(), ["one/signal", "two/signal"]),
        ]
    )
    audio, gain = tensor(1, 1, 10), torch.full((1, 1), 0.25, dtype=torch.float64)
    signal = group({"mixer": {"audio": audio}, "encoder": {"style": {"gain": gain}}})
    torch.testing.assert_close(signal, 0.5 * audio)


def test_a_node_covers_an_input_of_its_name_which_stays_among_the_inputs():
    group = gl.ProcessorGroup([(Scale(name="x"), ["x", "g"]), (Add(), ["x/signal", "inputs/x"])])
    audio, gain = tensor(1, 1, 10), torch.full((1, 1), 2.0, dtype=torch.float64)
    torch.testing.assert_close(group({"x": audio, "g": gain}), 3 * audio)


def test_each_outlet_has_a_key_and_can_be_renamed():
    audio, gain = tensor(1, 1, 10), torch.full((1, 1), 0.25, dtype=torch.float64)
    inputs = {"audio": audio, "gain": gain}
    split = gl.ProcessorGroup([(Split(), ["audio", "gain"])]).get_controls(inputs)["split"]
    torch.testing.assert_close(split["share"], 0.25 * audio)
    torch.testing.assert_close(split["rest"], 0.75 * audio)
    torch.testing.assert_close(split["signal"], split["share"])
    torch.testing.assert_close(split["aux"]["gain"], gain[:, 0])
    group = gl.ProcessorGroup([(Split(), ["audio", "gain"], ["quiet", "loud"]), (Add(), ["split/quiet", "split/loud"])])
    torch.testing.assert_close(group(inputs), audio)


def test_the_bands_of_a_crossover_are_read_by_their_names_and_add_up_to_a_flat_spectrum():
    group = gl.ProcessorGroup(
        [
            (Crossover(sample_rate=RATE), ["audio"]),
            ("lower", Add(), ["crossover/low", "crossover/mid"]),
            (Add(), ["lower/signal", "crossover/high"]),
        ]
    )
    audio = torch.zeros(1, 1, 4000)
    audio[..., 0] = 1
    response = torch.fft.rfft(group({"audio": audio})).abs()
    torch.testing.assert_close(response, torch.ones_like(response), rtol=0, atol=1e-3)


def test_nodes_are_called_by_their_processor_their_class_or_a_key():
    assert names((Scale(name="loud"), ["a", "b"])) == ["loud"]
    assert names((Harmonic(), ["a", "b", "c"])) == ["harmonic"]
    assert names((Mix(), ["a", "b"])) == ["crossfade"]
    assert names((Mix(), ["a", "b"]), (Scale(), ["mix/signal"])) == ["mix", "scale"]
    assert names((Harmonic(), ["a"]), (Additive(), ["a"]), (Add(), ["additive/signal", "harmonic/signal"])) == [
        "harmonic",
        "additive",
        "add",
    ]


def test_nodes_of_one_class_are_numbered():
    dag = [(Add(), ["a", "b"]), (Add(), ["add/signal", "b"]), (Add(), ["add_2/signal", "b"])]
    assert names(*dag) == ["add", "add_2", "add_3"]
    assert names((Scale(), ["a"]), (Scale(name="scale"), ["a"])) == ["scale_2", "scale"]


def test_a_node_can_be_written_in_several_ways():
    scale = Scale()
    ways = [
        ("loud", scale, ["audio", "gain"]),
        ["loud", scale, ["audio", "gain"], ["signal"]],
        {"name": "loud", "processor": scale, "inputs": ["audio", "gain"]},
        {"processor": "loud", "inputs": {"gain": "gain", "main": "audio"}},
        ("loud", ["audio", "gain"]),
    ]
    inputs = {"audio": tensor(1, 1, 10), "gain": tensor(1, 1)}
    for way in ways:
        group = gl.ProcessorGroup([way], loud=scale)
        assert list(group.processors) == ["loud"]
        torch.testing.assert_close(group(inputs), scale(inputs["audio"], gain=inputs["gain"]))


@pytest.mark.parametrize(
    ("dag", "message"),
    [
        ([], "The DAG has no nodes"),
        ([(Scale(),)], "A node of a DAG is written like (processor, ['amps', 'f0_hz']), not like"),
        ([(torch.nn.Identity(), ["a"])], "A node of a DAG needs a processor"),
        ([("sclae", ["a"])], "The DAG names the processor 'sclae', but none was given"),
        ([(Scale(), "audio")], "The inputs of a node are a list of keys, or a dict to keys, not 'audio'"),
        ([(Scale(), None)], "The inputs of a node are a list of keys, or a dict to keys, not None"),
        ([(Scale(), ["a", "b", "c"])], "Node 'scale' has 3 keys, expected at most 2: Scale takes main, gain."),
        ([(Add(), ["a"])], "Node 'add' has no key for its inlet 'signal_two': Add takes signal_one, signal_two."),
        ([(Scale(), {"main": "a", "gian": "b"})], "Node 'scale' has no input 'gian'. Did you mean 'gain' or 'main'?"),
        ([(Split(), ["a"], ["one"])], "Node 'split' names 1 outputs, but it has 2."),
        ([(Scale(name="a"), ["x"]), (Scale(name="a"), ["x"])], "A node cannot be called 'a': names are unique"),
        ([(Scale(name="out"), ["x"])], "A node cannot be called 'out'"),
        ([(Scale(name="a/b"), ["x"])], "A node cannot be called 'a/b'"),
    ],
)
def test_a_dag_that_cannot_be_is_refused_in_a_sentence(dag, message):
    assert sentence(*dag).startswith(message)


def test_a_missing_key_names_the_node_what_there_is_and_what_is_near():
    group = gl.ProcessorGroup([(Scale(), ["audio", "encoder/gain"])])
    with pytest.raises(gl.GraphError) as caught:
        group({"audio": tensor(1, 1, 4), "encoder": {"gian": tensor(1, 1)}})
    assert caught.value.message == (
        "Node 'scale' reads 'encoder/gain', which is not there. Did you mean 'encoder/gian'? "
        "There are: audio, encoder/gian."
    )
    assert caught.value.nodes == ("scale",)
    with pytest.raises(gl.GraphError, match="'encoder', which is not there"):
        gl.ProcessorGroup([(Scale(), ["encoder"])])({"encoder": {"gain": tensor(1, 1)}})


def test_a_node_that_comes_later_cannot_be_read():
    group = gl.ProcessorGroup([(Add(), ["audio", "scale/signal"]), (Scale(), ["audio"])])
    with pytest.raises(gl.GraphError, match="in the order of the DAG, and 'scale' is not before 'add'"):
        group({"audio": tensor(1, 1, 4)})


def test_what_does_not_fit_a_processor_is_said_with_the_name_of_the_node():
    group = gl.ProcessorGroup([(ParametricEqualizer(num_filters=3, name="tone"), ["audio", "w0"])])
    with pytest.raises(gl.GraphError, match=r"Node 'tone': ParametricEqualizer: .* has shape \(1, 7\)"):
        group({"audio": tensor(1, 1, 40), "w0": tensor(1, 7)})
    with pytest.raises(gl.GraphError, match="Node 'tone': ParametricEqualizer: the signal at inlet 'main'"):
        group({"audio": tensor(1, 40), "w0": tensor(1, 7)})


def test_a_group_moves_and_is_saved_with_its_parameters():
    group = gl.ProcessorGroup([(ExpDecayReverb(reverb_length=20, name="hall"), ["audio"])])
    with torch.no_grad():
        group.own["hall/decay"].fill_(math.pi)
    other = gl.ProcessorGroup([(ExpDecayReverb(reverb_length=20, name="hall"), ["audio"])])
    other.load_state_dict(group.state_dict())
    audio = tensor(1, 1, 50)
    torch.testing.assert_close(other({"audio": audio}), group({"audio": audio}))
    assert group.double().own["hall/decay"].dtype == torch.float64


def test_a_processor_returns_its_controls_on_request_as_in_ddsp():
    audio, gain = tensor(1, 2, 10), torch.zeros(1, 1, dtype=torch.float64)
    drive = TanhDistortion()
    raw = drive.neutral()
    result = drive(audio, **raw, return_outputs_dict=True)
    torch.testing.assert_close(result["signal"], drive(audio, **raw))
    assert set(result["controls"]) == set(raw)
    assert Scale(name="loud").name == "loud"
    assert Scale(name="loud").arguments == {}
    torch.testing.assert_close(Scale()(audio, gain=gain), torch.zeros_like(audio))
