"""``init="auto"``: a start without descent, node by node, from what each processor says itself.

The target is aligned first. Then the node whose closed form lowers the exact loss most is set, then the next one from
there, until none helps any more; of nodes that are optional, those that never help stay bypassed. Starts are derived
from the beginning of the recordings, so that their end can tell which ones have been learned by heart, unless they
differ at the end only. Then each node is set once more, with all others in place and from all of the time, for as long
as that helps, and those that did not help before get another chance. A search that runs out of time ends with the best
it has found, set once more as well.
Of long recordings it hears an excerpt; level and modulations are then set once more from all of them.
"""

from collections.abc import Generator

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
from grafx_lab.fitting.stepwise import Stepwise
from grafx_lab.fitting.trials import Trials

WORTH_ALIGNING = 0.02
"""Share by which moving the target has to bring it nearer to the source."""


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
    if begin.loss < own.loss:
        yield told.step(begin, "Transparent where that is nearer, and as loud as the target.")
    wanted = [node for node in stage.order if _is_wanted(stage, node, optional)]
    search = Stepwise(stage, trials, begin, wanted)
    for state, said in search.states(whole):
        yield told.step(state, said)
    # An excerpt may praise what the whole does not.
    state = min(search.state, own, key=lambda state: state.loss)
    history.progress += [0.0] * trials.count
    history.find(state.loss, state.vector, state.bypassed)
    clock.descend()
    patch = stage.patch(state.bypassed).with_raw(layout.unpack(state.vector[None]))
    return objective.with_patch(patch)


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
