"""``init="auto"``: a start without descent, node by node, from what each processor says itself.

The target is aligned first. Then the node whose closed form lowers the exact loss most is set, then the next one from
there, until none helps any more; of nodes that are optional, those that never help stay bypassed. Starts are derived
from the beginning of the recordings, so that their end can tell which ones have been learned by heart. Then each node
is set once more, with all others in place and from all of the time, and those that did not help get another chance. A
search that runs out of time ends with the best it has found, set once more as well. Of long recordings it hears an
excerpt; level and modulations are then set once more from all of them.
"""

import heapq
from collections.abc import Generator, Iterator
from functools import partial

import torch

from grafx_lab.audio import find_alignment
from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.excerpts import SEARCHED, telling_part
from grafx_lab.fitting.history import History
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.stage import Stage, State
from grafx_lab.fitting.starts import neutral
from grafx_lab.fitting.step import FitStep
from grafx_lab.fitting.trials import Trials

WORTH = 0.01
"""Share of the very first loss by which a start has to lower the loss to be kept: any node can gnaw at the little that
a good model leaves, and does so on this recording only."""

BY_HEART = 0.2
"""The same for each number that a node has per sample of the target: so much it would learn of anything by heart."""

WORTH_OF_MANY = 0.05
"""Share of the very first loss by which a node with thousands of numbers has to lower the loss."""

HANDICAP_OF_MANY = 1.5
"""Factor of the loss behind such a node where it competes with others: they say more with less."""

WORTH_OF_CLOCKED = 0.25
"""Share of the present loss by which an optional node that follows the clock has to lower it: what comes and goes at
certain seconds of one recording says nothing of the next second, nor of another recording."""

WORTH_ALIGNING = 0.02

SWEEPS = (False, True)
"""How often all nodes that are not set are tried, and whether from all of the time: some help only behind others, and
of some nothing is heard before the end. Who has many numbers would only learn that by heart."""

DRAWS = 6
"""Random places that are tried for a node without a closed form."""


def staged_start(
    objective: Objective, layout: Layout, clock: Clock, history: History, trials: Trials
) -> Generator[FitStep, None, Objective]:
    """Look for a start; returns the objective, aligned, with the found patch.

    Args:
        objective: its patch's bypassed nodes are the optional ones beside those bypassed in the history's patch.
        layout: of the raw vectors.
        clock: that the steps tell the time by.
        history: receives the best start so far as its only step, until the descent has one.
        trials: what is known from an earlier process, and when to stop.
    """
    objective = _aligned(objective)
    history.alignment = objective.alignment
    part, second = telling_part(objective)
    whole = Stage(objective, layout)
    stage = whole if part is objective else Stage(part, layout)
    own, begin = _beginning(stage)
    heard = ""
    if stage is not whole:
        own = whole.judged(own.vector, own.bypassed)
        heard = f"; the search hears {SEARCHED:g} s from {second:g} s on"
    optional = objective.patch.bypassed - history.patch.bypassed
    told = _Teller(stage, clock, history)
    yield told.step(own, f"The patch as it is{heard}.")
    wanted = [node for node in stage.order if _is_wanted(stage, node, optional)]
    # Last what follows the clock: to find a sweep takes longest, and where time is short rooms are heard more often.
    search = _Search(stage, trials, begin, sorted(wanted, key=stage.is_clocked))
    for state, said in search.states(whole):
        yield told.step(state, said)
    # An excerpt may praise what the whole does not.
    state = min(search.state, own, key=lambda state: state.loss)
    history.progress += [0.0] * trials.count
    history.find(state.loss, state.vector, state.bypassed)
    clock.descend()
    patch = stage.patch(state.bypassed).with_raw(layout.unpack(state.vector[None]))
    return objective.with_patch(patch)


class _Search:
    """Sets one node after the other.

    Args:
        stage: tries nodes.
        trials: counts that, and says when there is no time for more.
        state: to begin with.
        nodes: to be set if they help.

    Attributes:
        state: with all that has been set.
        waiting: nodes that have not.
        chosen: nodes that have, in that order.
    """

    def __init__(self, stage: Stage, trials: Trials, state: State, nodes: list[str]) -> None:
        self.stage, self.trials, self.state = stage, trials, state
        self.waiting, self.chosen = list(nodes), list[str]()
        self._first = state.loss
        self._fresh: dict[str, State | None] = {}
        self._queue: list[tuple[float, int, str]] = []

    def states(self, whole: Stage) -> Iterator[tuple[State, str]]:
        """Search; yields the best state so far and what has been done.

        Args:
            whole: hears all of the recordings, of which the stage of the search may hear an excerpt.
        """
        for late in SWEEPS:
            known = len(self.chosen)
            yield from self.greedily(late)
            if len(self.chosen) > known:
                yield from self.once_more(self.chosen)
        if self.stage is not whole:
            yield from self.wholly(whole)

    def greedily(self, late: bool) -> Iterator[tuple[State, str]]:
        """Set the node that helps most, then the next; yields the best state so far and what has been done.

        That is before a node is set the state with the most promising one, as it was tried: a search that is ended
        sets it.

        What a node is worth hardly grows while others are set, so the old worth bounds the new one: only the most
        promising node is tried anew (M. Minoux, "Accelerated greedy algorithms", 1978).
        """
        self._queue.clear()
        self._fresh.clear()
        for node in self.waiting:
            if self.trials.over:
                break
            yield self._offered(node, late)
        while self._queue and self._queue[0][0]:
            _, _, node = heapq.heappop(self._queue)
            if found := self._fresh.get(node):
                yield self._set(node, found)
            elif node not in self._fresh:
                if self.trials.over:
                    return
                yield self._offered(node, late)

    def wholly(self, stage: Stage) -> Iterator[tuple[State, str]]:
        """What an excerpt does not tell, on a stage that hears all: the level, and what depends on when it happens."""
        self.stage = stage
        settled = self.trials.result(lambda _: stage.settled(self.state.vector, self.state.bypassed), counted=False)
        self.state = settled or self.state
        yield self.state, "All of the recordings."
        yield from self.once_more([node for node in self.chosen if stage.is_clocked(node)])

    def once_more(self, nodes: list[str]) -> Iterator[tuple[State, str]]:
        """Each of these nodes from all of the time, with all others in place, where that is better.

        Who has run out of time does it too: it does not take long.
        """
        for node in nodes:
            attempt = partial(self.stage.tried, self.state, node, wholly=True)
            again = self.trials.result(lambda _, attempt=attempt: attempt(), counted=False)
            if again is not None and again.loss < self.state.loss:
                self.state = again
            yield self.state, f"'{node}' once more."

    def _offered(self, node: str, late: bool) -> tuple[State, str]:
        stage, state = self.stage, self.state
        many = stage.has_many(node)
        found = self.trials.result(lambda generator: _best_of(stage, state, node, generator, late and not many))
        self._fresh[node] = found
        worth = state.worth(found) if found is not None else 0.0
        smallest = max(stage.rounding, (WORTH_OF_MANY if many else WORTH) * self._first)
        least = max(BY_HEART * stage.share_of_samples(node), smallest / max(state.loss, 1e-30))
        if node in state.bypassed and stage.is_clocked(node):
            least = max(least, WORTH_OF_CLOCKED)
        worth = worth if worth >= least else 0.0
        rank = 1 - HANDICAP_OF_MANY * (1 - worth) if worth and many else worth
        heapq.heappush(self._queue, (-max(rank, 1e-9 * worth), stage.order.index(node), node))
        worth, _, leader = self._queue[0]
        return (self._fresh.get(leader) if worth else None) or state, f"'{node}' was tried."

    def _set(self, node: str, found: State) -> tuple[State, str]:
        worth, self.state = 1 - found.loss / self.state.loss, found
        self._fresh.clear()
        self.waiting.remove(node)
        self.chosen.append(node)
        return found, f"'{node}' was set: it lowers the loss by {100 * worth:.0f} %."


def _best_of(stage: Stage, state: State, node: str, generator: torch.Generator, wholly: bool = False) -> State | None:
    if stage.has_closed_form(node):
        return stage.tried(state, node, wholly)
    if not any(entry.spec.display == "slider" for entry in stage.layout.entries_of(node)):
        return None
    drawn = [stage.drawn(state, node, generator) for _ in range(DRAWS)]
    return min(drawn, key=lambda candidate: candidate.loss)


def _beginning(stage: Stage) -> tuple[State, State]:
    """The user's patch as it is; and that or the transparent one, whichever is nearer, at the target's level."""
    patch, pack = stage.objective.patch, stage.layout.pack
    own, plain = (pack(raw).float()[0] for raw in (patch.raw, neutral(patch).raw))
    states = [stage.settled(vector, patch.bypassed) for vector in (plain, own)]
    as_it_is = stage.judged(own, patch.bypassed)
    return as_it_is, min(*states, as_it_is, key=lambda state: state.loss)


def _is_wanted(stage: Stage, node: str, optional: frozenset[str]) -> bool:
    if node == stage.level:
        return False
    patch = stage.patch(stage.objective.patch.bypassed - optional)
    return node not in patch.bypassed and bool(stage.layout.movable(patch)[stage.places(node)].any())


def _aligned(objective: Objective) -> Objective:
    """The objective with the target moved to where the source is, where that brings the two nearer to each other."""
    if len(objective.inputs) != 1:
        return objective
    (source,) = objective.inputs.values()
    found = find_alignment(source[0], objective.target[0], objective.patch.sample_rate)
    if not found.moves:
        return objective
    aligned = objective.aligned(found)
    before, after = (_distance_of_source(one) for one in (objective, aligned))
    return aligned if found.delay == 0 or after < (1 - WORTH_ALIGNING) * before else objective


def _distance_of_source(objective: Objective) -> float:
    """The loss of the source at the target's level."""
    (source,) = objective.inputs.values()
    level = (objective.target.square().mean() / source.square().mean().clamp_min(1e-20)).sqrt()
    with torch.no_grad():
        return float(objective.prepared.per_item((level * source).expand_as(objective.target)).mean())


class _Teller:
    """Makes steps of states."""

    def __init__(self, stage: Stage, clock: Clock, history: History) -> None:
        self.stage, self.clock, self.history = stage, clock, history

    def step(self, state: State, said: str) -> FitStep:
        self.history.search(state.loss, state.vector, state.bypassed)
        layout = self.stage.layout
        return FitStep(
            step=0, loss=state.loss, raw=layout.unpack(state.vector[None]), seconds=self.clock.elapsed,
            gradient=layout.unpack_gradient(torch.zeros_like(state.vector)[None]), best_loss=state.loss,
            structure=self.stage.patch(state.bypassed), phase="init", cause=said,
        )  # fmt: skip
