"""Containers in a patch: nested parameters by path, in files, in the inspector and in a fit."""

import copy
import json

import pytest
import torch

from grafx_lab import GRAFX, GraphError, Objective, Patch, PatchError, fit
from grafx_lab.fitting import Layout
from grafx_lab.parameters import flatten
from grafx_lab.patch.edit import apply
from grafx_lab.processors import (
    DryWet,
    GainStagingRegularization,
    MidSideToStereo,
    MonoToStereo,
    ParallelMix,
    ParametricEqualizer,
    SerialChain,
    SideGainImager,
    StereoGain,
    StereoToMidSide,
    TanhDistortion,
)
from grafx_lab.session.controls_view import control_groups, control_label, control_paths, control_state, readouts
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.gallery import Gallery
from grafx_lab.session.patch_view import live_slice, patch_slice

RATE = 16000
SOURCE = 0.3 * torch.randn(2, 3000, generator=torch.Generator().manual_seed(0))


def strip() -> SerialChain:
    warm = GainStagingRegularization(DryWet(TanhDistortion(sample_rate=RATE), external_param=False))
    mix = ParallelMix({"warm": warm, "tone": ParametricEqualizer(num_filters=3, sample_rate=RATE)})
    return SerialChain({"mix": mix, "imager": SideGainImager(sample_rate=RATE), "trim": StereoGain(sample_rate=RATE)})


PATCH = Patch.chain({"strip": strip(), "out_gain": "stereo_gain"}, sample_rate=RATE)


def test_controls_are_nested_as_the_processors_are():
    controls = PATCH.controls()["strip"]
    assert controls["mix"]["warm"]["log_pre_gain"] == pytest.approx(-18)
    assert controls["mix"]["parallel_weights"].shape == (2,)
    assert set(controls) == {"mix", "imager", "trim"}


def test_a_nested_control_is_set_by_its_path():
    patch = PATCH.with_controls({"strip.mix.warm.log_pre_gain": 12.0, "strip.mix.tone.log_gain[1]": -6.0})
    assert patch.control("strip.mix.warm.log_pre_gain") == pytest.approx(12, abs=1e-4)
    assert patch.control("strip.mix.tone.log_gain[1]") == pytest.approx(-6, abs=1e-4)
    assert patch.control("strip.imager.log_gain") == 0
    assert not torch.equal(patch.render(SOURCE), PATCH.render(SOURCE))


def test_a_patch_with_containers_comes_back_from_json_and_from_its_script():
    patch = PATCH.with_controls({"strip.mix.warm.log_pre_gain": 12.0}).replace(frozen={"strip.imager.log_gain"})
    again = Patch.from_json(patch.to_json())
    assert again.to_json() == patch.to_json()
    assert again.frozen == {"strip.imager.log_gain"}
    namespace: dict = {"__name__": "script"}
    exec(patch.to_python(), namespace)
    for other in (again, namespace["patch"]):
        assert torch.equal(other.render(SOURCE), patch.render(SOURCE))


def test_a_weight_from_outside_comes_back_from_the_script():
    raw = {"log_gain": torch.tensor([[0.5, -0.5]]), "drywet_weight": torch.tensor([[0.7]])}
    graph = GRAFX()
    graph.add_serial_chain(["in", "gain", "out"])
    patch = Patch(graph, {"gain": DryWet(StereoGain(sample_rate=RATE))}, {"stereo_gain": raw}, sample_rate=RATE)
    namespace = {}
    exec(patch.to_python(), namespace)
    assert torch.equal(namespace["patch"].render(SOURCE), patch.render(SOURCE))


def test_a_weight_from_outside_that_nobody_gives_is_told_with_the_remedy():
    with pytest.raises(PatchError, match="external_param=False makes it one of the parameters"):
        Patch.from_expression("dry_wet(processor=compressor)")


def test_the_order_of_a_chain_is_part_of_its_type():
    def chain(*names: str) -> SerialChain:
        kinds = {"gain": StereoGain, "dist": TanhDistortion}
        return SerialChain({name: kinds[name](sample_rate=RATE) for name in names})

    patch = Patch.chain({"one": chain("gain", "dist"), "two": chain("dist", "gain")}, sample_rate=RATE)
    again = Patch.from_json(patch.to_json())
    assert [list(again.processor(name).processors) for name in ("one", "two")] == [["gain", "dist"], ["dist", "gain"]]


def test_a_damaged_container_in_a_file_is_refused_in_words():
    document = json.loads(PATCH.to_json())
    broken = copy.deepcopy(document)
    broken["nodes"][1]["type"]["arguments"]["processors"]["trim"] = 3
    with pytest.raises(ValueError, match="'trim' is 3"):
        Patch.from_json(json.dumps(broken))


def test_aux_is_keyed_by_node_and_path():
    aux = PATCH.render_signals({"in": SOURCE[None]}).aux
    assert set(aux) == {"strip.mix.warm.gain_reg"}
    assert aux["strip.mix.warm.gain_reg"].shape == (1,)


def test_a_fit_descends_the_controls_of_a_container_and_its_regularisation():
    truth = PATCH.with_controls({"strip.trim.log_gain": -5.0, "strip.imager.log_gain": 4.0})
    result = fit(PATCH, SOURCE, truth.render(SOURCE), steps=150, loss="mr_stft")
    assert result.loss < 0.1 * result.history.losses[0]
    objective = Objective(PATCH, SOURCE, SOURCE, aux_weights={"strip.mix.warm.gain_reg": 1.0})
    assert torch.isfinite(objective())


def test_a_layout_packs_nested_parameters_and_nodes_without_any():
    patch = Patch.chain([MonoToStereo(sample_rate=RATE), strip()], sample_rate=RATE)
    layout = Layout(patch)
    again = layout.unpack(layout.pack(patch.raw))
    assert set(again) == set(patch.raw)
    for name, tree in patch.raw.items():
        for key, value in flatten(tree).items():
            assert torch.equal(flatten(again[name])[key], value)
    assert fit(patch, SOURCE[:1], 0.5 * SOURCE, steps=2).status == "done"


def test_the_inspector_names_each_processor_and_keeps_its_vectors_together():
    groups = control_groups(PATCH, "strip")
    labels = [group["label"] for group in groups]
    assert labels[:3] == ["mix › tone: Low shelf", "mix › tone: Band 1", "mix › tone: High shelf"]
    alone = [control["label"] for control in groups[-1]["controls"]]
    assert {"mix › warm: Drive", "mix › warm: Mix", "imager: Width", "trim: Gain left", "mix: Weight warm"} <= set(
        alone
    )
    assert control_label(PATCH, "strip.mix.tone.log_gain[2]") == "mix › tone: Gain, high shelf"
    assert len(readouts(PATCH, "strip")) == 2
    for text, path, spec in control_paths(PATCH, "strip"):
        assert PATCH.spec(text)[1] == spec
        assert 0 <= control_state(PATCH, path)["position"] <= 1 or "warm" in text


def test_the_inspector_moves_a_nested_control_and_the_slices_show_it():
    patch, _ = apply(PATCH, [{"op": "control", "path": "strip.mix.warm.drywet_weight", "position": 0.5}])
    assert patch.control("strip.mix.warm.drywet_weight") == pytest.approx(50, abs=1e-3)
    view = patch_slice(patch, Gallery(), None, 1)
    assert view["errors"] == []
    zeros = Layout(patch).unpack(torch.zeros(1, Layout(patch).size))
    assert (
        "strip.mix.warm.log_pre_gain"
        in live_slice(patch, 1, None, Downhill.of_gradient(patch, 0.0, zeros))["gradients"]
    )


def test_mid_and_side_meet_again_in_a_chain():
    chain = SerialChain({"encode": StereoToMidSide(sample_rate=RATE), "decode": MidSideToStereo(sample_rate=RATE)})
    patch = Patch.chain({"there_and_back": chain}, sample_rate=RATE)
    torch.testing.assert_close(patch.render(SOURCE), SOURCE)


def test_a_signal_that_does_not_suit_a_processor_inside_is_told_with_its_name():
    patch = Patch.chain(
        {"wide": SerialChain({"gain": StereoGain(sample_rate=RATE), "mono": MonoToStereo(sample_rate=RATE)})},
        sample_rate=RATE,
    )
    with pytest.raises(GraphError, match=r"SerialChain, 'mono'.*2 channels"):
        patch.render(SOURCE)
