"""One fit of a session: iterates ``fit_steps`` on the worker and tells the front end what moves."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grafx_lab.fitting import FitResult, FitStep, History, Layout, Objective, fit_steps, summarise
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_paths
from grafx_lab.session.fit_view import changed_sentences, curves, duration, fall, loss_text

REPORT_SECONDS = 0.1
"""The front end hears of a fit at most this often."""

PICTURE_SECONDS = 0.4
"""The nodes' pictures, which have to be measured, follow at most this often."""

WAIT_SECONDS = 0.1
"""A fit that waits for another one looks this often whether it is still wanted."""


class FitJob:
    """A fit that can be stopped from another thread.

    Args:
        objective: made when the fit begins, on the worker.
        steps: how many updates.
        publish: receives the ``fit`` slice, and with it the step to be shown.
        attended: whether somebody is still looking.
        slots: one of them is held while the fit runs, so that not too many run at once.
        descent: what is iterated: :func:`fit_steps`, or that with settings of its own.
        gate: called after every step; it may wait, and the fit waits with it.
        report_seconds: a step is published at most this often.
        wanted: controls whose ways are drawn before those of others.
    """

    def __init__(
        self,
        objective: Callable[[], Objective],
        steps: int,
        publish: Callable[[dict[str, Any], FitStep | None, bool], None],
        attended: Callable[[], bool],
        slots: threading.Semaphore,
        *,
        descent: Callable[..., Iterator[FitStep]] = fit_steps,
        gate: Callable[[], None] = lambda: None,
        report_seconds: float = REPORT_SECONDS,
        wanted: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._objective, self._steps, self._publish = objective, steps, publish
        self._attended, self._slots = attended, slots
        self._descent, self._gate, self._report_seconds = descent, gate, report_seconds
        self._wanted = wanted
        self._progress: _Progress | None = None
        self._stop = threading.Event()
        self.result: FitResult | None = None

    @property
    def history(self) -> History | None:
        """The steps so far; ``None`` until the fit begins."""
        return self._progress.history if self._progress else None

    @property
    def step(self) -> FitStep | None:
        """The latest step."""
        return self._progress.step if self._progress else None

    def stop(self) -> None:
        """End the fit at the next step and keep the best so far."""
        self._stop.set()

    def run(self) -> dict[str, Any]:
        """Fit; returns the last ``fit`` slice.

        Raises:
            ValueError: one of the house's errors: the fit cannot begin.
        """
        if not self._get_slot():
            return self.view("idle", "Stopped before its first step.")
        try:
            objective = self._objective()
            history = History(objective.patch, Layout(objective.patch))
            progress = self._progress = _Progress(objective.patch, history)
            ending = self._descend(objective, history, progress)
            self.result = summarise(objective, history, "stopped" if ending == "stopped" else "done")
        finally:
            self._slots.release()
        found = progress.best_patch(self.result)
        message = _message(ending, progress, objective.messages)
        return self.view(ending, message) | {"changed": changed_sentences(objective.patch, found)}

    def _get_slot(self) -> bool:
        """Wait for a slot where there is none; ``False`` when the fit is not wanted any more before there is one."""
        if self._slots.acquire(blocking=False):
            return True
        self._publish(self.view("waiting", "Waiting for another fit to end."), None, False)
        while not self._slots.acquire(timeout=WAIT_SECONDS):
            if not self._goes_on():
                return False
        return True

    def _goes_on(self) -> bool:
        return not self._stop.is_set() and self._attended()

    def _descend(self, objective: Objective, history: History, progress: "_Progress") -> str:
        due = pictured = -1.0
        for step in self._descent(objective, self._steps, history=history):
            progress.take(step)
            now = time.monotonic()
            if now >= due:
                pictures = now - pictured >= PICTURE_SECONDS
                self._publish(self.view("running"), step, pictures)
                # Steps do not end just when the next report is due: one that came late does not put off the others.
                due = max(due, now - self._report_seconds) + self._report_seconds
                pictured = now if pictures else pictured
            self._gate()
            if not self._goes_on():
                return "stopped"
        return "failed" if progress.step and progress.step.rejected else "done"

    def view(self, status: str, message: str = "") -> dict[str, Any]:
        """The ``fit`` slice of ``frontend/PROTOCOL.md`` as the fit stands."""
        progress = self._progress
        view = {"status": status, "message": message, "step": 0, "steps": self._steps, "changed": []}
        if progress is None or progress.step is None:
            return view | EMPTY_FIGURES
        step = progress.step
        losses = progress.history.losses
        # Processors that are taken out, and the descent after them, are steps that nobody has asked for.
        number = max(step.step, len(losses) - 1)
        remaining = (self._steps - number) * step.seconds / max(1, number)
        foreseen = status == "running" and step.phase == "descent"
        return view | {
            "step": number,
            "steps": max(self._steps, number),
            "phase": step.phase,
            "pruned": list(progress.pruned),
            "loss": step.loss,
            "loss_text": loss_text(step.loss),
            "start_text": loss_text(losses[0]),
            "best_loss": step.best_loss,
            "best_text": loss_text(step.best_loss),
            "elapsed_text": duration(step.seconds),
            "remaining_text": duration(remaining) if foreseen else "",
            "losses": np.asarray(losses, np.float32),
            "curves": curves(progress.patch, progress.positions(), self._wanted()),
        }


EMPTY_FIGURES: dict[str, Any] = {
    "loss": None, "loss_text": "", "start_text": "", "best_loss": None, "best_text": "", "elapsed_text": "",
    "remaining_text": "", "phase": "", "pruned": [], "losses": np.zeros(0, np.float32), "curves": [],
}  # fmt: skip


class _Progress:
    """What a fit has shown so far."""

    def __init__(self, patch: Patch, history: History) -> None:
        self.patch, self.history = patch, history
        self.step: FitStep | None = None
        self._places = {
            text: history.layout.places(patch, text) for node in patch.raw for text, _, _ in control_paths(patch, node)
        }
        self._positions = np.zeros((0, len(self._places)), np.float32)
        self._fresh: list[Tensor] = []
        self.pruned: list[dict[str, str]] = []

    def take(self, step: FitStep) -> None:
        if self.step is not None and self.step.phase == "init":
            # What a search finds is one step, step 0, until the descent begins.
            self._positions, self._fresh = self._positions[:0], []
        self.step = step
        self._note_pruned(step)
        # A step that was rejected, or that only draws processors to dry, is not in the history.
        if len(self.history) > len(self._positions) + len(self._fresh):
            self._fresh.append(self.history.layout.pack(step.raw)[0])

    def _note_pruned(self, step: FitStep) -> None:
        known = {entry["node"] for entry in self.pruned}
        for node in self.patch.raw:
            if node in step.structure.bypassed - self.patch.bypassed - known:
                self.pruned.append({"node": node, "loss_text": loss_text(step.loss)})

    def positions(self) -> dict[str, np.ndarray]:
        """The slider positions of every control, one a step."""
        if self._fresh:
            positions = self.history.layout.positions(torch.stack(self._fresh))
            rows = np.empty((len(positions), len(self._places)), np.float32)
            for column, place in enumerate(self._places.values()):
                rows[:, column] = positions[:, place].mean(1)
            self._positions = np.concatenate([self._positions, rows])
            self._fresh.clear()
        return {text: self._positions[:, column] for column, text in enumerate(self._places)}

    def best_patch(self, result: FitResult | None) -> Patch:
        return result.patch if result is not None else self.patch


def _message(ending: str, progress: _Progress, remarks: tuple[str, ...]) -> str:
    step = progress.step
    if step is None:
        return ""
    said = {
        "done": f"Done: {fall(progress.history)}.",
        "stopped": f"Stopped {_when(step)}. The best so far, `{loss_text(step.best_loss)}`, is kept.",
        "failed": f"Stopped at step {step.step}: {step.cause} The best patch before it is kept.",
    }[ending]
    return " ".join([said, *remarks])


def _when(step: FitStep) -> str:
    return "while looking for a start" if step.phase == "init" else f"at step {step.step}"
