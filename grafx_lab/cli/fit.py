"""``grafx-lab fit``: a chain, or a drawn patch, fitted to a target."""

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tqdm import tqdm

from grafx_lab.audio import Audio, WriteReport, read_audio
from grafx_lab.cli.errors import UsageError
from grafx_lab.cli.exit_status import DONE, INTERRUPTED
from grafx_lab.cli.interrupt import Wish, polite_interrupts
from grafx_lab.cli.outputs import check_writable
from grafx_lab.cli.render import render_to_file
from grafx_lab.cli.report import write_report
from grafx_lab.fitting import FitResult, FitStep, History, Layout, Objective, drain, fit_steps, general_chain, summarise
from grafx_lab.fitting.descent import LEARNING_RATE
from grafx_lab.patch import Patch

STEPS = 300
ENDLESS = 10**6
"""Steps of a fit that only its seconds end."""

HELP = "fit a chain or a patch to a target recording"
CHAIN_HELP = "processors in order, or an expression such as 'A >> (B | dry) >> C'; see `grafx-lab processors`"
INIT_HELP = "begin as the patch is, all transparent, or at closed forms (default: patch; auto where the chain is found)"
LOSS_HELP = "from `grafx-lab losses`, or a sum such as 'mr_stft + 0.1*l1' (default: %(default)s)"
RATE_HELP = (
    f"how far a control moves in a step, as a share of its slider (default: {LEARNING_RATE}, less where the chain is"
    " found)"
)
PRUNE_HELP = "take out processors as long as the loss rises by less, like 0.01"
OUT_HELP = "folder for patch.json, fitted.wav and report.json (default: %(default)s)"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("source", metavar="SOURCE", help="the recording before")
    parser.add_argument("target", metavar="TARGET", help="the recording to approach")
    _add_start(parser)
    _add_descent(parser)
    parser.add_argument("--out", type=Path, default=Path("fitted"), metavar="DIR", help=OUT_HELP)


def _add_start(parser: ArgumentParser) -> None:
    """What is fitted, and where the fit begins."""
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--chain", metavar="A,B,C", help=CHAIN_HELP)
    start.add_argument("--patch", metavar="FILE", help="start from a patch file; with neither, the chain is found")
    parser.add_argument("--interpretable", action="store_true", help="no learned impulse response in the found chain")
    parser.add_argument("--init", choices=("patch", "neutral", "auto"), help=INIT_HELP)
    parser.add_argument("--starts", type=_count, default=1, help="points to descend from (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")


def _add_descent(parser: ArgumentParser) -> None:
    """How the fit goes on, and when it ends."""
    parser.add_argument("--steps", type=_count, help=f"updates (default: {STEPS}, or as many as the seconds allow)")
    parser.add_argument("--seconds", type=_positive, help="a time budget instead")
    parser.add_argument("--loss", default="mr_stft", metavar="NAME", help=LOSS_HELP)
    parser.add_argument("--learning-rate", type=_rate, metavar="SHARE", help=RATE_HELP)
    parser.add_argument("--prune", type=_positive, metavar="SHARE", help=PRUNE_HELP)


def run(arguments: Namespace) -> int:
    """Fit, then write patch.json, fitted.wav and report.json. Ctrl-C keeps the best so far (exit status 130)."""
    source, target = read_audio(arguments.source), read_audio(arguments.target)
    patch, options = _start(arguments, source, target)
    if arguments.learning_rate is None:
        arguments.learning_rate = options.get("learning_rate", LEARNING_RATE)
    objective = Objective(patch, source, target, arguments.loss)
    # The first Ctrl-C only ends the descent: what has been found is still looked at and written.
    with _folder(arguments.out) as folder, polite_interrupts() as wish:
        for message in objective.messages:
            print(message, file=sys.stderr)
        result = _fit(objective, arguments, options, wish)
        audio = _write(folder, result, arguments, source)
    findings = [finding for finding in result.diagnosis.findings if finding not in objective.messages]
    print("\n".join([_summary(result), *findings, audio.message]))
    print(f"patch.json, fitted.wav and report.json are in {folder}.")
    return INTERRUPTED if result.status == "stopped" else DONE


def _start(arguments: Namespace, source: Audio, target: Audio) -> tuple[Patch, dict[str, Any]]:
    """The patch, and what its fit has to know about it."""
    title = f"{source.name} to {target.name}"
    if arguments.patch:
        return Patch.load(arguments.patch), {}
    if arguments.chain is None:
        chain = general_chain(source.sample_rate, interpretable=arguments.interpretable, title=title)
        return chain.patch, chain.options
    expression = arguments.chain.strip(" ,")
    if not expression:
        raise UsageError("--chain names no processor. Write it like --chain parametric_equalizer,compressor.")
    return Patch.from_expression(expression, source.sample_rate, title=title), {}


def _fit(objective: Objective, arguments: Namespace, options: dict[str, Any], wish: Wish) -> FitResult:
    steps = arguments.steps or (ENDLESS if arguments.seconds else STEPS)
    given = {"init": arguments.init} if arguments.init else {}
    given |= {name: getattr(arguments, name) for name in ("seconds", "learning_rate", "starts", "prune", "seed")}
    history = History(objective.patch, Layout(objective.patch))
    with tqdm(total=steps if steps < ENDLESS else None, desc="Fitting", unit="step") as bar:

        def show(step: FitStep) -> bool:
            bar.set_postfix_str(f"loss {step.loss:.4g}, best {step.best_loss:.4g}", refresh=False)
            bar.update(max(0, step.step - bar.n))
            return wish.stop

        status = drain(fit_steps(objective, steps, history=history, **options | given), show)
    if not len(history):  # Ctrl-C twice, before there was anything to keep
        raise KeyboardInterrupt
    return summarise(objective, history, status)


def _write(folder: Path, result: FitResult, arguments: Namespace, source: Audio) -> WriteReport:
    result.patch.save(folder / "patch.json")
    # What is heard comes from the file: so it is what everybody else hears who renders the file.
    audio = render_to_file(Patch.load(folder / "patch.json"), source, folder / "fitted.wav")
    write_report(folder / "report.json", result, audio, arguments)
    return audio


def _summary(result: FitResult) -> str:
    first, best = result.history.first_loss, result.loss
    kept = {"stopped": "Stopped; kept the best so far. ", "failed": "Ended early; kept the best so far. "}
    change = f"{100 * (best / first - 1):+.0f} %".replace("-", "−") if first else "0 %"
    return f"{kept.get(result.status, '')}Loss {first:.4g} → {best:.4g} ({change})."


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A folder that is there before the fit, which would be lost without it; what stays empty is taken away again."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"--out {str(path)!r} is a file, expected a folder. Name another.")
    new = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    try:
        check_writable(path, "patch.json", "fitted.wav", "report.json")
        yield path
    finally:
        with suppress(OSError):  # as soon as one holds something
            for folder in new:
                folder.rmdir()


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a count; write a whole number from 1 on")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a number above zero")
    return number


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate <= 1:
        raise ArgumentTypeError(f"{text!r} is not a share of a slider; write a number like {LEARNING_RATE}")
    return rate
