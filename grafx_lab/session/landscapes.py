"""LandscapeDesk: the loss over one or two of a session's controls, and the point where its patch stands."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from grafx_lab.landscapes import Axis, Landscape, LandscapeError, sweep
from grafx_lab.landscapes.plane import resolve
from grafx_lab.losses import registry
from grafx_lab.patch import Patch
from grafx_lab.paths import ControlPathError
from grafx_lab.session import landscape_view as view
from grafx_lab.session import words
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.worker import Worker

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

RESOLUTION = 41
"""Points along each axis of the finest surface."""

CURVE_RESOLUTION = 201
"""Points of the finest curve over a single control."""

PREVIEW_SECONDS = 0.5
PREVIEW_RESOLUTION = 11
REST_SECONDS = 0.05


class SupersededError(Exception):
    """Somebody has moved on: this surface is not wanted any more."""


class LandscapeDesk:
    """Draws landscapes on a thread of its own, coarse first, and follows the patch; idle until it is opened.

    Args:
        session: whose patch stands on the landscape.

    Attributes:
        axes: what is drawn over; empty until :meth:`open`.
        surface: the finest so far.
        losses: names of the losses to choose from; all by default.
        worker: the thread.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.worker = Worker("grafx_lab landscape")
        self.axes: tuple[Axis, ...] = ()
        self.surface: Landscape | None = None
        self.losses: Sequence[str] = ()
        self._resolution: int | None = None
        self._wanted: object = None
        self._stood: Downhill | None = None
        self.calls: dict[str, Callable[..., Any]] = {"landscape": self.open, "walk": self.walk}

    @property
    def resolution(self) -> int:
        """Points along each axis of the finest surface."""
        return self._resolution or (CURVE_RESOLUTION if len(self.axes) == 1 else RESOLUTION)

    def open(self, axes: Sequence[str | Axis] | None = None, resolution: int | None = None) -> None:
        """Draw over some controls.

        Args:
            axes: one or two; by default the two that descent pushes hardest from where the patch stands.
            resolution: points along each axis of the finest surface.

        Raises:
            ValueError: there is no such control, or it is not a single number.
        """
        self._resolution = resolution or self._resolution
        if axes is None:
            self.worker.command(self._open_by_itself)
            return
        with self._session.lock:
            resolved = _controls(self._session.patch, axes)
            if resolved == self.axes and resolution is None:
                return
            self.axes = resolved
            self.surface = self._wanted = None
            self.refresh()

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
        controls = {}
        for op in ops:
            axis = next((axis for axis in self.axes if axis.path == op.get("path")), None)
            if axis is None:
                raise LandscapeError(f"'{op.get('path')}' is no axis of this landscape.")
            controls[axis.path] = _wanted(session.patch, axis, op)
        session.set_patch(session.patch.with_controls(controls), gesture)

    def refresh(self) -> None:
        """Follow the patch: the point always, the surface when something else than the point has changed."""
        session, patch = self._session, self._session.patch
        if not self.axes:
            return
        try:
            self.axes = tuple(_still_there(patch, axis) for axis in self.axes)
        except (ControlPathError, LandscapeError):
            self.axes, self.surface, self._wanted = (), None, None
            self.open()
            return
        self._show_point(patch, None)
        self._show_paths()
        if session.incomparable():
            return
        wanted = (view.surroundings(patch, self.axes), session.loss, session.recordings.target, self.axes)
        if wanted != self._wanted:
            self._wanted = wanted
            self.worker.latest("sweep", partial(self._sweep, patch, wanted))

    def stand(self, downhill: Downhill) -> None:
        """The loss and its slope are known where the patch stands, or where a fit does."""
        self._stood = downhill
        if self.axes:
            self._show_point(downhill.patch, downhill)
            self._show_paths()

    def abandon(self) -> None:
        """Draw no more."""
        self._wanted = None

    # --- on the worker ---------------------------------------------------------------------------------------------

    def _open_by_itself(self) -> None:
        session = self._session
        try:
            steepest = view.steepest(Downhill.at(session.objective(session.patch)))
            with session.lock:
                if not self.axes:  # nobody has chosen meanwhile
                    self.open(steepest)
        except ValueError as error:
            session.notify(str(error), getattr(error, "nodes", ()))

    def _sweep(self, patch: Patch, wanted: object) -> None:
        """A preview in any case, so that something is seen while a hand moves; then finer until somebody moves on."""
        session = self._session
        try:
            objective = session.objective(patch)
            excerpt = view.excerpt(objective, PREVIEW_SECONDS)
            if excerpt is not None and len(self.axes) == 2:
                (preview, *_) = sweep(excerpt, self.axes, PREVIEW_RESOLUTION)
                self._show(patch, preview, f"preview: {PREVIEW_SECONDS:g} s of the sound, in coarser steps")
            for surface in sweep(objective, self.axes, self.resolution, look_up=partial(self._still, wanted)):
                self._still(wanted)
                self._show(patch, surface, "")
        except SupersededError:
            return
        except ValueError as error:
            session.notify(str(error), getattr(error, "nodes", ()))

    def _still(self, wanted: object) -> None:
        """Goes on while this surface is wanted; a fit has the processor for itself meanwhile."""
        while self._session.fits.running and self._wanted is wanted:
            time.sleep(REST_SECONDS)
        if self._wanted is not wanted:
            raise SupersededError

    def _show(self, patch: Patch, surface: Landscape, note: str) -> None:
        session = self._session
        with session.lock:
            self.surface = surface
            names = self.losses or list(registry)
            losses = [{"name": name, "label": session.loss_called(name).label} for name in names]
            truth = session.recordings.truth
            state = view.surface_slice(patch, surface, truth, note) | {"losses": losses, "loss": session.loss_name}
            session.board.show("landscape", state)
            # While a fit runs the point is with it; what was measured before an edit says nothing after it.
            stood = self._stood if session.fits.running else None
            self._show_point(stood.patch if stood else session.patch, stood)

    def _show_point(self, patch: Patch, downhill: Downhill | None) -> None:
        """Where the point is; where it has been measured also its loss, its slope, and what they mean."""
        if downhill is None and self._stood is not None and self._stood.patch is patch:
            downhill = self._stood
        state = view.point_slice(patch, self.axes, downhill, self.surface)
        if downhill is not None and self.surface is not None:
            state["words"] = words.of_place(self.surface, downhill, self._session.recordings.truth)
        self._session.board.show("point", state)

    def _show_paths(self) -> None:
        fits = self._session.fits
        running = fits.history if fits.running else None
        runs = [(run.label, run.history) for run in fits.runs] + ([("now", running)] if running is not None else [])
        self._session.board.show("paths", view.paths_slice(runs, self.axes))


def _controls(patch: Patch, axes: Sequence[str | Axis]) -> tuple[Axis, ...]:
    """Axes that are controls: a point can be dragged along no other."""
    resolved = resolve(patch, axes)
    controls = tuple(axis for axis in resolved if isinstance(axis, Axis))
    if len(controls) < len(resolved):
        raise LandscapeError("The point of this landscape moves controls; draw directions with plots.plot_landscape.")
    return controls


def _still_there(patch: Patch, axis: Axis) -> Axis:
    """The axis, if the patch still has its control."""
    Axis.of(patch, axis.path, axis.low, axis.high, axis.scale)
    return axis


def _wanted(patch: Patch, axis: Axis, op: Mapping[str, Any]) -> float:
    path, spec = patch.spec(axis.path)
    if op.get("op") == "reset":
        return min(axis.high, max(axis.low, spec.full(spec.default)[path.index].item()))
    if "text" not in op:
        return axis.at(min(1.0, max(0.0, op["position"])))
    value = spec.parse(op["text"])
    if not axis.low <= value <= axis.high:
        ends = f"{axis.format(axis.low)} to {axis.format(axis.high)}"
        raise LandscapeError(f"This landscape runs from {ends}; {axis.format(value)} lies outside.")
    return value
