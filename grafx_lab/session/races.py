"""RaceDesk: races of optimisers on a session's landscape, on a thread of their own. The patch stays where it is."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from grafx_lab.fitting.descent import OptimizerName
from grafx_lab.landscapes import LandscapeError, basins
from grafx_lab.session.ground import Ground
from grafx_lab.session.race import LABELS, STEPS, Race
from grafx_lab.session.worker import Worker

if TYPE_CHECKING:
    from grafx_lab.session.landscapes import LandscapeDesk
    from grafx_lab.session.session import Session

OPTIMIZERS: tuple[OptimizerName, ...] = ("adam", "sgd", "lbfgs")

MOST_STEPS = 1000
REPORT_SECONDS = 0.1


class RaceDesk:
    """Starts races, one at a time; a newer one, or another landscape, ends the one before.

    Args:
        session: whose objective is descended.
        desk: whose landscape is raced on.

    Attributes:
        worker: the thread.
    """

    def __init__(self, session: "Session", desk: "LandscapeDesk") -> None:
        self._session, self._desk = session, desk
        self.worker = Worker("grafx_lab race")
        self._wanted: object = None
        self._races = 0
        self.calls: dict[str, Callable[..., Any]] = {"race": self.start, "end_race": self.forget}

    def start(
        self,
        positions: Sequence[float] | None = None,
        optimizers: Sequence[OptimizerName] = OPTIMIZERS,
        steps: int = STEPS,
    ) -> None:
        """Let optimisers descend the landscape.

        Args:
            positions: where from, along each axis; from where the patch stands by default.
            optimizers: their names.
            steps: how many each may do.

        Raises:
            ValueError: there is no landscape, place or optimiser of that kind.
        """
        with self._session.lock:
            ground = self._desk.ground
            if ground is None or self._desk.surface is None:
                raise LandscapeError("There is no landscape yet to race on; wait until it is drawn.")
            places = ground.positions(self._session.patch) if positions is None else positions
            if len(places) != len(ground.axes):
                raise LandscapeError(f"A start on this landscape has {len(ground.axes)} positions, not {len(places)}.")
            if unknown := [name for name in optimizers if name not in LABELS]:
                raise LandscapeError(f"There is no optimiser '{unknown[0]}'; choose from {', '.join(LABELS)}.")
            if not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
                raise LandscapeError(f"A race takes 1 to {MOST_STEPS} steps, not {steps!r}.")
            values = [axis.at(min(1.0, max(0.0, at))) for axis, at in zip(ground.axes, places, strict=True)]
            self._wanted = wanted = object()
            self._races += 1
        self.worker.latest("race", partial(self._run, ground, values, tuple(optimizers), steps, wanted))

    def forget(self) -> None:
        """Take the race away; one that runs ends."""
        self._wanted = None
        self._session.board.show("race", None)

    def abandon(self) -> None:
        """End a race that runs."""
        self._wanted = None

    # --- on the worker ---------------------------------------------------------------------------------------------

    def _run(
        self,
        ground: Ground,
        values: list[float],
        optimizers: tuple[OptimizerName, ...],
        steps: int,
        wanted: object,
    ) -> None:
        session = self._session
        try:
            objective = session.objective(ground.at(values, {}))
            race = Race.begin(objective, ground, optimizers, steps)
            reported = 0.0
            while self._still(wanted) and race.advance():
                if time.monotonic() - reported >= REPORT_SECONDS:
                    self._show(race, "running", wanted)
                    reported = time.monotonic()
            self._show(race, "done", wanted)
        except ValueError as error:
            session.notify(str(error), getattr(error, "nodes", ()))

    def _still(self, wanted: object) -> bool:
        """Whether this race is wanted; a fit has the processor for itself meanwhile."""
        return self._session.fits.given_way(lambda: self._wanted is wanted)

    def _show(self, race: Race, status: str, wanted: object) -> None:
        desk = self._desk
        with self._session.lock:
            surface = desk.surface
            if self._wanted is not wanted or surface is None:
                return
            found = desk.easel.basins or (basins(surface) if status == "done" else None)
            self._session.board.show("race", race.view(surface, found, status) | {"number": self._races})
