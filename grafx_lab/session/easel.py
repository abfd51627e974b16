"""Easel: what a session shows of its landscape, in slices."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grafx_lab.fitting import History
from grafx_lab.landscapes import Basins, Landscape
from grafx_lab.losses import registry
from grafx_lab.patch import Patch
from grafx_lab.session import landscape_view as view
from grafx_lab.session import landscape_words as words
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.ground import Ground

if TYPE_CHECKING:
    from grafx_lab.session.session import Session


class Easel:
    """Puts landscapes, their basins, the point and the ways of fits on a session's board.

    Args:
        session: whose board it is.

    Attributes:
        surface: the landscape on show, the finest so far.
        basins: where descent leads on it, as far as that is known.
        losses: names of the losses to choose from; all by default.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.surface: Landscape | None = None
        self.basins: Basins | None = None
        self._exact: Basins | None = None
        self.losses: Sequence[str] = ()
        self._stood: Downhill | None = None
        self._ways: dict[int, tuple[Ground, dict[str, Any] | None]] = {}

    def show_surfaces(self, ground: Ground, found: Sequence[Landscape], others: Sequence[str], note: str) -> None:
        """Landscapes on one grid: the present loss's own, and beside it those of ``others``."""
        session = self._session
        self.surface = found[0]
        names = self.losses or list(registry)
        losses = [{"name": name, "label": session.loss_called(name).label} for name in names]
        state = view.surface_slice(ground, found[0], session.recordings.truth, note)
        session.board.show("landscape", state | {"losses": losses, "loss": session.loss_name})
        faces = zip(others, found[1:], strict=True)
        session.board.show("beside", [view.face(other) | {"loss": name} for name, other in faces])
        # While a fit runs the point is with it; what was measured before an edit says nothing after it.
        stood = self._stood if session.fits.running else None
        self.show_point(ground, stood.patch if stood else session.patch, stood)

    def show_basins(self, ground: Ground, found: Basins, exact: bool) -> None:
        """Where descent leads; the words wait until that is exact."""
        self.basins, self._exact = found, found if exact else None
        said = words.of_basins(found, ground.known(self._session.recordings.truth)) if exact else ""
        self._session.board.show("basins", view.basins_slice(found, exact) | {"words": said})
        self.show_point(ground, self._session.patch)

    def forget_basins(self) -> None:
        """Take the basins away."""
        self.basins = self._exact = None
        self._session.board.show("basins", None)

    def stand(self, ground: Ground | None, downhill: Downhill) -> None:
        """The loss and its slope are known where the patch stands, or where a fit does."""
        self._stood = downhill
        if ground is not None:
            self.show_point(ground, downhill.patch, downhill)
            self.show_paths(ground)

    def show_point(self, ground: Ground, patch: Patch, downhill: Downhill | None = None) -> None:
        """Where the point is; where it has been measured also its loss, its slope, and what they mean."""
        if downhill is None and self._stood is not None and self._stood.patch is patch:
            downhill = self._stood
        state = view.point_slice(ground, patch, downhill, self.surface)
        if downhill is not None and self.surface is not None:
            truth = self._session.recordings.truth
            state["words"] = words.of_place(ground, self.surface, downhill, truth, self._exact)
        self._session.board.show("point", state)

    def show_paths(self, ground: Ground) -> None:
        """The ways of the fits that are over, and of one that runs."""
        fits = self._session.fits
        ways = [self._way(ground, run.label, run.history) for run in fits.runs]
        if fits.running and fits.history is not None and not any(run.history is fits.history for run in fits.runs):
            ways.append(view.path_of("now", fits.history, ground))
        self._session.board.show("paths", list(filter(None, ways)))

    def _way(self, ground: Ground, label: str, history: History) -> dict[str, Any] | None:
        """The way of a fit that is over; it is projected once for each ground."""
        known = self._ways.get(id(history))
        if known is None or known[0] is not ground:
            kept = {id(run.history) for run in self._session.fits.runs}
            self._ways = {key: way for key, way in self._ways.items() if key in kept}
            self._ways[id(history)] = known = ground, view.path_of(label, history, ground)
        return known[1]
