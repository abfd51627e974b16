import pytest
import torch

from grafx_lab import (
    GRAFX,
    AudioError,
    FitError,
    GraphError,
    LossError,
    NodeConfigs,
    Objective,
    Patch,
    PatchError,
    fit,
)
from tests.fitting.signals import RATE, audio, noise
from tests.graph.processors import PORTS, Constant, Split

GAIN = Patch.chain(["stereo_gain"], sample_rate=RATE)


def test_the_objective_is_the_loss_of_the_render():
    patch = GAIN.with_controls({"stereo_gain.log_gain": 20.0})
    objective = Objective(patch, noise(), noise(), "waveform_l1")
    assert float(objective()) == pytest.approx(9 * float(noise().abs().mean()), rel=1e-4)
    assert float(objective(GAIN.raw)) == pytest.approx(0.0, abs=1e-7)


def test_many_raw_parameters_are_rendered_as_one_batch():
    objective = Objective(GAIN, noise(), noise(), "waveform_l1")
    raw = {"stereo_gain": {"log_gain": torch.tensor([[0.0, 0.0], [1.0, 1.0], [-1.0, 2.0]])}}
    alone = [float(objective({"stereo_gain": {"log_gain": row[None]}})) for row in raw["stereo_gain"]["log_gain"]]
    assert objective.per_item(raw).tolist() == pytest.approx(alone, abs=1e-7)


def test_gradients_are_those_of_the_loss():
    objective = Objective(GAIN, noise(), 3 * noise(), "waveform_l1")
    leaf = torch.zeros(1, 2, requires_grad=True)
    (gradient,) = torch.autograd.grad(objective({"stereo_gain": {"log_gain": leaf}}), leaf)
    expected = -noise().abs().mean(-1) / 2  # each channel counts half
    torch.testing.assert_close(gradient[0], expected)


def test_rates_lengths_and_layouts_are_made_to_match_and_it_is_said():
    objective = Objective(GAIN, audio(1, 16000, 16000, "dry"), audio(2, 11025, 44100, "wet"), "waveform_l1")
    assert objective.inputs["in"].shape == objective.target.shape == (1, 2, 4000)
    assert objective.messages == (
        "The mono source was repeated on 2 channels.",
        "The target was resampled from 44100 Hz to 16000 Hz.",
        "The last 0.75 s of the source were left out: it is the longer one.",
    )


def test_a_matching_pair_needs_no_words():
    assert Objective(GAIN, audio(), audio()).messages == ()


def test_a_mono_target_of_a_stereo_patch_counts_for_both_sides():
    objective = Objective(GAIN, noise(1), noise(1), "waveform_l1")
    assert objective.target.shape[1] == 2
    assert float(objective()) == pytest.approx(0.0, abs=1e-7)


def test_a_mono_patch_is_compared_with_both_sides_of_a_stereo_target():
    patch = Patch.chain(["tanh_distortion"], sample_rate=RATE)
    target = noise(1).expand(2, -1)
    assert float(Objective(patch, noise(1), target, "waveform_l1")()) < 1e-3


def test_several_inputs_have_a_source_each():
    graph = GRAFX()
    first, second, mix, out = (graph.add(kind) for kind in ("in", "in", "mix", "out"))
    for wire in ((first, mix), (second, mix), (mix, out)):
        graph.connect(*wire)
    sources = {"in": noise(seed=1), "in_2": noise(seed=2)[:, :3000]}
    objective = Objective(Patch(graph, sample_rate=RATE), sources, noise(seed=1) + noise(seed=2), "waveform_l1")
    assert objective.target.shape[-1] == 3000
    assert float(objective()) == pytest.approx(0.0, abs=1e-7)


def test_a_patch_of_generators_needs_no_source_and_can_be_fitted():
    graph = GRAFX()
    graph.add_serial_chain(["constant", "out"])
    patch = Patch(graph, {"constant": Constant(sample_rate=RATE)}, sample_rate=RATE)
    result = fit(patch, None, torch.full((1, 500), 0.5), loss="waveform_l1", steps=80)
    assert result.patch.control("constant.gain") == pytest.approx(0.5, abs=0.01)


def test_aux_tensors_are_added_with_their_weight():
    graph = GRAFX(NodeConfigs(PORTS))
    source, split, out = graph.add("in"), graph.add("split", name="split"), graph.add("out")
    graph.connect(source, split)
    graph.connect(split, out, outlet="rest")
    patch = Patch(graph, {"split": Split(sample_rate=RATE)}, sample_rate=RATE)
    plain = Objective(patch, noise(), noise(), "waveform_l1")
    weighted = Objective(patch, noise(), noise(), "waveform_l1", aux_weights={"split.gain": 10.0})
    assert float(weighted()) == pytest.approx(float(plain()) + 10.0)  # the gain is 1
    with pytest.raises(LossError, match=r"no aux tensor 'split\.gian'; it gives: split\.gain"):
        Objective(patch, noise(), noise(), aux_weights={"split.gian": 1.0})


def test_another_loss_or_patch_compares_the_same_signals():
    objective = Objective(GAIN, noise(), 2 * noise(), "mr_stft")
    by_waveform = objective.with_loss("waveform_l1")
    assert float(by_waveform()) == pytest.approx(float(noise().abs().mean()))
    louder = by_waveform.with_patch(GAIN.with_controls({"stereo_gain.log_gain": 6.0206}))
    assert float(louder()) == pytest.approx(0.0, abs=1e-5)


NOT_A_NUMBER = noise()
NOT_A_NUMBER[0, 7] = float("nan")


@pytest.mark.parametrize(
    ("source", "target", "error", "message"),
    [
        (noise(), None, AudioError, "There is no target: an objective compares"),
        (None, noise(), AudioError, "There is no source: an objective compares"),
        (noise(), NOT_A_NUMBER, AudioError, r"The target contains samples that are not numbers \(NaN or infinite\)"),
        (NOT_A_NUMBER, noise(), AudioError, "The in contains samples that are not numbers"),
        (noise(), noise(3), AudioError, "The output of the patch has 2 channels, the other side 3"),
        (noise(3), noise(), GraphError, "'stereo_gain' cannot be rendered"),
        (audio(), audio(3), AudioError, "The source 'noise' has 2 channels and the target 'noise' has 3"),
        (noise(), "song.wav", PatchError, "The source of 'target' is str; give Audio or a tensor"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(source, target, error, message):
    with pytest.raises(error, match=message):
        Objective(GAIN, source, target)


def test_an_unknown_loss_is_refused():
    with pytest.raises(LossError, match="There is no loss 'loud'"):
        Objective(GAIN, noise(), noise(), "loud")


def test_fit_errors_are_value_errors_like_all_of_the_house():
    assert issubclass(FitError, ValueError)
