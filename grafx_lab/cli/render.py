"""``grafx-lab render``: a recording through a patch."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from grafx_lab.audio import Audio, WriteReport, read_audio, write_audio
from grafx_lab.cli.exit_status import DONE
from grafx_lab.patch import Patch

HELP = "render a recording through a patch"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("patch", metavar="PATCH", help="a patch file (.json)")
    parser.add_argument("source", metavar="SOURCE", help="an audio file")
    parser.add_argument(
        "--out", type=Path, default=Path("rendered.wav"), help="a .wav or .flac file (default: %(default)s)"
    )


def run(arguments: Namespace) -> int:
    """Render and write one file."""
    patch, source = Patch.load(arguments.patch), read_audio(arguments.source)
    if source.sample_rate != patch.sample_rate:
        print(
            f"The source was resampled from {source.sample_rate} Hz to the patch's {patch.sample_rate} Hz.",
            file=sys.stderr,
        )
    print(render_to_file(patch, source, arguments.out).message)
    return DONE


def render_to_file(patch: Patch, source: Audio, path: Path) -> WriteReport:
    """Render the whole source and write it: the one way to a file, so that equal patches give equal files."""
    return write_audio(path, patch.render(source))
