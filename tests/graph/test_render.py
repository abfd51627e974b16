import pytest
import torch
from torch import Tensor

from grafx_lab.graph import GRAFX, GraphError, NodeConfigs, prepare_render, render_grafx
from grafx_lab.processors import ProcessorError
from tests.graph.processors import PORTS, PROCESSORS

CONFIG = NodeConfigs(PORTS)
TIME = 16


def noise(rows: int, channels: int = 2, seed: int = 0) -> Tensor:
    return torch.randn(rows, channels, TIME, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def render(graph: GRAFX, signals: Tensor, raw: dict, **options) -> Tensor:
    return render_grafx(PROCESSORS, signals, raw, prepare_render(graph), **options)[0]


def test_wires_at_one_inlet_are_summed_and_mono_joins_stereo():
    graph = GRAFX(CONFIG)
    source, constant, mix, out = (graph.add(kind) for kind in ("in", "constant", "mix", "out"))
    for wire in ((source, mix), (constant, mix), (mix, out)):
        graph.connect(*wire)
    signals = noise(1)
    raw = {"constant": {"gain": torch.tensor([[0.25]], dtype=torch.float64)}}
    torch.testing.assert_close(render(graph, signals, raw), signals + 0.25)


def test_parallel_wires_take_each_outlet_to_its_inlet():
    graph = GRAFX(CONFIG)
    source, split, ring, out = (graph.add(kind) for kind in ("in", "split", "ring", "out"))
    graph.connect(source, split)
    graph.connect(split, ring, outlet="share", inlet="main")
    graph.connect(split, ring, outlet="rest", inlet="key")
    graph.connect(ring, out)
    x, raw = noise(1), {"split": {"gain": torch.tensor([[0.25]])}, "ring": {"gain": torch.tensor([[2.0]])}}
    torch.testing.assert_close(render(graph, x, raw), 0.25 * x + 2 * (0.25 * x) * (0.75 * x))


def test_an_open_inlet_is_silence():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "ring", "out"])
    x = noise(1)
    torch.testing.assert_close(render(graph, x, {"ring": {"gain": torch.ones(1, 1)}}), x)


def test_a_graph_of_generators_takes_its_length_from_no_rows_of_input():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["constant", "scale", "out"])
    raw = {"constant": {"gain": torch.tensor([[0.5]])}, "scale": {"gain": torch.tensor([[3.0]])}}
    torch.testing.assert_close(render(graph, torch.zeros(0, 1, TIME), raw), torch.full((1, 1, TIME), 1.5))


def test_rows_belong_to_nodes_of_their_type_in_ascending_order():
    graph = GRAFX(CONFIG)
    last, source, first, out = (graph.add(kind) for kind in ("scale", "in", "scale", "out"))
    for wire in ((source, first), (first, last), (last, out)):
        graph.connect(*wire)
    raw = {"scale": {"gain": torch.tensor([[2.0], [0.0]])}}
    signals = render_grafx(PROCESSORS, noise(1), raw, prepare_render(graph))[2]
    assert not signals[first].any()
    with_first = {"scale": {"gain": torch.tensor([[0.0], [2.0]])}}
    torch.testing.assert_close(
        render_grafx(PROCESSORS, noise(1), with_first, prepare_render(graph))[2][first], 2 * noise(1)[0]
    )


def test_signals_and_aux_of_every_node_come_along():
    graph = GRAFX(CONFIG)
    source, split, out = (graph.add(kind) for kind in ("in", "split", "out"))
    graph.connect(source, split)
    graph.connect(split, out, outlet="rest")
    x, raw = noise(1), {"split": {"gain": torch.tensor([[0.25]])}}
    output, aux, signals = render_grafx(PROCESSORS, x, raw, prepare_render(graph))
    assert aux == [{"gain": torch.tensor([0.25])}]
    torch.testing.assert_close(signals.outlets(split), (0.25 * x[0], 0.75 * x[0]))
    torch.testing.assert_close(signals[out], output[0])
    assert (len(signals), signals.stack().shape) == (3, (3, 2, TIME))


def test_common_parameters_have_a_row_for_every_node_and_reach_every_processor():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "scale", "scale", "out"])
    common = {"gain": torch.tensor([[0.0], [2.0], [3.0], [0.0]])}
    output = render(graph, noise(1), {}, common_parameters=common)
    torch.testing.assert_close(output, 6 * noise(1))


def test_gradients_flow_where_they_are_asked_for():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "scale", "out"])
    x, raw = noise(1).requires_grad_(), {"scale": {"gain": torch.ones(1, 1, requires_grad=True)}}
    assert not render(graph, x, raw, parameters_grad=False).requires_grad
    output = render(graph, x, raw)
    assert torch.autograd.grad(output.sum(), [raw["scale"]["gain"], x], allow_unused=True)[1] is None


def test_the_number_of_inputs_is_checked():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "out"])
    with pytest.raises(GraphError, match="The graph has 1 'in' nodes, but input_signals has 2 rows"):
        render(graph, noise(2), {})


def test_a_graph_instead_of_its_plan_is_refused_with_the_plan_as_remedy():
    graph = GRAFX(NodeConfigs(PORTS))
    graph.connect(graph.add("in"), graph.add("out"))
    with pytest.raises(GraphError, match=r"not a GRAFX: give it prepare_render\(graph\)"):
        render_grafx(PROCESSORS, torch.zeros(1, 1, 4), None, graph)


def test_a_plan_tells_its_steps_in_the_words_of_grafx():
    graph = GRAFX(NodeConfigs(["eq"]))
    graph.add_serial_chain(["in", "eq", "out"])
    plan = prepare_render(graph)
    assert [step.node_type for step in plan.iter_list] == ["in", "eq", "out"]
    assert plan.max_order == len(plan.iter_list) - 1
    assert plan.siso_only
    ports = {"inlets": ["main"], "outlets": ["low", "high"]}
    split = GRAFX(NodeConfigs({"split": ports}))
    split.add_serial_chain(["in", "split"])
    split.connect(1, split.add("out"), outlet="low")
    assert not prepare_render(split).siso_only


def test_a_type_without_a_processor_is_named():
    graph = GRAFX()
    graph.add_serial_chain(["in", "eq", "out"])
    with pytest.raises(GraphError, match="There is no processor for the node type 'eq'"):
        render(graph, noise(1), {})


def test_two_and_three_channels_do_not_meet():
    class Three(torch.nn.Module):
        def forward(self, signal: Tensor) -> Tensor:
            return signal[:, :1].expand(-1, 3, -1)

    graph = GRAFX()
    source, three, out = (graph.add(kind, name=kind) for kind in ("in", "three", "out"))
    for wire in ((source, three), (source, out), (three, out)):
        graph.connect(*wire)
    with pytest.raises(GraphError, match="Signals with 2 and 3 channels meet at 'out'; only mono joins any other"):
        render_grafx({"three": Three()}, noise(1), {}, prepare_render(graph))


def test_a_processor_that_mixes_the_tensors_of_a_batch_is_found_out():
    class Sum(torch.nn.Module):
        def forward(self, signal: Tensor) -> Tensor:
            return signal.sum(0, keepdim=True)

    graph = GRAFX()
    source, first, second, out = (graph.add(kind) for kind in ("in", "sum", "sum", "out"))
    for wire in ((source, first), (source, second), (first, out), (second, out)):
        graph.connect(*wire)
    with pytest.raises(GraphError, match="gave a batch of 1, expected 2 for 2 nodes") as caught:
        render_grafx({"sum": Sum()}, noise(1), {}, prepare_render(graph))
    assert caught.value.nodes == (first, second)


def test_a_processor_without_the_outlet_that_is_read_is_named():
    graph = GRAFX(CONFIG)
    source, split, out = graph.add("in"), graph.add("split", name="bands"), graph.add("out")
    graph.connect(source, split)
    graph.connect(split, out, outlet="rest")
    with pytest.raises(GraphError, match="'bands' gave 1 signals, but a wire begins at its outlet 2") as caught:
        render_grafx(
            {"split": PROCESSORS["scale"]}, noise(1), {"split": {"gain": torch.ones(1, 1)}}, prepare_render(graph)
        )
    assert caught.value.nodes == ("bands",)


def test_the_error_of_a_processor_says_which_nodes_it_was_rendering():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "scale", "out"])
    with pytest.raises(ProcessorError, match="'gain' is missing") as caught:
        render(graph, noise(1), {})
    assert caught.value.__notes__ == ["This happened while rendering the 'scale' nodes 1."]


def test_signals_of_nodes_are_iterated_by_id_and_a_wrong_id_is_a_sentence():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "scale", "out"])
    signals = render_grafx(PROCESSORS, noise(1), {"scale": {"gain": torch.ones(1, 1)}}, prepare_render(graph))[2]
    torch.testing.assert_close(torch.stack(list(signals)), signals.stack())
    for wrong in (3, -1, slice(0, 2)):
        with pytest.raises(GraphError, match="give one node's id, or slice stack"):
            signals[wrong]


def test_a_recording_without_samples_is_the_processors_to_refuse():
    graph = GRAFX()
    graph.add_serial_chain(["in", "scale", "out"])
    nothing, plan = noise(1)[..., :0], prepare_render(graph)
    assert render_grafx({"scale": torch.nn.Identity()}, nothing, {}, plan)[0].shape == (1, 2, 0)
    with pytest.raises(ProcessorError):
        render_grafx(PROCESSORS, nothing, {"scale": {"gain": torch.ones(1, 1)}}, plan)
