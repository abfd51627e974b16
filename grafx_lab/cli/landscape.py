"""``grafx-lab landscape``: the loss over one or two controls of a patch."""

import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from grafx_lab.atomic_file import replacing
from grafx_lab.audio import read_audio
from grafx_lab.cli.errors import UsageError
from grafx_lab.cli.exit_status import DONE, INTERRUPTED
from grafx_lab.cli.interrupt import Wish, polite_interrupts
from grafx_lab.cli.outputs import check_writable
from grafx_lab.fitting import Objective
from grafx_lab.landscapes import Axis, Basins, Landscape, basins, sweep
from grafx_lab.patch import Patch

HELP = "draw the loss over one or two controls"
SUFFIXES = (".png", ".npz", ".html")
FINEST = 10_000
"""Points along an axis; the square of more finds no memory."""

BETWEEN_AXES = re.compile(r",(?![^\[]*\])")
"""Commas, but not those of an index such as ``[0,2]``."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("patch", metavar="PATCH", help="a patch file (.json), where the landscape is looked at from")
    parser.add_argument("source", metavar="SOURCE", help="the recording before")
    parser.add_argument("target", metavar="TARGET", help="the recording to approach")
    parser.add_argument("--axes", required=True, metavar="A[,B]", help="controls such as tone.log_gain[2]")
    parser.add_argument("--resolution", type=_count, default=41, help="points along each axis (default: %(default)s)")
    parser.add_argument("--loss", default="mr_stft", metavar="NAME", help="(default: %(default)s)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("landscape.png"),
        metavar="FILE",
        help="a picture (.png), the numbers (.npz) or a page that shows how it became finer (.html; default: "
        "%(default)s)",
    )


def run(arguments: Namespace) -> int:
    """Measure and draw. Ctrl-C keeps the finest grid so far (exit status 130)."""
    path = _file(arguments.out)
    source, target = read_audio(arguments.source), read_audio(arguments.target)
    objective = Objective(Patch.load(arguments.patch), source, target, arguments.loss)
    for message in objective.messages:
        print(message, file=sys.stderr)
    # The first Ctrl-C only ends the measuring: what is known is still looked at and drawn.
    with polite_interrupts() as wish:
        grids = _measure(objective, BETWEEN_AXES.split(arguments.axes), arguments.resolution, wish)
        found = basins(grids[-1], objective)
        with replacing(path) as temporary:
            _WRITERS[path.suffix](temporary, grids, found)
    print("\n".join([*_findings(found), f"{path} shows it."]))
    return DONE if grids[-1].final else INTERRUPTED


def _measure(objective: Objective, axes: list[str], resolution: int, wish: Wish) -> list[Landscape]:
    """Ever finer grids, until they are as fine as wanted or a person has had enough."""
    grids = []
    total = resolution ** len(axes)
    with tqdm(total=total, desc="Measuring", unit="point") as bar:
        for grid in sweep(objective, [axis.strip() for axis in axes], resolution):
            grids.append(grid)
            bar.update(grid.losses.numel() - bar.n)
            if wish.stop:
                break
    return grids


def _findings(found: Basins) -> list[str]:
    surface, low = found.surface, found.minima[0]
    named = zip(_paths(surface), surface.axes, low.values, strict=True)
    place = ", ".join(f"{path} {axis.format(value)}" for path, axis, value in named)
    size = " × ".join(map(str, surface.losses.shape))
    stopped = "" if surface.final else "Stopped; kept the finest grid so far. "
    edge = " It lies at the edge: lower losses may lie beyond." if low.at_edge else ""
    others = "the only minimum" if len(found.minima) == 1 else f"it, the lowest of {len(found.minima)} minima"
    holes = [f"At {surface.holes} points the loss is not finite."] if surface.holes else []
    finite = surface.losses[surface.losses.isfinite()]
    if finite.numel() > 1 and finite.min() == finite.max():
        return [f"{stopped}{size} points: {surface.loss_label} stays at {low.loss:.4g}; nothing here moves it.", *holes]
    return [
        f"{stopped}{size} points: the lowest {surface.loss_label} is {low.loss:.4g}, at {place}.{edge}",
        f"{100 * found.fraction:.0f} % of starts lead to {others}.",
        *holes,
    ]


def _write_picture(path: Path, grids: list[Landscape], found: Basins) -> None:
    from grafx_lab.plots import mosaic, plot_landscape

    figure, places = mosaic("a", (6.2, 5.0))
    plot_landscape(grids[-1], basins=found, ax=places["a"])
    figure.savefig(path, dpi=160)


def _write_numbers(path: Path, grids: list[Landscape], found: Basins) -> None:
    surface = grids[-1]
    arrays: dict[str, Any] = {f"values_{number}": values.numpy() for number, values in enumerate(surface.values)}
    arrays |= {
        "losses": surface.losses.numpy(),
        "basins": found.labels.numpy(),
        "paths": np.array(_paths(surface)),
        "units": np.array([axis.unit for axis in surface.axes]),
        "point": np.array(surface.point),
    }
    np.savez(path, **arrays)


def _paths(surface: Landscape) -> list[str]:
    return [axis.path for axis in surface.axes if isinstance(axis, Axis)]


def _write_page(path: Path, grids: list[Landscape], found: Basins) -> None:
    from grafx_lab.plots import animate_sweep

    animate_sweep(grids).save(path)


_WRITERS: dict[str, Callable[[Path, list[Landscape], Basins], None]] = {
    ".png": _write_picture,
    ".npz": _write_numbers,
    ".html": _write_page,
}


def _file(path: Path) -> Path:
    if path.suffix not in SUFFIXES:
        raise UsageError(f"--out {str(path)!r} has a suffix that is not known, expected one of {', '.join(SUFFIXES)}.")
    if not path.parent.is_dir():
        raise UsageError(f"The folder {str(path.parent)!r} for {path.name!r} does not exist; make it or name another.")
    check_writable(path.parent, path.name)
    return path


def _count(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= FINEST:
        raise ArgumentTypeError(f"{text!r} is not a number of points; write a whole number from 2 to {FINEST}")
    return int(text)
