import networkx as nx
import pytest
import torch

from grafx_lab.graph import GRAFX, GraphError, NodeConfigs, batch_grafx, convert_to_tensor, reorder_for_fast_render
from grafx_lab.graph.tensor import as_graph

CONFIG = NodeConfigs(["eq", "reverb"])
PORTED = NodeConfigs({"split": {"inlets": ["main"], "outlets": ["low", "high"]}})


def chain(*types: str) -> GRAFX:
    graph = GRAFX(CONFIG)
    graph.add_serial_chain(["in", *types, "out"])
    return graph


def test_a_graph_becomes_indices_of_types_and_edges():
    tensor = convert_to_tensor(chain("eq", "reverb"))
    assert tensor.node_types.tolist() == [0, 3, 4, 1]
    assert tensor.edge_indices.tolist() == [[0, 1, 2], [1, 2, 3]]
    assert (tensor.num_nodes, tensor.num_edges, tensor.counter, tensor.batch) == (4, 3, 4, False)
    assert (tensor.edge_types, tensor.rendering_orders, tensor.type_sequence) == (None, None, None)
    assert tensor.config is CONFIG
    assert "GRAFXTensor with 4 nodes & 3 edges" in str(tensor)
    assert "node_types: torch.int64 (4,)" in str(tensor)


def test_edges_tell_their_ports_where_a_type_has_several():
    graph = GRAFX(PORTED)
    source, split, out = (graph.add(kind) for kind in ("in", "split", "out"))
    graph.connect(source, split)
    graph.connect(split, out, outlet="high")
    graph.connect(split, out, outlet="low")
    tensor = convert_to_tensor(graph)
    assert tensor.edge_indices.tolist() == [[0, 1, 1], [1, 2, 2]]
    assert tensor.edge_types.tolist() == [[0, 0], [0, 0], [1, 0]]
    back = as_graph(tensor)
    assert sorted(back.edges(data="outlet")) == sorted(graph.edges(data="outlet"))


def test_ids_close_the_gap_of_a_removed_node():
    graph = chain("eq", "reverb")
    graph.remove(1)
    graph.connect(0, 2)
    tensor = convert_to_tensor(graph)
    assert tensor.node_types.tolist() == [0, 4, 1]
    assert tensor.edge_indices.tolist() == [[0, 1], [1, 2]]


def test_a_graph_without_edges_or_without_a_config_converts_too():
    graph = GRAFX()
    graph.add("in")
    graph.add("whatever")
    tensor = convert_to_tensor(graph)
    assert tensor.edge_indices.shape == (2, 0)
    assert tensor.config.node_types == ["in", "out", "mix", "whatever"]


def test_an_order_travels_with_the_tensors():
    tensor = reorder_for_fast_render(convert_to_tensor(chain("eq", "reverb")), method="greedy")
    assert tensor.rendering_orders.tolist() == [0, 1, 2, 3]
    assert tensor.type_sequence == ["in", "eq", "reverb", "out"]
    assert tensor.rendering_order_method == "greedy"
    tensor.to("meta")
    assert {tensor.node_types.device, tensor.rendering_orders.device} == {torch.device("meta")}


def test_configs_are_equal_when_they_say_the_same():
    assert NodeConfigs(["eq"]) == NodeConfigs({"eq": {"inlets": ["main"], "outlets": ("main",)}})
    assert NodeConfigs(["eq"]) != NodeConfigs(["reverb"])
    assert convert_to_tensor(chain("eq")).config_hash == hash(NodeConfigs(["eq", "reverb"]))


def test_a_batch_is_the_graphs_side_by_side():
    first, second = chain("eq"), chain("reverb", "eq")
    second.remove(1)
    batch = batch_grafx([first, second])
    assert [batch.nodes[node]["node_type"] for node in sorted(batch)] == ["in", "eq", "out", "in", "eq", "out"]
    assert sorted(batch.edges()) == [(0, 1), (1, 2), (4, 5)]
    assert (batch.batch, batch.counter, batch.consecutive_ids) == (True, [3, 6], True)
    assert convert_to_tensor(batch).counter == [3, 6]
    owners = dict(reorder_for_fast_render(batch).nodes(data="batch_index"))
    assert [owners[node] for node in sorted(owners)] == [0, 1, 0, 1, 0, 1]
    with pytest.raises(nx.NetworkXError, match=r"[Ff]rozen"):
        batch.add_edge(0, 4)


def test_graphs_as_tensors_make_the_same_batch():
    graphs = [chain("eq"), chain("reverb", "eq")]
    batch, same = batch_grafx(graphs), batch_grafx([convert_to_tensor(graph) for graph in graphs])
    assert nx.utils.graphs_equal(batch, same)


@pytest.mark.parametrize(
    ("graphs", "message"),
    [
        (["eq"], "Expected a GRAFX or a GRAFXTensor, not str"),
        ([], "needs at least one graph"),
        ([GRAFX(CONFIG), GRAFX(PORTED)], "The node types of graph 1 are not those of graph 0"),
        ([GRAFX(CONFIG), batch_grafx([GRAFX(CONFIG)])], "Graph 1 is a batch already"),
    ],
)
def test_graphs_that_do_not_go_together_are_refused(graphs, message):
    with pytest.raises(GraphError, match=message):
        batch_grafx(graphs)
    with pytest.raises(GraphError, match="Expected a GRAFX or a GRAFXTensor, not list"):
        reorder_for_fast_render(graphs)
