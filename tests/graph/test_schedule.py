import sys
from collections import Counter

import networkx as nx
import pytest

from grafx_lab.graph import (
    GRAFX,
    GraphError,
    NodeConfigs,
    compute_render_order,
    mixing_console,
    plan,
    prepare_render,
    random_graph,
    randomly_pruned,
    reorder_for_fast_render,
)
from tests.graph.processors import PORTS

CONFIG = NodeConfigs(PORTS)
LETTERS = NodeConfigs(["a", "b", "c", "d"])
STRIP = ["eq", "compressor", "gain"]
ORDER = [*STRIP, "mix", "gain", "mix", "reverb", "mix", "eq", "compressor", "mix", "limiter"]


def steps(graph, method="beam", **options) -> int:
    return len(compute_render_order(graph, method, **options)[0])


def tracks(*words: str) -> GRAFX:
    """A chain of one-letter types for each word, all into one output."""
    graph = GRAFX(LETTERS)
    for word in words:
        graph.add_serial_chain(["in", *word])
    out = graph.add("out")
    for node in [node for node in graph if not graph.out_degree(node) and node != out]:
        graph.connect(node, out)
    return graph


def pruned_console(seed: int) -> tuple[GRAFX, list[str]]:
    """About 100 nodes left of a console, and the order that renders the whole console."""
    buses = {"room": ["reverb"], "plate": ["eq", "reverb"]}
    console = mixing_console(20, STRIP, sends=buses, send="gain", parallel=["compressor"], master=["eq", "limiter"])
    return randomly_pruned(console, seed, 0.3), compute_render_order(console, "greedy")[0]


@pytest.mark.parametrize("method", ["greedy", "beam", "optimal"])
def test_every_node_is_in_a_step_of_its_type_behind_all_that_it_hears(method):
    for seed in range(20):
        graph = random_graph(10, seed, CONFIG)
        types, order = compute_render_order(graph, method)
        step_of = dict(zip(sorted(graph), order.tolist(), strict=True))
        assert all(types[step_of[node]] == graph.nodes[node]["node_type"] for node in graph)
        assert all(step_of[source] < step_of[dest] for source, dest in graph.edges())
        assert sorted(set(step_of.values())) == list(range(len(types)))
        assert "in" not in types[1:]
        assert types[-1] == "out"
        assert "out" not in types[:-1]


@pytest.mark.parametrize("size", [5, 20, 60, 200])
def test_beam_never_needs_more_steps_than_greedy(size):
    shorter = 0
    for seed in range(12):
        graph = random_graph(size, seed, CONFIG)
        greedy = steps(graph, "greedy")
        for options in ({}, {"width": 1}, {"width": 4, "depth": 2}):
            assert steps(graph, "beam", **options) <= greedy
        shorter += steps(graph) < greedy
    assert size < 60 or shorter > 3


@pytest.mark.parametrize("seed", range(12))
def test_a_pruned_console_needs_no_more_steps_than_the_order_that_it_was_pruned_from(seed):
    console, order = pruned_console(seed)
    assert 90 < len(console) < 130
    assert steps(console) <= steps(console, "fixed", fixed_order=order)


def test_an_exact_search_proves_beam_right_on_small_graphs():
    for seed in range(60):
        graph = random_graph(12, seed, CONFIG)
        assert steps(graph, "optimal") == steps(graph)


@pytest.mark.parametrize(
    ("words", "fewest"),
    [(["abc"], 3), (["ab", "ba"], 3), (["abcd", "bcda"], 5), (["abab", "baba"], 5), (["aab", "abb"], 4)],
)
def test_chains_need_the_shortest_word_that_contains_them_all(words, fewest):
    graph = tracks(*words)
    assert steps(graph, "optimal") - 2 == fewest  # beside ``in`` and ``out``
    assert steps(graph) - 2 == fewest


def test_one_by_one_renders_a_node_a_step_behind_the_inputs():
    graph = tracks("ab", "ba")
    types, order = compute_render_order(graph, "one-by-one")
    assert types[0] == "in"
    assert Counter(types[1:]) == {"a": 2, "b": 2, "out": 1}
    assert len(set(order.tolist())) == len(types) == len(graph) - 1


def test_a_fixed_order_leaves_out_what_is_not_ready_and_takes_names_and_indices():
    graph = tracks("ab", "ba")
    assert compute_render_order(graph, "fixed", fixed_order=["c", "a", "b", "a"])[0] == ["in", "a", "b", "a", "out"]
    indices = [LETTERS.node_type_to_index[letter] for letter in "bab"]
    assert compute_render_order(graph, "fixed", fixed_order=[0, *indices])[0] == ["in", "b", "a", "b", "out"]


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("fixed", {}, "needs fixed_order, a sequence of node types"),
        ("fixed", {"fixed_order": ["a"]}, "ends before everything is rendered: nodes of a, b are left"),
        ("fixed", {"fixed_order": ["a", "x"]}, "names the type 'x', which is none of in, out, mix, a, b, c, d"),
        ("greedy", {"width": 3}, r"'greedy' does not take \['width'\]"),
    ],
)
def test_options_that_do_not_fit_are_refused(method, options, message):
    with pytest.raises(GraphError, match=message):
        compute_render_order(tracks("ab", "ba"), method, **options)


def test_an_exact_search_that_takes_too_long_is_given_up_with_what_is_known():
    graph = random_graph(150, 0, LETTERS)
    with pytest.raises(GraphError, match=r"not found among 50 states: at least \d+ are needed.*method='beam'"):
        compute_render_order(graph, "optimal", max_states=50)


def test_reordering_gives_a_copy_with_ids_in_the_order_of_rendering():
    graph = GRAFX(LETTERS)
    out, last, first, source = (graph.add(kind, name=kind) for kind in ("out", "b", "a", "in"))
    for wire in ((source, first), (first, last), (last, out)):
        graph.connect(*wire)
    reordered = reorder_for_fast_render(graph, method="greedy")
    assert [reordered.nodes[node]["name"] for node in sorted(reordered)] == ["in", "a", "b", "out"]
    assert sorted(reordered.edges()) == [(0, 1), (1, 2), (2, 3)]
    assert (reordered.type_sequence, reordered.rendering_order_method) == (["in", "a", "b", "out"], "greedy")
    assert (graph.type_sequence, graph.rendering_order_method) == (None, None)
    assert prepare_render(reordered).method == "greedy"
    assert prepare_render(graph).method == "beam"


def test_a_stored_order_that_no_longer_fits_is_refused():
    reordered = reorder_for_fast_render(tracks("ab"))
    reordered.connect(0, reordered.add("a"))
    with pytest.raises(GraphError, match="does not fit it, because the graph was changed since: reorder it again"):
        prepare_render(reordered)


def test_a_frozen_graph_is_planned_once_and_a_copy_of_it_anew(monkeypatch):
    planned = []
    real = plan.schedule
    monkeypatch.setattr(plan, "schedule", lambda *args, **options: planned.append(1) or real(*args, **options))
    graph = nx.freeze(tracks("ab"))
    assert prepare_render(graph).steps is prepare_render(graph).steps
    assert len(planned) == 1
    prepare_render(graph, "greedy")
    prepare_render(graph, latencies={"a": 3})
    assert len(planned) == 3
    copy = graph.copy()
    copy.connect(0, copy.add("c"))
    assert prepare_render(copy).num_nodes == len(graph) + 1


def operations(function) -> int:
    """Bytecode instructions that the package executes."""
    count = 0

    def trace(frame, event, _argument):
        nonlocal count
        if "grafx_lab" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("method", ["one-by-one", "greedy", "beam"])
def test_planning_costs_the_same_for_each_node_of_a_small_and_of_a_large_graph(method):
    per_node = []
    for num_tracks in (25, 100, 250):
        console = mixing_console(num_tracks, STRIP, master=["limiter"])
        per_node.append(operations(lambda graph=console: prepare_render(graph, method)) / len(console))
    assert max(per_node) < 1.3 * min(per_node)
