"""``grafx-lab fit``: a chain, or a drawn patch, fitted to a target."""

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from tqdm import tqdm

from grafx_lab.audio import Audio, WriteReport, read_audio
from grafx_lab.cli.errors import UsageError
from grafx_lab.cli.exit_status import DONE, INTERRUPTED
from grafx_lab.cli.interrupt import polite_interrupts
from grafx_lab.cli.render import render_to_file
from grafx_lab.cli.report import write_report
from grafx_lab.fitting import FitResult, History, Layout, Objective, fit_steps, summarise
from grafx_lab.fitting.fit import LEARNING_RATE
from grafx_lab.patch import Patch

HELP = "fit a chain or a patch to a target recording"
CHAIN_HELP = "processors in order, or an expression such as 'A >> (B | dry) >> C'; see `grafx-lab processors`"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("source", metavar="SOURCE", help="the recording before")
    parser.add_argument("target", metavar="TARGET", help="the recording to approach")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--chain", metavar="A,B,C", help=CHAIN_HELP)
    start.add_argument("--patch", metavar="FILE", help="start from a patch file instead")
    parser.add_argument("--steps", type=_count, default=300, help="updates (default: %(default)s)")
    parser.add_argument(
        "--loss",
        default="mr_stft",
        metavar="NAME",
        help="from `grafx-lab losses`, or a sum such as 'mr_stft + 0.1*l1' (default: %(default)s)",
    )
    parser.add_argument(
        "--learning-rate",
        type=_rate,
        default=LEARNING_RATE,
        metavar="SHARE",
        help="how far a control moves in a step, as a share of its slider (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("fitted"),
        metavar="DIR",
        help="folder for patch.json, fitted.wav and report.json (default: %(default)s)",
    )


def run(arguments: Namespace) -> int:
    """Fit, then write patch.json, fitted.wav and report.json. Ctrl-C keeps the best so far (exit status 130)."""
    source, target = read_audio(arguments.source), read_audio(arguments.target)
    objective = Objective(_start(arguments, source, target), source, target, arguments.loss)
    folder = _folder(arguments.out)
    for message in objective.messages:
        print(message, file=sys.stderr)
    result = _descend(objective, arguments.steps, arguments.learning_rate)
    audio = _write(folder, result, arguments, source)
    findings = [finding for finding in result.diagnosis.findings if finding not in objective.messages]
    print("\n".join([_summary(result), *findings, audio.message]))
    print(f"patch.json, fitted.wav and report.json are in {folder}.")
    return INTERRUPTED if result.status == "stopped" else DONE


def _start(arguments: Namespace, source: Audio, target: Audio) -> Patch:
    if arguments.patch:
        return Patch.load(arguments.patch)
    expression = arguments.chain.strip(" ,")
    if not expression:
        raise UsageError("--chain names no processor. Write it like --chain parametric_equalizer,compressor.")
    return Patch.from_expression(expression, source.sample_rate, title=f"{source.name} to {target.name}")


def _descend(objective: Objective, steps: int, learning_rate: float) -> FitResult:
    history = History(objective.patch, Layout(objective.patch))
    status = "done"
    with polite_interrupts() as wish, tqdm(total=steps, desc="Fitting", unit="step") as bar:
        for step in fit_steps(objective, steps, learning_rate=learning_rate, history=history):
            bar.set_postfix_str(f"loss {step.loss:.4g}, best {step.best_loss:.4g}", refresh=False)
            bar.update(step.step - bar.n)
            if wish.stop:
                status = "stopped"
                break
        else:
            # The generator gives up by itself only after many steps that it could not use.
            status = "failed" if step.step < steps else "done"
    return summarise(objective, history, status)


def _write(folder: Path, result: FitResult, arguments: Namespace, source: Audio) -> WriteReport:
    result.patch.save(folder / "patch.json")
    # What is heard comes from the file: so it is what everybody else hears who renders the file.
    audio = render_to_file(Patch.load(folder / "patch.json"), source, folder / "fitted.wav")
    write_report(folder / "report.json", result, audio, arguments)
    return audio


def _summary(result: FitResult) -> str:
    first, best = result.history.losses[0], result.loss
    kept = {"stopped": "Stopped; kept the best so far. ", "failed": "Ended early; kept the best so far. "}
    change = f"{100 * (best / first - 1):+.0f} %".replace("-", "−") if first else "0 %"
    return f"{kept.get(result.status, '')}Loss {first:.4g} → {best:.4g} ({change})."


def _folder(path: Path) -> Path:
    if path.exists() and not path.is_dir():
        raise UsageError(f"--out {str(path)!r} is a file, expected a folder. Name another.")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of steps; write a whole number from 1 on")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate <= 1:
        raise ArgumentTypeError(f"{text!r} is not a share of a slider; write a number like {LEARNING_RATE}")
    return rate
