"""explore: all panels on one screen, linked."""

from collections.abc import Sequence
from typing import Any, Literal

import traitlets

from grafx_lab.landscapes import Axis
from grafx_lab.losses import Loss
from grafx_lab.plots import mosaic, plot_landscape, plot_losses, plot_picture
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound, Truth
from grafx_lab.widgets.patch_panel import PatchPanel
from grafx_lab.widgets.still import Still

Scale = Literal["notebook", "projector"]


class Explorer(PatchPanel):
    """Patch, controls, response, landscape, fit and player of one session, for a notebook or for the back row.

    Other panels are linked by being given it: ``ResponsePanel(explorer)``. :attr:`patch` is what is on show.

    Args:
        subject: see :func:`explore`.
        source: see :func:`explore`.
        target: see :func:`explore`.
        axes: see :func:`explore`.
        scale: see :func:`explore`.
        opening: the other arguments of :class:`PatchPanel`; the title is the patch's by default.
    """

    _esm = bundles_folder() / "explore.js"
    slices = (
        "patch", "live", "fit", "catalog", "audio", "selection", "snapshots", "landscape", "beside", "basins", "point",
        "paths", "race", "response", "levels", "notice",
    )  # fmt: skip

    scale = traitlets.Unicode("notebook").tag(sync=True)

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        axes: str | Axis | Sequence[str | Axis] | None = None,
        scale: Scale = "notebook",
        **opening: Any,
    ) -> None:
        super().__init__(subject, source, target, **opening)
        session = self.session
        if not opening.get("title"):
            self.heading = {"title": session.patch.title, "subject": ""}
        self.scale = scale
        if session.selected is None:
            session.select(next(iter(session.patch.raw), None))
        session.responses.open()
        if not session.recordings.missing:
            session.landscapes.open([axes] if isinstance(axes, str | Axis) else axes)

    def still(self) -> Still:
        """Landscape, response and the losses of the latest fit, and the sounds."""
        self.wait()
        session = self.session
        ground, surface, runs = session.landscapes.ground, session.landscapes.surface, session.fits.runs
        rows = ("rg" if surface is not None else "rr") + ("\nlg" if runs and surface is not None else "")
        figure, places = mosaic(rows, (9.6, 4.6 if surface is not None else 3.2))
        picture = (session.board.get("response") or {}).get("picture")
        if picture is None:
            places["r"].axis("off")
        else:
            plot_picture(picture, ax=places["r"])
        if "g" in places and surface is not None and ground is not None:
            plot_landscape(surface, truth=ground.known(session.recordings.truth), ax=places["g"])
        if "l" in places:
            plot_losses(runs[-1].history, ax=places["l"])
        point = session.board.get("point") or {}
        said = [session.board.get("fit")["words"], point.get("words", "")]
        return Still(figure, " ".join(filter(None, said)) or f"{session.patch.title}.", session.sounds.heard)


def explore(
    patch: Any,
    source: Sound | None = None,
    target: Sound | None = None,
    *,
    truth: Truth | None = None,
    loss: str | Loss = "mr_stft",
    axes: str | Axis | Sequence[str | Axis] | None = None,
    scale: Scale = "notebook",
    title: str = "",
) -> Explorer:
    """Look at a patch from all sides: draw it, move its controls, see and hear what they do, walk on the loss, fit.

    The cell returns at once, and everything is computed beside it.

    Args:
        patch: a patch or an objective; or a session or another panel, to be linked with it.
        source: what enters the patch: ``Audio``, a tensor ``(channel, time)`` at the patch's rate, or a file's name.
        target: what it is to approach, likewise; without one there are no arrows, no landscape and no fit.
        truth: the patch that made the target, or its controls (in their units, by path) where they differ.
        loss: what arrows point down, landscapes draw and fits descend, by name or as a module.
        axes: the one or two controls of the landscape; by default those that descent pushes hardest.
        scale: ``"projector"`` enlarges everything.
        title: what stands above it.
    """
    return Explorer(patch, source, target, truth=truth, loss=loss, axes=axes, scale=scale, title=title)
