"""The one optimisation loop of the house."""

import math
from collections.abc import Callable, Generator

import torch
from torch import Tensor

from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.excerpts import Hearing
from grafx_lab.fitting.history import History
from grafx_lab.fitting.judgement import Judgement, exact_loss, judge
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.search import Search, Start
from grafx_lab.fitting.step import FitStep

Ending = str
"""``"done"``, ``"time"``, ``"plateau"`` or ``"failed"``."""


def descend(
    objective: Objective,
    search: Search,
    clock: Clock,
    history: History,
    save: Callable[[], None] = lambda: None,
    phase: str = "descent",
) -> Generator[FitStep, None, Ending]:
    """Descend from every start, giving up the worse half now and then.

    Args:
        objective: what is descended.
        search: the starts, at their beginning or where a checkpoint has left them.
        clock: when it is over.
        history: receives every step that is not rejected.
        save: called after every step.
        phase: what the steps call themselves.

    Raises:
        FitError: no start has a finite loss.
    """
    options, hearing = search.options, Hearing(objective, search.options)
    while True:
        step, progress = search.step, clock.progress(search.step)
        if phase == "descent":  # what comes after it is no part of a replay
            history.progress.append(progress)
        heard = hearing.draw(search.generator)
        halving = search.halving_due(progress)
        exact = options.exact or step % options.judge_every == 0 or halving or step == clock.steps or clock.over
        judgements: list[tuple[Start, Judgement]] = []
        for chunk in list(search.chunks()):
            for start, judgement in zip(chunk, _judge(heard, search, chunk), strict=True):
                judgements.append((start, judgement))
                loss = _exactly(objective, search, start, judgement) if exact else judgement.loss
                if not judgement.cause:
                    _keep(search, history, start, judgement, loss, exact)
                elif step == 0:
                    start.alive = False
                    continue
                yield _told(search, clock, start, judgement, loss, exact, phase)
        if not search.alive:
            raise FitError(f"The fit cannot begin: {judgements[0][1].cause} Change that control, or use another loss.")
        _note(search, judgements, exact)
        rate = options.rate(step, progress, search.stale)
        if halving:
            search.halve()
        if ending := _move(search, clock, judgements, rate):
            return ending
        search.step += 1
        save()


def _judge(heard: Objective, search: Search, chunk: list[Start]) -> list[Judgement]:
    structure = search.structure(chunk[0].bypassed)
    vectors = torch.stack([start.vector for start in chunk])
    return judge(heard.with_patch(structure.patch), search.layout, vectors, structure.movable)


def _exactly(objective: Objective, search: Search, start: Start, judgement: Judgement) -> float:
    if search.options.exact or judgement.cause:
        return judgement.loss
    return exact_loss(objective.with_patch(search.structure(start.bypassed).patch), search.layout, start.vector)


def _keep(search: Search, history: History, start: Start, judgement: Judgement, loss: float, exact: bool) -> None:
    start.accept(judgement.loss, comparable=search.options.crop is None)
    if exact:
        start.judged(loss)
    history.append(loss, start.vector, start.number, exact, start.bypassed)


def _told(
    search: Search, clock: Clock, start: Start, judgement: Judgement, loss: float, exact: bool, phase: str
) -> FitStep:
    layout = search.layout
    return FitStep(
        step=search.step, loss=loss, raw=layout.unpack(start.vector[None]), seconds=clock.elapsed,
        gradient=layout.unpack_gradient(judgement.gradient[None]), best_loss=search.best_loss,
        structure=search.structure(start.bypassed).patch, phase=phase, start=start.number,
        rejected=bool(judgement.cause), cause=judgement.cause, exact=exact,
    )  # fmt: skip


def _note(search: Search, judgements: list[tuple[Start, Judgement]], exact: bool) -> None:
    if search.options.crop is not None:  # losses of different excerpts cannot be compared
        if exact:
            search.note(search.best_loss)
        return
    usable = [judgement.loss for _, judgement in judgements if not judgement.cause]
    search.note(min(usable, default=math.inf))


def _move(search: Search, clock: Clock, judgements: list[tuple[Start, Judgement]], rate: float) -> Ending:
    """Move every start, unless the fit is over; says how it has ended."""
    if clock.over:
        return "time"
    if search.step >= clock.steps:
        return "done"
    patience = search.options.patience
    if patience is not None and search.stale >= patience:
        return "plateau"
    for start, judgement in judgements:
        if start.alive and judgement.cause:
            search.turn_back(start)
        elif start.alive and search.goes_too_far(start, judgement.loss):
            search.shorten(start)
        elif start.alive:
            search.advance(start, judgement.loss, _clipped(search, judgement.gradient), rate)
    return "" if search.alive else "failed"


def _clipped(search: Search, gradient: Tensor) -> Tensor:
    longest = search.options.clip
    if longest is None:
        return gradient
    return gradient * min(1.0, longest / max(float((gradient * search.scale).norm()), 1e-30))
