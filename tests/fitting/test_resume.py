"""A fit that was interrupted, or had less time, comes to the same end."""

from types import SimpleNamespace

import pytest
import torch

from grafx_lab import FitError, History, Objective, Patch, fit, fit_steps
from grafx_lab.audio import Alignment
from grafx_lab.fitting import Layout, clock, general_chain
from grafx_lab.fitting.checkpoint import load_checkpoint
from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.stage import Stage
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


DRAWN = Patch.chain({"comp": "compressor", "soft": "tanh_distortion", "gain": "stereo_gain"}, sample_rate=RATE)


def drawn(objective, stop=None, **options):
    """The history of a fit from closed forms, ended after so many updates."""
    history = History(DRAWN, Layout(DRAWN))
    for step in fit_steps(objective, 6, history=history, init="auto", **options):
        if step.phase == "descent" and step.step == stop:
            break
    return history


def test_pruning_after_a_resumed_descent_is_that_of_the_uninterrupted_fit(tmp_path):
    path, source = tmp_path / "fit.checkpoint", noise(time=3000)
    objective = Objective(DRAWN, source, torch.tanh(3 * source) / 2)
    options = {"optional": {"comp", "gain"}, "prune": 0.3, "strategy": "brute_force"}
    whole = drawn(objective, **options)
    assert len(whole) > 7
    drawn(objective, 3, checkpoint=path, checkpoint_seconds=0, **options)
    resumed = drawn(objective, resume=path, **options)
    assert resumed.losses == whole.losses
    assert torch.equal(resumed.raws, whole.raws)


def test_a_target_that_its_owner_has_aligned_is_not_moved_twice_by_a_resumed_fit(tmp_path):
    path, source = tmp_path / "fit.checkpoint", noise(time=3000)
    late = torch.nn.functional.pad(2 * source, (37, 0))[:, :3000]
    objective = Objective(DRAWN, source, late).aligned(Alignment(37))
    whole = drawn(objective)
    drawn(objective, 3, checkpoint=path, checkpoint_seconds=0)
    assert drawn(objective, resume=path).losses == whole.losses


CHAIN = general_chain(RATE, interpretable=True)


def searched(target, stop=None, steps=2, said=None, **options):
    """The history of a fit of the general chain that is interrupted after ``stop`` items; ``said`` gets the causes."""
    history = History(CHAIN.patch, Layout(CHAIN.patch))
    objective = Objective(CHAIN.patch, SOURCE, target)
    for count, step in enumerate(fit_steps(objective, steps, history=history, **CHAIN.options | options)):
        if said is not None:
            said.append(step.cause)
        if count == stop:
            break
    return history


DRIVEN = torch.tanh(4 * SOURCE)


@pytest.fixture(scope="module")
def whole():
    """A fit of the general chain with nothing in its way."""
    return searched(DRIVEN)


@pytest.mark.parametrize("stop", [3, 15])
def test_an_interrupted_search_for_a_start_goes_on_without_trying_anything_twice(tmp_path, monkeypatch, whole, stop):
    path = tmp_path / "fit.checkpoint"
    searched(DRIVEN, stop, checkpoint=path, checkpoint_seconds=0)
    known, tried, said = len(load_checkpoint(path)["trials"]), [], []
    attempt = Stage.tried
    monkeypatch.setattr(Stage, "tried", lambda *words, **more: tried.append(words[2]) or attempt(*words, **more))
    resumed = searched(DRIVEN, resume=path, said=said)
    assert (resumed.losses, resumed.searched) == (whole.losses, whole.searched)
    assert torch.equal(resumed.raws, whole.raws)
    assert resumed.progress == whole.progress
    assert len(tried) == sum(cause.endswith(("tried.", "once more.")) for cause in said) - known


def test_a_search_out_of_time_sets_the_best_it_has_tried_from_all_that_is_heard_and_can_be_repeated(monkeypatch, whole):
    monkeypatch.setattr(Clock, "search_over", lambda clock, trials: trials >= 6)
    said = []
    cut = searched(DRIVEN, said=said)
    assert [cause.split(" ")[1:3] for cause in said[8:10]] == [["was", "set:"], ["once", "more."]]
    assert cut.progress == [0.0] * 6 + whole.progress[whole.progress.count(0.0) :]
    assert cut.searched[-1] == min(cut.searched) < cut.searched[0]
    assert len(cut.losses) == 3
    monkeypatch.undo()
    again = searched(DRIVEN, replay=cut.progress)
    assert again.losses == cut.losses


def test_a_time_budget_holds_for_search_descent_and_pruning_together(monkeypatch):
    heard = []
    render = Objective.render
    monkeypatch.setattr(Objective, "render", lambda *words, **more: heard.append(1) or render(*words, **more))
    # The time of a machine that renders fifty times a second and does nothing else.
    monkeypatch.setattr(clock, "time", SimpleNamespace(perf_counter=lambda: len(heard) / 50))
    result = fit(None, SOURCE, DRIVEN, steps=10**6, seconds=1.0, interpretable=True, prune=0.1)
    assert result.status == "time"
    assert 50 <= len(heard) < 60
    assert result.loss <= result.history.first_loss


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    path = tmp_path / "fit.checkpoint"
    with pytest.raises(FitError, match=r"cannot be read: .*\. Start the fit anew"):
        run(resume=path)
    path.write_text("no checkpoint")
    with pytest.raises(FitError, match=r"is damaged, or no checkpoint\. Start the fit anew"):
        run(resume=path)


def test_a_checkpoint_in_which_a_number_has_changed_is_refused(tmp_path):
    path = tmp_path / "fit.checkpoint"
    known = run(path, stop=3).raws[1].numpy().tobytes()
    written = path.read_bytes()
    path.write_bytes(written.replace(known, bytes(reversed(known))))
    assert path.read_bytes() != written
    with pytest.raises(FitError, match=r"is damaged, or no checkpoint\. Start the fit anew"):
        run(resume=path)


def test_a_checkpoint_without_a_place_is_refused_before_the_fit(tmp_path):
    for path in (tmp_path, tmp_path / "gone" / "fit.checkpoint"):
        with pytest.raises(FitError, match="cannot be written: name a file in a folder that exists"):
            run(path)


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


@pytest.mark.parametrize("stop", [0, 3])
def test_a_fit_that_somebody_stopped_is_repeated_up_to_there(stop):
    stopped = fit(PATCH, SOURCE, TARGET, on_step=lambda step: step.step == stop)
    again = fit(PATCH, SOURCE, TARGET, replay=stopped.history.progress)
    assert again.history.losses == stopped.history.losses
    assert fit(PATCH, SOURCE, TARGET, replay=[]).history.losses == stopped.history.losses[:1]
