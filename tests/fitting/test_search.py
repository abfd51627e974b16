"""The points that a fit descends from: what becomes of one that a step has left behind."""

import pytest
import torch

from grafx_lab import Objective, Patch, fit_steps
from grafx_lab.fitting import Layout, Options
from grafx_lab.fitting.descent import DECAY
from grafx_lab.fitting.search import OVERSHOT, Search
from grafx_lab.processors import ConvolutionReverb, ParametricEqualizer
from tests.fitting.signals import RATE, noise

SOURCE = noise(time=RATE // 2)
ROOM = Patch.chain([ConvolutionReverb(ir_len=300, sample_rate=RATE), "stereo_gain"], sample_rate=RATE)
TONE = Patch.chain([ParametricEqualizer(num_filters=4, sample_rate=RATE), "stereo_gain"], sample_rate=RATE)
TARGET = TONE.with_controls({"parametric_equalizer.log_gain": [[-6.0, 8.0, 3.0, 0.0]]}).render(SOURCE)


def losses(patch, init, **options):
    """Of a descent that begins at what was found for the patch, at a rate that is too high for that."""
    (*_, found) = fit_steps(Objective(patch, SOURCE, TARGET), 0, init="auto")
    steps = fit_steps(Objective(found.patch, SOURCE, TARGET), 20, init=init, **{"learning_rate": 0.1} | options)
    return [step.loss for step in steps if step.phase == "descent"]


def returns(course):
    """Whether each loss that is far above the lowest one before it is followed by that one; there are some."""
    far = [step for step in range(1, len(course) - 1) if course[step] > OVERSHOT * min(course[:step])]
    assert far, "the rate is too high for this start"
    return all(course[step + 1] == min(course[:step]) for step in far)


@pytest.mark.parametrize("patch", [TONE, ROOM])
def test_adam_does_not_lose_a_start_that_was_found(patch):
    assert returns(losses(patch, "auto"))


@pytest.mark.parametrize(("init", "options"), [("patch", {}), ("auto", {"optimizer": "sgd"})])
def test_other_descents_go_on_from_wherever_they_have_come(init, options):
    assert not returns(losses(ROOM, init, **options))


def test_adam_gets_nearer_from_a_start_that_is_good_already():
    patch = Patch.chain([ParametricEqualizer(num_filters=4, sample_rate=RATE / 2), "stereo_gain"], sample_rate=RATE / 2)
    truth = patch.with_controls({"parametric_equalizer.log_gain[1]": 8.0, "stereo_gain.log_gain": -6.0})
    source = noise(1, RATE // 2)
    steps = fit_steps(Objective(patch, source, truth.render(source)), 60, init="auto")
    course = [step.loss for step in steps if step.phase == "descent"]
    assert min(course[:30]) < 0.8 * course[0]


def test_adamw_is_drawn_to_where_it_began_also_after_a_step_that_could_not_be_used():
    layout = Layout(ROOM)
    begin = layout.pack(ROOM.raw)[0]
    search = Search(ROOM, layout, Options(optimizer="adamw"), [(begin, frozenset())])
    (start,) = search.starts
    start.vector = begin + 1
    start.accept(1.0, comparable=True)
    search.turn_back(start)
    search.advance(start, 1.0, torch.zeros_like(begin), 1.0)
    assert torch.allclose(start.vector, begin + 0.5 * DECAY + (1 - DECAY), atol=1e-5)
