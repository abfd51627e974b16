"""FitDesk: the fits of a session. One runs, held and released by hand; those before it can be compared and heard."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from grafx_lab.fitting import FitResult, FitStep, History, Objective, fit_steps
from grafx_lab.patch import Patch
from grafx_lab.patch.edit import apply
from grafx_lab.session import words
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.errors import SessionError
from grafx_lab.session.fit_job import EMPTY_FIGURES, REPORT_SECONDS, FitJob
from grafx_lab.session.fit_settings import FitSettings
from grafx_lab.session.fit_view import with_targets
from grafx_lab.session.runs import Run, run_numbered
from grafx_lab.session.transport import Transport

if TYPE_CHECKING:
    from grafx_lab.session.session import Session

KEPT_RUNS = 4
"""So many fits that are over stay to be compared."""

REST_SECONDS = 0.05

IDLE: dict[str, Any] = {
    "status": "idle", "message": "", "words": "", "step": 0, "steps": 0, "changed": [], "runs": [], "playing": False,
    "shown": None, "settings": "", "findings": [], "held": False,
} | EMPTY_FIGURES  # fmt: skip


class FitDesk:
    """Starts, holds and stops fits, and shows any of their steps.

    Args:
        session: whose patch is fitted.
        slots: one is held while a fit runs, so that not too many share the machine.

    Attributes:
        runs: the fits that are over, the oldest first.
        result: of the latest fit; ``None`` while it runs.
        report_seconds: a running fit is shown at most this often.
    """

    def __init__(self, session: "Session", slots: threading.Semaphore) -> None:
        self._session, self._slots = session, slots
        self._job: FitJob | None = None
        self._gate = Transport()
        self._view = dict(IDLE)
        self._shown: tuple[Patch, int, Run | None] | None = None
        self._count = 0
        self._objective: Objective | None = None
        self._told: dict[str, float] = {}
        self._settings: tuple[Patch, FitSettings] | None = None
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

    def given_way(self, wanted: Callable[[], bool]) -> bool:
        """Wait while a fit runs, which has the processor for itself; whether what waits is still wanted then."""
        while self.running and wanted():
            time.sleep(REST_SECONDS)
        return wanted()

    def start(self, steps: int = 300, **settings: Any) -> None:
        """Fit the present patch.

        Args:
            steps: how many updates.
            settings: the other fields of :class:`.FitSettings`.
        """
        self._start(FitSettings(steps, **settings))

    def again(self) -> None:
        """Fit once more, from where the latest fit began and in the same way."""
        if self._settings is None:
            raise SessionError("There was no fit yet.")
        patch, settings = self._settings
        self._session.set_patch(patch)
        self._start(settings)

    def _start(self, settings: FitSettings) -> None:
        session = self._session
        with session.lock:
            if self._job is not None:
                raise SessionError("A fit is running already; stop it first.")
            if reason := session.why_not():
                raise SessionError(reason)
            if settings.loss is not None:
                session.choose_loss(settings.loss)
            patch, self._gate = session.patch, Transport(settings.pace)
            settings = replace(settings, loss=session.loss_name)
            self._settings = patch, settings
            self._job = job = FitJob(
                lambda: self._begin(patch), settings.steps, self._report, session.attended, self._slots,
                descent=partial(fit_steps, **settings.options), gate=self._pass_gate,
                report_seconds=self.report_seconds, wanted=lambda: self._told,
            )  # fmt: skip
            self.result, self._count = None, self._count + 1
            said = {"message": "", "words": "", "changed": [], "findings": []}
            told = {"settings": settings.words(session.loss.label), "steps": settings.steps, "step": 0}
            self._view |= {"status": "waiting"} | said | told
            self.show()
        session.worker.command(lambda: self._run(job, settings))

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
            run: the number of an earlier fit; the latest by default.
        """
        earlier = None if run is None else run_numbered(self.runs, run)
        history = self._history_with(step, earlier)
        if self._job is not None:
            self.pause()
        with self._session.lock:
            patch = self._patch_at(history, step)
            self._shown = (patch, step, earlier)
            self._session.put(patch, gesture=f"steps of fit {id(history)}")

    def patch_at(self, step: int) -> Patch:
        """The patch as it was at a step of the latest fit; 0 is the start."""
        return self._patch_at(self._history_with(step), step)

    def _history_with(self, step: int, earlier: Run | None = None) -> History:
        history = earlier.history if earlier else self.history
        if history is None or not 0 <= step < len(history):
            had = 0 if history is None else len(history)
            raise SessionError(f"There is no step {step}: the fit has {had} steps so far.")
        return history

    def _patch_at(self, history: History, step: int) -> Patch:
        """The patch of a step: in today's drawing, which may have changed; or as it was, where the fit changed it."""
        then, now = history.patch_at(step), self._session.patch
        by_fit = self._shown is not None and self._shown[0] is now
        if by_fit and (then.bypassed != now.bypassed or set(then.raw) != set(now.raw)):
            return then
        # Of today's nodes those that the fit knew get its parameters.
        return now.with_raw({name: raw for name, raw in then.raw.items() if name in now.raw})

    def note(self, patch: Patch) -> str:
        """What the sound of a patch is, in two words."""
        shown = self._shown
        if shown is None or shown[0] is not patch:
            return "current patch"
        return f"step {shown[1]}" + (f" of fit {shown[2].number}" if shown[2] else "")

    def written(self, patch: Patch) -> str:
        """How a patch was found, as a comment in Python; empty where it is no step of a fit that is over."""
        shown = self._shown
        if shown is None or shown[0] is not patch or not self.runs or self.running:
            return ""
        found = f"# Step {shown[1]} of a fit, with the patch that it began with as `start`:"
        return f"\n{found}\n# {(shown[2] or self.runs[-1]).written}\n"

    def show(self) -> None:
        """Show how the fit stands."""
        reason = self._session.why_not()
        shown = self._shown if self._shown and self._shown[0] is self._session.patch else None
        earlier = self.runs if self._job is not None else self.runs[:-1]
        state = {
            "ready": not reason, "why_not": reason or None, "playing": self._gate.playing,
            "shown": shown[1] if shown and shown[2] is None else None,
            "shown_run": shown[2].number if shown and shown[2] else None,
            "runs": [run.view for run in earlier], "loss_name": self._session.loss_name, "number": self._count,
        }  # fmt: skip
        self._session.board.show("fit", self._view | state)

    # --- on the worker ---------------------------------------------------------------------------------------------

    def _begin(self, patch: Patch) -> Objective:
        self._objective = self._session.objective(patch)
        self._told = words.told(patch, self._session.recordings.truth)
        return self._objective

    def _run(self, job: FitJob, settings: FitSettings) -> None:
        try:
            view = job.run()
        except ValueError as error:
            view = self._failed(str(error), getattr(error, "nodes", ()))
        except Exception as error:
            # A defect, ours or of a person's own processor; the session goes on.
            logging.getLogger(__name__).exception("The fit failed")
            view = self._failed(f"The fit ended ({type(error).__name__}: {error}). Your patch is kept.")
        session, result = self._session, job.result
        ending, findings = view["message"], ()
        if self._objective is not None and result is not None:
            ending = words.of_ending(self._objective, result, self._told)
            findings = words.of_diagnosis(result.diagnosis)
        with session.lock:
            self._job, self.result = None, result
            kept = {"settings": self._view["settings"], "words": ending, "findings": list(findings), "held": False}
            self._view = with_targets(view, session.recordings.truth) | kept
            if result is None or not len(result.history):
                session.refresh()
                return
            label = f"{session.loss_called(settings.loss or session.loss_name).label}, {settings.optimizer}"
            told = kept["settings"], settings.to_python()
            run = Run(self._count, label, *told, result.history, ending, findings)
            self.runs = [*self.runs[-KEPT_RUNS + 1 :], run]
            patch = _fitted(session.patch, result)
            self._shown = (patch, result.history.best, None)
            session.put(patch)
            session.sounds.refresh(0.0)  # nobody's hand is on it any more

    def _failed(self, message: str, nodes: Sequence[str] = ()) -> dict[str, Any]:
        self._session.notify(message, nodes)
        return self._view | {"status": "failed", "message": message}

    def _pass_gate(self) -> None:
        self._gate.wait(self._show_held)
        with self._session.lock:
            self._view = self._view | {"held": False}

    def _show_held(self) -> None:
        """The step at which the fit is held may be newer than what was shown."""
        if self._job is not None:
            self._report(self._job.view("running"), self._job.step, True, held=True)

    def _report(self, view: dict[str, Any], step: FitStep | None, pictures: bool, held: bool = False) -> None:
        with self._session.lock:
            said = {"words": "", "settings": self._view["settings"], "findings": [], "held": held}
            self._view = with_targets(view, self._session.recordings.truth) | said
            if step is not None and self._objective is not None:
                downhill = Downhill.of_gradient(step.patch, step.loss, step.gradient)
                stage = words.of_search(step) or words.of_pruning(step)
                self._view["words"] = stage or words.of_step(step.step, downhill, self._told)
                self._session.show_live(downhill, pictures, step.wet)
            self.show()


def _fitted(patch: Patch, result: FitResult) -> Patch:
    """The drawing as it is now, with what a fit has found: its parameters, and without what it has taken out."""
    start, found = result.history.patch, result.patch
    gone = [name for name in start.raw if name not in found.raw and name in patch.raw]
    if gone:
        patch = apply(patch, [{"op": "remove", "nodes": gone}])[0]
    bypassed = patch.bypassed | (found.bypassed - start.bypassed)
    return patch.with_raw(found.raw).replace(bypassed=bypassed)
