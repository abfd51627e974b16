"""LiveDesk: what moves while the patch stands still: where descent pushes from here, and where a running fit is."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from grafx_lab.patch import Patch
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.patch_view import live_slice

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

ARROW_DELAY = 0.1
"""Arrows follow a slider after so many seconds of rest: until then the processor is the hand's and the landscape's."""


class LiveDesk:
    """Shows the slice ``live``, and tells the desks that draw where descent stands.

    Args:
        session: whose patch it is about.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session

    def refresh(self, revision: int) -> None:
        """Follow the patch.

        Args:
            revision: of the slice ``patch`` that shows it.
        """
        patch = self._session.patch
        self._session.worker.latest("gradient", partial(self._point_downhill, patch, revision), ARROW_DELAY)

    def stand(self, downhill: Downhill, revision: int, pictures: bool, wet: Mapping[str, float]) -> None:
        """Show where a fit stands, over the patch that it began with.

        Args:
            downhill: of its step.
            revision: of the slice ``patch`` that it is drawn over.
            pictures: whether the pictures of the nodes follow too; they have to be measured.
            wet: how much of each processor is heard, while pruning draws them to dry.
        """
        session = self._session
        if session.board.is_read("live"):
            gallery = session.gallery if pictures else None
            live = live_slice(downhill.patch, revision, gallery, downhill, session.recordings.truth, wet)
            previous = session.board.get("live")
            if not pictures and previous is not None:
                live |= {"screens": previous["screens"], "plots": previous["plots"]}
            session.board.show("live", live)
        self._tell(downhill)
        session.levels.stand(downhill.patch)

    def _point_downhill(self, patch: Patch, revision: int) -> None:
        """The arrows on the sliders: where descent would push from here."""
        session = self._session
        if session.fits.running or patch is not session.patch or session.incomparable():
            return
        try:
            downhill = Downhill.at(session.objective(patch))
        except ValueError as error:
            session.notify(str(error), getattr(error, "nodes", ()))
            return
        if patch is session.patch:
            session.board.show("live", live_slice(patch, revision, None, downhill))
            self._tell(downhill)

    def _tell(self, downhill: Downhill) -> None:
        self._session.landscapes.stand(downhill)
        self._session.responses.stand(downhill)
