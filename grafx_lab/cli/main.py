"""The entry point: parses the command, runs it, and turns errors into sentences."""

import argparse
import sys
from collections.abc import Sequence

from grafx_lab.cli import app, bench, fit, lab, landscape, losses, processors, render
from grafx_lab.cli.exit_status import INTERRUPTED, WRONG
from grafx_lab.errors import LabError
from grafx_lab.memory import keep_freed_memory

COMMANDS = {
    "app": app,
    "fit": fit,
    "render": render,
    "landscape": landscape,
    "processors": processors,
    "losses": losses,
    "bench": bench,
    "lab": lab,
}

# Only these are the person's to mend. Anything else is a defect of ours and keeps its traceback.
PERSONS_ERRORS = (LabError, OSError)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status, one of :mod:`grafx_lab.cli.exit_status`.

    Args:
        argv: the words behind ``grafx-lab``; those of this process by default.

    Raises:
        SystemExit: the words cannot be parsed (argparse prints why), or help was asked for.
    """
    arguments = _parser().parse_args(argv)
    if argv is None:
        # This process is ours alone.
        keep_freed_memory()
    try:
        return COMMANDS[arguments.command].run(arguments)
    except PERSONS_ERRORS as error:
        print(f"grafx-lab {arguments.command}: {_sentence(error)}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{str(error.filename)!r}: {error.strerror}. Check the path and its permissions."
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="grafx-lab", description="A laboratory for differentiable audio graphs.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=command.HELP, description=command.run.__doc__))
    return parser
