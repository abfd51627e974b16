"""A group and its graph, each made from the other, give the same numbers."""

import random

import pytest
import torch
from torch import Tensor

import grafx_lab as gl
from grafx_lab.graph import GroupGraph, group_inputs
from grafx_lab.processors import Add, Harmonic, Mix, Processor
from tests.graph.processors import PORTS, PROCESSORS, Constant, Ring, Scale, Split
from tests.graph.test_group import TIME as TUTORIAL_TIME
from tests.graph.test_group import network_outputs, tutorial

TIME = 16


def tensor(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def render(graph: gl.GRAFX, processors: dict[str, Processor], signals: Tensor, parameters: dict) -> Tensor:
    return gl.render_grafx(processors, signals, parameters, gl.prepare_render(graph), input_signal_grad=True)[0]


def rendered(form: GroupGraph) -> Tensor:
    return render(form.graph, form.processors, form.input_signals, form.per_type_parameters)


def refusal(group: gl.ProcessorGroup, inputs: dict, **options) -> str:
    with pytest.raises(gl.GraphError) as caught:
        group.to_grafx(inputs, **options)
    return caught.value.message


def connected_graph(seed: int) -> gl.GRAFX:
    """A random graph without cycles and without open inlets, some of whose nodes nobody hears."""
    rng = random.Random(seed)
    middle = [rng.choice([*PROCESSORS, "mix"]) for _ in range(rng.randint(1, 9))]
    graph = gl.GRAFX(gl.NodeConfigs(PORTS))
    types = [*["in"] * rng.randint(1, 2), *middle, "scale", "out"]
    for node_type in types:
        graph.add(node_type)
    for later in range(len(types)):
        for inlet in graph.ports(later)["inlets"]:
            wires = [(node, outlet) for node in range(later) for outlet in graph.ports(node)["outlets"]]
            chosen = rng.sample(wires, min(len(wires), rng.randint(1, 3)))
            # Nothing but the last processor is sure to be heard.
            certain = [(later - 1, "main")] if types[later] == "out" else []
            for earlier, outlet in sorted({*chosen, *certain}):
                graph.connect(earlier, later, outlet, inlet)
    return graph


def gains(graph: gl.GRAFX, seed: int) -> dict[str, dict[str, Tensor]]:
    types = [node_type for _, node_type in graph.nodes(data="node_type")]
    return {name: {"gain": tensor(types.count(name), 1, seed=seed)} for name in PROCESSORS if name in types}


def test_the_group_of_the_tutorial_becomes_a_graph_that_sounds_the_same():
    group, inputs = tutorial(), network_outputs(batch=1)
    form = group.to_grafx(inputs)
    torch.testing.assert_close(rendered(form), group(inputs), rtol=0, atol=0)
    assert form.input_signals.shape == (0, 1, TUTORIAL_TIME)
    assert list(form.graph.edges()) == [(0, 2), (1, 2), (2, 3), (3, 4)]
    assert [name for _, name in form.graph.nodes(data="name")] == ["additive", "filtered_noise", "add", "reverb", "out"]


def test_gradients_of_inputs_are_the_same_in_the_graph():
    group, inputs = tutorial(), network_outputs(batch=1)
    leaves = [value.requires_grad_() for value in inputs.values()]
    weights = tensor(1, 1, TUTORIAL_TIME)
    of_group = torch.autograd.grad((weights * group(inputs)).sum(), leaves)
    of_graph = torch.autograd.grad((weights * rendered(group.to_grafx(inputs))).sum(), leaves)
    for one, other in zip(of_group, of_graph, strict=True):
        torch.testing.assert_close(one, other)


def test_signals_from_outside_become_in_nodes_and_shared_processors_a_type():
    scale = Scale()
    group = gl.ProcessorGroup(
        [
            ("one", scale, ["dry", "gains/one"]),
            ("two", scale, ["wet/left", "gains/two"]),
            (Ring(name="mix"), ["one/signal", "two/signal", "gains/ring"]),
            (Split(), ["mix/signal", "gains/one"], ["low", "signal"]),
        ]
    )
    values = {name: tensor(1, 1, seed=seed) for seed, name in enumerate(("one", "two", "ring"))}
    inputs = {"dry": tensor(1, 2, TIME), "wet": {"left": tensor(1, 2, TIME, seed=7)}, "gains": values}
    form = group.to_grafx(inputs)
    torch.testing.assert_close(rendered(form), group(inputs))
    assert form.input_signals.shape == (2, 2, TIME)
    assert {name: raw["gain"].shape[0] for name, raw in form.per_type_parameters.items()} == {
        "one": 2,
        "mix_2": 1,
        "split": 1,
    }


def test_parameters_of_the_group_itself_travel_into_the_graph():
    group = gl.ProcessorGroup([(Scale(), ["audio"])]).double()
    group.own["scale/gain"].data.fill_(0.5)
    audio = tensor(1, 1, TIME)
    torch.testing.assert_close(rendered(group.to_grafx({"audio": audio})), 0.5 * audio)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_render_as_their_groups_do(seed):
    graph = connected_graph(seed)
    signals = tensor([kind for _, kind in graph.nodes(data="node_type")].count("in"), 2, TIME, seed=seed)
    parameters = gains(graph, seed)
    group = gl.ProcessorGroup.from_grafx(graph, PROCESSORS)
    inputs = group_inputs(graph, PROCESSORS, signals, parameters)
    expected = render(graph, PROCESSORS, signals, parameters)
    torch.testing.assert_close(group(inputs, length=TIME), expected, rtol=1e-12, atol=1e-12)
    assert not list(group.parameters())


@pytest.mark.parametrize("seed", range(40))
def test_groups_survive_the_way_through_a_graph(seed):
    graph = connected_graph(seed)
    signals = tensor([kind for _, kind in graph.nodes(data="node_type")].count("in"), 2, TIME, seed=seed)
    group = gl.ProcessorGroup.from_grafx(graph, PROCESSORS)
    inputs = group_inputs(graph, PROCESSORS, signals, gains(graph, seed))
    form = group.to_grafx(inputs, length=TIME)
    again = gl.ProcessorGroup.from_grafx(form.graph, form.processors)
    heard = again(group_inputs(*form), length=TIME)
    torch.testing.assert_close(heard, group(inputs, length=TIME), rtol=1e-12, atol=1e-12)
    assert set(again.processors) == set(group.processors)


def test_names_of_the_graph_become_names_of_the_group():
    graph = gl.GRAFX(gl.NodeConfigs(PORTS))
    for node_type, name in (("in", "dry/take"), ("in", None), ("scale", "sum"), ("scale", None), ("out", None)):
        graph.add(node_type, name=name)
    for wire in ((0, 2), (1, 3), (2, 4), (3, 4)):
        graph.connect(*wire)
    group = gl.ProcessorGroup.from_grafx(graph, PROCESSORS)
    assert [node.name for node in group.nodes] == ["sum", "scale", "sum_2"]
    inputs = group_inputs(graph, PROCESSORS, tensor(2, 1, TIME), {"scale": {"gain": torch.ones(2, 1)}})
    assert set(inputs) == {"dry_take", "in", "parameters"}
    torch.testing.assert_close(group(inputs), tensor(2, 1, TIME).sum(0, keepdim=True))


def test_what_a_wire_cannot_carry_is_refused():
    gain, audio = tensor(1, 1), tensor(1, 1, TIME)
    first = (Scale(name="first"), ["audio", "gain"])
    by_control = gl.ProcessorGroup([first, (Scale(name="second"), ["audio", "first/controls/gain"])])
    inputs = {"audio": audio, "gain": gain}
    torch.testing.assert_close(by_control(inputs), gain[..., None] * audio)
    assert "Node 'second' reads 'first/controls/gain' as a raw parameter" in refusal(by_control, inputs)
    to_inlet = gl.ProcessorGroup([first, (Add(), ["first/signal", "first/aux/level"])])
    assert "the wires of a graph carry only what 'first' sends: signal." in refusal(to_inlet, inputs)
    batch = {"audio": tensor(2, 1, TIME), "gain": gain}
    assert "'audio' has a batch of 2, but a graph holds one item" in refusal(gl.ProcessorGroup([first]), batch)
    assert "reads 'gain', which is not there" in refusal(gl.ProcessorGroup([first]), {"audio": audio})


def test_shapes_that_a_graph_cannot_hold_side_by_side_are_refused():
    add = gl.ProcessorGroup([(Add(), ["one", "two"])])
    assert "have the shapes [(1, 16), (2, 16)]" in refusal(add, {"one": tensor(1, 1, 16), "two": tensor(1, 2, 16)})
    mix = Mix()
    shared = gl.ProcessorGroup([("a", mix, ["x", "x", "slow"]), ("b", mix, ["x", "x", "fast"])])
    inputs = {"x": tensor(1, 1, TIME), "slow": tensor(1, 2, 1), "fast": tensor(1, 8, 1)}
    assert "Nodes that share the processor 'a' have 'mix_level' in the shapes" in refusal(shared, inputs)
    synths = [(Harmonic(n_samples=samples, name=f"synth_{samples}"), []) for samples in (10, 20)]
    group = gl.ProcessorGroup([*synths, (Add(), ["synth_10/signal", "synth_20/signal"])])
    assert "The synthesizers' n_samples are [10, 20]" in refusal(group, {})
    torch.testing.assert_close(rendered(group.to_grafx({}, length=12)), group({}, length=12))


@pytest.mark.parametrize(
    ("types", "wires", "message"),
    [
        (["in", "ring", "out"], [(0, 1, "main", "main"), (1, 2)], "No wire ends at inlet 'key' of '1'"),
        (["in", "scale", "out", "out"], [(0, 1), (1, 2), (1, 3)], "The graph has 2 'out' nodes"),
        (["in", "out"], [(0, 1)], "'1' sends what an input gives: put a processor between"),
        (["in", "scale", "out"], [(0, 1)], "No wire ends at inlet 'main' of '2'"),
        (["in", "scale"], [(0, 1)], "The graph has no output"),
        (["in", "other", "out"], [(0, 1), (1, 2)], "There is no processor for the node type 'other'"),
    ],
)
def test_what_a_group_cannot_say_is_refused(types, wires, message):
    graph = gl.GRAFX(gl.NodeConfigs({**PORTS, "other": {"inlets": ["main"], "outlets": ["main"]}}))
    for node_type in types:
        graph.add(node_type)
    for wire in wires:
        graph.connect(*wire)
    with pytest.raises(gl.GraphError, match=message):
        gl.ProcessorGroup.from_grafx(graph, PROCESSORS | {"other": torch.nn.Identity()})


def test_a_generator_alone_takes_the_length_that_is_named():
    group = gl.ProcessorGroup([(Constant(), ["level"])])
    level = torch.full((1, 1), 0.5, dtype=torch.float64)
    torch.testing.assert_close(rendered(group.to_grafx({"level": level}, length=5)), 0.5 + tensor(1, 1, 5) * 0)
