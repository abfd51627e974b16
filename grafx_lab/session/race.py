"""Race: optimisers that descend one landscape side by side, from one place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from grafx_lab.fitting import FitStep, Layout, Objective, fit_steps
from grafx_lab.fitting.descent import OptimizerName
from grafx_lab.landscapes import Axis, Basins, Landscape, Minimum
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.fit_view import loss_text
from grafx_lab.session.ground import Ground
from grafx_lab.session.landscape_view import positions_of
from grafx_lab.session.landscape_words import named

STEPS = 100

RATE = 0.02
"""The first step of everybody moves a slider by this share of its length at most."""

REACH = 0.03
"""So near to the lowest minimum, in positions, is there."""

STAY = 10
"""Steps that somebody must have been there to count as arrived while the race goes on."""

LABELS: dict[OptimizerName, str] = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "lbfgs": "L-BFGS"}

State = Literal["moving", "arrived", "elsewhere", "outside"]


@dataclass(eq=False)
class Racer:
    """One optimiser on its way.

    Attributes:
        name: of the optimiser.
        steps: the descent, yet to be iterated.
        losses: after each step, the first at the start.
        vectors: where it was, raw ``(size,)`` each.
    """

    name: OptimizerName
    steps: Iterator[FitStep]
    losses: list[float] = field(default_factory=list)
    vectors: list[Tensor] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What people call it."""
        return LABELS[self.name]

    def advance(self, layout: Layout) -> bool:
        """Do one step; false where the descent has ended."""
        step = next(self.steps, None)
        if step is None:
            return False
        stays = step.rejected and self.vectors  # it goes back by itself; where it was has no loss
        self.losses.append(self.losses[-1] if stays else step.loss)
        self.vectors.append(self.vectors[-1] if stays else layout.pack(step.raw)[0])
        return True


@dataclass(frozen=True, eq=False)
class Race:
    """Racers on one ground.

    Attributes:
        ground: what they descend.
        start: where they began, one value an axis.
        racers: in the order of their lanes.
        steps: how many each may do.
    """

    ground: Ground
    start: tuple[float, ...]
    racers: tuple[Racer, ...]
    steps: int

    @classmethod
    def begin(
        cls, objective: Objective, ground: Ground, optimizers: Sequence[OptimizerName], steps: int = STEPS
    ) -> "Race":
        """Line them up where an objective's patch stands.

        On a landscape of controls only these move, also where a fit would leave them alone. Along directions all
        controls move that may, so the way can lead off the plane. The first steps are of equal length: plain
        gradient descent, whose rate would depend on the units, gets the one that makes them so.
        """
        rates = _rates(ground)
        if rates:
            objective = objective.with_patch(objective.patch.replace(frozen=()))
        plain = _plain_rate(objective, rates)
        racers = [
            Racer(name, fit_steps(
                objective, steps, optimizer=name, learning_rate=plain if name == "sgd" else RATE, rates=rates
            ))
            for name in optimizers
        ]  # fmt: skip
        return cls(ground, tuple(ground.values(objective.patch)), tuple(racers), steps)

    def advance(self) -> bool:
        """One step of everybody; false when nobody can go on."""
        moved = [racer.advance(self.ground.plane.layout) for racer in self.racers]
        return any(moved)

    @property
    def step(self) -> int:
        """The steps that everybody has done."""
        return max((len(racer.losses) - 1 for racer in self.racers), default=0)

    def view(self, surface: Landscape, basins: Basins | None, status: str) -> dict[str, Any]:
        """The slice ``race`` of ``frontend/PROTOCOL.md``.

        Args:
            surface: the landscape; the goal is its lowest place, or a lower one that a racer has found.
            basins: where descent leads on it, if that is known.
            status: ``"running"`` or ``"done"``.
        """
        axes = self.ground.axes
        goal, lowest = self._goal(basins.minima[0] if basins else surface.minimum)
        home = [axis.position(value) for axis, value in zip(axes, goal, strict=True)]
        stay = STAY if status == "running" else 0
        results = [self._result(racer, home, lowest, basins, stay) for racer in self.racers if racer.losses]
        return {
            "status": status,
            "steps": self.steps,
            "start": [axis.position(value) for axis, value in zip(axes, self.start, strict=True)],
            "racers": results,
            "words": self._words(results) if status == "done" else "",
        }

    def _goal(self, known: Minimum) -> tuple[Sequence[float], float]:
        """The lowest place that anybody knows, and its loss: a racer may have found one between the grid's lines."""
        best = min((racer for racer in self.racers if racer.losses), key=lambda racer: min(racer.losses))
        loss = min(best.losses)
        if known.loss <= loss:
            return known.values, known.loss
        vector = best.vectors[best.losses.index(loss)]
        return self.ground.plane.coordinates(vector[None])[0].tolist(), loss

    def _result(
        self, racer: Racer, home: list[float], lowest: float, basins: Basins | None, stay: int
    ) -> dict[str, Any]:
        plane, raws = self.ground.plane, torch.stack(racer.vectors)
        values = plane.coordinates(raws)
        positions = positions_of(self.ground.axes, values)
        arrived = _arrival(np.abs(positions - np.asarray(home)).max(axis=1) <= REACH, racer.losses, lowest)
        if arrived is not None and len(racer.losses) - arrived <= stay:
            arrived = None
        end = values[-1].tolist()
        state: State = "moving"
        if arrived is not None:
            state = "arrived"
        elif positions[-1].min() < -REACH or positions[-1].max() > 1 + REACH:
            state = "outside"
        elif basins is not None and int(basins.labels[basins.surface.nearest(end)]) > 0:
            state = "elsewhere"
        return {
            "name": racer.name, "label": racer.label, "positions": positions,
            "losses": np.asarray(racer.losses, np.float32), "off_plane": plane.distance(raws).float().numpy(),
            "texts": [loss_text(loss) for loss in racer.losses], "arrived": arrived, "state": state,
            "place": named(self.ground.axes, end),
        }  # fmt: skip

    def _words(self, results: Sequence[Mapping[str, Any]]) -> str:
        """Who arrives first, and where the others are."""
        began = f"From {named(self.ground.axes, self.start)}"
        there = sorted((one for one in results if one["arrived"] is not None), key=lambda one: one["arrived"])
        if not there:
            parts = [f"{began} nobody reaches the lowest place in `{self.steps}` steps."]
        else:
            first = [one for one in there if one["arrived"] == there[0]["arrived"]]
            verb = "arrive together" if len(first) > 1 else "arrives first"
            parts = [f"{began} {_listed(first)} {verb}, after {_steps(first[0]['arrived'])}."]
            parts += [f"**{one['label']}** follows after {_steps(one['arrived'])}." for one in there[len(first) :]]
        for one in results:
            if one["arrived"] is None:
                parts.append(f"**{one['label']}** {_ENDINGS[one['state']]} {one['place']}, loss `{one['texts'][-1]}`.")
        return " ".join(parts)


_ENDINGS: dict[State, str] = {
    "moving": "has not settled there; it is at",
    "elsewhere": "is in another valley, at",
    "outside": "has left the picture, for",
}


def _rates(ground: Ground) -> dict[str, float]:
    """Factors of the learning rate that let only a ground's controls move; none where an axis is a direction."""
    controls = [axis.path for axis in ground.axes if isinstance(axis, Axis)]
    if len(controls) < len(ground.axes):
        return {}
    return dict.fromkeys(ground.patch.raw, 0.0) | dict.fromkeys(controls, 1.0)


def _plain_rate(objective: Objective, rates: Mapping[str, float]) -> float:
    """The factor of the gradient that makes its first step move the fastest slider by :data:`RATE`."""
    downhill, patch = Downhill.at(objective), objective.patch
    layout = downhill.layout
    free = layout.movable(patch) & (layout.factors(patch, rates) > 0)
    steepest = float((downhill.gradient * free / layout.scale()).abs().max()) if len(free) else 0.0
    return RATE / steepest if steepest > 0 else RATE


def _arrival(near: np.ndarray, losses: Sequence[float], lowest: float) -> int | None:
    """The first step from which on somebody stays at the lowest place, or has found one that is as low."""
    there = near | (np.asarray(losses) <= lowest)
    if not there[-1]:
        return None
    return max((step for step, (before, _) in enumerate(pairwise(there), start=1) if not before), default=0)


def _steps(count: int) -> str:
    return f"`{count}` step" + ("" if count == 1 else "s")


def _listed(racers: Sequence[Mapping[str, Any]]) -> str:
    names = [f"**{one['label']}**" for one in racers]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
