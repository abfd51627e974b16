"""A fit that was interrupted, or had less time, comes to the same end."""

import pytest
import torch

from grafx_lab import FitError, History, Objective, Patch, fit, fit_steps
from grafx_lab.fitting import Layout
from grafx_lab.processors import ParametricEqualizer
from tests.fitting.signals import RATE, noise

PATCH = Patch.chain([ParametricEqualizer(num_filters=2), "stereo_gain"], sample_rate=RATE)
SOURCE = noise(time=1000)
TARGET = 2 * noise(time=1000, seed=1)


def run(path=None, resume=None, stop=None, **options):
    """The losses and last vector of a fit, ended after ``stop`` items."""
    objective = Objective(PATCH, SOURCE, TARGET)
    history = History(PATCH, Layout(PATCH))
    steps = fit_steps(objective, 12, history=history, checkpoint=path, checkpoint_seconds=0, resume=resume, **options)
    for count, _ in enumerate(steps):
        if count == stop:
            break
    return history


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "adam"},
        {"optimizer": "adamw", "coarse": True, "judge_every": 3},
        {"optimizer": "lbfgs"},
        {"optimizer": "sgd", "schedule": "plateau"},
        {"crop": 0.02, "judge_every": 4},
        {"starts": 4},
    ],
    ids=str,
)
def test_a_resumed_fit_is_the_uninterrupted_one_bit_for_bit(tmp_path, options):
    whole = run(**options)
    path = tmp_path / "fit.checkpoint"
    run(path, stop=9, **options)
    resumed = run(resume=path, **options)
    assert resumed.losses == whole.losses
    assert resumed.starts == whole.starts
    assert torch.equal(resumed.raws, whole.raws)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    path = tmp_path / "fit.checkpoint"
    with pytest.raises(FitError, match=r"cannot be read: .*\. Start the fit anew"):
        run(resume=path)
    path.write_text("no checkpoint")
    with pytest.raises(FitError, match="Start the fit anew"):
        run(resume=path)


def test_a_checkpoint_of_another_patch_is_refused(tmp_path):
    path = tmp_path / "fit.checkpoint"
    run(path, stop=3)
    objective = Objective(Patch.chain(["stereo_gain"], sample_rate=RATE), SOURCE, TARGET)
    with pytest.raises(FitError, match="belongs to another patch"):
        next(fit_steps(objective, 12, resume=path))


def test_a_time_budget_is_repeated_by_its_recorded_progress():
    timed = fit(PATCH, SOURCE, TARGET, steps=10**6, seconds=0.3, starts=4)
    again = fit(PATCH, SOURCE, TARGET, replay=timed.history.progress, starts=4)
    assert timed.status == "time"
    assert again.history.losses == timed.history.losses
    assert again.patch.to_json() == timed.patch.to_json()
