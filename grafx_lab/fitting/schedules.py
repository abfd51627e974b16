"""Learning-rate schedules: what share of the learning rate a step takes."""

import math
from collections.abc import Callable
from typing import Literal

ScheduleName = Literal["cosine", "constant", "exponential", "plateau"]

FINAL_RATE = 0.02
"""What a falling schedule leaves of the learning rate at the end."""

PLATEAU_STEPS = 20
"""So many steps without progress make the ``"plateau"`` schedule halve the rate."""


def _cosine(progress: float, stale: int) -> float:
    return FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + math.cos(math.pi * progress))


def _constant(progress: float, stale: int) -> float:
    return 1.0


def _exponential(progress: float, stale: int) -> float:
    return FINAL_RATE**progress


def _plateau(progress: float, stale: int) -> float:
    return max(FINAL_RATE, 0.5 ** (stale // PLATEAU_STEPS))


SCHEDULES: dict[ScheduleName, Callable[[float, int], float]] = {
    "cosine": _cosine,
    "constant": _constant,
    "exponential": _exponential,
    "plateau": _plateau,
}
"""Each takes the share of the fit that is over and the steps since the last progress."""


def rate_factor(name: ScheduleName, step: int, progress: float, stale: int, warm_up: int) -> float:
    """The factor of the learning rate: the schedule, risen to along a line over the first ``warm_up`` steps."""
    return min(1.0, (step + 1) / max(warm_up, 1)) * SCHEDULES[name](min(progress, 1.0), stale)
