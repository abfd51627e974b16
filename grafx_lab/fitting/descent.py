"""Descent: what makes a step out of a gradient. One small class an optimiser; the loop itself is in :mod:`.loop`."""

from typing import Any, Literal, Protocol

import torch
from torch import Tensor

OptimizerName = Literal["adam", "adamw", "sgd", "lbfgs"]

LEARNING_RATE = 0.01
"""Adam's full step is this share of the way from one end of a slider to the other."""

DECAY = 0.01
"""Share of the way back to its start that AdamW takes off a raw number for each unit of the learning rate."""

MEMORY = 10
"""Steps whose curvature L-BFGS remembers."""

SUFFICIENT = 1e-4
"""Share of the promised fall of the loss that a step of L-BFGS has to deliver (Armijo's rule)."""


class Descent(Protocol):
    """An optimiser that has been set up for one raw vector. Its attributes are its state: numbers, tensors, lists."""

    def advance(self, vector: Tensor, loss: float, gradient: Tensor, rate: float) -> Tensor:
        """The next raw vector ``(size,)`` after one whose loss and gradient are known."""
        ...


class Adam:
    """Adam (Kingma & Ba 2015) on slider positions.

    Args:
        scale: how far each raw number moves while its slider goes from end to end, ``(size,)``.
        factors: of the learning rate, ``(size,)``; zero where nothing may move.
        start: the raw vector that the descent begins at, ``(size,)``.
        betas: forgetting factors of the mean and of the mean square.
    """

    def __init__(self, scale: Tensor, factors: Tensor, start: Tensor, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        self.scale, self.betas = scale * factors, betas
        self.mean = self.square = torch.zeros_like(scale)
        self.count = 0

    def advance(self, vector: Tensor, loss: float, gradient: Tensor, rate: float) -> Tensor:
        first, second = self.betas
        along_slider = gradient * self.scale
        self.count += 1
        self.mean = first * self.mean + (1 - first) * along_slider
        self.square = second * self.square + (1 - second) * along_slider.square()
        mean, square = self.mean / (1 - first**self.count), self.square / (1 - second**self.count)
        return vector - rate * self.scale * mean / (square.sqrt() + 1e-12)


class AdamW(Adam):
    """Adam with decoupled decay (Loshchilov & Hutter 2019), not towards zero but towards the start of the fit.

    A raw zero means nothing in particular; the start is where the target says nothing against it.
    """

    def __init__(self, scale: Tensor, factors: Tensor, start: Tensor) -> None:
        super().__init__(scale, factors, start)
        self.start, self.factors = start, factors

    def advance(self, vector: Tensor, loss: float, gradient: Tensor, rate: float) -> Tensor:
        moved = super().advance(vector, loss, gradient, rate)
        return moved - rate * DECAY * self.factors * (vector - self.start)


class GradientDescent:
    """Plain gradient descent: every raw number moves by the rate times its gradient.

    Sliders do not enter, so the steps depend on the units of the raw parameters. For teaching and comparing.
    """

    def __init__(self, scale: Tensor, factors: Tensor, start: Tensor) -> None:
        self.factors = factors

    def advance(self, vector: Tensor, loss: float, gradient: Tensor, rate: float) -> Tensor:
        return vector - rate * self.factors * gradient


class LimitedMemory:
    """L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 3.1) on slider positions.

    A step that does not lower the loss by what its slope promises is taken back and halved; looking at the loss is the
    next step of the fit. The first step is as long as one of gradient descent with the learning rate along the sliders.
    """

    def __init__(self, scale: Tensor, factors: Tensor, start: Tensor) -> None:
        self.scale = scale * factors
        self.known: list[Tensor] = []
        """The point that has been accepted last, its gradient along the sliders, and the direction from there."""
        self.loss = self.length = 0.0
        self.moves: list[Tensor] = []
        self.changes: list[Tensor] = []

    def advance(self, vector: Tensor, loss: float, gradient: Tensor, rate: float) -> Tensor:
        slope = gradient * self.scale
        if self.known:
            place, known_slope, direction = self.known
            promised = self.length * float(known_slope @ direction)
            if loss > self.loss + SUFFICIENT * promised and self.length > 1e-6:
                self.length /= 2
                return place + self.length * self.scale * direction
            self._remember(self.length * direction, slope - known_slope)
        direction = -self._bend(slope)
        largest = float(direction.abs().max())
        # Without curvature the gradient's length says nothing about how far to go.
        self.length = 1.0 if self.moves else rate / max(largest, 1e-30)
        self.known, self.loss = [vector, slope, direction], loss
        return vector + self.length * self.scale * direction

    def _remember(self, move: Tensor, change: Tensor) -> None:
        if float(move @ change) > 1e-10 * float(move.norm() * change.norm()):
            self.moves = [*self.moves, move][-MEMORY:]
            self.changes = [*self.changes, change][-MEMORY:]

    def _bend(self, slope: Tensor) -> Tensor:
        pairs = [
            (move, change, 1 / float(move @ change)) for move, change in zip(self.moves, self.changes, strict=True)
        ]
        shares = []
        for move, change, weight in reversed(pairs):
            shares.append(weight * float(move @ slope))
            slope = slope - shares[-1] * change
        if pairs:
            move, change, _ = pairs[-1]
            slope = slope * (float(move @ change) / float(change @ change))
        for (move, change, weight), share in zip(pairs, reversed(shares), strict=True):
            slope = slope + (share - weight * float(change @ slope)) * move
        return slope


OPTIMIZERS: dict[OptimizerName, type[Any]] = {
    "adam": Adam,
    "adamw": AdamW,
    "sgd": GradientDescent,
    "lbfgs": LimitedMemory,
}
