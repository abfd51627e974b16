import networkx as nx
import numpy as np
import pytest

from grafx_lab.graph import (
    GraphError,
    NodeConfigs,
    mixing_console,
    open_inlets,
    prepare_render,
    random_console,
    random_graph,
    randomly_pruned,
    without,
)
from tests.graph.processors import PORTS

CONFIG = NodeConfigs(PORTS)
SISO = NodeConfigs(["eq", "gain"])
GRAPHS = [random_graph(size, seed, CONFIG) for seed in range(60) for size in (1, 7, 40)]


def described(graph):
    return sorted(graph.nodes(data="node_type")), sorted((*edge[:2], *edge[2].values()) for edge in graph.edges.data())


@pytest.mark.parametrize("size", [1, 2, 30, 200])
def test_a_random_graph_has_the_processors_that_were_asked_for_and_can_be_planned(size):
    for seed in range(20):
        graph = random_graph(size, seed, CONFIG)
        assert sum(kind in PORTS for _, kind in graph.nodes(data="node_type")) == size
        assert sum(len(step.node_ids) for step in prepare_render(graph).steps) == len(graph)


def test_the_same_seed_gives_the_same_graph_and_another_one_another():
    assert described(random_graph(30, 5, CONFIG)) == described(random_graph(30, 5, CONFIG))
    assert described(random_graph(30, 5, CONFIG)) == described(random_graph(30, np.random.default_rng(5), CONFIG))
    assert described(random_graph(30, 5, CONFIG)) != described(random_graph(30, 6, CONFIG))


@pytest.mark.parametrize(
    "shape",
    [
        lambda graph: any(graph.number_of_edges(*edge) > 1 for edge in graph.edges()),
        lambda graph: nx.number_weakly_connected_components(graph) > 1,
        lambda graph: nx.number_weakly_connected_components(graph) == 1,
        lambda graph: "in" not in nx.get_node_attributes(graph, "node_type").values(),
        lambda graph: "mix" in nx.get_node_attributes(graph, "node_type").values(),
        lambda graph: any(source > dest for source, dest in graph.edges()),
        lambda graph: bool(open_inlets(graph)),
        lambda graph: sum(kind == "out" for _, kind in graph.nodes(data="node_type")) > 1,
        lambda graph: any(kind != "out" and not graph.out_degree(node) for node, kind in graph.nodes(data="node_type")),
    ],
    ids=["parallel edges", "parts", "one part", "no input", "mix", "ids", "open inlets", "outputs", "unheard"],
)
def test_every_shape_comes_up_but_is_not_the_rule(shape):
    assert 5 < sum(map(shape, GRAPHS)) < len(GRAPHS)


def test_serial_leads_from_a_chain_to_a_wide_graph():
    depth = [
        nx.dag_longest_path_length(random_graph(60, 1, SISO, serial=serial, num_parts=1)) for serial in (1, 0.5, 0)
    ]
    assert depth[0] > 20 > depth[1] > depth[2]


def test_counts_can_be_given():
    graph = random_graph(5, 0, SISO, num_inputs=2, num_outputs=4)
    types = [kind for _, kind in graph.nodes(data="node_type")]
    assert (types.count("in"), types.count("out")) == (2, 4)


@pytest.mark.parametrize(
    ("size", "config", "settings"), [(0, CONFIG, {}), (3, NodeConfigs([]), {}), (3, CONFIG, {"num_outputs": 0})]
)
def test_a_graph_of_nothing_is_refused(size, config, settings):
    with pytest.raises(GraphError, match="needs nodes, types and an output"):
        random_graph(size, 0, config, **settings)


def test_a_node_that_is_taken_out_is_bypassed():
    graph = mixing_console(2, ["eq", "gain"])
    pruned = without(graph, [1, 2])  # both processors of the first track
    assert [*pruned.successors(0)] == [6]
    assert [*pruned.predecessors(6)] == [5, 0]
    assert len(graph) == 8


def test_outlets_without_an_inlet_of_their_place_fall_silent():
    graph = random_graph(1, 0, NodeConfigs({"split": PORTS["split"]}), num_inputs=1, num_outputs=1)
    split = next(node for node, kind in graph.nodes(data="node_type") if kind == "split")
    source, target = (next(n for n, kind in graph.nodes(data="node_type") if kind == side) for side in ("in", "out"))
    graph.remove_edges_from([*graph.edges])
    graph.connect(source, split)
    graph.connect(split, target, outlet="share")
    assert [*without(graph, [split]).edges(source)] == [(source, target)]
    graph.remove_edge(split, target)
    graph.connect(split, target, outlet="rest")
    assert not without(graph, [split]).number_of_edges()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_random_console_keeps_its_tracks_and_loses_the_share(share):
    console = random_console(8, ["eq", "gain"], 3, share, sends={"room": ["reverb"]}, send="gain")
    whole = mixing_console(8, ["eq", "gain"], sends={"room": ["reverb"]}, send="gain")
    prepare_render(console)
    assert len(whole) - len(console) == round(share * 25)
    ends = [node for node, kind in whole.nodes(data="node_type") if kind in ("in", "out")]
    assert all(nx.has_path(console, node, ends[-1]) for node in ends)


def test_a_share_beyond_all_is_refused():
    with pytest.raises(GraphError, match=r"1\.5, expected 0 to 1"):
        randomly_pruned(mixing_console(1, ["eq"]), 0, 1.5)
