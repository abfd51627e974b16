"""Fitting: objectives, the one descent, its history and what can be said about it."""

from grafx_lab.fitting.diagnosis import Diagnosis
from grafx_lab.fitting.fit import FitError, FitResult, FitStep, evaluate, fit, fit_steps, neutral, summarise
from grafx_lab.fitting.history import History
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective

__all__ = [
    "Diagnosis",
    "FitError",
    "FitResult",
    "FitStep",
    "History",
    "Layout",
    "Objective",
    "evaluate",
    "fit",
    "fit_steps",
    "neutral",
    "summarise",
]
