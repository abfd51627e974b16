import torch

from grafx_lab import Objective, Patch, fit_steps
from grafx_lab.fitting.excerpts import SEARCHED, telling_part
from tests.fitting.signals import RATE, noise

GAIN = Patch.chain(["stereo_gain"], sample_rate=RATE)
HALF = 8 * RATE
LATE = torch.cat([torch.zeros(2, HALF), noise(time=HALF)], -1)
"""A long recording that begins with silence."""


def test_short_recordings_are_searched_wholly():
    objective = Objective(GAIN, noise(time=2 * RATE), noise(time=2 * RATE))
    assert telling_part(objective) == (objective, 0.0)


def test_of_long_recordings_a_part_is_searched():
    part, second = telling_part(Objective(GAIN, LATE, 2 * LATE))
    (heard,) = part.inputs.values()
    assert part.target.shape[-1] == heard.shape[-1] == SEARCHED * RATE
    assert torch.equal(part.target, 2 * heard)
    assert torch.equal(heard[0], LATE[:, round(second * RATE) :][:, : heard.shape[-1]])


def test_what_depends_on_the_time_is_searched_wholly():
    objective = Objective(Patch.chain(["tremolo"], sample_rate=RATE), LATE, LATE)
    assert telling_part(objective) == (objective, 0.0)


def test_what_a_part_tells_is_set_right_for_the_whole():
    patch = Patch.chain(["tremolo", "low_shelf", "stereo_gain"], sample_rate=RATE)
    truth = patch.with_controls(
        {"tremolo.rate": 3.3, "tremolo.depth": 60.0, "low_shelf.log_gain": 9.0, "stereo_gain.log_gain": [-6.0, -6.0]}
    )
    steps = list(fit_steps(Objective(patch, LATE, truth.render(LATE)), 0, init="auto", optional={"tremolo"}))
    init = [step for step in steps if step.phase == "init"]
    assert "the search hears 6 s from" in init[0].cause
    assert not init[-1].patch.bypassed
    assert init[-1].loss < 0.1 * init[0].loss
    # Descent begins where the search has ended, by the loss of all of the recordings.
    assert steps[-1].loss == init[-1].loss


def test_what_suits_the_part_alone_is_not_taken():
    patch = Patch.chain(["low_shelf", "stereo_gain"], sample_rate=RATE)
    source = noise(time=2 * HALF)
    # The search hears the first six seconds of sixteen; the rest has not been filtered.
    target = torch.cat(
        [patch.with_controls({"low_shelf.log_gain": 9.0}).render(source)[:, : 6 * RATE], source[:, 6 * RATE :]], -1
    )
    steps = list(fit_steps(Objective(patch, source, target), 0, init="auto"))
    assert steps[-1].loss <= steps[0].loss
