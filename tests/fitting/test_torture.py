"""Recordings that nobody should give: each ends in a finite fit or in a sentence."""

import math
from functools import cache

import pytest
import torch

from grafx_lab import AudioError, FitResult, Objective, Patch, fit
from grafx_lab.fitting import fit_report, general_chain
from grafx_lab.graph import GRAFX
from tests.fitting.signals import Deaf, Flat, noise
from tests.recordings_of_torture import LOUD, RATE, TORTURES, deaf_patch, each_torture

UNEQUAL = TORTURES["unequal sample rates"]


def fitted(source, target, loss="mr_stft"):
    return fit(None, source, target, loss=loss, steps=2, interpretable=True, starts=2, prune=0.01)


@cache
def unequal_rates() -> FitResult:
    return fitted(*UNEQUAL.audio())


@each_torture
def test_the_general_chain_ends_in_a_sentence_or_in_a_finite_fit_that_is_no_worse_than_its_start(torture):
    if not torture.comparable:
        with pytest.raises(AudioError, match=r"\.$"):
            fitted(*torture.audio())
        return
    result = unequal_rates() if torture is UNEQUAL else fitted(*torture.audio())
    assert result.status == "done"
    assert math.isfinite(result.loss)
    assert result.loss <= result.history.losses[0]
    assert fit_report(result)["best_loss"] == result.loss
    assert torch.isfinite(result.patch.render(LOUD)).all()


def test_unequal_sample_rates_are_said():
    assert any("was resampled from 32000 Hz to 16000 Hz" in said for said in unequal_rates().diagnosis.findings)


@pytest.mark.parametrize("loss", [Flat(), Deaf()], ids=["flat", "deaf"])
def test_a_constant_loss_switches_nothing_on(loss):
    result = fitted(LOUD, 0.5 * LOUD, loss)
    assert set(result.patch.raw) <= {"gain"}
    assert result.loss == 1.0


@pytest.mark.parametrize("init", ["patch", "neutral", "auto"])
def test_a_graph_whose_loss_is_constant_is_fitted_to_itself_and_said_to_be(init):
    result = fit(deaf_patch(), LOUD, 0.5 * LOUD, steps=3, init=init, starts=2)
    assert len(set(result.history.losses)) == 1
    assert any("stereo_gain" in said for said in result.diagnosis.findings)


def test_a_stray_recording_in_a_drawn_graph_without_inputs_is_no_trap():
    graph = GRAFX()
    graph.connect(graph.add("oscillator"), graph.add("out"))
    patch = Patch(graph, sample_rate=RATE)
    result = fit(patch, None, LOUD[:1], steps=2, init="auto")
    assert math.isfinite(result.loss)


def test_the_general_chain_renders_at_every_common_rate():
    for rate in (8000, 22050, 48000, 96000):
        patch = general_chain(rate).patch
        source = noise(time=rate // 100)
        assert math.isfinite(float(Objective(patch, source, source)()))
