"""FitDesk: the fits of a session. One runs, held and released by hand; those before it can be compared and heard."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from grafx_lab.fitting import FitResult, FitStep, History, Objective, fit_steps
from grafx_lab.fitting.descent import LEARNING_RATE
from grafx_lab.patch import Patch
from grafx_lab.session import words
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.errors import SessionError
from grafx_lab.session.fit_job import EMPTY_FIGURES, REPORT_SECONDS, FitJob
from grafx_lab.session.transport import Transport

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

MAX_STEPS = 100_000
KEPT_RUNS = 4
"""So many fits that are over stay to be compared."""

IDLE: dict[str, Any] = {
    "status": "idle", "message": "", "words": "", "step": 0, "steps": 0, "changed": [], "runs": [], "playing": False,
    "shown": None,
} | EMPTY_FIGURES  # fmt: skip


@dataclass(frozen=True, eq=False)
class Run:
    """A fit that is over.

    Attributes:
        label: what people tell it from others by.
        history: every step.
        best: the patch that it has found.
    """

    label: str
    history: History
    best: Patch


class FitDesk:
    """Starts, holds and stops fits, and shows any of their steps.

    Args:
        session: whose patch is fitted.
        slots: held while a fit runs, so that not too many share the machine.

    Attributes:
        runs: the fits that are over, the oldest first.
        result: of the latest fit; ``None`` while it runs.
        report_seconds: a running fit is shown at most this often.
    """

    def __init__(self, session: "Session", slots: AbstractContextManager[Any]) -> None:
        self._session, self._slots = session, slots
        self._job: FitJob | None = None
        self._gate = Transport()
        self._view = dict(IDLE)
        self._shown: tuple[Patch, int] | None = None
        self._objective: Objective | None = None
        self._told: dict[str, float] = {}
        self._settings: tuple[Patch, dict[str, Any]] | None = None
        self.runs: list[Run] = []
        self.result: FitResult | None = None
        self.report_seconds = REPORT_SECONDS
        self.calls: dict[str, Callable[..., Any]] = {
            "fit": self.start, "again": self.again, "stop": self.stop, "play": self.play, "pause": self.pause,
            "step": self.step, "show_step": self.show_step,
        }  # fmt: skip

    @property
    def running(self) -> bool:
        """Whether a fit is under way, waiting and held ones included."""
        return self._job is not None

    @property
    def history(self) -> History | None:
        """The steps of the running fit, else of the latest one."""
        if self._job is not None and self._job.history is not None:
            return self._job.history
        return self.runs[-1].history if self.runs else None

    def start(
        self,
        steps: int = 300,
        loss: str | None = None,
        optimizer: str = "adam",
        learning_rate: float | None = None,
        pace: float | None = None,
    ) -> None:
        """Fit the present patch.

        Args:
            steps: how many updates.
            loss: its name; the session's present one by default.
            optimizer: see :func:`fit_steps`.
            learning_rate: see :func:`fit_steps`.
            pace: at most so many steps a second, for watching.
        """
        if not isinstance(steps, int) or not 1 <= steps <= MAX_STEPS:
            raise SessionError(f"A fit takes 1 to {MAX_STEPS} steps, not {steps!r}.")
        session = self._session
        with session.lock:
            if self._job is not None:
                raise SessionError("A fit is running already; stop it first.")
            if reason := session.why_not():
                raise SessionError(reason)
            if loss is not None:
                session.choose_loss(loss)
            patch, self._gate = session.patch, Transport(pace)
            given = {"steps": steps, "loss": session.loss_name, "optimizer": optimizer, "learning_rate": learning_rate}
            self._settings = patch, given | {"pace": pace}
            settings = {"optimizer": optimizer, "learning_rate": learning_rate or LEARNING_RATE}
            self._job = job = FitJob(
                lambda: self._begin(patch), steps, self._report, session.attended, self._slots,
                descent=partial(fit_steps, **settings), gate=lambda: self._gate.wait(self._show_held),
                report_seconds=self.report_seconds,
            )  # fmt: skip
            self.result = None
            self._view |= {"status": "waiting", "message": "", "words": "", "changed": [], "steps": steps, "step": 0}
            self.show()
        session.worker.command(lambda: self._run(job, optimizer))

    def again(self) -> None:
        """Fit once more, from where the latest fit began and in the same way."""
        if self._settings is None:
            raise SessionError("There was no fit yet.")
        patch, settings = self._settings
        self._session.set_patch(patch)
        self.start(**settings)

    def stop(self) -> None:
        """End a running fit and wait until its best patch is in place."""
        job = self._job
        if job is None:
            return
        job.stop()
        self._gate.end()
        deadline = time.monotonic() + 60
        while self._job is job and time.monotonic() < deadline:
            time.sleep(0.005)
        with self._session.lock:
            pass  # its end is shown under the lock

    def abandon(self) -> None:
        """End a running fit without waiting for it."""
        if self._job is not None:
            self._job.stop()
            self._gate.end()

    def play(self) -> None:
        """Let a held fit go on."""
        self._gate.play()
        self.show()

    def pause(self) -> None:
        """Hold the fit after its next step."""
        self._gate.pause()
        self.show()

    def step(self) -> None:
        """Hold the fit, and let it do one step."""
        self._gate.step()
        self.show()

    def show_step(self, step: int, run: int | None = None) -> None:
        """Put the patch of a step in place, to be seen, heard and gone on from; a running fit is held.

        Args:
            step: 0 is the start.
            run: which of the earlier fits; the latest by default.
        """
        history = self._history_with(step, run)
        if self._job is not None:
            self.pause()
        with self._session.lock:
            patch = self._present_patch(history, step)
            self._shown = (patch, step)
            self._session.put(patch, gesture=f"steps of fit {id(history)}")

    def patch_at(self, step: int) -> Patch:
        """The present patch as it was at a step of the latest fit; 0 is the start."""
        return self._present_patch(self._history_with(step), step)

    def _history_with(self, step: int, run: int | None = None) -> History:
        if run is not None and not 0 <= run < len(self.runs):
            raise SessionError(f"There is no run {run}; {len(self.runs)} are kept.")
        history = self.history if run is None else self.runs[run].history
        if history is None or not 0 <= step < len(history):
            had = 0 if history is None else len(history)
            raise SessionError(f"There is no step {step}: the fit has {had} steps so far.")
        return history

    def _present_patch(self, history: History, step: int) -> Patch:
        """Of today's nodes those that the fit knew get its parameters; a drawing that has changed stays."""
        patch = self._session.patch
        return patch.with_raw({name: raw for name, raw in history.patch_at(step).raw.items() if name in patch.raw})

    def note(self) -> str:
        """What the fitted sound is, in two words."""
        shown = self._shown
        return f"step {shown[1]}" if shown is not None and shown[0] is self._session.patch else "current patch"

    def show(self) -> None:
        """Show how the fit stands."""
        reason = self._session.why_not()
        shown = self._shown[1] if self._shown and self._shown[0] is self._session.patch else None
        earlier = self.runs if self._job is not None else self.runs[:-1]
        runs = [{"label": run.label, "losses": np.asarray(run.history.losses, np.float32)} for run in earlier]
        state = {"ready": not reason, "why_not": reason or None, "playing": self._gate.playing, "shown": shown}
        self._session.board.show("fit", self._view | state | {"runs": runs, "loss_name": self._session.loss_name})

    # --- on the worker ---------------------------------------------------------------------------------------------

    def _begin(self, patch: Patch) -> Objective:
        self._objective = self._session.objective(patch)
        self._told = words.told(patch, self._session.recordings.truth)
        return self._objective

    def _run(self, job: FitJob, optimizer: str) -> None:
        try:
            view = job.run()
        except ValueError as error:
            view = self._failed(str(error), getattr(error, "nodes", ()))
        except Exception as error:
            # A defect, ours or of a person's own processor; the session goes on.
            logging.getLogger(__name__).exception("The fit failed")
            view = self._failed(f"The fit ended ({type(error).__name__}: {error}). Your patch is kept.")
        session, result = self._session, job.result
        ending = view["message"]
        if self._objective is not None and result is not None:
            ending = words.of_ending(self._objective, result, self._told)
        with session.lock:
            self._job, self.result = None, result
            self._view = self._with_targets(view) | {"words": ending}
            if result is None or not len(result.history):
                session.refresh()
                return
            label = f"{self._objective.loss.label}, {optimizer}" if self._objective else optimizer
            self.runs = [*self.runs[-KEPT_RUNS + 1 :], Run(label, result.history, result.patch)]
            # Nodes may have been moved meanwhile; only the parameters are the fit's.
            patch = session.patch.with_raw(result.patch.raw)
            self._shown = (patch, int(np.argmin(result.history.losses)))
            session.put(patch)

    def _failed(self, message: str, nodes: Sequence[str] = ()) -> dict[str, Any]:
        self._session.notify(message, nodes)
        return self._view | {"status": "failed", "message": message}

    def _show_held(self) -> None:
        """The step at which the fit is held may be newer than what was shown."""
        if self._job is not None:
            self._report(self._job.view("running"), self._job.step, True)

    def _report(self, view: dict[str, Any], step: FitStep | None, pictures: bool) -> None:
        with self._session.lock:
            self._view = self._with_targets(view) | {"words": ""}
            if step is not None and self._objective is not None:
                downhill = Downhill.of_gradient(step.patch, step.loss, step.gradient)
                self._view["words"] = words.of_step(step.step, downhill, self._told)
                self._session.show_live(downhill, pictures)
            self.show()

    def _with_targets(self, view: dict[str, Any]) -> dict[str, Any]:
        """The curves with the positions that the target's controls have, where those are known."""
        truth = self._session.recordings.truth
        if truth is None:
            return view
        curves = [curve | {"target_position": _position(truth, curve["path"])} for curve in view["curves"]]
        return view | {"curves": curves}


def _position(truth: Patch, path: str) -> float | None:
    if path.split(".")[0] not in truth.raw:
        return None
    parsed, spec = truth.spec(path)
    return spec.to_position(spec.full(truth.control(path)))[parsed.index].mean().item()
