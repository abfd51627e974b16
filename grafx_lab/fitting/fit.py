"""Fit: gradient descent from a patch towards a target. The one optimisation loop of the house.

:func:`fit_steps` is a generator: to stop is to cease iterating. Notebook, app and command line all iterate it.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab.fitting.descent import LEARNING_RATE, OPTIMIZERS, OptimizerName
from grafx_lab.fitting.diagnosis import Diagnosis, diagnose
from grafx_lab.fitting.history import History
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.graph import GraphError
from grafx_lab.losses import Loss
from grafx_lab.parameters import Tree
from grafx_lab.patch import Patch
from grafx_lab.processors.checks import is_finite

MAX_REJECTED = 10
"""So many unusable steps since the last progress end a fit; each halves what the next ones may move."""


class FitError(ValueError):
    """A fit that cannot begin; the message says what is missing."""


@dataclass(frozen=True)
class FitStep:
    """One step of a fit.

    Attributes:
        step: 0 is the start; step n has seen n updates.
        loss: of ``raw``, by the objective.
        raw: raw parameters ``(1, *shape)`` by node.
        seconds: since the fit began.
        gradient: derivative of the loss by each raw parameter, laid out as ``raw``; zero where it is frozen.
        best_loss: the lowest so far.
        phase: what the fit is doing.
        start: which of several starts this is.
        rejected: the loss or its gradient was not finite; the fit went back to the best step.
        cause: for a rejected step, what was not finite, in words.
    """

    step: int
    loss: float
    raw: dict[str, Any]
    seconds: float
    gradient: dict[str, Any]
    best_loss: float
    patch: Patch = field(repr=False)
    phase: str = "descent"
    start: int = 0
    rejected: bool = False
    cause: str = ""

    @property
    def controls(self) -> dict[str, dict[str, Any]]:
        """The controls of this step in their units: see :meth:`Patch.controls`."""
        return self.patch.controls()


@dataclass(frozen=True)
class FitResult:
    """What a fit has found.

    Attributes:
        patch: the best patch.
        history: every step.
        status: ``"done"``, ``"stopped"`` (by hand), ``"time"`` (its seconds are over) or ``"failed"``.
        diagnosis: what can be said about it, in words.
    """

    patch: Patch
    history: History
    status: Literal["done", "stopped", "time", "failed"]
    diagnosis: Diagnosis

    @property
    def loss(self) -> float:
        """The loss of the best patch."""
        return min(self.history.losses, default=math.nan)


def fit_steps(
    objective: Objective,
    steps: int = 300,
    *,
    seconds: float | None = None,
    optimizer: OptimizerName = "adam",
    learning_rate: float = LEARNING_RATE,
    history: History | None = None,
) -> Iterator[FitStep]:
    """Descend an objective.

    Adam's steps are measured along the sliders: a rate of 0.01 moves a control by at most about 1 % of its range in a
    step. Given the same objective the steps are the same; nothing is drawn at random.

    Args:
        objective: its patch is the start.
        steps: how many updates; the generator yields one item more, the start.
        seconds: a time budget; the generator ends when it is used up.
        optimizer: ``"adam"``, or ``"sgd"`` for plain gradient descent on the raw parameters.
        learning_rate: for Adam, the share of a slider per step; for plain descent, the factor of the gradient.
        history: receives every step that is not rejected.

    Raises:
        FitError: there is nothing to move, or the start has no finite loss.
    """
    patch = objective.patch
    layout = Layout(patch)
    movable = layout.movable(patch)
    if not movable.any():
        raise FitError("There is nothing to fit: every control of the patch is frozen or bypassed. Release one.")
    began = time.perf_counter()
    scale = layout.scale() * movable
    vector = layout.pack(patch.raw).float()[0]
    begin_descent = OPTIMIZERS[optimizer]
    descent = begin_descent(scale)
    best_loss, best = math.inf, vector
    refused = 0
    for step in range(steps + 1):
        loss, gradient, cause = _attempt(objective, layout, vector, movable)
        elapsed = time.perf_counter() - began
        if cause and step == 0:
            raise FitError(f"The fit cannot begin: {cause} Change that control, or use another loss.")
        if not cause and loss < best_loss:
            best_loss, best, refused = loss, vector, 0
        if not cause and history is not None:
            history.append(loss, vector)
        raw = layout.unpack(vector[None])
        yield FitStep(
            step=step, loss=loss, raw=raw, seconds=elapsed, gradient=layout.unpack(gradient[None]),
            best_loss=best_loss, patch=patch.with_raw(raw), rejected=bool(cause), cause=cause,
        )  # fmt: skip
        if seconds is not None and time.perf_counter() - began >= seconds:
            return
        if cause:
            refused += 1
            if refused > MAX_REJECTED:
                return
            descent = begin_descent(scale, caution=0.5**refused)
            vector = best
            continue
        progress = (step + 1) / steps if steps else 1.0
        if seconds is not None:
            progress = max(progress, elapsed / seconds)
        vector = vector - descent.update(gradient, learning_rate, step, progress)


def fit(
    patch: Patch,
    source: Any,
    target: Any,
    *,
    loss: str | Loss = "mr_stft",
    steps: int = 300,
    seconds: float | None = None,
    init: Literal["patch", "neutral"] = "patch",
    optimizer: OptimizerName = "adam",
    learning_rate: float = LEARNING_RATE,
    on_step: Callable[[FitStep], Any] | None = None,
) -> FitResult:
    """Fit a patch so that ``source`` played through it sounds like ``target``.

    ``KeyboardInterrupt`` ends the fit and keeps the best patch so far.

    Args:
        patch: the graph, and with ``init="patch"`` the start.
        source: see :class:`Objective`.
        target: see :class:`Objective`.
        loss: a registered loss or a module.
        steps: how many updates.
        seconds: a time budget.
        init: start from the patch as it is, or with every processor transparent.
        optimizer: see :func:`fit_steps`.
        learning_rate: see :func:`fit_steps`.
        on_step: called with every step; when it returns true, the fit stops.
    """
    start = neutral(patch) if init == "neutral" else patch
    objective = Objective(start, source, target, loss)
    history = History(start, Layout(start))
    status: Literal["done", "stopped", "time", "failed"] = "done"
    step = None
    try:
        for step in fit_steps(
            objective, steps, seconds=seconds, optimizer=optimizer, learning_rate=learning_rate, history=history
        ):
            if on_step is not None and on_step(step):
                status = "stopped"
                break
    except KeyboardInterrupt:
        status = "stopped"
    if status == "done" and step is not None and step.step < steps:
        status = "failed" if step.rejected else "time"
    return summarise(objective, history, status)


def summarise(
    objective: Objective, history: History, status: Literal["done", "stopped", "time", "failed"]
) -> FitResult:
    """The result of the steps that a history holds."""
    if not len(history):
        return FitResult(objective.patch, history, status, Diagnosis(()))
    best = min(range(len(history)), key=history.losses.__getitem__)
    patch = history.patch_at(best)
    return FitResult(patch, history, status, diagnose(objective, history, patch))


def neutral(patch: Patch) -> Patch:
    """The patch with every control that is not frozen where its processor is transparent."""
    layout = Layout(patch)
    start = {name: patch.processors[patch.node_type(name)].neutral() for name in patch.raw}
    vector = torch.where(layout.movable(patch), layout.pack(start), layout.pack(patch.raw))
    return patch.with_raw(layout.unpack(vector))


def evaluate(objective: Objective, layout: Layout, vector: Tensor) -> tuple[float, Tensor]:
    """The loss at a raw vector ``(size,)`` and its gradient ``(size,)``."""
    leaf = vector.detach().clone().requires_grad_()
    loss = objective(layout.unpack(leaf[None]))
    if not loss.requires_grad:
        return loss.item(), torch.zeros_like(vector)
    (gradient,) = torch.autograd.grad(loss, leaf)
    return loss.item(), gradient


def _attempt(objective: Objective, layout: Layout, vector: Tensor, movable: Tensor) -> tuple[float, Tensor, str]:
    """The loss, its gradient where something may move, and why they cannot be used; empty where they can."""
    try:
        loss, gradient = evaluate(objective, layout, vector)
    except GraphError as error:  # a processor refuses these values
        return math.nan, torch.zeros_like(vector), str(error)
    gradient = torch.where(movable, gradient, 0.0)
    return loss, gradient, _cause(objective, layout, vector, loss, gradient)


def _cause(objective: Objective, layout: Layout, vector: Tensor, loss: float, gradient: Tensor) -> str:
    if not math.isfinite(loss):
        if spoilt := _first_not_finite(objective, layout.unpack(vector[None])):
            return f"The signal of '{spoilt}' is not finite."
        return f"The loss '{objective.loss.name or type(objective.loss).__name__}' is not finite."
    for entry in layout.entries:
        if not torch.isfinite(gradient[entry.place]).all():
            return f"The gradient of '{entry.path}' is not finite."
    return ""


def _first_not_finite(objective: Objective, raw: Mapping[str, Tree]) -> str:
    """The first node in the order of rendering whose signal is not finite; empty where all are."""
    with torch.no_grad():
        signals = objective.render(raw).signals
    names = objective.patch.plan.names
    return next((str(names[node]) for node, outlets in signals.items() if not all(map(is_finite, outlets))), "")
