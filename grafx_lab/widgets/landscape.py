"""LandscapePanel: the loss over a control, to be walked on by hand."""

from collections.abc import Iterator, Sequence
from typing import Any

import traitlets

from grafx_lab.audio import Audio
from grafx_lab.fitting import Objective
from grafx_lab.landscapes import Axis, Landscape, LandscapeError, Probe, probe, sweep
from grafx_lab.losses import Loss
from grafx_lab.plots import mosaic, plot_landscape
from grafx_lab.resources import bundles_folder
from grafx_lab.session.fit_view import loss_text
from grafx_lab.widgets import words
from grafx_lab.widgets.encoding import pack
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still, still_wanted

_TICKS = 5


class LandscapePanel(Panel):
    """The loss over one control; drag the point or the slider to move it.

    The curve is computed on a thread of its own, coarse first. Loss and slope under the hand are exact, not read off
    the curve. With ``GRAFX_LAB_STATIC=1`` everything is computed first, and the output is a picture.

    Args:
        objective: its patch holds all other controls and is where the point begins.
        axis: the name of a scalar control, or an :class:`Axis` for a range of your own.
        losses: further losses to compare with the objective's own, by name or as modules.
        truth: the control that made the target, in its unit, where it is known.
        resolution: points of the finest curve.
        title: what stands above it.
    """

    _esm = bundles_folder() / "landscape.js"

    losses = traitlets.List().tag(sync=True)
    surface = traitlets.Dict().tag(sync=True)
    control = traitlets.Dict().tag(sync=True)
    point = traitlets.Dict().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        objective: Objective,
        axis: str | Axis,
        *,
        losses: Sequence[str | Loss] = (),
        truth: float | None = None,
        resolution: int = 201,
        title: str = "Loss landscape",
    ) -> None:
        super().__init__()
        self.axis = axis if isinstance(axis, Axis) else Axis.of(objective.patch, axis)
        self.truth = truth
        objectives = [objective, *(objective.with_loss(loss) for loss in losses)]
        self.objectives = {one.loss.label: one for one in objectives}
        self._sweeps: dict[str, Iterator[Landscape]] = {
            label: sweep(one, self.axis, resolution) for label, one in self.objectives.items()
        }
        self._surfaces: dict[str, Landscape] = {}
        self._chosen = objective.loss.label
        self.value = objective.patch.control(self.axis.path)
        self.calls = {"edit": self._edit, "loss": self._choose}
        self.slow = frozenset(self.calls)
        ends = [self.axis.format(end) for end in (self.axis.low, self.axis.high)]
        self.heading = {"title": title, "subject": f"{self.axis.path}, {ends[0]} to {ends[1]}"}
        self.losses = [{"name": label, "label": label} for label in self.objectives]
        self.control = self._control(objective)
        self._show_point(None)
        if still_wanted():
            self._finish()
        else:
            self.worker.latest("sweep", self._refine)

    def wait(self, timeout: float = 600.0) -> bool:
        """Wait until every curve is as fine as it gets; false when the time was over first."""
        return self.worker.wait(timeout)

    def still(self) -> Still:
        """A curve for each loss, side by side, and the target's sound."""
        self._finish()
        count = len(self.objectives)
        figure, places = mosaic("".join(map(str, range(count))), (max(5.4, 4.8 * count), 3.1))
        truth = None if self.truth is None else (self.truth,)
        said = []
        for number, (label, objective) in enumerate(self.objectives.items()):
            surface = self._surfaces[label]
            plot_landscape(surface, truth=truth, ax=places[str(number)])
            said.append(f"{label}: {words.of_point(surface, self._probe(objective), self.truth)}")
        target = Audio(objective.target[0], objective.patch.sample_rate, "target")
        return Still(figure, " ".join(said) if count > 1 else said[0].partition(": ")[2], {"target": target})

    def _control(self, objective: Objective) -> dict[str, Any]:
        parsed, spec = objective.patch.spec(self.axis.path)
        default = spec.full(spec.default)[parsed.index].item()
        return {
            "path": self.axis.path,
            "label": self.axis.label,
            "doc": spec.doc,
            "display": "slider",
            "position": self.axis.position(self.value),
            "text": self.axis.format(self.value),
            "default_position": min(1.0, max(0.0, self.axis.position(default))),
            "default_text": self.axis.format(default),
            "target_position": None if self.truth is None else self.axis.position(self.truth),
            "frozen": None,
        }

    def _edit(self, ops: list[dict[str, Any]], gesture: str | None = None) -> None:
        for op in ops:
            self.value = self._wanted(op)
        self._show_point(self._probe(self.objectives[self._chosen]))

    def _wanted(self, op: dict[str, Any]) -> float:
        _, spec = next(iter(self.objectives.values())).patch.spec(self.axis.path)
        if op["op"] == "reset":
            return self.axis.at(self.control["default_position"])
        if "text" not in op:
            return self.axis.at(op["position"])
        value = spec.parse(op["text"])
        if not self.axis.low <= value <= self.axis.high:
            ends = f"{self.axis.format(self.axis.low)} to {self.axis.format(self.axis.high)}"
            raise LandscapeError(f"This landscape runs from {ends}; {self.axis.format(value)} lies outside.")
        return value

    def _choose(self, name: str) -> None:
        self._chosen = name
        if name in self._surfaces:
            self._show_surface()
        self._show_point(self._probe(self.objectives[name]))
        self.worker.latest("sweep", self._refine)

    def _refine(self) -> None:
        """One grid finer: of the loss on show first, then of the others."""
        for label in (self._chosen, *self.objectives):
            surface = next(self._sweeps[label], None)
            if surface is None:
                continue
            first = label not in self._surfaces
            self._surfaces[label] = surface
            if label == self._chosen:
                self._show_surface()
                self._show_point(self._probe(self.objectives[label]) if first else self._last)
            self.worker.latest("sweep", self._refine)
            return

    def _finish(self) -> None:
        self.worker.wait(600)
        for label, grids in self._sweeps.items():
            for self._surfaces[label] in grids:
                pass
        self._show_surface()
        self._show_point(self._probe(self.objectives[self._chosen]))

    def _probe(self, objective: Objective) -> Probe:
        return probe(objective, [self.axis], [self.value])

    def _show_surface(self) -> None:
        surface = self._surfaces[self._chosen]
        low = surface.minimum
        even = [number / (_TICKS - 1) for number in range(_TICKS)]
        self.surface = pack(
            {
                "loss": self._chosen,
                "loss_label": self._chosen,
                "label": self.axis.label,
                "positions": surface.positions[0],
                "losses": surface.losses,
                "ticks": [[position, self.axis.format(self.axis.at(position))] for position in even],
                "minimum": {"position": self.axis.position(low.values[0]), "loss": low.loss},
                "target_position": self.control["target_position"],
                "final": surface.final,
            }
        )

    def _show_point(self, measured: Probe | None) -> None:
        """Show where the point is, and where it has been measured, its loss and slope."""
        self._last = measured
        place: dict[str, Any] = {"position": self.axis.position(self.value), "text": self.axis.format(self.value)}
        if measured is None:
            self.point = place | {"loss": None, "loss_text": "", "slope": None, "push": 0}
            return
        slope = measured.slopes[0] * self.axis.value_slope(self.value)
        surface = self._surfaces.get(self._chosen)
        spread = float(surface.losses.nan_to_num().max()) - surface.minimum.loss if surface else abs(slope)
        push = -max(-1.0, min(1.0, slope / (spread or 1.0)))
        self.point = pack(
            place | {"loss": measured.loss, "loss_text": loss_text(measured.loss), "slope": slope, "push": push}
        )
        if surface is not None:
            self.words = words.of_point(surface, measured, self.truth)
