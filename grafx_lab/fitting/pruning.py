"""Pruning: which processors the target does not need.

S. Lee, M. A. Martínez-Ramírez, W.-H. Liao, S. Uhlich, G. Fabbro, K. Lee, Y. Mitsufuji, "Searching for music mixing
graphs: a pruning approach", DAFx 2024. A processor is taken out if the loss then stays below a tolerance. Which one to
try next is told by brute force (all of them), by dry/wet weights that a short descent has drawn towards dry (many at a
time), or by both: one at a time in the order of these weights.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.history import History
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.loop import descend
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.options import Options, Strategy
from grafx_lab.fitting.search import Search
from grafx_lab.fitting.stage import Stage, State
from grafx_lab.fitting.step import FitStep
from grafx_lab.patch import Patch
from grafx_lab.patch.node_types import type_key
from grafx_lab.processors import DryWet, describe
from grafx_lab.processors.containers import WEIGHT

RELAXING_STEPS = 25
TUNING_STEPS = 30

PULL = 0.3
"""Of the loss before: what all weights together cost when they are wet."""

NEARLY_WET = 95.0


@dataclass(frozen=True)
class Fading:
    """Processors on their way to dry: of each the share that is still heard, and the loss of the mix."""

    wet: Mapping[str, float]
    loss: float


News = Generator[State | Fading, None, None]
"""What a strategy tells: each state with fewer processors, and between them how it finds out."""


def prune(objective: Objective, search: Search, clock: Clock, history: History) -> Generator[FitStep, None, None]:
    """Take processors out of the best patch, one step each, and descend a little from what is left.

    Args:
        objective: what was descended.
        search: where the descent has ended.
        clock: that the steps tell the time by.
        history: receives the steps; from the first processor that is taken out, only what follows can be its best.
    """
    options, best = search.options, search.best
    # Not as the objective has it: who goes on from a checkpoint brings the patch from before the search for a start.
    stage = Stage(objective.with_patch(search.structure(best.bypassed).patch), search.layout)
    whole = State(best.best, best.bypassed, best.best_loss)
    allowed = max((1 + (options.prune or 0.0)) * whole.loss, stage.rounding)
    state = whole
    for news in _STRATEGIES[options.strategy](stage, whole, allowed, options):
        if isinstance(news, Fading):
            yield _faded(stage, search, clock, state, news)
            continue
        state = news
        history.begin_anew()
        history.append(state.loss, state.vector, best.number, True, state.bypassed)
        yield _told(stage, search, clock, state)
    if state is not whole:
        tuning = Search(search.patch, search.layout, options, [(state.vector, state.bypassed)])
        yield from descend(objective, tuning, clock.more(TUNING_STEPS), history, phase="prune")


def _brute_force(stage: Stage, state: State, allowed: float, options: Options) -> News:
    """The processor whose absence hurts least, as long as it may."""
    while candidates := _candidates(stage, state):
        trials = [stage.settled(state.vector, state.bypassed | {node}) for node in candidates]
        state = min(trials, key=lambda trial: trial.loss)
        if state.loss > allowed:
            return
        yield state


def _dry_wet(stage: Stage, state: State, allowed: float, options: Options) -> News:
    """Those with the lowest weights together; half as many where they hurt."""
    order = yield from _by_weight(stage, state, options)
    size = (len(order) + 1) // 2
    while order and size:
        trial = stage.settled(state.vector, state.bypassed | set(order[:size]))
        if trial.loss <= allowed:
            state, order = trial, order[size:]
            yield state
        else:
            size //= 2


def _hybrid(stage: Stage, state: State, allowed: float, options: Options) -> News:
    """One after the other from the lowest weight on."""
    order = yield from _by_weight(stage, state, options)
    for node in order:
        trial = stage.settled(state.vector, state.bypassed | {node})
        if trial.loss <= allowed:
            state = trial
            yield state


_STRATEGIES: dict[Strategy, Callable[[Stage, State, float, Options], News]] = {
    "brute_force": _brute_force,
    "dry_wet": _dry_wet,
    "hybrid": _hybrid,
}


def _candidates(stage: Stage, state: State) -> list[str]:
    """Processors that can pass their input through, and that a fit may touch."""
    patch = stage.objective.patch
    return [
        node
        for node in stage.order
        if node not in state.bypassed | patch.frozen
        and patch.processors[patch.node_type(node)].inlets
        == patch.processors[patch.node_type(node)].outlets
        == ("main",)
    ]


def _by_weight(stage: Stage, state: State, options: Options) -> Generator[Fading, None, list[str]]:
    """The candidates, those first whose dry/wet weight falls lowest when all are drawn to dry.

    A node whose weight is set from outside keeps it, and is none.
    """
    candidates = [node for node in _candidates(stage, state) if WEIGHT not in stage.layout.outside[node]]
    if not candidates:
        return []
    relaxed = _relaxed(stage.patch(state.bypassed).with_raw(stage.layout.unpack(state.vector[None])), candidates)
    paths = {node: f"{node}.{WEIGHT}" for node in candidates}
    pull = PULL * max(state.loss, 1e-9) / len(candidates)
    objective = stage.objective.with_patch(relaxed).with_pulls(dict.fromkeys(paths.values(), pull))
    layout, settings = Layout(relaxed), Options(learning_rate=0.05, coarse=options.coarse)
    search = Search(relaxed, layout, settings, [(layout.pack(relaxed.raw).float()[0], relaxed.bypassed)])

    def wet(vector: Tensor) -> dict[str, float]:
        positions = layout.positions(vector[None])[0]
        return {node: positions[layout.places(relaxed, path)].mean().item() for node, path in paths.items()}

    for step in descend(objective, search, Clock(RELAXING_STEPS), History(relaxed, layout)):
        heard = wet(layout.pack(step.raw)[0])
        yield Fading(heard, step.loss - pull * sum(heard.values()))
    found = wet(search.best.best)
    return sorted(candidates, key=lambda node: found[node])


def _relaxed(patch: Patch, nodes: list[str]) -> Patch:
    """The patch with a dry/wet mix around these nodes, of which only the weights are free."""
    graph, processors, raw = patch.graph.copy(), dict(patch.processors), dict(patch.raw)
    for node in nodes:
        inner = patch.processors[patch.node_type(node)]
        if WEIGHT in inner.specs:
            continue
        mixed = DryWet(inner, external_param=False)
        key = type_key(describe(mixed))
        processors[key] = mixed
        graph.nodes[patch.ids[node]]["node_type"] = key
        wet = mixed.weight_specs[WEIGHT].to_raw(torch.tensor([[NEARLY_WET]]))
        raw[node] = {**patch.raw[node], WEIGHT: wet}
    relaxed = patch.replace(graph=graph, processors=processors, raw=raw, frozen=())
    weights = {f"{node}.{WEIGHT}" for node in nodes}
    return relaxed.replace(frozen={entry.path for entry in Layout(relaxed).entries} - weights)


def _told(stage: Stage, search: Search, clock: Clock, state: State) -> FitStep:
    layout = stage.layout
    taken = ", ".join(f"'{node}'" for node in stage.order if node in state.bypassed)
    return FitStep(
        step=search.step, loss=state.loss, raw=layout.unpack(state.vector[None]), seconds=clock.elapsed,
        gradient=layout.unpack_gradient(torch.zeros_like(state.vector)[None]), best_loss=state.loss,
        structure=stage.patch(state.bypassed), phase="prune", cause=f"Without {taken} the loss is {state.loss:.4g}.",
    )  # fmt: skip


def _faded(stage: Stage, search: Search, clock: Clock, state: State, fading: Fading) -> FitStep:
    layout = stage.layout
    return FitStep(
        step=search.step, loss=fading.loss, raw=layout.unpack(state.vector[None]), seconds=clock.elapsed,
        gradient=layout.unpack_gradient(torch.zeros_like(state.vector)[None]), best_loss=state.loss,
        structure=stage.patch(state.bypassed), phase="prune", exact=False, wet=fading.wet,
    )  # fmt: skip
