"""What is said about a fit follows from its numbers."""

import json

import pytest
import torch

from grafx_lab import Objective, Patch, fit
from grafx_lab.fitting import Layout, fit_report
from grafx_lab.fitting.contribution import contributions
from grafx_lab.fitting.identifiability import identify
from grafx_lab.fitting.noise_floor import noise_floor
from grafx_lab.processors import ParametricEqualizer
from tests.fitting.signals import RATE, noise

SOURCE = noise()


def objective(patch: Patch, target=None) -> Objective:
    return Objective(patch, SOURCE, patch.render(SOURCE) if target is None else target)


def test_two_gains_in_a_row_cannot_be_told_apart():
    patch = Patch.chain({"first": "stereo_gain", "second": "stereo_gain"}, sample_rate=RATE)
    known = identify(objective(patch), patch)
    assert {name for group in known.confused for name in group} >= {"first.log_gain", "second.log_gain"}
    assert (
        "'first.log_gain' and 'second.log_gain' cannot be told apart: moved against each other they leave the loss"
        " as it is." in known.findings
    )
    assert known.eigenvalues[:2].abs().max() < 1e-4


def test_a_gain_alone_is_determined():
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE)
    known = identify(objective(patch), patch)
    assert (known.confused, known.unheard) == ((), ())
    assert known.paths == ("stereo_gain.log_gain[0]", "stereo_gain.log_gain[1]")


def test_the_frequency_of_a_bell_without_gain_is_not_heard():
    patch = Patch.chain([ParametricEqualizer(num_filters=2, use_shelving_filters=False)], sample_rate=RATE)
    known = identify(objective(patch), patch)
    assert set(known.unheard) == {f"parametric_equalizer.{name}[{band}]" for name in ("w0", "q_inv") for band in (0, 1)}
    assert "The loss hardly depends on 'parametric_equalizer.w0': its value means nothing." in known.findings


def test_a_node_contributes_what_the_loss_rises_by_without_it():
    patch = Patch.chain({"gain": "stereo_gain", "idle": "stereo_gain"}, sample_rate=RATE).with_controls(
        {"gain.log_gain": 6.0}
    )
    target = objective(patch, patch.render(SOURCE) + 0.01 * noise(seed=1))
    first, second = contributions(target, patch)
    assert (first.node, second.node) == ("gain", "idle")
    assert first.loss == pytest.approx(float(target()))
    without = patch.with_controls({"gain.log_gain": 0.0})
    assert first.without == pytest.approx(float(target(without.raw)), rel=1e-4)
    assert str(first) == f"'gain' contributes: without it the loss is {first.without:.3g} instead of {first.loss:.3g}."
    assert str(second) == "'idle' contributes nothing: without it the loss is the same."


def test_rounding_to_eight_bits_is_a_floor_that_is_told():
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE)
    rounded = (SOURCE * 128).round() / 128
    bits, floor = noise_floor(objective(patch, rounded))
    assert bits == 8
    unrounded = float(objective(patch, rounded)())
    assert 0.5 * unrounded < floor < 2 * unrounded
    findings = fit(patch, SOURCE, rounded, steps=1).diagnosis.findings
    assert any(
        said.startswith("The target has 8 bits: about ") and said.endswith("It is reached.") for said in findings
    )
    assert noise_floor(objective(patch)) is None


def test_an_edge_is_named_with_how_many_entries_are_there():
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE).with_controls({"stereo_gain.log_gain": [23.9, 0.0]})
    findings = fit(patch, SOURCE, patch.render(SOURCE), steps=0).diagnosis.findings
    assert "'stereo_gain.log_gain' is at the edge of its range (1 of 2 entries)." in findings


def test_curves_and_frozen_controls_are_not_looked_at():
    patch = Patch.chain(["zero_phase_fir_equalizer", "stereo_gain"], sample_rate=RATE).replace(
        frozen={"stereo_gain.log_gain[0]"}
    )
    known = identify(objective(patch), patch)
    assert known.paths == ("stereo_gain.log_gain[1]",)
    assert torch.isfinite(known.strength).all()
    assert Layout(patch).size > 1000


def test_a_node_that_the_rest_cannot_do_without_is_told_so_and_the_report_is_json():
    patch = Patch.from_expression("stereo_to_mid_side >> (limiter | limiter) >> mid_side_to_stereo", RATE)
    result = fit(patch, SOURCE, 2 * SOURCE, steps=1)
    assert "'stereo_to_mid_side' cannot be done without: the rest has no finite loss." in result.diagnosis.findings
    report = fit_report(result)
    assert report["contributions"]["stereo_to_mid_side"]["without"] is None
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(("target", "said"), [(2.0, "though the loss depends on it"), (1.0, "says little about it")])
def test_a_short_fit_is_not_taken_for_a_target_that_says_nothing(target, said):
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE)
    (found,) = [said for said in fit(patch, SOURCE, target * SOURCE, steps=0).diagnosis.findings if "moved" in said]
    assert found.startswith("'stereo_gain' has hardly moved")
    assert said in found
