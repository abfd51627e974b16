import warnings

import networkx as nx
import pytest

from grafx_lab.graph import (
    GRAFX,
    GraphError,
    NodeConfigs,
    batch_grafx,
    compute_render_order,
    convert_to_tensor,
    open_inlets,
    prepare_render,
)

CONFIG = NodeConfigs(
    {
        "eq": {"inlets": ["main"], "outlets": ["main"]},
        "crossover": {"inlets": ["main"], "outlets": ["low", "high"]},
        "duck": {"inlets": ["main", "key"], "outlets": ["main"]},
        "synth": {"inlets": [], "outlets": ["main"]},
    }
)


def chain(*types: str) -> GRAFX:
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", *types, "out"])
    return graph


def test_nodes_are_numbered_as_they_are_added():
    graph = GRAFX(CONFIG)
    assert [graph.add("in"), graph.add("eq", {"gain": 1}, name="tone"), graph.add("out")] == [0, 1, 2]
    assert graph.nodes[1] == {"node_type": "eq", "parameters": {"gain": 1}, "name": "tone"}
    assert graph.consecutive_ids


def test_a_serial_chain_is_connected_end_to_end():
    graph = GRAFX(CONFIG)
    ends = graph.add_serial_chain(["in", {"node_type": "eq", "name": "tone"}, "out"])
    assert ends == (0, 2)
    assert list(graph.edges()) == [(0, 1), (1, 2)]
    assert graph.nodes[1]["name"] == "tone"


def test_an_empty_chain_is_refused():
    with pytest.raises(GraphError, match="at least one node"):
        GRAFX().add_serial_chain([])


def test_removing_gives_the_edges_and_leaves_a_gap_in_the_ids():
    graph = chain("eq")
    incoming, outgoing = graph.remove(1)
    assert incoming == [(0, 1, {"outlet": "main", "inlet": "main"})]
    assert outgoing == [(1, 2, {"outlet": "main", "inlet": "main"})]
    assert not graph.consecutive_ids
    assert graph.add("eq") == 3


def test_parallel_wires_between_a_pair_need_different_ports():
    graph = GRAFX(CONFIG)
    split, duck = graph.add("crossover"), graph.add("duck")
    graph.connect(split, duck, outlet="low", inlet="main")
    graph.connect(split, duck, outlet="high", inlet="main")
    graph.connect(split, duck, outlet="high", inlet="key")
    assert graph.number_of_edges(split, duck) == 3
    with pytest.raises(GraphError, match="'0' is connected to '1' already, from 'low' to 'main'"):
        graph.connect(split, duck, outlet="low", inlet="main")


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        ((0, 1, "main", "side"), "'tone' has no inlet 'side'. Its inlets are: main."),
        ((1, 0, "main", "main"), "'0' has no inlet 'main'. It has no inlets."),
        ((1, 2, "low", "main"), "'tone' has no outlet 'low'. Its outlets are: main."),
        ((2, 1, "main", "main"), "'2' has no outlet 'main'. It has no outlets."),
        ((1, 1, "main", "main"), "'tone' cannot feed itself. Feedback needs a FeedbackDelayNetwork node."),
        ((0, 9, "main", "main"), "There is no node 9 among the 3 of the graph; give an id that add() has returned."),
    ],
)
def test_a_wire_that_cannot_be_is_refused_with_the_nodes_name(wire, message):
    graph = GRAFX(CONFIG)
    for node_type, name in (("in", None), ("eq", "tone"), ("out", None)):
        graph.add(node_type, name=name)
    with pytest.raises(GraphError) as caught:
        graph.connect(*wire)
    assert caught.value.message == str(caught.value) == message
    assert graph.number_of_edges() == 0


def test_an_error_knows_its_nodes():
    graph = chain("eq")
    with pytest.raises(GraphError) as caught:
        graph.connect(1, 1)
    assert caught.value.nodes == (1,)


def test_an_unknown_type_is_refused_when_it_is_added():
    graph = GRAFX(CONFIG)
    with pytest.raises(GraphError, match=r"knows no node type 'eqq'\. Did you mean 'eq'"):
        graph.add("eqq")
    assert len(graph) == 0


def test_without_a_config_every_type_has_one_inlet_and_one_outlet():
    graph = GRAFX()
    graph.add_serial_chain(["in", "anything", "out"])
    assert graph.ports(1) == {"inlets": ["main"], "outlets": ["main"]}


def test_warn_and_mute_change_nothing_instead_of_raising():
    loud, mute = GRAFX(CONFIG, invalid_op="warn"), GRAFX(CONFIG, invalid_op="mute")
    with pytest.warns(UserWarning, match="knows no node type 'eqq'"):
        assert loud.add("eqq") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mute.add("eqq") is None
        node = mute.add("eq")
        mute.connect(node, node)
    assert (len(loud), len(mute), mute.number_of_edges()) == (0, 1, 0)
    with pytest.raises(GraphError, match="invalid_op is 'shout', expected 'error', 'warn' or 'mute'"):
        GRAFX(CONFIG, invalid_op="shout")
    graph = chain("eq")
    graph.invalid_op = "mute"
    graph.connect(0, 1)
    assert graph.number_of_edges() == 2


def test_a_copy_keeps_config_counter_and_wires_and_is_another_graph():
    graph = chain("eq")
    copy = graph.copy()
    assert isinstance(copy, GRAFX)
    assert copy.config is CONFIG
    assert copy.add("eq") == 3
    assert (len(graph), graph.number_of_edges(), copy.number_of_edges()) == (3, 2, 2)


@pytest.mark.parametrize(
    "changed",
    [
        lambda graph: nx.union(graph, nx.relabel_nodes(graph, lambda node: node + len(graph))),
        lambda graph: nx.relabel_nodes(graph, lambda node: node + 1),
        lambda graph: nx.disjoint_union(graph, graph),
    ],
    ids=["union", "labels", "disjoint union"],
)
def test_a_node_is_added_beside_those_that_networkx_has_brought(changed):
    graph = changed(chain("eq"))
    before = graph.node_types
    added = {graph.add("mix"), graph.add("mix")}
    assert len(added - before.keys()) == 2
    assert graph.node_types == before | dict.fromkeys(added, "mix")


def test_a_batch_of_graphs_takes_no_further_node():
    batch = batch_grafx([chain("eq"), chain("eq")])
    for graph in (batch, batch.copy()):
        with pytest.raises(GraphError, match="add it to one of its graphs, and batch them anew"):
            graph.add("eq")


def test_a_cycle_names_its_loop_and_the_remedy():
    graph = GRAFX(CONFIG)
    for node_type, name in (("in", None), ("eq", "first"), ("mix", None), ("eq", "second"), ("out", None)):
        graph.add(node_type, name=name)
    for source, dest in ((0, 2), (1, 2), (2, 3), (3, 1), (3, 4)):
        graph.connect(source, dest)
    with pytest.raises(GraphError, match="Remove one of these wires; feedback needs a FeedbackDelayNetwork") as caught:
        prepare_render(graph)
    loop = caught.value.nodes
    assert set(loop) == {"first", 2, "second"}
    assert " → ".join(map(str, [*loop, loop[0]])) in caught.value.message


def test_a_graph_without_output_says_what_to_add():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "eq"])
    with pytest.raises(GraphError, match="The graph has no output: add an 'out' node"):
        prepare_render(graph)


def test_ports_that_networkx_slipped_in_are_found_before_rendering():
    graph = chain("eq")
    graph.add_edge(0, 1, outlet="main", inlet="ghost")
    with pytest.raises(GraphError, match="'1' has no inlet 'ghost'"):
        prepare_render(graph)


@pytest.mark.parametrize("use", [prepare_render, convert_to_tensor])
@pytest.mark.parametrize(
    ("slip_in", "message"),
    [
        (lambda graph: graph.add_edge(0, 2), "from '0' to '2' does not say its outlet and inlet: lay wires with"),
        (lambda graph: graph.add_node(9), "Node 9 has no type: make nodes with add"),
        (lambda graph: graph.add_edge(1, 9, outlet="main", inlet="main"), "Node 9 has no type"),
    ],
    ids=["wire", "node", "node at the end of a wire"],
)
def test_what_networkx_adds_without_type_or_ports_is_named_with_the_remedy(use, slip_in, message):
    graph = chain("eq")
    slip_in(graph)
    with pytest.raises(GraphError, match=message):
        use(graph)


def test_open_inlets_are_listed_except_the_optional_ones():
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", "duck", "out"])
    graph.add("eq")
    assert open_inlets(graph) == [(1, "key"), (3, "main")]
    assert open_inlets(graph, optional=[("duck", "key")]) == [(3, "main")]


def test_the_render_order_gives_the_types_and_the_step_of_each_node():
    graph = GRAFX(CONFIG)
    out, tone, source = graph.add("out"), graph.add("eq"), graph.add("in")
    graph.connect(source, tone)
    graph.connect(tone, out)
    types, steps = compute_render_order(graph)
    assert types == ["in", "eq", "out"]
    assert steps.tolist() == [2, 1, 0]  # by ascending id
    with pytest.raises(GraphError, match="no rendering method 'fastest'; available: 'one-by-one', 'fixed', 'greedy'"):
        compute_render_order(graph, "fastest")


def test_a_plan_can_be_read():
    plan = prepare_render(chain("eq", "duck"))
    assert "RenderData with 4 steps" in str(plan)
    assert "(2) duck: nodes [2] read [1]" in str(plan)
    assert plan.type_rows == {"in": (0,), "eq": (1,), "duck": (2,), "out": (3,)}


def test_a_graph_prints_its_nodes_and_wires():
    graph = chain("eq")
    assert str(graph).splitlines() == [
        "GRAFX with 3 nodes & 2 edges",
        "  [0] in -> [1] eq",
        "  [1] eq -> [2] out",
        "  [2] out",
    ]
