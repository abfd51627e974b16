"""LandscapePanel: the loss over one or two controls, to be walked on by hand."""

from collections.abc import Sequence
from typing import Any

from grafx_lab.audio import Audio
from grafx_lab.fitting import Objective
from grafx_lab.fitting.descent import OptimizerName
from grafx_lab.landscapes import AnyAxis, Axis, Direction, LandscapeError, landscape
from grafx_lab.losses import Loss
from grafx_lab.plots import mosaic, plot_landscape
from grafx_lab.resources import bundles_folder
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.landscape_words import of_place
from grafx_lab.session.race import STEPS
from grafx_lab.session.races import OPTIMIZERS
from grafx_lab.widgets.opening import Sound, Truth, open_session
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still


class LandscapePanel(Panel):
    """The loss over one or two controls; drag the point, and the controls follow; move them, and the point follows.

    It is computed on a thread of its own, coarse first and again whenever something else has changed. Loss and slope
    at the point are exact, not read off the surface. With ``GRAFX_LAB_STATIC=1`` everything is computed first, and
    the output is a picture.

    Args:
        subject: an objective or a patch; or a session or another panel, to be linked with it.
        axes: one or two names of scalar controls, :class:`Axis` for ranges of your own, or :class:`Direction`; by
            default the two controls that descent pushes hardest.
        source: what enters a patch.
        target: what it is to approach.
        loss: what is drawn first.
        losses: the losses to choose from, by name or as modules; an objective's own and these, else all there are.
        beside: names of losses that are drawn too, side by side on the same grid.
        basins: whether all minima are looked for, and what leads to each of them.
        truth: the patch that made the target, or its controls; for a single axis also its value.
        resolution: points of the finest grid along each axis.
        title: what stands above it.
    """

    _esm = bundles_folder() / "landscape.js"
    slices = ("landscape", "beside", "basins", "point", "paths", "race", "notice")

    def __init__(
        self,
        subject: Any,
        axes: str | AnyAxis | Sequence[str | AnyAxis] | None = None,
        *,
        source: Sound | None = None,
        target: Sound | None = None,
        loss: str | Loss = "mr_stft",
        losses: Sequence[str | Loss] | None = None,
        beside: Sequence[str] = (),
        basins: bool = False,
        truth: Truth | float | None = None,
        resolution: int | None = None,
        title: str = "Loss landscape",
    ) -> None:
        named = [axes] if isinstance(axes, str | Axis | Direction) else axes
        if isinstance(truth, int | float):
            truth = _truth_on(named, truth)
        super().__init__(open_session(subject, source, target, truth=truth, loss=loss), title=title)
        if isinstance(subject, Objective) or losses is not None:
            self.session.offer_losses(losses or ())
        if beside:
            self.session.landscapes.stand_beside(beside)
        if basins:
            self.session.landscapes.want_basins(wanted=True)
        self.session.landscapes.open(named, resolution)

    def race(
        self, start: Sequence[float] | None = None, optimizers: Sequence[OptimizerName] = OPTIMIZERS, steps: int = STEPS
    ) -> None:
        """Let optimisers descend the landscape, once it is drawn, side by side; the patch stays where it is.

        Args:
            start: where from, a value for each axis in its unit; from the point by default.
            optimizers: their names.
            steps: how many each may do.
        """
        self.wait()
        axes = self.session.landscapes.axes
        places = None if start is None else [axis.position(value) for axis, value in zip(axes, start, strict=True)]
        self.session.landscapes.races.start(places, optimizers, steps)

    def still(self) -> Still:
        """A landscape for each offered loss, side by side, and the sounds."""
        self.wait()
        session = self.session
        offered = session.landscapes.easel.losses or [session.loss_name]
        count = len(offered)
        one = len(session.landscapes.axes) == 1
        size = (max(5.4, 4.8 * count), 3.1) if one else (max(5.6, 5.0 * count), 4.4)
        figure, places = mosaic("".join(map(str, range(count))), size)
        said = [self._plot(name, places[str(number)]) for number, name in enumerate(offered)]
        target = session.objective(session.patch).target[0]
        sounds = self.heard or {"target": Audio(target, session.patch.sample_rate, "target")}
        return Still(figure, " ".join(said) if count > 1 else said[0].partition(": ")[2], sounds)

    def _plot(self, name: str, place: Any) -> str:
        """Draw the landscape of a loss; returns what is to be said about it."""
        session, desk = self.session, self.session.landscapes
        objective = session.objective(session.patch).with_loss(session.loss_called(name))
        present = name == session.loss_name and desk.surface is not None and desk.surface.final
        surface = desk.surface if present else landscape(objective, desk.axes, desk.resolution)
        assert surface is not None
        assert desk.ground is not None
        truth, basins = session.recordings.truth, desk.easel.basins if present else None
        plot_landscape(surface, truth=desk.ground.known(truth), basins=basins, ax=place)
        return f"{surface.loss_label}: {of_place(desk.ground, surface, Downhill.at(objective), truth)}"


def _truth_on(axes: Sequence[str | AnyAxis] | None, value: float) -> dict[str, float]:
    """The target's value on a single axis, by the name of its control."""
    if axes is None or len(axes) != 1:
        raise LandscapeError("truth= is one number, so the landscape needs exactly one axis; give a mapping for two.")
    (axis,) = axes
    if isinstance(axis, Direction):
        raise LandscapeError("truth= is one number on a control; for a direction give the patch that made the target.")
    return {axis.path if isinstance(axis, Axis) else axis: float(value)}
