"""``init="auto"``: starts without descent, for any drawn graph, and the general chain."""

import math

import pytest
import torch

from grafx_lab import Objective, Patch, fit, fit_steps
from grafx_lab.audio import Alignment, align, find_alignment
from grafx_lab.fitting import general_chain, loop
from grafx_lab.graph import GRAFX
from grafx_lab.processors import Expander, ParametricEqualizer
from tests.fitting.signals import RATE, noise

SOURCE = noise(time=RATE // 2)


def late(signal, samples):
    return torch.nn.functional.pad(signal, (samples, 0))[:, : signal.shape[1]]


@pytest.mark.parametrize("delay", [0, 1, 37, 700])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_delayed_inverted_and_filtered_target_is_found_exactly(delay, inverted):
    filtered = Patch.chain([ParametricEqualizer(num_filters=3)], sample_rate=RATE).with_controls(
        {"parametric_equalizer.log_gain": [[9.0, -9.0, 6.0]]}
    )
    target = (-1 if inverted else 1) * late(filtered.render(SOURCE), delay)
    assert find_alignment(SOURCE, target, RATE) == Alignment(delay, inverted)
    assert find_alignment(target, SOURCE, RATE) == Alignment(-delay, inverted)


def test_aligning_leaves_what_both_share():
    target = -late(SOURCE, 5)
    source, moved = align(SOURCE, target, Alignment(5, True))
    assert torch.equal(source, moved)
    assert source.shape[-1] == SOURCE.shape[-1] - 5


def test_a_delayed_inverted_target_is_undone_and_said():
    gain = Patch.chain(["stereo_gain"], sample_rate=RATE)
    target = -2 * late(SOURCE, 20)
    result = fit(gain, SOURCE, target, init="auto", steps=1, loss="waveform_l1")
    assert result.loss < 1e-6
    assert result.history.alignment == Alignment(20, True)
    said = "The target is 20 samples (1.25 ms) later than the source and upside down; that was undone before the fit."
    assert said in result.diagnosis.findings


def test_an_equalizer_starts_within_a_decibel_of_its_target():
    patch = Patch.chain([ParametricEqualizer(num_filters=3)], sample_rate=RATE)
    truth = patch.with_controls({"parametric_equalizer.log_gain": [[-6.0, 8.0, 3.0]]})
    (*_, last) = fit_steps(Objective(patch, SOURCE, truth.render(SOURCE)), 0, init="auto")
    impulse = torch.zeros(1, RATE // 2)
    impulse[0, 0] = 1
    responses = [torch.fft.rfft(each.render(impulse)).abs().log10() for each in (last.patch, truth)]
    assert 20 * float((responses[0] - responses[1])[:, 30:-300].abs().max()) < 1.0


def test_starts_are_found_node_by_node_and_the_steps_say_so():
    patch = Patch.chain(["compressor", ParametricEqualizer(num_filters=3), "stereo_gain"], sample_rate=RATE)
    swell = SOURCE * (1 + 0.9 * torch.sin(torch.arange(RATE // 2) / 900))
    truth = patch.with_controls(
        {
            "compressor.log_threshold": -35.0,
            "compressor.log_ratio": 6.0,
            "parametric_equalizer.log_gain": [[9.0, 0, -9]],
        }
    )
    steps = list(fit_steps(Objective(patch, swell, truth.render(swell)), 2, init="auto"))
    init = [step for step in steps if step.phase == "init"]
    assert [step.phase for step in steps] == ["init"] * len(init) + ["descent"] * 3
    assert init[-1].loss < 0.25 * init[0].loss
    assert [step.best_loss for step in init] == sorted((step.best_loss for step in init), reverse=True)
    assert any("'compressor' was set: it lowers the loss by" in step.cause for step in init)


def test_what_is_heard_only_at_the_end_is_found_in_the_second_round():
    patch = Patch.chain({"gate": Expander(sample_rate=RATE), "gain": "stereo_gain"}, sample_rate=RATE)
    fading = SOURCE.clone()
    fading[:, -4000:] *= 10 ** torch.linspace(0, -2.5, 4000)
    closing = {"gate.log_threshold": -30.0, "gate.log_ratio": 4.0, "gate.z_alpha_pre": [[0.5, 10.0]]}
    truth = patch.with_controls(closing)
    objective = Objective(patch, fading, truth.render(fading))
    init = [step for step in fit_steps(objective, 0, init="auto", optional={"gate"}) if step.phase == "init"]
    assert not init[-1].patch.bypassed
    assert init[-1].loss < 0.3 * init[0].loss


def test_frozen_controls_stay_and_bypassed_nodes_are_not_switched_on():
    patch = Patch.chain({"eq": ParametricEqualizer(num_filters=2), "soft": "tanh_distortion"}, sample_rate=RATE)
    patch = patch.with_controls({"eq.w0": [[200.0, 3000.0]]}).replace(frozen={"eq.w0"}, bypassed={"soft"})
    target = patch.with_controls({"eq.log_gain": [[9.0, -9.0]]}).render(SOURCE)
    result = fit(patch, SOURCE, target, init="auto", steps=1)
    assert torch.equal(result.patch.raw["eq"]["w0"], patch.raw["eq"]["w0"])
    assert result.patch.bypassed == {"soft"}
    assert result.loss < result.history.first_loss


def test_what_a_search_has_found_is_step_0_and_kept_when_it_is_interrupted():
    patch = Patch.chain({"eq": ParametricEqualizer(num_filters=2), "gain": "stereo_gain"}, sample_rate=RATE)
    objective = Objective(patch, SOURCE, patch.with_controls({"gain.log_gain": -12.0}).render(SOURCE))
    before = float(objective())
    found = fit(patch, SOURCE, objective.target, init="auto", steps=2).history
    assert len(found) == 3
    assert found.first_loss == pytest.approx(before)
    assert found.losses[0] == pytest.approx(min(found.searched))
    assert found.losses[0] < 0.5 * before
    interrupted = fit(patch, SOURCE, objective.target, init="auto", on_step=lambda step: step.loss < 0.5 * before)
    assert len(interrupted.history) == 1
    assert interrupted.loss < 0.5 * before


def test_a_graph_with_a_branch_is_started_too():
    graph = GRAFX()
    source, eq, soft, mix, gain, out = (
        graph.add(kind) for kind in ("in", "low_pass_filter", "tanh_distortion", "mix", "stereo_gain", "out")
    )
    for one, other in ((source, eq), (eq, mix), (source, soft), (soft, mix), (mix, gain), (gain, out)):
        graph.connect(one, other)
    patch = Patch(graph, sample_rate=RATE)
    truth = patch.with_controls({"low_pass_filter.w0": 900.0, "stereo_gain.log_gain": -9.0})
    objective = Objective(patch, SOURCE, truth.render(SOURCE))
    init = [step for step in fit_steps(objective, 0, init="auto") if step.phase == "init"]
    assert init[-1].loss < 0.5 * float(objective())


def test_what_a_branch_adds_is_found_beside_the_others():
    graph = GRAFX()
    source, left, right, mix, out = (graph.add(kind) for kind in ("in", "fir_filter", "stereo_gain", "mix", "out"))
    for one, other in ((source, left), (left, mix), (source, right), (right, mix), (mix, out)):
        graph.connect(one, other)
    patch = Patch(graph, sample_rate=RATE)
    truth = patch.with_raw(patch.raw | {"fir_filter": {"fir": noise(1, 1023, seed=5, level=1.0)[None]}})
    objective = Objective(patch, SOURCE, truth.render(SOURCE))
    init = [step for step in fit_steps(objective, 0, init="auto") if step.phase == "init"]
    assert init[-1].loss < 0.1 * float(objective())


def test_the_general_chain_is_cut_down_to_what_the_target_asks_for():
    chain = general_chain(RATE, interpretable=True)
    assert "room" not in chain.patch.names
    assert "room" in general_chain(RATE).patch.names
    truth = Patch.chain([ParametricEqualizer(num_filters=3)], sample_rate=RATE).with_controls(
        {"parametric_equalizer.log_gain": [[-9.0, 6.0, -6.0]]}
    )
    objective = Objective(chain.patch, SOURCE, truth.render(SOURCE))
    steps = list(fit_steps(objective, 1, **chain.options))
    chosen = set(chain.patch.raw) - steps[-1].patch.bypassed
    assert chosen == {"equalizer", "gain"}
    assert steps[-1].best_loss < 0.1 * steps[0].loss


@pytest.mark.parametrize("optional", [True, False])
def test_what_no_tremolo_has_done_is_not_laid_to_one_that_nobody_has_drawn(optional):
    patch = Patch.chain(["tremolo", "stereo_gain"], sample_rate=RATE)
    source = noise(time=2 * RATE)
    seconds = torch.arange(2 * RATE) / RATE
    swell = 1 + 0.15 * sum(torch.sin(2 * math.pi * rate * seconds) for rate in (1.3, 3.1, 5.3))
    nodes = frozenset({"tremolo"} if optional else ())
    (*_, last) = fit_steps(Objective(patch, source, swell * source), 0, init="auto", optional=nodes)
    assert ("tremolo" in last.patch.bypassed) is optional


def test_what_a_search_has_found_is_kept_when_the_descent_is_interrupted_before_its_first_step(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "judge", interrupted)
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE)
    result = fit(patch, SOURCE, patch.with_controls({"stereo_gain.log_gain": -12.0}).render(SOURCE), init="auto")
    assert result.status == "stopped"
    assert result.patch.controls()["stereo_gain"]["log_gain"].tolist() == pytest.approx([-12.0] * 2, abs=0.1)
    assert result.loss < 0.5 * result.history.first_loss
