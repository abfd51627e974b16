"""The order in which a search sets nodes, on a stage whose losses are written down."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pytest
import torch

from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.stage import Stage, State
from grafx_lab.fitting.stepwise import Stepwise
from grafx_lab.fitting.trials import Trials


class Losses:
    """A stage on which a loss follows from the nodes that are set, and falls when one of them is set once more."""

    rounding = 0.0

    def __init__(
        self,
        losses: Mapping[str, float],
        many: str = "",
        clocked: str = "",
        rooms: str = "",
        alike: str = "",
        again: Iterable[float] = (),
        ends: Mapping[str, float] | None = None,
        telling: bool = True,
    ) -> None:
        self.losses, self.ends = (
            {frozenset(nodes.split()): loss for nodes, loss in table.items()} for table in (losses, ends or {})
        )
        self.order = sorted(frozenset[str]().union(*self.losses))
        self.many, self.clocked, self.rooms, self.factors = many, clocked, rooms.split(), iter(again)
        self.alike, self.telling = set(alike.split()), telling

    def has_many(self, node: str) -> bool:
        return node == self.many

    def is_clocked(self, node: str) -> bool:
        return node == self.clocked

    def tells(self, state: State) -> bool:
        return self.telling

    def reverberates(self, node: str) -> bool:
        return node in self.rooms

    def twins(self, node: str) -> list[str]:
        return [other for other in self.order if other != node and {node, other} == self.alike]

    def moved(self, state: State, node: str, twin: str) -> State:
        bypassed = state.bypassed - {twin} | {node}
        return State(state.vector, bypassed, self.losses[frozenset(self.order) - bypassed])

    def has_closed_form(self, node: str) -> bool:
        return True

    def share_of_samples(self, node: str) -> float:
        return 0.0

    def tried(self, state: State, node: str, wholly: bool = False) -> State:
        bypassed = state.bypassed - {node}
        again = node not in state.bypassed
        nodes = frozenset(self.order) - bypassed
        loss = state.loss * next(self.factors, 1.0) if again else self.losses[nodes]
        return State(state.vector, bypassed, loss, self.ends.get(nodes, math.nan))


def searched(losses: Losses, seconds: float | None = None) -> tuple[Stepwise, list[str]]:
    """A search that has ended, and what it has told."""
    stage = cast(Stage, losses)
    dry = frozenset[str]()
    begin = State(torch.zeros(0), frozenset(losses.order), losses.losses[dry], losses.ends.get(dry, math.nan))
    search = Stepwise(stage, Trials(Clock(0, seconds)), begin, losses.order)
    return search, [said for _, said in search.states(stage)]


def test_the_most_helpful_node_comes_first_and_who_helps_nothing_stays_out():
    losses = {"": 1.0, "a": 0.9, "b": 0.5, "c": 0.999, "a b": 0.4, "b c": 0.5, "a b c": 0.4, "a c": 0.9}
    search, _ = searched(Losses(losses))
    assert search.chosen == ["b", "a"]
    assert search.waiting == ["c"]
    assert search.state.loss == pytest.approx(0.4)


@pytest.mark.parametrize(("alone", "chosen"), [(0.9, ["b", "a"]), (0.98, [])])
def test_where_the_end_bears_nothing_out_the_most_helpful_node_is_set_and_the_others_tried_behind_it(
    alone: float, chosen: list[str]
):
    losses = Losses({"": 1.0, "a": 0.99, "b": alone, "a b": 0.2}, ends={"": 0.5, "a": 0.6, "b": 0.55, "a b": 0.1})
    search, _ = searched(losses)
    assert search.chosen == chosen
    assert search.state.loss == (0.2 if chosen else 1.0)


@pytest.mark.parametrize("role", ["many", "clocked"])
def test_who_could_learn_the_recording_by_heart_is_not_set_against_its_end(role: str):
    search, _ = searched(Losses({"": 1.0, "a": 0.5}, ends={"": 0.5, "a": 1.5}, **{role: "a"}))
    assert search.chosen == []


@pytest.mark.parametrize("many", ["room", ""])
def test_before_a_reverberator_those_are_tried_again_that_helped_nothing_without_it(many: str):
    losses = {"": 1.0, "comp": 1.01, "limit": 0.95, "room": 0.5, "comp limit": 0.95}
    behind = {"limit room": 0.46, "comp room": 0.40, "comp limit room": 0.398}
    search, _ = searched(Losses(losses | behind, many=many, rooms="room"))
    assert search.chosen == ["room", "comp"]


@pytest.mark.parametrize("many", ["", "hall"])
def test_while_a_reverberator_with_few_numbers_leads_no_other_is_tried(many: str):
    losses = {"": 1.0, "hall": 0.5, "room": 0.6, "hall room": 0.5}
    _, told = searched(Losses(losses, many=many, rooms="hall room"))
    assert told[0] == "'hall' was tried."
    assert (told[1] == "'room' was tried.") == bool(many)


@pytest.mark.parametrize(("telling", "told"), [(True, "bcaabc"), (False, "abc")])
def test_where_nothing_differs_before_the_end_all_of_the_time_is_heard_at_once(telling: bool, told: str):
    losses = {"": 1.0, "a": 1.0, "b": 1.0, "c": 1.0}
    _, said = searched(Losses(losses, clocked="a", telling=telling))
    assert said == [f"'{node}' was tried." for node in told]


def test_a_second_node_of_a_type_is_tried_only_across_something_that_is_set():
    losses = {"": 1.0, "a": 0.5, "z": 0.5, "m": 0.9, "a z": 0.3, "a m": 0.5, "m z": 0.5, "a m z": 0.3}
    search, _ = searched(Losses(losses, alike="a z"))
    assert search.chosen == ["a"]
    search, _ = searched(Losses(losses))
    assert search.chosen == ["a", "z"]


@pytest.mark.parametrize(("behind", "chosen"), [(0.2, ["z", "m"]), (0.4, ["a", "m"])])
def test_what_is_set_moves_to_the_other_side_of_what_is_set_beside_it_where_that_is_better(
    behind: float, chosen: list[str]
):
    losses = {"": 1.0, "a": 0.5, "z": 0.5, "m": 0.9, "a m": 0.4, "m z": behind, "a z": 0.5, "a m z": 0.4}
    search, _ = searched(Losses(losses, alike="a z"))
    assert search.chosen == chosen
    assert search.state.loss == min(0.4, behind)


@pytest.mark.parametrize(("again", "rounds"), [([1.0], 1), ([0.5, 0.9, 0.99, 0.5], 3), ([0.5] * 9, 4)])
def test_who_is_set_is_set_once_more_for_as_long_as_that_helps(again: list[float], rounds: int):
    search, told = searched(Losses({"": 1.0, "a": 0.5}, again=again))
    assert told.count("'a' once more.") == rounds
    expected = 0.5
    for factor in again[:rounds]:
        expected *= min(factor, 1.0)
    assert search.state.loss == pytest.approx(expected)


def test_what_follows_the_clock_is_tried_last_and_from_all_of_the_time_first():
    _, told = searched(Losses({"": 1.0, "a": 1.0, "b": 1.0, "c": 1.0}, clocked="a"))
    assert told == [f"'{node}' was tried." for node in "bcaabc"]


def test_without_time_the_best_trial_is_set_and_set_once_more_once():
    class OnePair(Trials):
        @property
        def over(self) -> bool:
            return self.count >= 1

    stage: Any = Losses({"": 1.0, "a": 0.5, "b": 0.6, "c": 0.1, "a b": 0.1, "a c": 0.1}, again=[0.5] * 9)
    begin = State(torch.zeros(0), frozenset("abc"), 1.0)
    search = Stepwise(stage, OnePair(Clock(0)), begin, ["a", "b", "c"])
    assert [said for _, said in search.states(stage)].count("'a' once more.") == 1
    assert search.chosen == ["a"]
    assert search.state.loss == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("first", "left", "told"), [(0.0, 0.0, []), (1.0, 0.009, ["a", "b"]), (1.0, 0.02, ["a", "b", "b"])]
)
def test_nothing_is_tried_where_too_little_is_left_to_be_worth_a_node(first: float, left: float, told: list[str]):
    _, said = searched(Losses({"": first, "a": left, "b": first, "a b": left}))
    assert [words[1] for words in said if words.endswith("was tried.")][: len(told) + 1] == told
