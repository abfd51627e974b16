"""Recordings that nobody should give: each ends in a finite fit or in a sentence."""

import math

import pytest
import torch

from grafx_lab import Audio, AudioError, Objective, Patch, fit
from grafx_lab.fitting import fit_report, general_chain
from grafx_lab.graph import GRAFX
from tests.fitting.signals import RATE, Deaf, Flat, noise

TIME = 2000
LOUD = noise(time=TIME)


def audio(data, rate=RATE):
    return Audio(data, rate, "recording")


def fitted(source, target, loss="mr_stft"):
    return fit(None, source, target, loss=loss, steps=2, interpretable=True, starts=2, prune=0.01)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (0 * LOUD, LOUD),
        (LOUD, 0 * LOUD),
        (0 * LOUD, 0 * LOUD),
        (LOUD, (30 * LOUD).clamp(-1, 1)),
        (LOUD, LOUD[:, :1]),
        (LOUD[:, :1], LOUD),
        (LOUD, LOUD.repeat(1, 10)),
        (LOUD[:1], LOUD),
        (LOUD, LOUD[:1]),
        (1e-6 * LOUD, 1e6 * LOUD),
    ],
    ids=[
        "silent source", "silent target", "both silent", "clipping target", "one-sample target", "one-sample source",
        "ten times longer", "mono source", "mono target", "absurd levels",
    ],
)  # fmt: skip
def test_the_general_chain_ends_in_a_finite_fit_that_is_no_worse_than_its_start(source, target):
    result = fitted(audio(source), audio(target))
    assert result.status == "done"
    assert math.isfinite(result.loss)
    assert result.loss <= result.history.losses[0]
    assert fit_report(result)["best_loss"] == result.loss
    assert torch.isfinite(result.patch.render(LOUD)).all()


def test_unequal_sample_rates_are_said():
    result = fitted(audio(LOUD), audio(LOUD, 2 * RATE))
    assert any("was resampled from 16000 Hz to 32000 Hz" in said for said in result.diagnosis.findings)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_target_that_is_not_a_number_is_refused_in_a_sentence(value):
    broken = LOUD.clone()
    broken[0, 7] = value
    with pytest.raises(AudioError, match=r"\.$"):
        fitted(audio(LOUD), audio(broken))


@pytest.mark.parametrize("loss", [Flat(), Deaf()], ids=["flat", "deaf"])
def test_a_constant_loss_switches_nothing_on(loss):
    result = fitted(audio(LOUD), audio(0.5 * LOUD), loss)
    assert set(result.patch.raw) <= {"gain"}
    assert result.loss == 1.0


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
