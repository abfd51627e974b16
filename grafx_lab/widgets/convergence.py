"""ConvergencePanel: a fit to watch while it runs."""

import shutil
from pathlib import Path
from typing import Any

from grafx_lab.fitting import FitResult, Objective
from grafx_lab.fitting.descent import LEARNING_RATE, OptimizerName
from grafx_lab.fitting.options import Init, Strategy
from grafx_lab.plots import mosaic, plot_controls, plot_losses, plot_picture
from grafx_lab.resources import bundles_folder
from grafx_lab.session import SessionError, words
from grafx_lab.widgets.opening import Truth, open_session
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still, still_wanted

REPORT_SECONDS = 0.05
"""Twenty pictures a second look like motion."""


class ConvergencePanel(Panel):
    """A fit while it converges: loss, controls on their way, the signal against its target.

    The fit of an objective begins at once on a thread of its own, and the cell returns; that of a session begins by
    hand. It is held, stepped and stopped, its steps are walked through and heard, and fits are compared. With
    ``GRAFX_LAB_STATIC=1`` it runs to its end first, and the output is a picture.

    Args:
        subject: an objective, whose patch is the start; or a session or another panel, to be linked with it.
        steps: how many updates.
        truth: the patch that made the target, or its controls (in their units and by path), where they are known.
        pace: at most so many steps a second, for watching; as many as there are by default.
        shown: seconds of signal to draw, from the beginning; by default the loudest moments.
        optimizer: see :func:`fit_steps`.
        learning_rate: see :func:`fit_steps`.
        prune: by how much the loss may rise when processors are taken out, as a share of it; ``None`` keeps all.
        strategy: see :func:`fit_steps`.
        init: where the fit begins, see :func:`fit_steps`: ``"patch"``, ``"neutral"`` or ``"auto"``.
        title: what stands above it.
    """

    _esm = bundles_folder() / "convergence.js"
    slices = ("patch", "fit", "response", "audio", "catalog", "export", "notice")

    def __init__(
        self,
        subject: Any,
        *,
        steps: int = 300,
        truth: Truth | None = None,
        pace: float | None = None,
        shown: float | None = None,
        optimizer: OptimizerName = "adam",
        learning_rate: float = LEARNING_RATE,
        prune: float | None = None,
        strategy: Strategy = "hybrid",
        init: Init = "patch",
        title: str = "Convergence",
    ) -> None:
        opened = open_session(subject, truth=truth)
        session = opened[0]
        about = f"{session.loss.label}, {optimizer}, rate {learning_rate:g}" if isinstance(subject, Objective) else ""
        super().__init__(opened, title=title, subject=about)
        if session.board.get("response") is None:
            session.responses.open("waveform")
        if not isinstance(subject, Objective):
            return
        session.fits.report_seconds = REPORT_SECONDS
        session.responses.shown = shown
        session.responses.open("waveform")
        pace = None if still_wanted() else pace
        pruning = {"prune": prune, "strategy": strategy}
        session.fits.start(steps, optimizer=optimizer, learning_rate=learning_rate, pace=pace, init=init, **pruning)
        if still_wanted():
            self.wait()

    @property
    def result(self) -> FitResult | None:
        """What the latest fit has found; ``None`` until it is over."""
        return self.session.fits.result

    def play(self) -> None:
        """Go on; after the end, fit again from the start."""
        if self.session.fits.running:
            self.session.fits.play()
        else:
            self.session.fits.again()

    def pause(self) -> None:
        """Hold the fit after its next step."""
        self.session.fits.pause()

    def step(self) -> None:
        """Hold the fit, and let it do one step."""
        self.session.fits.step()

    def stop(self) -> None:
        """End the fit and keep the best so far."""
        self.session.fits.stop()

    def show_step(self, step: int, run: int | None = None) -> None:
        """Put the patch of a step in place, to be seen and heard.

        Args:
            step: 0 is the start.
            run: the number of an earlier fit; the latest by default.
        """
        self.session.fits.show_step(step, run)

    def save(self, path: str | Path) -> Path:
        """Write the latest fit as a film: ``.gif``, ``.mp4`` (which takes the program ffmpeg) or ``.html``.

        Returns:
            the path.

        Raises:
            SessionError: there is no fit that is over, another suffix, or a film that could not be made.
        """
        path = Path(path)
        self.wait()
        self.session.exports.export(path.suffix.removeprefix("."))
        self.wait()
        made = self.session.board.get("export")
        if made["file"] is None:
            raise SessionError(made["message"])
        shutil.copy(made["file"]["url"], path)
        return path

    def still(self) -> Still:
        """Signal, loss and controls of the finished fit, and its sound."""
        self.wait()
        result, session = self.result, self.session
        if result is None:
            raise RuntimeError("There is no finished fit to draw; start one, or wait for its end.")
        truth = words.told(result.history.patch, session.recordings.truth)
        figure, places = mosaic("ss\nlc", (9.6, 4.9))
        picture = (session.board.get("response") or {}).get("picture")
        if picture is None:
            places["s"].axis("off")
        else:
            plot_picture(picture, ax=places["s"])
        plot_losses(result.history, ax=places["l"])
        plot_controls(result.history, tuple(truth)[:6] or None, truth=truth, ax=places["c"])
        sounds = {role: sound for role, sound in session.sounds.heard.items() if role != "source"}
        return Still(figure, session.board.get("fit")["words"], sounds)
