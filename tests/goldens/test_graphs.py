"""Graphs that GRAFX 0.6.0 rendered for stored inputs (graphs.json says how)."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab.graph import GRAFX, NodeConfigs, compute_render_order, prepare_render, render_grafx
from grafx_lab.processors import Compressor, ParametricEqualizer, StereoGain, STFTMaskedNoiseReverb
from tests.goldens.comparison import distance

HERE = Path(__file__).parent
GRAPHS = json.loads((HERE / "graphs.json").read_text())["graphs"]
ARRAYS = np.load(HERE / "graphs.npz")
CONFIG = NodeConfigs(["eq", "comp", "reverb", "gain"])
PROCESSORS = {
    "eq": ParametricEqualizer(num_filters=4, backend="fsm", fsm_fir_len=2049),
    "comp": Compressor(energy_smoother="iir", smoother="fir", iir_len=2049),
    "reverb": STFTMaskedNoiseReverb(ir_len=3001),
    "gain": StereoGain(),
}


def graph_of(name: str) -> GRAFX:
    graph = GRAFX(CONFIG)
    for node_type in GRAPHS[name]["node_types"]:
        graph.add(node_type)
    for wire in GRAPHS[name]["edges"]:
        graph.connect(*wire)
    return graph


def rendered(name: str, method: str, **options) -> tuple[torch.Tensor, dict]:
    raw = {
        kind: {key: torch.from_numpy(ARRAYS[f"{name}/raw/{kind}/{key}"]).requires_grad_() for key in keys}
        for kind, keys in GRAPHS[name]["params"].items()
    }
    plan = prepare_render(graph_of(name), method, **options)
    return render_grafx(PROCESSORS, torch.from_numpy(ARRAYS[f"{name}/input"]), raw, plan)[0], raw


@pytest.mark.parametrize("method", ["greedy", "beam", "fixed"])
@pytest.mark.parametrize("name", GRAPHS)
def test_each_method_gives_the_audio_and_gradients_of_grafx(name, method):
    output, raw = rendered(name, method, **GRAPHS[name]["methods"][method]["options"])
    assert distance(output, ARRAYS[f"{name}/{method}/output"]) < 1e-5
    (output * torch.from_numpy(ARRAYS[f"{name}/cotangent"])).sum().backward()
    for kind, tree in raw.items():
        for key, leaf in tree.items():
            reference = torch.from_numpy(ARRAYS[f"{name}/grad/{kind}/{key}"])  # zero for a knee that nothing reaches
            assert (leaf.grad - reference).norm() <= 1e-3 * reference.norm(), (kind, key)


@pytest.mark.parametrize("method", ["one-by-one", "optimal"])
@pytest.mark.parametrize("name", GRAPHS)
def test_where_grafx_is_wrong_or_has_no_such_method_its_processors_called_one_by_one_decide(name, method):
    assert distance(rendered(name, method)[0], ARRAYS[f"{name}/topological_reference/output"]) < 1e-5


@pytest.mark.parametrize("name", GRAPHS)
def test_the_simple_methods_take_the_steps_of_grafx_and_beam_no_more(name):
    methods = GRAPHS[name]["methods"]
    for method in ("one-by-one", "greedy", "fixed", "beam"):
        types, _ = compute_render_order(graph_of(name), method, **methods[method]["options"])
        if method == "beam":
            assert len(types) <= len(methods[method]["type_sequence"])
        else:
            assert types == methods[method]["type_sequence"]
