"""What a fit has done, as plain data for JSON."""

import math
from typing import Any

import torch

from grafx_lab.fitting.identifiability import Identifiability
from grafx_lab.fitting.result import FitResult
from grafx_lab.parameters import ParameterSpec, flatten
from grafx_lab.patch import Patch


def fit_report(result: FitResult) -> dict[str, Any]:
    """How a fit ended, the loss of every step, what can be said about it, and the final controls with their units.

    What is no finite number is ``None``: JSON has no other.
    """
    losses, contributions = result.history.losses, result.diagnosis.contributions
    report = {
        "status": result.status,
        "findings": list(result.diagnosis.findings),
        "first_loss": result.history.first_loss,
        "best_loss": result.loss,
        "best_step": result.history.best,
        "history": losses,
        "contributions": {share.node: {"with": share.loss, "without": share.without} for share in contributions},
        "identifiability": _identifiability(result.diagnosis.identifiability),
        "controls": describe_controls(result.patch),
    }
    return {name: _plain(value) for name, value in report.items()}


def describe_controls(patch: Patch) -> dict[str, dict[str, Any]]:
    """Every control of a patch as plain data: label, unit, number (nested lists for several) and what people read."""
    return {
        node: {name: _describe(patch.specs(node)[name], value) for name, value in flatten(controls).items()}
        for node, controls in patch.controls().items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _describe(spec: ParameterSpec, value: Any) -> dict[str, Any]:
    values = torch.as_tensor(value)
    texts = [spec.format(number) for number in values.flatten().tolist()]
    text = texts[0] if values.ndim == 0 else texts
    return {"label": spec.label, "unit": spec.unit, "value": values.tolist(), "text": text}


def _identifiability(known: Identifiability | None) -> dict[str, Any] | None:
    if known is None:
        return None
    strength = dict(zip(known.paths, known.strength.tolist(), strict=True))
    return {"strength": strength, "unheard": list(known.unheard), "confused": [list(group) for group in known.confused]}
