import json
import xml.etree.ElementTree as ElementTree
from functools import reduce
from operator import getitem

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from grafx_lab.graph import (
    GRAFX,
    GraphError,
    NodeConfigs,
    graph_from_graphml,
    graph_from_json,
    graph_to_dot,
    graph_to_graphml,
    graph_to_json,
    random_graph,
)
from tests.graph.processors import PORTS

CONFIG = NodeConfigs(PORTS)
FORMS = [(graph_to_json, graph_from_json), (graph_to_graphml, graph_from_graphml)]
WEIRD = ['a "quoted" name', "two\nlines\r\n\ttab", "ünïcode → 🎛", "<&>'", "\x00\x1b", "a|b{c}\\d", " "]


def plain(value):
    if isinstance(value, Tensor):
        return str(value.dtype), tuple(value.shape), value.tolist()
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def described(graph):
    settings = {key: value for key, value in graph.graph.items() if key != "config"}
    types = graph.config and graph.config.node_type_dict
    nodes = [(node, plain(data)) for node, data in graph.nodes(data=True)]
    return types, settings, nodes, list(graph.edges(data=True))


@pytest.mark.parametrize(("write", "read"), FORMS)
def test_random_graphs_are_read_back_equal(write, read):
    for seed in range(20):
        graph = random_graph(25, seed, CONFIG)
        back = read(write(graph))
        assert described(back) == described(graph)
        assert str(back.config) == str(graph.config)


@pytest.mark.parametrize(("write", "read"), FORMS)
def test_parameters_and_attributes_are_read_back_to_the_last_bit(write, read):
    graph = GRAFX(NodeConfigs(["eq"]), invalid_op="mute")
    parameters = {
        "w0": torch.randn(1, 3),
        "inner": {"q": torch.rand(1, 2, dtype=torch.float64)},
        "none": torch.ones(1, 0),
    }
    graph.add("eq", parameters=parameters, name="tone")
    graph.nodes[0].update(rendering_order=3, tags=["a", 1.5, None, True])
    graph.remove(graph.add("eq"))
    back = read(write(graph))
    assert described(back) == described(graph)
    assert back.add("eq") == 2


@pytest.mark.parametrize("text", WEIRD)
@pytest.mark.parametrize(("write", "read"), FORMS)
def test_weird_names_types_and_ports_are_read_back_equal(write, read, text):
    graph = GRAFX(NodeConfigs({text: {"inlets": [text], "outlets": [text, "rest"]}}))
    ids = [graph.add("in", name=text), graph.add(text, name=text), graph.add("out")]
    graph.connect(ids[0], ids[1], inlet=text)
    graph.connect(ids[1], ids[2], outlet=text)
    graph.connect(ids[1], ids[2], outlet="rest")
    assert described(read(write(graph))) == described(graph)


@settings(max_examples=40)
@given(st.text(max_size=20))
def test_any_name_is_read_back_equal(name):
    graph = GRAFX()
    graph.add("eq", name=name)
    for write, read in FORMS:
        assert read(write(graph)).nodes[0]["name"] == name


def test_other_programs_read_the_json_and_the_graphml():
    graph = random_graph(10, 0, CONFIG)
    linked = nx.node_link_graph(json.loads(graph_to_json(graph)), edges="edges")
    assert nx.utils.graphs_equal(nx.MultiDiGraph(linked.edges()), nx.MultiDiGraph(graph.edges()))
    root = ElementTree.fromstring(graph_to_graphml(graph))
    assert len(root.findall(".//{*}node")) == len(graph)
    assert len(root.findall(".//{*}edge")) == graph.number_of_edges()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", 'lacks "kind"'),
        ('{"kind": "grafx_lab.graph", "schema_version": 9}', "schema_version 9; this grafx_lab reads 1"),
        ('{"kind": "grafx_lab.graph", "schema_version": 1}', "damaged: KeyError at 'graph'"),
    ],
)
def test_what_is_no_graph_is_refused(text, message):
    with pytest.raises(GraphError, match=message):
        graph_from_json(text)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("graph", "types"), 0),
        (("graph", "types"), []),
        (("graph", "counter"), None),
        (("graph", "counter"), "three"),
        (("nodes", 1, "id"), None),
        (("nodes", 1, "parameters", "log_gain", "tensor", 0), "x"),
        (("nodes", 1, "parameters", "log_gain", "shape", 0), 10**30),
    ],
    ids=str,
)
def test_a_damaged_entry_is_told_in_one_line(place, value):
    graph = GRAFX(NodeConfigs(["gain"]))
    gain = {"node_type": "gain", "parameters": {"log_gain": torch.zeros(1, 2)}}
    graph.add_serial_chain(["in", gain, "out"])
    document = json.loads(graph_to_json(graph))
    *way, key = place
    reduce(getitem, way, document)[key] = value
    with pytest.raises(GraphError, match="The graph is damaged") as caught:
        graph_from_json(json.dumps(document))
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["", "<a>", "<graphml xmlns='http://graphml.graphdrawing.org/xmlns'><graph edgedefault='directed'/></graphml>"],
)
def test_what_is_no_graphml_of_ours_is_refused(text):
    with pytest.raises(GraphError, match="is no GraphML of grafx_lab"):
        graph_from_graphml(text)


def test_a_wire_to_a_port_that_does_not_exist_is_refused():
    graph = GRAFX(NodeConfigs(["eq"]))
    graph.add_serial_chain(["in", "eq", "out"])
    broken = graph_to_json(graph).replace('"inlet": "main"', '"inlet": "side"')
    with pytest.raises(GraphError, match="has no inlet 'side'"):
        graph_from_json(broken)


@pytest.mark.parametrize("value", [float("nan"), object()])
def test_an_attribute_that_cannot_be_written_is_named(value):
    graph = GRAFX()
    graph.add("eq")
    graph.nodes[0]["extra"] = value
    with pytest.raises(GraphError, match="attribute that cannot be written"):
        graph_to_json(graph)


def test_dot_has_a_field_for_every_port():
    graph = GRAFX(NodeConfigs({"split": PORTS["split"]}))
    graph.add_serial_chain(["in"])
    graph.add("split", name="two ways")
    graph.add("out")
    graph.connect(0, 1)
    graph.connect(1, 2, outlet="rest")
    assert graph_to_dot(graph).splitlines()[3:-1] == [
        r'  0 [label="{0\nin|{<o0>}}"];',
        r'  1 [label="{{<i0>}|two\ ways\nsplit|{<o0> share|<o1> rest}}"];',
        r'  2 [label="{{<i0>}|2\nout}"];',
        "  0:o0:e -> 1:i0:w;",
        "  1:o1:e -> 2:i0:w;",
    ]


@pytest.mark.parametrize("text", WEIRD)
def test_dot_quotes_whatever_stands_in_a_name(text):
    graph = GRAFX(NodeConfigs([text]))
    graph.add(text, name=text)
    line = graph_to_dot(graph).splitlines()[3]
    label = line.removeprefix('  0 [label="').removesuffix('"];')
    unquoted = label.replace('\\"', "")
    assert '"' not in unquoted
    assert unquoted.count("{") - unquoted.count("\\{") == unquoted.count("}") - unquoted.count("\\}") == 3
