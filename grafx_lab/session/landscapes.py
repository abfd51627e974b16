"""LandscapeDesk: the loss over one or two axes of a session's patch, and the point where the patch stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from grafx_lab.fitting import Layout
from grafx_lab.landscapes import AnyAxis, Axis, Landscape, LandscapeError, principal_directions, random_directions
from grafx_lab.landscapes.plane import resolve
from grafx_lab.paths import ControlPathError
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.easel import Easel
from grafx_lab.session.ground import Ground, axis_path
from grafx_lab.session.landscape_view import steepest
from grafx_lab.session.races import RaceDesk
from grafx_lab.session.survey import SupersededError, catchments, surfaces
from grafx_lab.session.worker import Worker

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

RESOLUTION = 41
"""Points along each axis of the finest surface."""

CURVE_RESOLUTION = 201
"""Points of the finest curve over a single control."""

MOST_BESIDE = 3
"""So many landscapes of other losses stand beside the present one."""

SWEEP_DELAY = 0.02
"""A surface follows the patch after so many seconds: until then the processor belongs to what is seen first."""


class LandscapeDesk:
    """Draws landscapes on a thread of its own, coarse first, and follows the patch; idle until it is opened.

    Args:
        session: whose patch stands on the landscape.

    Attributes:
        ground: what is drawn over; ``None`` until :meth:`open`.
        easel: what is shown of it.
        worker: the thread.
        races: the desk of races on the landscape.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.worker = Worker("grafx_lab landscape")
        self.races = RaceDesk(session, self)
        self.ground: Ground | None = None
        self.easel = Easel(session)
        self._beside: tuple[str, ...] = ()
        self._basins_wanted = False
        self._resolution: int | None = None
        self._scene: object = None
        self._wanted: object = None
        self.calls: dict[str, Callable[..., Any]] = {
            "landscape": self.open, "directions": self.open_directions, "axis_scale": self.rescale,
            "beside": self.stand_beside, "basins": self.want_basins, "walk": self.walk,
        } | self.races.calls  # fmt: skip

    @property
    def surface(self) -> Landscape | None:
        """The finest landscape so far."""
        return self.easel.surface

    @property
    def workers(self) -> tuple[Worker, Worker]:
        """The threads of the landscape and of its races."""
        return self.worker, self.races.worker

    @property
    def axes(self) -> tuple[AnyAxis, ...]:
        """What is drawn over; empty until :meth:`open`."""
        return self.ground.axes if self.ground else ()

    @property
    def resolution(self) -> int:
        """Points along each axis of the finest surface."""
        return self._resolution or (CURVE_RESOLUTION if len(self.axes) == 1 else RESOLUTION)

    def open(self, axes: Sequence[str | AnyAxis] | None = None, resolution: int | None = None) -> None:
        """Draw over some axes.

        Args:
            axes: one or two; by default the two controls that descent pushes hardest from where the patch stands.
            resolution: points along each axis of the finest surface.

        Raises:
            ValueError: there is no such control, or it is not a single number.
        """
        self._resolution = resolution or self._resolution
        if axes is None:
            self.worker.command(self._open_by_itself)
            return
        with self._session.lock:
            resolved = resolve(self._session.patch, axes)
            if resolved != self.axes or resolution is not None:
                self._move_to(Ground(self._session.patch, resolved))

    def open_directions(self, kind: Literal["principal", "random"], seed: int = 0) -> None:
        """Draw over two directions that move all controls at once.

        Args:
            kind: those in which the latest fit has moved most, or random ones.
            seed: of the random ones.

        Raises:
            LandscapeError: there are no such directions.
        """
        with self._session.lock:
            patch, runs = self._session.patch, self._session.fits.runs
            if kind == "random":
                axes = random_directions(patch, seed=seed)
            elif not runs or Layout(patch).sizes != runs[-1].history.layout.sizes:
                raise LandscapeError("There is no fit of this patch yet whose way could span the landscape; fit first.")
            else:
                axes = principal_directions(runs[-1].history, patch)
            self._move_to(Ground(patch, axes))

    def rescale(self, path: str, scale: Literal["linear", "log"]) -> None:
        """Let the values along an axis lie linearly or logarithmically.

        Raises:
            LandscapeError: there is no such axis, or a logarithm of its values.
        """
        with self._session.lock:
            number, axis = self._axis_called(path)
            if not isinstance(axis, Axis) or (scale == "log" and axis.low <= 0):
                raise LandscapeError(f"{axis.label} runs from {axis.format(axis.low)}, so it has no logarithmic axis.")
            axes = (*self.axes[:number], replace(axis, scale=scale), *self.axes[number + 1 :])
            self._move_to(Ground(self._session.patch, axes))

    def stand_beside(self, losses: Sequence[str]) -> None:
        """Draw the landscapes of other losses too, on the same grid.

        Raises:
            ValueError: there is no such loss.
        """
        with self._session.lock:
            for name in losses:
                self._session.loss_called(name)
            self._beside = tuple(dict.fromkeys(losses))
            self.refresh()

    def want_basins(self, wanted: bool) -> None:
        """Find all minima and what leads to each of them, or cease."""
        with self._session.lock:
            self._basins_wanted = wanted
            self.easel.forget_basins()
            if wanted and self.ground is not None and self.surface is not None and self.surface.final:
                job = partial(self._find_basins, self.ground, self.surface, self._wanted)
                self.worker.latest("basins", job)

    def walk(self, ops: Sequence[Mapping[str, Any]], gesture: str | None = None) -> None:
        """Move the point, and with it the patch.

        Args:
            ops: ``{path, position}`` with a position along the axis, ``{path, text}`` or ``{path, op: "reset"}``.
            gesture: moves of one gesture are one entry of undo.

        Raises:
            ValueError: the place does not exist or lies outside of the landscape.
        """
        session = self._session
        session.fits.stop()
        controls, lines = {}, {}
        if self.ground is None:
            raise LandscapeError("There is no landscape yet to walk on.")
        for op in ops:
            number, axis = self._axis_called(op.get("path"))
            value = self.ground.wanted(number, op)
            if isinstance(axis, Axis) and axis.space == "control":
                controls[axis.path] = value
            else:
                lines[number] = value
        patch = session.patch
        if lines:
            patch = patch.with_raw(self.ground.at(self.ground.values(patch), lines).raw)
        session.set_patch(patch.with_controls(controls), gesture)

    def refresh(self) -> None:
        """Follow the patch: the point always, the surface when something else than the point has changed."""
        session, patch = self._session, self._session.patch
        if self.ground is None:
            return
        try:
            self.ground = self.ground.under(patch)
        except (ControlPathError, LandscapeError):
            self.ground = self.easel.surface = self._wanted = None
            self.open()
            return
        self.easel.show_point(self.ground, patch)
        self.easel.show_paths(self.ground)
        if session.incomparable():
            return
        scene = (self.ground, session.loss, session.recordings.target)
        if scene != self._scene:
            self._scene = scene
            self.easel.forget_basins()
            self.races.forget()
        wanted = (*scene, self._others())
        if wanted != self._wanted:
            self._wanted = wanted
            self.worker.latest("sweep", partial(self._sweep, self.ground, wanted), SWEEP_DELAY)

    def stand(self, downhill: Downhill) -> None:
        """The loss and its slope are known where the patch stands, or where a fit does."""
        with self._session.lock:  # the landscape's own thread shows the point, too
            self.easel.stand(self.ground, downhill)

    def abandon(self) -> None:
        """Draw no more."""
        self._wanted = None
        self.races.abandon()

    def _move_to(self, ground: Ground) -> None:
        self.ground = ground
        self.easel.surface = self._wanted = None
        self.refresh()

    def _axis_called(self, path: str | None) -> tuple[int, AnyAxis]:
        for number, axis in enumerate(self.axes):
            if axis_path(axis, number) == path:
                return number, axis
        raise LandscapeError(f"'{path}' is no axis of this landscape.")

    def _others(self) -> tuple[str, ...]:
        return tuple(name for name in self._beside if name != self._session.loss_name)[:MOST_BESIDE]

    # --- on the worker ---------------------------------------------------------------------------------------------

    def _open_by_itself(self) -> None:
        session = self._session
        try:
            axes = steepest(Downhill.at(session.objective(session.patch)))
            with session.lock:
                if self.ground is None:  # nobody has chosen meanwhile
                    self.open(axes)
        except ValueError as error:
            session.notify(str(error), getattr(error, "nodes", ()))

    def _sweep(self, ground: Ground, wanted: object) -> None:
        session = self._session
        try:
            objective = session.objective(ground.patch)
            others = self._others()
            losses = [session.loss_called(name) for name in others]
            look_up = partial(self._still, wanted)
            for found, note in surfaces(objective, ground, losses, self.resolution, look_up):
                with session.lock:
                    if self._wanted is not wanted:
                        return
                    self.easel.show_surfaces(ground, found, others, note)
            if self._basins_wanted and self.surface is not None:
                self._find_basins(ground, self.surface, wanted)
        except SupersededError:
            return
        except ValueError as error:
            session.notify(str(error), getattr(error, "nodes", ()))

    def _find_basins(self, ground: Ground, surface: Landscape, wanted: object) -> None:
        session, look_up = self._session, partial(self._still, wanted)
        try:
            for found, exact in catchments(session.objective(ground.patch), surface, look_up):
                with session.lock:
                    if not self._basins_wanted or self._wanted is not wanted:
                        return
                    self.easel.show_basins(ground, found, exact)
        except SupersededError:
            return

    def _still(self, wanted: object) -> None:
        """Goes on while this surface is wanted; a fit has the processor for itself meanwhile."""
        if not self._session.fits.given_way(lambda: self._wanted is wanted):
            raise SupersededError
