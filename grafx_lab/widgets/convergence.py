"""ConvergencePanel: a fit to watch while it runs."""

from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch
import traitlets
from torch import Tensor

from grafx_lab.audio import Audio
from grafx_lab.fitting import FitResult, FitStep, Objective, fit_steps
from grafx_lab.fitting.descent import LEARNING_RATE, OptimizerName
from grafx_lab.parameters import Tree
from grafx_lab.patch import Patch
from grafx_lab.plots import mosaic, plot_controls, plot_losses, plot_waveforms
from grafx_lab.resources import bundles_folder
from grafx_lab.session.fit_job import FitJob
from grafx_lab.widgets import words
from grafx_lab.widgets.encoding import pack
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still, still_wanted
from grafx_lab.widgets.transport import Transport

REPORT_SECONDS = 0.05
"""Twenty pictures a second look like motion."""


class ConvergencePanel(Panel):
    """A fit while it converges: loss, controls on their way, the signal against its target.

    The fit begins at once on a thread of its own, and the cell returns. With ``GRAFX_LAB_STATIC=1`` it runs to its end
    first, and the output is a picture.

    Args:
        objective: its patch is the start.
        steps: how many updates.
        truth: the controls that made the target, in their units and by path, where they are known.
        pace: at most so many steps a second, for watching; as many as there are by default.
        shown: seconds of signal to draw, from the beginning.
        optimizer: see :func:`fit_steps`.
        learning_rate: see :func:`fit_steps`.
        title: what stands above it.
    """

    _esm = bundles_folder() / "convergence.js"

    fit = traitlets.Dict().tag(sync=True)
    signal = traitlets.Dict().tag(sync=True)
    transport = traitlets.Dict().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        objective: Objective,
        *,
        steps: int = 300,
        truth: Mapping[str, float] | None = None,
        pace: float | None = None,
        shown: float = 0.01,
        optimizer: OptimizerName = "adam",
        learning_rate: float = LEARNING_RATE,
        title: str = "Convergence",
    ) -> None:
        super().__init__()
        self.objective, self.truth = objective, dict(truth or {})
        self._steps, self._pace = steps, pace
        self._descent = partial(fit_steps, optimizer=optimizer, learning_rate=learning_rate)
        self._samples = max(2, round(shown * objective.patch.sample_rate))
        self.heading = {"title": title, "subject": f"{objective.loss.label}, {optimizer}, rate {learning_rate:g}"}
        self.calls = {"play": self.play, "pause": self.pause, "step": self.step, "stop": self.stop}
        self._gate = Transport(pace)
        self._begin()

    @property
    def result(self) -> FitResult | None:
        """What the fit has found; ``None`` until it is over."""
        return self._job.result

    def play(self) -> None:
        """Go on; after the end, fit again from the start."""
        if self.fit["status"] in ("waiting", "running"):
            self._gate.play()
            self._show_transport()
        else:
            self._begin()

    def pause(self) -> None:
        """Hold the fit after its next step."""
        self._gate.pause()
        self._show_transport()

    def step(self) -> None:
        """Hold the fit, and let it do one step."""
        self._gate.step()
        self._show_transport()

    def stop(self) -> None:
        """End the fit and keep the best so far."""
        self._job.stop()
        self._gate.end()

    def close(self) -> None:
        """End the fit and take the panel away."""
        self.stop()
        super().close()

    def wait(self, timeout: float = 600.0) -> FitResult | None:
        """Wait for the end of the fit; meanwhile its buttons cannot be heard."""
        self.worker.wait(timeout)
        return self.result

    def still(self) -> Still:
        """Waveforms, loss and controls of the finished fit, and its sound."""
        result = self.wait()
        if result is None:
            raise RuntimeError("The fit is not over; stop it, or wait for its end.")
        patch, rate = result.patch, result.patch.sample_rate
        fitted = _audio(patch.render(self._source()), rate, "fitted")
        figure, places = mosaic("ss\nlc", (9.6, 4.9))
        plot_waveforms(
            rate, source=self._source(), target=self.objective.target[0], fitted=fitted.data,
            seconds=self._samples / rate, ax=places["s"],
        )  # fmt: skip
        plot_losses(result.history, ax=places["l"])
        plot_controls(result.history, tuple(self.truth) or None, truth=self.truth, ax=places["c"])
        target = _audio(self.objective.target[0], rate, "target")
        return Still(figure, self.words, {"target": target, "fitted": fitted})

    def _begin(self) -> None:
        self._gate = Transport(self._pace)
        self._job = FitJob(
            lambda: self.objective,
            self._steps,
            self._publish,
            lambda: True,
            nullcontext(),
            descent=self._descent,
            gate=lambda: self._gate.wait(self._show_held),
            report_seconds=REPORT_SECONDS,
        )
        self.fit = pack(self._job.view("waiting"))
        self._show_transport()
        if still_wanted():
            self._gate = Transport()
            self._run()
        else:
            self.worker.command(self._run)

    def _run(self) -> None:
        try:
            last = self._job.run()
        except ValueError as error:
            self.fit = pack(self._job.view("failed", str(error)))
            self.words = str(error)
            return
        result = self._job.result
        assert result is not None  # a job that ran has one
        self._show(result.patch.raw)
        self.words = words.of_ending(self.objective, result, self.truth)
        self.fit = pack(self._with_targets(last))

    def _publish(self, view: dict[str, Any], step: FitStep | None, pictures: bool) -> None:
        if step is not None:
            self._show(step.raw)
            self.words = words.of_step(self.objective, step, self.truth)
        self.fit = pack(self._with_targets(view))

    def _show_held(self) -> None:
        """The step at which the fit is held may be newer than what was published."""
        self._publish(self._job.view("running"), self._job.step, False)

    def _show(self, raw: Mapping[str, Tree]) -> None:
        """Render the first moments with these raw parameters."""
        inputs = {name: signal[..., : self._samples] for name, signal in self.objective.inputs.items()}
        with torch.no_grad():
            fitted = self.objective.patch.render_signals(inputs, raw, length=self._samples).output
        source = self._source()
        self.signal = pack(
            {
                "ms": round(1e3 * self._samples / self.objective.patch.sample_rate, 3),
                "source": None if source is None else source[0, : self._samples],
                "target": self.objective.target[0, 0, : self._samples],
                "fitted": fitted[0, 0],
            }
        )

    def _show_transport(self) -> None:
        self.transport = {"playing": self._gate.playing}

    def _source(self) -> Tensor | None:
        first = next(iter(self.objective.inputs.values()), None)
        return None if first is None else first[0]

    def _with_targets(self, view: dict[str, Any]) -> dict[str, Any]:
        curves = [
            curve | {"target_position": _position(self.objective.patch, curve["path"], self.truth.get(curve["path"]))}
            for curve in view["curves"]
        ]
        return view | {"curves": curves}


def _position(patch: Patch, path: str, value: float | None) -> float | None:
    if value is None:
        return None
    parsed, spec = patch.spec(path)
    return spec.to_position(spec.full(value))[parsed.index].mean().item()


def _audio(data: Any, sample_rate: int, name: str) -> Audio:
    return data if isinstance(data, Audio) else Audio(data, sample_rate, name)
