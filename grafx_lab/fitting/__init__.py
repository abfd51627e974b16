"""Fitting: objectives, the one descent, its history and what can be said about it."""

from grafx_lab.fitting.diagnosis import Diagnosis
from grafx_lab.fitting.fit import FitError, FitResult, FitStep, evaluate, fit, fit_steps, neutral, summarise
from grafx_lab.fitting.history import History
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.report import describe_controls, fit_report

__all__ = [
    "Diagnosis",
    "FitError",
    "FitResult",
    "FitStep",
    "History",
    "Layout",
    "Objective",
    "describe_controls",
    "evaluate",
    "fit",
    "fit_report",
    "fit_steps",
    "neutral",
    "summarise",
]
