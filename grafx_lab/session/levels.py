"""LevelDesk: how loud the signal is on every wire."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from grafx_lab.parameters import format_quantity
from grafx_lab.patch import Patch
from grafx_lab.session.patch_view import problems
from grafx_lab.session.throttle import Throttle

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

LEVEL_DELAY = 0.15
"""Levels follow a slider after so many seconds of rest."""

LIVE_SECONDS = 0.25
"""While a fit runs, other levels follow after so many seconds."""

SILENCE = -120.0
QUIET, LOUD = -60.0, 0.0
"""Levels in dB relative to full scale: nothing is heard; a wire is drawn thinnest and thickest."""


class LevelDesk:
    """Measures every wire of the patch and of a running fit; idle until it is opened.

    Args:
        session: whose patch is measured.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._open = False
        self._throttle = Throttle(LIVE_SECONDS)
        self.calls: dict[str, Callable[..., Any]] = {"levels": self.open}

    def open(self, shown: bool = True) -> None:
        """Show levels, or none."""
        board, self._open = self._session.board, shown
        if not shown:
            board.show("levels", None)
            return
        if board.get("levels") is None:
            board.show("levels", {"wires": []})
        self.refresh()

    def refresh(self) -> None:
        """Follow the patch."""
        if self._open:
            self._session.worker.latest("levels", partial(self._measure, self._session.patch), LEVEL_DELAY)

    def stand(self, patch: Patch) -> None:
        """Follow a fit."""
        if self._open and self._throttle.due:
            with self._throttle.measured():
                self._measure(patch)

    def _measure(self, patch: Patch) -> None:
        session = self._session
        wires: list[dict[str, Any]] = []
        if not problems(patch):
            try:
                inputs, target = session.recordings.signals(patch, session.loss)
                wires = _wires(patch, inputs, None if target is None else target.shape[-1])
            except ValueError as error:
                session.notify(str(error), getattr(error, "nodes", ()))
        if self._open:
            session.board.show("levels", {"wires": wires})


def _wires(patch: Patch, inputs: Mapping[str, Tensor], length: int | None) -> list[dict[str, Any]]:
    """Every wire with its level; without a source there is none."""
    if patch.in_names and not inputs:
        return []
    with torch.no_grad():
        signals = patch.render_signals(inputs, length=length or patch.sample_rate).signals
    outlets = {node: patch.graph.ports(node)["outlets"] for node in patch.graph.nodes}
    levels: dict[tuple[int, str], dict[str, Any]] = {}
    wires = []
    for source, dest, wire in patch.graph.edges(data=True):
        port = (source, wire["outlet"])
        if port not in levels:
            levels[port] = _level(signals[source][outlets[source].index(wire["outlet"])])
        ends = {"source": patch.graph.display(source), "target": patch.graph.display(dest)}
        wires.append(ends | {"outlet": wire["outlet"], "inlet": wire["inlet"]} | levels[port])
    return wires


def _level(signal: Tensor) -> dict[str, Any]:
    """Root mean square and peak of a signal ``(batch, channel, time)``, in dB relative to full scale."""
    power, peak = signal.square().mean(), signal.abs().max()
    decibel, highest = (10 * power.log10()).item(), (20 * peak.log10()).item()
    if not decibel > SILENCE:
        return {"level": None, "share": 0.0, "text": "silent", "peak_text": ""}
    share = min(1.0, max(0.0, (decibel - QUIET) / (LOUD - QUIET)))
    return {
        "level": decibel, "share": share, "text": format_quantity(decibel, "dB"),
        "peak_text": f"peak {format_quantity(highest, 'dB')}",
    }  # fmt: skip
