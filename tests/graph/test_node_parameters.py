import networkx as nx
import pytest
import torch
from torch import nn

from grafx_lab.graph import (
    GRAFX,
    GraphError,
    NodeConfigs,
    convert_to_tensor,
    count_nodes_per_type,
    create_empty_parameters,
    get_node_ids_from_type,
    parameters_by_node,
    parameters_by_type,
    prepare_render,
    render_grafx,
)
from grafx_lab.processors import ParallelMix, ParametricEqualizer, StereoGain, TanhDistortion
from tests.graph.processors import PROCESSORS, Scale

CONFIG = NodeConfigs(["eq", "gain", "both"])
BOTH = ParallelMix({"gain": StereoGain(), "drive": TanhDistortion()})
MODULES = {"eq": ParametricEqualizer(num_filters=4), "gain": StereoGain(), "both": BOTH}
SIGNAL = torch.randn(1, 2, 64, generator=torch.Generator().manual_seed(0))


def chain() -> GRAFX:
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "gain", "eq", "gain", "both", "out"])
    return graph


def test_nodes_are_counted_and_listed_by_type():
    graph = chain()
    assert count_nodes_per_type(graph) == {"in": 1, "out": 1, "mix": 0, "eq": 1, "gain": 2, "both": 1}
    assert count_nodes_per_type(convert_to_tensor(graph), ["gain", "mix"]) == {"gain": 2, "mix": 0}
    assert get_node_ids_from_type(graph, "gain") == [1, 3]
    assert get_node_ids_from_type(graph, "reverb") == []


@pytest.mark.parametrize("graph", [chain(), convert_to_tensor(chain())])
def test_parameters_are_made_for_every_node_and_in_either_order_of_arguments(graph):
    made = [
        create_empty_parameters(*arguments, generator=torch.Generator().manual_seed(3))
        for arguments in ((MODULES, graph), (graph, MODULES), (nn.ModuleDict(MODULES), graph))
    ]
    shapes = {name: tuple(value.shape) for name, value in made[0].named_parameters()}
    assert shapes["gain.log_gain"] == (2, 2)
    assert shapes["eq.w0"] == (1, 1, 4)
    assert shapes["both.gain.log_gain"] == (1, 2)
    for other in made[1:]:
        torch.testing.assert_close(dict(other.named_parameters()), dict(made[0].named_parameters()), rtol=0, atol=0)
    large = create_empty_parameters(MODULES, graph, std=2.0, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(large["gain"]["log_gain"], 200 * made[0]["gain"]["log_gain"])


def test_module_dicts_of_parameters_and_processors_are_rendered_and_trained():
    graph = chain()
    raw = create_empty_parameters(MODULES, graph, generator=torch.Generator().manual_seed(0))
    output, _, _ = render_grafx(nn.ModuleDict(MODULES), SIGNAL, raw, prepare_render(graph))
    output.square().sum().backward()
    assert all(leaf.grad is not None and leaf.grad.any() for leaf in raw.parameters())


def test_parameters_by_type_and_by_node_are_views_of_each_other():
    graph = chain()
    raw = create_empty_parameters(MODULES, graph, generator=torch.Generator().manual_seed(0))
    nodes = parameters_by_node(graph, raw)
    assert sorted(nodes) == [1, 2, 3, 4]
    torch.testing.assert_close(nodes[3]["log_gain"], raw["gain"]["log_gain"][1:])
    nodes[3]["log_gain"].sum().backward()
    assert raw["gain"]["log_gain"].grad.tolist() == [[0, 0], [1, 1]]
    back = parameters_by_type(graph, nodes)
    torch.testing.assert_close(back["both"]["drive"], dict(raw["both"]["drive"].items()))
    with pytest.raises(GraphError, match="Node 1 of type 'gain' has no parameters, but others have"):
        parameters_by_type(graph, {3: nodes[3]})


def scales(*parameters) -> GRAFX:
    graph = GRAFX()
    graph.add_serial_chain(["in", *({"node_type": "scale", "parameters": item} for item in parameters), "out"])
    return graph


def test_parameters_that_travel_with_the_nodes_are_rendered():
    plan = prepare_render(scales({"gain": torch.full((1, 1), 2.0)}, {"gain": torch.full((1, 1), 3.0)}))
    torch.testing.assert_close(render_grafx(PROCESSORS, SIGNAL, None, plan)[0], 6 * SIGNAL)
    given = {"scale": {"gain": torch.full((2, 1), -1.0)}}
    torch.testing.assert_close(render_grafx(PROCESSORS, SIGNAL, given, plan)[0], SIGNAL)
    partly = prepare_render(scales({"gain": torch.full((1, 1), 2.0)}, None))
    with pytest.raises(GraphError, match="Node 2 of type 'scale' has no parameters, but others have") as caught:
        render_grafx(PROCESSORS, SIGNAL, {}, partly)
    assert caught.value.nodes == (2,)


def test_parameters_of_a_frozen_graphs_nodes_may_change():
    graph = nx.freeze(scales({"gain": torch.full((1, 1), 2.0)}))
    prepare_render(graph)
    graph.nodes[1]["parameters"] = {"gain": torch.full((1, 1), 5.0)}
    torch.testing.assert_close(render_grafx(PROCESSORS, SIGNAL, None, prepare_render(graph))[0], 5 * SIGNAL)


@pytest.mark.parametrize(
    ("raw", "common", "message"),
    [
        ({"scale": {"gain": torch.ones(3, 1)}}, None, "'gain' has 3 rows, but the graph has 2 'scale' nodes: give one"),
        ({}, {"gain": torch.ones(2, 1)}, "'gain' has 2 rows, but the graph has 4 nodes: give one row for each"),
    ],
)
def test_rows_that_do_not_fit_are_refused(raw, common, message):
    with pytest.raises(GraphError, match=message):
        render_grafx(PROCESSORS, SIGNAL, raw, prepare_render(scales(None, None)), common)


def test_processors_of_different_rates_are_refused():
    graph = GRAFX()
    graph.add_serial_chain(["in", "low", "high", "out"])
    modules = {"low": Scale(sample_rate=16000), "high": Scale(sample_rate=48000)}
    with pytest.raises(GraphError, match="that of 'low' is built for 16000 Hz, that of 'high' for 48000 Hz"):
        render_grafx(modules, SIGNAL, {}, prepare_render(graph))
    # One of another rate that no node uses does not matter.
    modules = {"low": modules["low"], "high": modules["low"], "unused": modules["high"]}
    raw = {"low": {"gain": torch.ones(1, 1)}, "high": {"gain": torch.ones(1, 1)}}
    torch.testing.assert_close(render_grafx(modules, SIGNAL, raw, prepare_render(graph))[0], SIGNAL)


def test_signals_without_the_axis_of_nodes_are_refused():
    with pytest.raises(GraphError, match=r"input_signals has shape \(2, 64\), expected \(in nodes, channel, time\) or"):
        render_grafx(PROCESSORS, SIGNAL[0], None, prepare_render(scales(None)))
