import pytest

from grafx_lab.graph import GraphError, NodeConfigs

CROSSOVER = {"inlets": ["main"], "outlets": ["low", "high"]}


def test_a_list_of_types_gives_each_one_inlet_and_one_outlet():
    config = NodeConfigs(["eq", "reverb"])
    assert config.node_types == ["in", "out", "mix", "eq", "reverb"]
    assert config["eq"] == {"inlets": ["main"], "outlets": ["main"]}
    assert config.siso_only
    assert config.num_node_types == 5


def test_a_mapping_gives_names_and_counts_to_ports():
    config = NodeConfigs({"crossover": CROSSOVER})
    assert config["crossover"] == CROSSOVER
    assert (config.num_inlets["crossover"], config.num_outlets["crossover"]) == (1, 2)
    assert (config.max_num_inlets, config.max_num_outlets, config.siso_only) == (1, 2, False)
    assert config.outlet_to_index["crossover"] == {"low": 0, "high": 1}
    assert config.inlet_to_index["in"] == {}
    assert config.node_type_to_index["crossover"] == 3


def test_an_unknown_type_is_named_with_its_neighbours():
    with pytest.raises(
        GraphError, match=r"knows no node type 'revreb'. Did you mean 'reverb'\? It allows in, out, mix"
    ):
        NodeConfigs(["reverb"])["revreb"]


def test_a_single_name_is_not_taken_for_a_list_of_letters():
    with pytest.raises(GraphError, match="takes a list of types or a dict from type to ports, not 'eq'"):
        NodeConfigs("eq")


def test_it_prints_a_line_for_each_type():
    text = str(NodeConfigs({"crossover": CROSSOVER}))
    assert "(0) in: None -> <main>" in text
    assert "(3) crossover: <main> -> <low, high>" in text


def test_utility_types_may_be_listed_and_keep_their_ports():
    assert NodeConfigs(["in", "eq", "out", "mix"]) == NodeConfigs(["eq"])


@pytest.mark.parametrize(
    "ports", [["main"], {"inlets": ["main"]}, {"inlets": "main", "outlets": []}, {"inlets": ["a", "a"], "outlets": []}]
)
def test_ports_that_are_no_two_lists_of_names_are_refused(ports):
    with pytest.raises(GraphError, match=r"The ports of the node type 'eq' are .*; give two lists of different names"):
        NodeConfigs({"eq": ports})
