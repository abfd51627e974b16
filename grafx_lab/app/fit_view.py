"""The view of a fit as a Gradio component."""

from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from grafx_lab.app.encoding import pack
from grafx_lab.app.view import View
from grafx_lab.fitting import FitResult, FitStep, History
from grafx_lab.session.controls_view import control_paths
from grafx_lab.session.fit_job import EMPTY_FIGURES
from grafx_lab.session.fit_view import changed_sentences, curves, fall, loss_text
from grafx_lab.session.patch_view import loss_choices, start_choices

IDLE = {"status": "idle", "message": "", "step": 0, "steps": 0, "changed": [], "ready": True, "why_not": None}

_ENDINGS = {"done": "Done", "stopped": "Stopped", "time": "The time is over", "failed": "Ended early"}


Progress = FitStep | History | FitResult | Mapping[str, Any]


class FitView(View):
    """Progress of a fit: the button, the loss and the controls that move most.

    Yield into it from a generator: each :class:`~grafx_lab.fitting.FitStep`, or the growing
    :class:`~grafx_lab.fitting.History`, and at the end the :class:`~grafx_lab.fitting.FitResult`. A mapping is taken
    as the slice ``fit`` of the GUI protocol; what it leaves out is as before a fit.

    Listen to ``fit``, whose event data are the chosen ``steps``, ``loss`` and ``init``, and to ``stop``.

    Args:
        value: what is shown at first.
        steps: how many updates a fit has: the end of the axis.
        layout: see :class:`~grafx_lab.app.view.View`.
    """

    def __init__(self, value: Progress | None = None, *, steps: int = 300, **layout: Any):
        self.steps = steps
        super().__init__("fit_view", value, events=("fit", "stop"), **layout)

    def preprocess(self, payload: dict[str, Any] | None) -> dict[str, Any] | None:
        """The figures on show: ``status, step, steps, loss, best_loss``."""
        fit = (payload or {}).get("fit")
        return {key: fit.get(key) for key in ("status", "step", "steps", "loss", "best_loss")} if fit else None

    def postprocess(self, value: Progress | None) -> dict[str, Any]:
        """The slices ``fit`` and ``catalog`` of the GUI protocol.

        Raises:
            gr.Error: the value is none of the types above.
        """
        fit = IDLE | EMPTY_FIGURES | {"steps": self.steps} | self._figures(value)
        return pack({"fit": fit, "catalog": {"losses": loss_choices(), "starts": start_choices()}})

    def api_info(self) -> dict[str, Any]:
        """The JSON schema of the value."""
        return {
            "type": "object",
            "description": "Slices of the GUI protocol: fit, and the losses and starts to choose from",
        }

    def _figures(self, value: Any) -> dict[str, Any]:
        if value is None or isinstance(value, Mapping):
            return dict(value or {})
        if isinstance(value, FitStep):
            return _of_step(value)
        if isinstance(value, History):
            return _of_history(value) | {"status": "running", "steps": max(self.steps, len(value) - 1)}
        if isinstance(value, FitResult):
            return _of_result(value)
        kinds = "a FitStep, a History, a FitResult or a mapping"
        raise gr.Error(f"FitView was given {type(value).__name__}, expected {kinds}.")


def _of_step(step: FitStep) -> dict[str, Any]:
    """One point of the loss; the front end joins it to those before it. Curves of controls take a history."""
    return {
        "status": "running",
        "single": True,
        "step": step.step,
        **_loss_figures(step.loss, step.best_loss),
        "losses": np.asarray([step.loss], np.float32),
    }


def _of_history(history: History) -> dict[str, Any]:
    if not len(history):
        return {}
    return {
        "step": len(history) - 1,
        "start_text": loss_text(history.losses[0]),
        **_loss_figures(history.losses[-1], min(history.losses)),
        "losses": np.asarray(history.losses, np.float32),
        "curves": curves(history.patch, _positions(history)),
    }


def _of_result(result: FitResult) -> dict[str, Any]:
    sentence = f"{_ENDINGS[result.status]}: {fall(result.history)}."
    return _of_history(result.history) | {
        "status": "done" if result.status == "time" else result.status,
        "steps": len(result.history) - 1,
        "message": " ".join([sentence, *result.diagnosis.findings]),
        "changed": changed_sentences(result.history.patch, result.patch),
    }


def _loss_figures(loss: float, best: float) -> dict[str, Any]:
    return {"loss": loss, "loss_text": loss_text(loss), "best_loss": best, "best_text": loss_text(best)}


def _positions(history: History) -> dict[str, np.ndarray]:
    """The slider positions of every control, one a step."""
    patch, layout = history.patch, history.layout
    table = layout.positions(history.raws)
    paths = [text for node in patch.raw for text, _, _ in control_paths(patch, node)]
    return {text: table[:, layout.places(patch, text)].mean(dim=1).float().numpy() for text in paths}
