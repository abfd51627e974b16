"""Trials that are made at once are those that would be made one behind the other."""

import threading

import torch

from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.stage import State
from grafx_lab.fitting.trials import Trials
from tests.waiting import PATIENCE


def drawn(generator: torch.Generator) -> State:
    return State(torch.rand(3, generator=generator), frozenset(), 0.0)


def numbers(states: list[State | None]) -> list[list[float]]:
    return [state.vector.tolist() for state in states if state]


def test_what_is_drawn_does_not_depend_on_how_many_are_tried_at_once():
    one_by_one, at_once = Trials(Clock(0), seed=3), Trials(Clock(0), seed=3)
    expected = numbers([one_by_one.result(drawn) for _ in range(5)])
    first, others = at_once.results([drawn] * 2), at_once.results([drawn] * 3)
    assert numbers(first + others) == expected
    assert len({tuple(vector) for vector in expected}) == 5
    assert at_once.count == one_by_one.count == 5


def test_what_is_known_of_a_pair_is_not_tried_again_and_the_rest_is():
    earlier = Trials(Clock(0), seed=3)
    expected = numbers(earlier.results([drawn] * 3))
    saved, tried = [], []

    def counted(generator: torch.Generator) -> State:
        tried.append(1)
        return drawn(generator)

    resumed = Trials(Clock(0), seed=3, known=earlier.state()[:1], save=saved.append)
    assert numbers(resumed.results([counted] * 3)) == expected
    assert (len(tried), len(saved)) == (2, 1)


def test_what_does_not_count_draws_what_the_next_trial_draws():
    trials = Trials(Clock(0), seed=3)
    aside = numbers(trials.results([drawn] * 2, counted=False))
    assert aside == numbers([trials.result(drawn)]) * 2
    assert trials.count == 1


def test_a_pair_is_tried_at_the_same_time():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    meeting = threading.Barrier(2)

    def meets(generator: torch.Generator) -> State:
        meeting.wait(timeout=PATIENCE)
        return drawn(generator)

    try:
        assert None not in Trials(Clock(0)).results([meets, meets])
    finally:
        torch.set_num_threads(before)
