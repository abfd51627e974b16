"""Fitting: objectives, the one descent, its history and what can be said about it."""

from grafx_lab.fitting.chains import GeneralChain, general_chain
from grafx_lab.fitting.contribution import Contribution
from grafx_lab.fitting.diagnosis import Diagnosis
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.fit import drain, fit, fit_steps
from grafx_lab.fitting.history import History
from grafx_lab.fitting.identifiability import Identifiability
from grafx_lab.fitting.judgement import evaluate
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.options import Options
from grafx_lab.fitting.report import describe_controls, fit_report
from grafx_lab.fitting.result import FitResult, summarise
from grafx_lab.fitting.starts import neutral
from grafx_lab.fitting.step import FitStep

__all__ = [
    "Contribution",
    "Diagnosis",
    "FitError",
    "FitResult",
    "FitStep",
    "GeneralChain",
    "History",
    "Identifiability",
    "Layout",
    "Objective",
    "Options",
    "describe_controls",
    "drain",
    "evaluate",
    "fit",
    "fit_report",
    "fit_steps",
    "general_chain",
    "neutral",
    "summarise",
]
