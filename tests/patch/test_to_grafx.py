import pytest
import torch

import grafx_lab as gl

RATE = 16000
NOISE = 0.1 * torch.randn(2, 800, generator=torch.Generator().manual_seed(0))
DRAWN = "stereo_gain >> crossover >> (compressor | dry | compressor(knee='hard')) >> (dry | stereo_gain)"


def rendered_by_type(patch, source):
    graph, processors, parameters = gl.to_grafx(patch)
    output, _, _ = gl.render_grafx(processors, source, parameters, gl.prepare_render(graph))
    return output


def test_a_drawn_patch_renders_with_render_grafx():
    patch = gl.Patch.from_expression(DRAWN, RATE)
    patch = patch.with_controls(
        {"stereo_gain.log_gain": 6.0, "stereo_gain_2.log_gain": -6.0, "compressor.log_threshold": -30.0}
    )
    torch.testing.assert_close(rendered_by_type(patch, NOISE[None])[0], patch.render(NOISE))


def test_rows_are_in_the_order_of_ids():
    patch = gl.Patch.chain(["stereo_gain"] * 3, RATE).with_controls({"stereo_gain_2.log_gain": 20.0})
    rows = gl.to_grafx(patch).parameters["stereo_gain"]["log_gain"]
    assert rows.shape == (3, 2)
    assert rows[1, 0] > 1 > rows[0, 0] == rows[2, 0]


def test_several_inputs_are_rows_of_the_source():
    patch = gl.console_patch(2, ["stereo_gain"], sample_rate=RATE)
    sources = torch.stack([NOISE, 2 * NOISE])
    torch.testing.assert_close(rendered_by_type(patch, sources)[0], 3 * NOISE)


def test_bypassed_nodes_are_gone():
    patch = gl.Patch.chain(["stereo_gain", "stereo_gain"], RATE).with_controls(
        {"stereo_gain.log_gain": 20.0, "stereo_gain_2.log_gain": 6.0}
    )
    patch = patch.replace(bypassed={"stereo_gain"})
    torch.testing.assert_close(rendered_by_type(patch, NOISE[None])[0], patch.render(NOISE))


def test_frames_of_different_counts_are_named():
    kinds = {"crossfade": {"class": "crossfade", "arguments": {}}}
    graph = gl.GRAFX(gl.NodeConfigs({"crossfade": {"inlets": ["signal_one", "signal_two"], "outlets": ["main"]}}))
    source, target = graph.add("in"), graph.add("out")
    for frames in (1, 2):
        node = graph.add("crossfade", parameters={"mix_level": torch.zeros(1, frames, 1)})
        graph.connect(source, node, inlet="signal_one")
        graph.connect(source, node, inlet="signal_two")
        graph.connect(node, target)
    patch = gl.Patch(graph, kinds, sample_rate=RATE)
    with pytest.raises(gl.PatchError, match="'mix_level' of the nodes of type 'crossfade' has the shapes"):
        gl.to_grafx(patch)
