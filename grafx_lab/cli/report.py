"""``report.json``: what a fit has done, for people and for scripts."""

import json
import math
from argparse import Namespace
from pathlib import Path
from typing import Any

import torch

from grafx_lab.atomic_file import write_text
from grafx_lab.audio import WriteReport
from grafx_lab.fitting import FitResult
from grafx_lab.parameters import ParameterSpec, flatten
from grafx_lab.patch import Patch


def write_report(path: Path, result: FitResult, audio: WriteReport, arguments: Namespace) -> None:
    """Write the command, the loss of every step, the final controls with their units, and what was rendered."""
    losses = result.history.losses
    report = {
        "source": str(arguments.source),
        "target": str(arguments.target),
        "loss": arguments.loss,
        "steps": arguments.steps,
        "learning_rate": arguments.learning_rate,
        "status": result.status,
        "findings": list(result.diagnosis.findings),
        "first_loss": losses[0],
        "best_loss": result.loss,
        "best_step": losses.index(result.loss),
        "history": losses,
        "controls": describe_controls(result.patch),
        "fitted": {
            "encoding": audio.encoding,
            "peak_dbfs": audio.peak_dbfs if math.isfinite(audio.peak_dbfs) else None,
            "message": audio.message,
        },
    }
    write_text(path, json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def describe_controls(patch: Patch) -> dict[str, dict[str, Any]]:
    """Every control of a patch as plain data: label, unit, number (nested lists for several) and what people read."""
    return {
        node: {name: _describe(patch.specs(node)[name], value) for name, value in flatten(controls).items()}
        for node, controls in patch.controls().items()
    }


def _describe(spec: ParameterSpec, value: Any) -> dict[str, Any]:
    values = torch.as_tensor(value)
    texts = [spec.format(number) for number in values.flatten().tolist()]
    text = texts[0] if values.ndim == 0 else texts
    return {"label": spec.label, "unit": spec.unit, "value": values.tolist(), "text": text}
