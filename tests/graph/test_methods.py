"""Every way of rendering equals a plain recursion, for hundreds of random graphs."""

import networkx as nx
import numpy as np
import pytest
import torch

from grafx_lab.graph import (
    GRAFX,
    batch_grafx,
    convert_to_tensor,
    get_node_ids_from_type,
    prepare_render,
    render_grafx,
    reorder_for_fast_render,
)
from tests.graph.processors import PROCESSORS
from tests.graph.reference import CONFIG, by_recursion, graph_of_size, inputs, parameters, with_gradients

ANY_ORDER = {"fixed": {"fixed_order": [*PROCESSORS, "mix"] * 250}}


def close(ours, reference):
    for own, other in zip(ours, reference, strict=True):
        assert other.isfinite().all()
        torch.testing.assert_close(own, other, rtol=1e-10, atol=1e-10)


def rendered(graph, signals, raw, method="beam", **options):
    plan = prepare_render(graph, method, **ANY_ORDER.get(method, {}))
    return render_grafx(PROCESSORS, signals, raw, plan, input_signal_grad=True, **options)[0]


@pytest.mark.parametrize("seeds", [range(start, start + 15) for start in range(0, 60, 15)])
@pytest.mark.parametrize("size", [1, 3, 8, 14])
def test_five_methods_equal_a_recursion_in_values_and_gradients(size, seeds):
    for seed in seeds:
        graph = graph_of_size(size, seed)
        reference = with_gradients(graph, lambda signals, raw, graph=graph: by_recursion(graph, signals, raw), seed)
        for method in ("one-by-one", "fixed", "greedy", "beam", "optimal"):
            close(with_gradients(graph, lambda x, raw, g=graph, m=method: rendered(g, x, raw, m), seed), reference)


@pytest.mark.parametrize("seed", range(6))
def test_graphs_of_two_hundred_nodes_equal_a_recursion_too(seed):
    graph = graph_of_size(200, seed)
    reference = with_gradients(graph, lambda signals, raw: by_recursion(graph, signals, raw), seed)
    for method in ("one-by-one", "fixed", "greedy", "beam"):
        close(with_gradients(graph, lambda x, raw, m=method: rendered(graph, x, raw, m), seed), reference)


@pytest.mark.parametrize("samples_per_call", [1, 23, 64, None])
def test_the_size_of_the_calls_and_checkpoints_change_nothing(samples_per_call):
    for seed in range(12):
        graph = graph_of_size(25, seed)
        reference = with_gradients(graph, lambda x, raw, g=graph: by_recursion(g, x, raw), seed)
        for checkpoint in (False, True):
            options = {"samples_per_call": samples_per_call, "checkpoint": checkpoint}
            close(with_gradients(graph, lambda x, raw, g=graph, o=options: rendered(g, x, raw, **o), seed), reference)


@pytest.mark.parametrize("size", [4, 30, 80])
def test_permuting_the_node_ids_changes_neither_the_steps_nor_the_sound(size):
    for seed in range(12):
        graph = graph_of_size(size, seed)
        new_ids = np.random.default_rng(seed).permutation(len(graph)).tolist()
        permuted = nx.relabel_nodes(graph, dict(enumerate(new_ids)))
        signals, raw = inputs(graph, seed), parameters(graph, seed)
        rows = {
            kind: sorted(get_node_ids_from_type(graph, kind), key=new_ids.__getitem__) for kind in CONFIG.node_types
        }
        place = {kind: [get_node_ids_from_type(graph, kind).index(node) for node in rows[kind]] for kind in rows}
        moved = {kind: {"gain": tree["gain"][place[kind]]} for kind, tree in raw.items()}
        for method in ("greedy", "beam"):
            plans = prepare_render(graph, method), prepare_render(permuted, method)
            assert [step.node_type for step in plans[0].steps] == [step.node_type for step in plans[1].steps]
        output = rendered(permuted, signals[place["in"]], moved)
        torch.testing.assert_close(output, rendered(graph, signals, raw)[place["out"]], rtol=1e-10, atol=1e-10)


def test_a_reordered_graph_and_its_tensors_sound_like_the_graph():
    for seed in range(20):
        graph = graph_of_size(20, seed)
        reordered = reorder_for_fast_render(graph)
        signals, raw = inputs(reordered, seed), parameters(reordered, seed)
        reference = by_recursion(reordered, signals, raw)
        for other in (reordered, convert_to_tensor(reordered), reorder_for_fast_render(convert_to_tensor(graph))):
            plan = prepare_render(other)
            assert [step.node_type for step in plan.steps] == other.type_sequence
            output = render_grafx(PROCESSORS, signals, raw, plan)[0]
            torch.testing.assert_close(output, reference, rtol=1e-10, atol=1e-10)


def test_a_batch_of_graphs_equals_rendering_each():
    for seed in range(15):
        graphs = [graph_of_size(size, seed) for size in (1, 6, 12)]
        batch = batch_grafx(graphs)
        signals, raw = [inputs(graph, seed) for graph in graphs], [parameters(graph, seed) for graph in graphs]
        kinds = {kind for trees in raw for kind in trees}
        joined = {kind: {"gain": torch.cat([trees[kind]["gain"] for trees in raw if kind in trees])} for kind in kinds}
        output = rendered(batch, torch.cat(signals), joined)
        each = [rendered(graph, x, trees) for graph, x, trees in zip(graphs, signals, raw, strict=True)]
        each = torch.cat([item.expand(-1, output.shape[1], -1) for item in each])
        torch.testing.assert_close(output, each, rtol=1e-10, atol=1e-10)
        assert batch.counter == np.cumsum([len(graph) for graph in graphs]).tolist()


def test_a_batch_of_inputs_equals_a_loop_over_them():
    for seed in range(20):
        graph = graph_of_size(12, seed)
        raw = parameters(graph, seed)
        signals = inputs(graph, seed, batch=(3,))
        output = rendered(graph, signals, raw)
        each = torch.stack([rendered(graph, item, raw) for item in signals])
        torch.testing.assert_close(output, each, rtol=1e-10, atol=1e-10)


def test_float32_and_float64_are_kept_beside_parameters_of_the_other():
    graph = graph_of_size(12, 3)
    for signal_dtype, raw_dtype in ((torch.float32, torch.float64), (torch.float64, torch.float32)):
        raw = {kind: {"gain": tree["gain"].to(raw_dtype)} for kind, tree in parameters(graph).items()}
        assert rendered(graph, inputs(graph).to(signal_dtype), raw).dtype == signal_dtype


def test_mono_and_stereo_nodes_of_one_type_are_rendered_in_one_step():
    graph = GRAFX(CONFIG)
    stereo, mono, first, second, out = (graph.add(kind) for kind in ("in", "constant", "scale", "scale", "out"))
    for wire in ((stereo, first), (mono, second), (first, out), (second, out)):
        graph.connect(*wire)
    plan = prepare_render(graph)
    assert [step.node_type for step in plan.steps].count("scale") == 1
    signals, raw = inputs(graph), parameters(graph)
    output, _, nodes = render_grafx(PROCESSORS, signals, raw, plan)
    torch.testing.assert_close(output, by_recursion(graph, signals, raw))
    assert (nodes[first].shape[0], nodes[second].shape[0]) == (2, 1)
