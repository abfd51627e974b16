"""What can be chosen about a fit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Literal

from grafx_lab.fitting.descent import LEARNING_RATE, OPTIMIZERS, OptimizerName
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.schedules import SCHEDULES, ScheduleName, rate_factor

Init = Literal["patch", "neutral", "auto"]
Strategy = Literal["brute_force", "dry_wet", "hybrid"]

WARM_UP = 10
"""Steps over which Adam's rate rises."""

LARGEST = 2**63
"""PyTorch's generators take smaller seeds."""

STRATEGIES: tuple[Strategy, ...] = ("brute_force", "dry_wet", "hybrid")


@dataclass(frozen=True)
class Options:
    """The settings of a fit beside its length.

    Attributes:
        optimizer: ``"adam"``, ``"adamw"``, ``"sgd"`` (on the raw parameters, without sliders) or ``"lbfgs"``.
        learning_rate: for all but ``"sgd"`` the share of a slider per step; for ``"sgd"`` the factor of the gradient.
        rates: factors of the learning rate for nodes and controls by name, ``{"comp": 5, "comp.log_ratio": 0.2}``; what
            names a control counts more than what names its node.
        schedule: ``"cosine"``, ``"constant"``, ``"exponential"``, or ``"plateau"``, which halves the rate when the
            loss has not fallen for a while. ``None`` is a constant for ``"sgd"``, a cosine for the others.
        warm_up: steps over which the rate rises; ``None`` is 10, for ``"sgd"`` none.
        clip: largest norm of the gradient along the sliders; longer ones are shortened.
        coarse: descend on the loss's cheaper form, and judge by the exact one every ``judge_every`` steps.
        judge_every: steps between two exact judgements where steps are coarse or cropped.
        crop: seconds of the excerpt that a step hears, another one each time; ``None`` is all of it.
        context: seconds before an excerpt that are rendered but not compared, so that processors with memory settle.
        patience: steps without progress after which the fit ends; ``None`` waits for ever.
        init: start from the patch as it is, from every processor transparent, or from closed forms.
        optional: nodes that are bypassed until ``init="auto"`` finds that they help.
        starts: how many points to descend from: the start, the transparent patch, and others drawn by ``seed``; the
            worse half is given up at a tenth, a fifth and so on of the way.
        seed: of excerpts and of starts.
        prune: by how much the loss may rise when processors are taken out, as a share of it; ``None`` keeps all.
        strategy: how :mod:`.pruning` looks for processors to take out.

    Raises:
        FitError: a value that means nothing.
    """

    optimizer: OptimizerName = "adam"
    learning_rate: float = LEARNING_RATE
    rates: Mapping[str, float] = field(default_factory=dict)
    schedule: ScheduleName | None = None
    warm_up: int | None = None
    clip: float | None = None
    coarse: bool = False
    judge_every: int = 20
    crop: float | None = None
    context: float = 0.5
    patience: int | None = None
    init: Init = "patch"
    optional: frozenset[str] = frozenset()
    starts: int = 1
    seed: int = 0
    prune: float | None = None
    strategy: Strategy = "hybrid"

    def __post_init__(self) -> None:
        choices = {
            "optimizer": tuple(OPTIMIZERS),
            "schedule": (None, *SCHEDULES),
            "init": ("patch", "neutral", "auto"),
            "strategy": STRATEGIES,
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise FitError(f"{name} is {getattr(self, name)!r}, expected one of {', '.join(map(repr, known))}.")
        for name in ("learning_rate", "judge_every", "starts"):
            if not getattr(self, name) > 0:
                raise FitError(f"{name} is {getattr(self, name)}, expected a number above zero.")
        for name in ("clip", "crop", "patience", "prune"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise FitError(f"{name} is {value}, expected a number above zero, or None.")
        for name in ("starts", "seed"):
            if not isinstance(getattr(self, name), Integral) or abs(getattr(self, name)) >= LARGEST:
                raise FitError(f"{name} is {getattr(self, name)}, expected a whole number of at most 63 bits.")
        rates = {f"rates[{name!r}]": factor for name, factor in self.rates.items()}
        for name, value in {"context": self.context, "crop": self.crop or 0.0, **rates}.items():
            if not 0 <= value < math.inf:
                raise FitError(f"{name} is {value}, expected a finite number from zero on.")

    def rate(self, step: int, progress: float, stale: int) -> float:
        """The learning rate of a step; see :func:`.rate_factor`."""
        plain = self.optimizer == "sgd"
        schedule = self.schedule or ("constant" if plain else "cosine")
        warm_up = (0 if plain else WARM_UP) if self.warm_up is None else self.warm_up
        return self.learning_rate * rate_factor(schedule, step, progress, stale, warm_up)

    @property
    def exact(self) -> bool:
        """Whether every step is judged by the exact loss on the whole signal."""
        return not self.coarse and self.crop is None
