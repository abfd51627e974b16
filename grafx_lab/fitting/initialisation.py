"""``init="auto"``: a start without descent, node by node, from what each processor says itself.

The target is aligned first. Then the node whose closed form lowers the exact loss most is set, then the next one from
there, until none helps any more; of nodes that are optional, those that never help stay bypassed. Starts are derived
from the beginning of the recordings, so that their end can tell which ones have been learned by heart. Lastly each node
is set once more, with all others in place and from all of the time. A search that runs out of time ends with the best
it has found.
"""

import heapq
from collections.abc import Generator, Iterator

import torch

from grafx_lab.audio import find_alignment
from grafx_lab.fitting.clock import Clock
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
        history: receives the best start so far as its only step; in the end it is empty for the descent.
        trials: what is known from an earlier process, and when to stop.
    """
    objective = _aligned(objective)
    history.alignment = objective.alignment
    stage = Stage(objective, layout)
    own, begin = _beginning(stage)
    optional = objective.patch.bypassed - history.patch.bypassed
    told = _Teller(stage, clock, history)
    yield told.step(own, "The patch as it is.")
    nodes = [node for node in stage.order if node != stage.level and _may_move(stage, node, optional)]
    chosen: list[str] = []
    state = begin
    for state, node, said in _greedily(stage, begin, nodes, trials):
        chosen += [node] if said else []
        yield told.step(state, said or f"'{node}' was tried.")
    for node in chosen:
        if trials.over:
            break
        again = trials.result(lambda _, state=state, node=node: stage.tried(state, node, wholly=True))
        if again is not None and again.loss < state.loss:
            state = again
        yield told.step(state, f"'{node}' once more.")
    history.progress += [0.0] * trials.count
    history.forget_steps()
    clock.descend()
    patch = stage.patch(state.bypassed).with_raw(layout.unpack(state.vector[None]))
    return objective.with_patch(patch)


def _greedily(stage: Stage, state: State, nodes: list[str], trials: Trials) -> Iterator[tuple[State, str, str]]:
    """The node that helps most, then the next; says which one was set, nothing where one was only tried.

    What is yielded is the best so far: with the most promising node as it was tried, before it is set.

    What a node is worth hardly grows while others are set, so the old worth bounds the new one: only the most promising
    node is tried anew (M. Minoux, "Accelerated greedy algorithms", 1978).
    """
    fresh: dict[str, State | None] = {}
    queue: list[tuple[float, int, str]] = []
    first, waiting = state.loss, list(nodes)

    def offer(node: str, late: bool) -> None:
        wholly = late and not stage.has_many(node)
        fresh[node] = found = trials.result(lambda generator: _best_of(stage, state, node, generator, wholly))
        worth = state.worth(found) if found is not None else 0.0
        smallest = max(stage.rounding, (WORTH_OF_MANY if stage.has_many(node) else WORTH) * first)
        least = max(BY_HEART * stage.share_of_samples(node), smallest / max(state.loss, 1e-30))
        worth = worth if worth >= least else 0.0
        rank = 1 - HANDICAP_OF_MANY * (1 - worth) if worth and stage.has_many(node) else worth
        heapq.heappush(queue, (-max(rank, 1e-9 * worth), nodes.index(node), node))

    def leading() -> State:
        worth, _, node = queue[0]
        return (fresh.get(node) if worth else None) or state

    for late in SWEEPS:
        queue.clear()
        fresh.clear()
        for node in waiting:
            if trials.over:
                return
            offer(node, late)
            yield leading(), node, ""
        while queue and queue[0][0]:
            _, _, node = heapq.heappop(queue)
            if node not in fresh:
                if trials.over:
                    return
                offer(node, late)
                yield leading(), node, ""
            elif found := fresh[node]:
                worth, state = 1 - found.loss / state.loss, found
                fresh.clear()
                waiting.remove(node)
                yield state, node, f"'{node}' was set: it lowers the loss by {100 * worth:.0f} %."


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


def _may_move(stage: Stage, node: str, optional: frozenset[str]) -> bool:
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
        unpack = self.stage.layout.unpack
        return FitStep(
            step=0, loss=state.loss, raw=unpack(state.vector[None]), seconds=self.clock.elapsed,
            gradient=unpack(torch.zeros_like(state.vector)[None]), best_loss=state.loss,
            structure=self.stage.patch(state.bypassed), phase="init", cause=said,
        )  # fmt: skip
