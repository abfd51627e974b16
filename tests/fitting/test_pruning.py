"""Processors that the target does not need are taken out."""

from functools import cache

import pytest

from grafx_lab import FitResult, FitStep, Patch, fit
from grafx_lab.processors import ParametricEqualizer
from tests.fitting.signals import RATE, noise

SOURCE = noise()
PATCH = Patch.chain(
    {
        "idle": ParametricEqualizer(num_filters=2),
        "shelf": ParametricEqualizer(num_filters=2),
        "soft": "tanh_distortion",
    },
    sample_rate=RATE,
).with_controls({"shelf.log_gain": [[9.0, -9.0]], "soft.log_pre_gain": -20.0})
TARGET = PATCH.with_controls({"shelf.log_gain": [[10.0, -10.0]]}).render(SOURCE)


@cache
def pruned_fit(strategy: str) -> tuple[FitResult, list[FitStep]]:
    """A fit with pruning, and its steps."""
    told = []
    return fit(PATCH, SOURCE, TARGET, steps=10, prune=0.5, strategy=strategy, on_step=told.append), told


@pytest.mark.parametrize("strategy", ["brute_force", "dry_wet", "hybrid"])
def test_what_does_nothing_goes_and_what_is_needed_stays(strategy):
    result, told = pruned_fit(strategy)
    assert set(result.patch.raw) == {"shelf"}
    assert set(result.patch.names) == {"in", "shelf", "out"}
    pruned = [step for step in told if step.phase == "prune" and step.cause]
    assert pruned[-1].patch.bypassed == {"idle", "soft"}
    assert "'idle'" in pruned[-1].cause
    unpruned = min(step.loss for step in told if step.phase == "descent")
    assert result.loss <= 1.5 * unpruned
    assert all(step.loss <= 1.5 * unpruned for step in pruned)


@pytest.mark.parametrize("strategy", ["dry_wet", "hybrid"])
def test_processors_that_are_not_needed_fade_before_they_go(strategy):
    _, told = pruned_fit(strategy)
    fading = [step for step in told if step.wet]
    first, last = fading[0], fading[-1]
    assert set(first.wet) == {"idle", "shelf", "soft"}
    assert all(share == pytest.approx(0.95, abs=0.01) for share in first.wet.values())
    assert last.wet["soft"] < 0.2 < 0.9 < last.wet["shelf"]
    # What is told is the loss of the mix, without what draws the weights.
    assert last.loss == pytest.approx(last.best_loss, rel=0.1)
    assert {id(step.structure) for step in fading} == {id(first.structure)}


def test_pruning_is_no_part_of_a_replay_and_its_seconds_go_on():
    result, told = pruned_fit("hybrid")
    assert len(result.history.progress) == 11
    seconds = [step.seconds for step in told]
    assert seconds == sorted(seconds)
    again = fit(PATCH, SOURCE, TARGET, prune=0.5, strategy="hybrid", replay=result.history.progress)
    assert again.history.losses == result.history.losses


def test_nothing_goes_where_everything_is_needed():
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE).with_controls({"stereo_gain.log_gain": 6.0})
    result = fit(patch, SOURCE, patch.render(SOURCE) + 0.01 * noise(seed=1), steps=2, prune=0.01)
    assert set(result.patch.raw) == {"stereo_gain"}


def test_frozen_processors_are_not_touched():
    result = fit(PATCH.replace(frozen={"idle"}), SOURCE, TARGET, steps=5, prune=0.5, strategy="brute_force")
    assert "idle" in result.patch.raw
