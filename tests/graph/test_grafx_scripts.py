"""What GRAFX's documentation shows, in our words: scripts of GRAFX 0.6.0 run with their import lines changed."""

import pytest
import torch
from torch import nn

import grafx_lab as gl
from grafx_lab.graph import (
    GRAFX,
    NodeConfigs,
    batch_grafx,
    compute_render_order,
    convert_to_tensor,
    count_nodes_per_type,
    create_empty_parameters,
    get_node_ids_from_type,
    prepare_render,
    render_grafx,
    reorder_for_fast_render,
)
from grafx_lab.processors import Compressor, DryWet, MidSideFilteredNoiseReverb, StereoGain, ZeroPhaseFIREqualizer

LENGTH = 2048


def three_paths() -> GRAFX:
    """An input through three different chains of equalizer, compressor and reverb into one output."""
    G = GRAFX(config=NodeConfigs(["eq", "compressor", "reverb"]))
    in_id, out_id = G.add("in"), G.add("out")
    for chain in (["eq", "compressor", "reverb"], ["compressor", "eq", "reverb"], ["eq", "reverb", "compressor"]):
        start_id, end_id = G.add_serial_chain(chain)
        G.connect(in_id, start_id)
        G.connect(end_id, out_id)
    return G


def processors() -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "eq": ZeroPhaseFIREqualizer(num_magnitude_bins=64),
            "compressor": Compressor(),
            "reverb": MidSideFilteredNoiseReverb(ir_len=600),
        }
    )


def test_building_and_printing_a_graph():
    G = three_paths()
    assert (G.number_of_nodes(), G.number_of_edges(), G.counter, G.consecutive_ids, G.batch) == (
        11,
        12,
        11,
        True,
        False,
    )
    assert str(G).splitlines()[0] == "GRAFX with 11 nodes & 12 edges"
    assert "  [2] eq -> [3] compressor" in str(G)
    incoming, outgoing = G.remove(3)
    assert (len(incoming), len(outgoing), G.consecutive_ids) == (1, 1, False)


def test_a_config_may_give_names_to_inlets_and_outlets():
    config = NodeConfigs(
        {
            "crossover": {"inlets": ["main"], "outlets": ["low", "high"]},
            "compressor": {"inlets": ["main", "sidechain"], "outlets": ["main"]},
        }
    )
    assert "(4) compressor: <main, sidechain> -> <main>" in str(config)
    G = GRAFX(config=config, invalid_op="error")
    in_id, split_id, comp_id, out_id = (G.add(kind) for kind in ("in", "crossover", "compressor", "out"))
    G.connect(in_id, split_id)
    G.connect(split_id, comp_id, outlet="low", inlet="main")
    G.connect(split_id, comp_id, outlet="high", inlet="sidechain")
    G.connect(comp_id, out_id)
    G_t = convert_to_tensor(G)
    assert (G_t.num_nodes, G_t.num_edges, G_t.edge_types.shape) == (4, 4, (4, 2))
    with pytest.raises(Exception, match="no inlet 'key'"):
        G.connect(split_id, comp_id, outlet="low", inlet="key")


def test_the_order_of_rendering_batches_the_paths():
    G_t = convert_to_tensor(three_paths())
    type_sequence, render_order = compute_render_order(G_t, method="beam", width=8, depth=2)
    assert (type_sequence[0], type_sequence[-1]) == ("in", "out")
    assert len(type_sequence) == render_order.max() + 1 == 7  # instead of 11 nodes one after the other
    fixed = ["in", "eq", "compressor", "eq", "reverb", "compressor", "out"]
    assert (
        compute_render_order(G_t, method="fixed", fixed_order=[G_t.config.node_type_to_index[t] for t in fixed])[0]
        == fixed
    )


@pytest.mark.parametrize("method", ["one-by-one", "greedy", "beam"])
@pytest.mark.parametrize("as_tensor", [True, False])
def test_a_graph_is_converted_ordered_rendered_and_optimised(method, as_tensor):
    G = three_paths()
    G_t = reorder_for_fast_render(convert_to_tensor(G) if as_tensor else G, method=method)
    modules = processors()
    parameters = create_empty_parameters(modules, G, std=1e-1, generator=torch.Generator().manual_seed(0))
    render_data = prepare_render(G_t)
    assert f"RenderData with {render_data.max_order + 1} steps ({method})" in str(render_data)
    source = torch.randn(1, 2, LENGTH, generator=torch.Generator().manual_seed(1))
    optimizer = torch.optim.Adam(parameters.parameters(), lr=1e-2)
    losses = []
    for _ in range(3):
        output, intermediates_list, signal_buffer = render_grafx(modules, source, parameters, render_data)
        loss = (output - 0.1 * source).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert output.shape == (1, 2, LENGTH)
    assert len(signal_buffer) == G.number_of_nodes()
    assert intermediates_list == []
    assert losses[2] < losses[0]


def test_one_weight_of_dry_and_wet_for_every_node():
    G = three_paths()
    modules = {name: DryWet(item, external_param=True, activation="none") for name, item in processors().items()}
    parameters = create_empty_parameters(modules, G)
    render_data = prepare_render(reorder_for_fast_render(convert_to_tensor(G)))
    source = torch.randn(1, 2, LENGTH, generator=torch.Generator().manual_seed(1))
    drywet = {"drywet_weight": torch.zeros(render_data.num_nodes, 1)}
    output, _, _ = render_grafx(modules, source, parameters, render_data, common_parameters=drywet)
    torch.testing.assert_close(output, 3 * source, rtol=1e-5, atol=1e-5)


def test_several_sources_share_the_parameters():
    G = three_paths()
    modules = processors()
    parameters = create_empty_parameters(modules, G, 0.1, torch.Generator().manual_seed(0))
    render_data = prepare_render(reorder_for_fast_render(convert_to_tensor(G)))
    sources = torch.randn(3, 1, 2, LENGTH, generator=torch.Generator().manual_seed(1))
    outputs, _, signal_buffer = render_grafx(modules, sources, parameters, render_data, parameters_grad=False)
    assert outputs.shape == (3, 1, 2, LENGTH)
    assert signal_buffer.stack().shape == (3, 11, 2, LENGTH)
    assert not outputs.requires_grad
    for source, output in zip(sources, outputs, strict=True):
        alone = render_grafx(modules, source, parameters, render_data)[0]
        torch.testing.assert_close(output, alone, rtol=1e-3, atol=1e-5)


def test_intermediate_results_are_collected_step_by_step():
    gains = {"gain": gl.processors.GainStagingRegularization(StereoGain())}
    G = GRAFX(NodeConfigs(["gain"]))
    G.add_serial_chain(["in", "gain", "gain", "out"])
    parameters = create_empty_parameters(gains, G)
    source = torch.randn(1, 2, LENGTH, generator=torch.Generator().manual_seed(1))
    *_, intermediates_list, _ = render_grafx(gains, source, parameters, prepare_render(convert_to_tensor(G)))
    assert [item["gain_reg"].shape for item in intermediates_list] == [(1,), (1,)]
    sum(item["gain_reg"].sum() for item in intermediates_list).backward()
    assert parameters["gain"]["log_gain"].grad.any()


def test_many_graphs_in_one_batch():
    graphs = [three_paths() for _ in range(3)]
    G = batch_grafx(graphs)
    assert (G.batch, G.number_of_nodes()) == (True, 33)
    assert count_nodes_per_type(G, ["eq", "reverb"]) == {"eq": 9, "reverb": 9}
    assert len(get_node_ids_from_type(G, "out")) == 3
    # The paths of all three graphs are rendered in the steps of one.
    assert compute_render_order(G)[0] == compute_render_order(graphs[0])[0]


def test_the_whole_vocabulary_is_there_under_one_name():
    words = """GRAFX GRAFXTensor NodeConfigs batch_grafx convert_to_tensor compute_render_order reorder_for_fast_render
        prepare_render RenderData render_grafx create_empty_parameters count_nodes_per_type get_node_ids_from_type"""
    assert {word for word in words.split() if callable(getattr(gl, word))} == set(words.split())
