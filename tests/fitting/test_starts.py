"""Several starts, of which the better half goes on."""

import pytest
import torch
from torch import Tensor

from grafx_lab import FitError, History, Loss, Objective, Patch, fit, fit_steps
from grafx_lab.fitting import Layout
from grafx_lab.fitting.starts import starting_points
from tests.fitting.signals import RATE, Cliff, noise

GAIN = Patch.chain(["stereo_gain"], sample_rate=RATE)
SOURCE = noise()
TARGET = GAIN.with_controls({"stereo_gain.log_gain": [6.0, -3.0]}).render(SOURCE)


def test_the_first_starts_are_the_users_and_the_transparent_patch():
    patch = GAIN.with_controls({"stereo_gain.log_gain": [3.0, -9.0]}).replace(frozen={"stereo_gain.log_gain[1]"})
    layout = Layout(patch)
    points = starting_points(patch, layout, 5, seed=0)
    gains = [8.685889638 * point for point in points]
    assert gains[0].tolist() == pytest.approx([3.0, -9.0], abs=1e-4)
    assert gains[1].tolist() == pytest.approx([0.0, -9.0], abs=1e-4)
    assert all(float(gain[1]) == pytest.approx(-9.0, abs=1e-4) for gain in gains)
    assert len({float(gain[0]) for gain in gains}) == 5
    assert all(
        torch.equal(one, other) for one, other in zip(points, starting_points(patch, layout, 5, seed=0), strict=True)
    )
    assert not torch.equal(points[2], starting_points(patch, layout, 5, seed=1)[2])


def test_the_worse_half_is_given_up_at_a_tenth_a_fifth_and_three_tenths_of_the_way():
    steps = list(fit_steps(Objective(GAIN, SOURCE, TARGET), 20, starts=8))
    alive = [sum(step.step == number for step in steps) for number in range(21)]
    assert alive == [8] * 2 + [4] * 2 + [2] * 2 + [1] * 15
    first = {step.start: step.loss for step in steps if step.step == 1}
    lowest = {start: min(s.loss for s in steps if s.start == start and s.step <= 1) for start in first}
    best_half = sorted(lowest, key=lambda start: lowest[start])[:4]
    assert {step.start for step in steps if step.step == 2} == set(best_half)


def test_a_start_among_several_takes_the_steps_that_it_takes_alone():
    objective = Objective(GAIN, SOURCE, TARGET)
    alone = [step.loss for step in fit_steps(objective, 20)]
    among = [step.loss for step in fit_steps(objective, 20, starts=4) if step.start == 0]
    assert among == pytest.approx(alone[: len(among)], rel=1e-4)


class Valleys(Loss):
    """A shallow valley at half the level, a deep one at twice; between them a ridge."""

    def distance(self, estimate: Tensor, features) -> Tensor:
        level = (estimate.square().mean(dim=(1, 2)) / SOURCE.square().mean()).sqrt().log2()
        return torch.minimum((level + 1).abs() + 0.5, (level - 1.5).abs())


def test_several_starts_find_a_valley_that_one_misses():
    start = GAIN.with_controls({"stereo_gain.log_gain": -6.0})
    one = fit(start, SOURCE, SOURCE, loss=Valleys(), steps=60)
    many = fit(start, SOURCE, SOURCE, loss=Valleys(), steps=60, starts=8)
    assert one.loss > 0.49
    assert many.loss < 0.1
    assert many.history.starts[many.history.best] != 0


def test_starts_that_cannot_be_used_are_left_out():
    level = float(SOURCE.square().mean().sqrt())
    history = History(GAIN, Layout(GAIN))
    steps = list(fit_steps(Objective(GAIN, SOURCE, SOURCE, Cliff(0.5 * level)), 4, starts=8, history=history))
    assert 0 not in {step.start for step in steps}  # the dry signal is beyond the edge
    assert all(not step.rejected for step in steps if step.step == 0)
    with pytest.raises(FitError, match="The fit cannot begin: The loss 'Cliff' is not finite"):
        next(fit_steps(Objective(GAIN, SOURCE, SOURCE, Cliff(0.0)), 4, starts=8))
