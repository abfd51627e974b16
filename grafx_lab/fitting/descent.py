"""Descent: what makes a step out of a gradient. One small class an optimiser; the loop itself is in :mod:`.fit`."""

import math
from typing import Literal, Protocol

import torch
from torch import Tensor

OptimizerName = Literal["adam", "sgd"]

LEARNING_RATE = 0.01
"""Adam's full step is this share of the way from one end of a slider to the other."""

WARM_UP_STEPS = 10
FINAL_RATE = 0.02
"""What Adam's cosine schedule leaves of the learning rate at the end."""


class Descent(Protocol):
    """An optimiser that has been set up for one raw vector."""

    def update(self, gradient: Tensor, rate: float, step: int, progress: float) -> Tensor:
        """What to subtract from the raw vector ``(size,)``; ``progress`` is the share of the fit that is over."""
        ...


class Adam:
    """Adam (Kingma & Ba 2015) on slider positions, warmed up and then slowed down along a cosine.

    Args:
        scale: how far each raw number moves while its slider goes from end to end, ``(size,)``.
        caution: makes every step shorter; below 1 after a step that could not be used.
        betas: forgetting factors of the mean and of the mean square.
    """

    def __init__(self, scale: Tensor, caution: float = 1.0, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        self.scale, self.caution, self.betas = scale, caution, betas
        self.mean = self.square = torch.zeros_like(scale)
        self.count = 0

    def update(self, gradient: Tensor, rate: float, step: int, progress: float) -> Tensor:
        first, second = self.betas
        along_slider = gradient * self.scale
        self.count += 1
        self.mean = first * self.mean + (1 - first) * along_slider
        self.square = second * self.square + (1 - second) * along_slider.square()
        mean, square = self.mean / (1 - first**self.count), self.square / (1 - second**self.count)
        rate = rate * self.caution * _schedule(step, progress)
        return rate * self.scale * mean / (square.sqrt() + 1e-12)


class GradientDescent:
    """Plain gradient descent: every raw number moves by the rate times its gradient, from first step to last.

    Sliders do not enter, so the steps depend on the units of the raw parameters. For teaching and comparing.
    """

    def __init__(self, scale: Tensor, caution: float = 1.0) -> None:
        self.caution = caution

    def update(self, gradient: Tensor, rate: float, step: int, progress: float) -> Tensor:
        return rate * self.caution * gradient


OPTIMIZERS: dict[OptimizerName, type[Adam] | type[GradientDescent]] = {"adam": Adam, "sgd": GradientDescent}


def _schedule(step: int, progress: float) -> float:
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    cosine = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return warm_up * (FINAL_RATE + (1 - FINAL_RATE) * cosine)
