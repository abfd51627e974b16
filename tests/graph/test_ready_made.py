import networkx as nx
import pytest

from grafx_lab.graph import (
    GraphError,
    NodeConfigs,
    feed_forward_matrix,
    mixing_console,
    multiband_split,
    open_inlets,
    prepare_render,
)


def types(graph):
    return [kind for _, kind in sorted(graph.nodes(data="node_type"))]


def wires(graph):
    return {
        (graph.display(source), edge["outlet"], graph.display(dest), edge["inlet"])
        for source, dest, edge in graph.edges(data=True)
    }


def test_a_plain_console_leads_every_track_through_its_strip_into_the_sum():
    graph = mixing_console(2, ["eq", "gain"])
    assert types(graph) == ["in", "eq", "gain", "in", "eq", "gain", "mix", "out"]
    assert ("track_2", "main", "track_2_eq", "main") in wires(graph)
    assert ("track_2_gain", "main", "sum", "main") in wires(graph)
    assert ("sum", "main", "out", "main") in wires(graph)
    assert not open_inlets(graph)


def test_a_full_console_has_sends_a_parallel_bus_and_a_master():
    graph = mixing_console(
        3, ["gain"], sends={"room": ["reverb"], "echo": ["delay"]}, send="gain", parallel=["comp"], master=["limiter"]
    )
    assert types(graph).count("gain") == 3 + 2 * 3
    expected = {
        ("track_3_gain", "main", "track_3_to_echo", "main"),
        ("track_3_to_echo", "main", "echo", "main"),
        ("echo", "main", "echo_delay", "main"),
        ("echo_delay", "main", "master", "main"),
        ("sum", "main", "parallel_comp", "main"),
        ("parallel_comp", "main", "master", "main"),
        ("sum", "main", "master", "main"),
        ("master", "main", "master_limiter", "main"),
        ("master_limiter", "main", "out", "main"),
    }
    assert expected <= wires(graph)
    assert prepare_render(graph)
    assert not open_inlets(graph)


def test_processors_that_are_repeated_in_a_strip_have_names_of_their_own():
    graph = mixing_console(1, ["eq", {"node_type": "eq", "parameters": {"w": 1}}])
    assert [name for _, name in graph.nodes(data="name")][1:3] == ["track_1_eq", "track_1_eq_2"]
    assert graph.nodes[2]["parameters"] == {"w": 1}


def test_every_band_goes_its_own_way_to_the_sum():
    graph = multiband_split({"low": ["comp", "gain"], "mid": [], "high": ["comp"]})
    assert {
        ("crossover", "low", "low_comp", "main"),
        ("crossover", "mid", "sum", "main"),
        ("crossover", "high", "high_comp", "main"),
        ("low_gain", "main", "sum", "main"),
    } <= wires(graph)
    assert graph.ports_of_type("crossover")["outlets"] == ["low", "mid", "high"]
    assert not open_inlets(graph)


def test_bands_without_processors_are_parallel_wires():
    graph = multiband_split({"low": [], "high": []})
    assert graph.number_of_edges(1, 2) == 2


def test_a_matrix_connects_every_input_to_every_output_through_a_gain():
    graph = feed_forward_matrix(3, 2, gain="gain")
    ends = [[node for node, kind in graph.nodes(data="node_type") if kind == side] for side in ("in", "out")]
    assert types(graph).count("gain") == 6
    for source in ends[0]:
        for target in ends[1]:
            assert len(list(nx.all_simple_paths(graph, source, target))) == 1
    assert ("in_3", "main", "gain_3_2", "main") in wires(graph)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: mixing_console(0, ["eq"]), "needs a track; num_tracks is 0"),
        (lambda: multiband_split({}), "needs a band"),
        (lambda: feed_forward_matrix(0, 2), "not 0 times 2"),
        (lambda: mixing_console(1, ["eq"], config=NodeConfigs(["gain"])), "knows no node type 'eq'"),
    ],
)
def test_what_cannot_be_built_says_why(build, message):
    with pytest.raises(GraphError, match=message):
        build()
