"""The loss at raw vectors, its gradient, and in words why they cannot be used."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.graph import GraphError
from grafx_lab.parameters import Tree
from grafx_lab.processors.checks import is_finite


@dataclass(frozen=True)
class Judgement:
    """What is known about one raw vector.

    Attributes:
        loss: at the vector; NaN where a processor refuses it.
        gradient: ``(size,)``.
        cause: why loss or gradient cannot be used; empty where they can.
    """

    loss: float
    gradient: Tensor
    cause: str = ""


def evaluate(objective: Objective, layout: Layout, vector: Tensor) -> tuple[float, Tensor]:
    """The loss at a raw vector ``(size,)`` and its gradient ``(size,)``."""
    losses, gradients = _evaluate_all(objective, layout, vector[None])
    return losses[0].item(), gradients[0]


def judge(objective: Objective, layout: Layout, vectors: Tensor, movable: Tensor) -> list[Judgement]:
    """Losses and gradients of several vectors ``(batch, size)``, rendered side by side; what cannot move has none."""
    try:
        losses, gradients = _evaluate_all(objective, layout, vectors)
    except GraphError as error:  # a processor refuses the values of one of them
        if len(vectors) == 1:
            return [Judgement(math.nan, torch.zeros_like(vectors[0]), str(error))]
        return [judge(objective, layout, vector[None], movable)[0] for vector in vectors]
    gradients = torch.where(movable, gradients, 0.0)
    rows = zip(vectors, losses.tolist(), gradients, strict=True)
    return [
        Judgement(loss, gradient, _cause(objective, layout, vector, loss, gradient)) for vector, loss, gradient in rows
    ]


def exact_loss(objective: Objective, layout: Layout, vector: Tensor) -> float:
    """The loss at a raw vector ``(size,)``; infinite where there is none."""
    try:
        with torch.no_grad():
            loss = objective(layout.unpack(vector[None])).item()
    except GraphError:
        return math.inf
    return loss if math.isfinite(loss) else math.inf


def _evaluate_all(objective: Objective, layout: Layout, vectors: Tensor) -> tuple[Tensor, Tensor]:
    leaf = vectors.detach().clone().requires_grad_()
    losses = objective.per_item(layout.unpack(leaf)).expand(len(leaf))
    if not losses.requires_grad:
        return losses, torch.zeros_like(vectors)
    # Items never influence each other: the gradient of their sum holds each one's own.
    (gradients,) = torch.autograd.grad(losses.sum(), leaf)
    return losses.detach(), gradients


def _cause(objective: Objective, layout: Layout, vector: Tensor, loss: float, gradient: Tensor) -> str:
    if not math.isfinite(loss):
        if spoilt := _first_not_finite(objective, layout.unpack(vector[None])):
            return f"The signal of '{spoilt}' is not finite."
        return f"The loss '{objective.loss.name or type(objective.loss).__name__}' is not finite."
    if torch.isfinite(gradient).all():
        return ""
    spoilt = next(entry for entry in layout.entries if not torch.isfinite(gradient[entry.place]).all())
    return f"The gradient of '{spoilt.path}' is not finite."


def _first_not_finite(objective: Objective, raw: Mapping[str, Tree]) -> str:
    """The first node in the order of rendering whose signal is not finite; empty where all are."""
    with torch.no_grad():
        signals = objective.render(raw).signals
    names = objective.patch.plan.names
    return next((str(names[node]) for node, outlets in signals.items() if not all(map(is_finite, outlets))), "")
