"""``report.json``: what a fit has done, for people and for scripts."""

import json
import math
from argparse import Namespace
from pathlib import Path

from grafx_lab.atomic_file import write_text
from grafx_lab.audio import WriteReport
from grafx_lab.fitting import FitResult, fit_report


def write_report(path: Path, result: FitResult, audio: WriteReport, arguments: Namespace) -> None:
    """Write the command, the report of its fit, and what was rendered."""
    report = {
        "source": str(arguments.source),
        "target": str(arguments.target),
        "loss": arguments.loss,
        "steps": arguments.steps,
        "seconds": arguments.seconds,
        "learning_rate": arguments.learning_rate,
        **fit_report(result),
        "fitted": {
            "encoding": audio.encoding,
            "peak_dbfs": audio.peak_dbfs if math.isfinite(audio.peak_dbfs) else None,
            "message": audio.message,
        },
    }
    write_text(path, json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
