"""Survey: computing a landscape while somebody may lose interest in it at any moment."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grafx_lab.fitting import Objective
from grafx_lab.landscapes import Basins, Landscape, basins, sweep_losses
from grafx_lab.losses import Loss
from grafx_lab.session.ground import Ground
from grafx_lab.session.landscape_view import quick_look

PREVIEW_SECONDS = 0.5
PREVIEW_RESOLUTION = 11


class SupersededError(Exception):
    """Somebody has moved on: this is not wanted any more."""


class AttentiveObjective(Objective):
    """An objective that looks up before everything that it renders, and may then raise."""

    look_up: Callable[[], None]

    @classmethod
    def of(cls, objective: Objective, look_up: Callable[[], None]) -> "AttentiveObjective":
        """The same comparison; ``look_up`` raises :class:`SupersededError` when it is not wanted any more."""
        made = object.__new__(cls)
        made.__dict__.update(objective.__dict__, look_up=look_up)
        return made

    def render(self, *args: Any, **kwargs: Any) -> Any:
        """See :meth:`Objective.render`."""
        self.look_up()
        return super().render(*args, **kwargs)


def surfaces(
    objective: Objective, ground: Ground, losses: Sequence[Loss], resolution: int, look_up: Callable[[], None]
) -> Iterator[tuple[tuple[Landscape, ...], str]]:
    """Ever finer landscapes of an objective, and of others that differ from it by their loss.

    The first is a preview in any case, so that something is seen while a hand moves.

    Yields:
        landscapes on one grid, the objective's own first, and what is to be known about them.
    """
    excerpt = quick_look(objective, PREVIEW_SECONDS)
    if excerpt is not None and len(ground.axes) == 2:
        quick = [loss.coarse() for loss in losses]
        # So short a sound takes less time than to set about it: a whole line is rendered at once.
        previews = next(sweep_losses(excerpt, ground.axes, quick, PREVIEW_RESOLUTION, chunk=PREVIEW_RESOLUTION))
        yield previews, f"preview: {PREVIEW_SECONDS:g} s of the sound, in coarser steps"
    for found in sweep_losses(objective, ground.axes, losses, resolution, look_up=look_up):
        look_up()
        yield found, ""


def catchments(objective: Objective, surface: Landscape, look_up: Callable[[], None]) -> Iterator[tuple[Basins, bool]]:
    """The basins of a landscape, first as its grid shows them, then with every minimum put to the test.

    Yields:
        basins, and whether they are exact.
    """
    yield basins(surface), False
    yield basins(surface, AttentiveObjective.of(objective, look_up)), True
