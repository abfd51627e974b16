"""Processors: how fast is each, and how much faster than GRAFX?

Every processor filters two channels of noise, forwards and then forwards and backwards with gradients of signal and
parameters, in alternation with GRAFX's of the same raw parameters. Ours is called as a graph calls it (``run``), which
does not search for NaN; nor does GRAFX. The goal is five times its speed in the median over
what convolves or recurs, and that none is slower. Run it with ``make bench``. Only ratios count: milliseconds are this
machine's at this moment.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from measure import Ratio, Timing, alternate, fft_probe, peak_megabytes
from peers import Case, alone, compared, grafx
from torch import Tensor

from grafx_lab.memory import keep_freed_memory
from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import Processor, split_output

GOAL = 5.0
"""Times GRAFX's speed forwards and backwards, in the median over what convolves or recurs."""

LEAST_SECONDS = 1.0
"""Of alternating runs, so that short ones are timed often."""

HEAD = (
    "| processor | batch | forward ms | GRAFX | ratio | with backward ms | GRAFX | ratio | least "
    "| FFTs | peak MB | GRAFX |"
)
RULE = "|---|" + "--:|" * 11


@dataclass(frozen=True)
class Job:
    """What one side has to do: a processor with its signals and parameters."""

    call: Callable[..., Any]
    signals: tuple[Tensor, ...]
    raw: Mapping[str, Any]

    def forward(self) -> None:
        """Sound alone, as a render."""
        with torch.no_grad():
            self.call(*self.signals, **self.raw)

    def train(self) -> None:
        """Sound and the gradients of signals and parameters, as a step of a fit."""
        leaves = [*self.signals, *flatten(self.raw).values()]
        outputs = split_output(self.call(*self.signals, **self.raw)).signals
        audible = [output for output in outputs if output.requires_grad]
        torch.autograd.grad(audible, leaves, [torch.ones_like(output) for output in audible], allow_unused=True)


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    case: Case
    batch: int
    forward: list[Timing]
    train: list[Timing]
    megabytes: list[float | None]
    probe: Timing

    @property
    def ratio(self) -> Ratio | None:
        """Forwards and backwards, or forwards where GRAFX has no backward pass."""
        timings = self.train if len(self.train) > 1 else self.forward
        return Ratio.of(*timings) if len(timings) > 1 else None

    def __str__(self) -> str:
        label = f"{self.case.label} ({self.case.note})" if self.case.note else self.case.label
        peak = [_number(megabytes) for megabytes in (*self.megabytes, None)[:2]]
        floor = self.train[0].milliseconds / self.probe.milliseconds
        cells = [label, str(self.batch), *_times(self.forward)[:3], *_times(self.train), f"{floor:.1f}", *peak]
        return f"| {' | '.join(cells)} |"


def _times(timings: list[Timing]) -> list[str]:
    ours, *peers = timings
    if not peers:
        return [_number(ours.milliseconds), "–", "–", "–"]
    ratio = Ratio.of(ours, peers[0])
    return [_number(ours.milliseconds), _number(peers[0].milliseconds), f"{ratio.typical:.1f}×", f"{ratio.least:.1f}×"]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def jobs(case: Case, module: Any, batch: int, length: int) -> Iterator[Job]:
    """Our side and, where there is one, GRAFX's."""
    generator = torch.Generator().manual_seed(0)
    processor = case.ours()
    raw = _leaves(_raw(processor, batch, generator))
    channels = (processor.channels_in or (2,))[-1]
    signals = tuple(
        (0.3 * torch.randn(batch, channels, length, generator=generator)).requires_grad_() for _ in processor.inlets
    )
    if not processor.inlets:
        yield Job(lambda **raw: processor.run(length=length, **raw), (), raw)
        return
    yield Job(processor.run, signals, raw)
    if case.peer and not (case.single and batch > 1):
        yield Job(case.peer(module), signals, raw)


def _raw(processor: Processor, batch: int, generator: torch.Generator) -> Mapping[str, Any]:
    flat = flatten(processor.specs)
    return unflatten({name: spec.random_raw(generator, batch, torch.float32) for name, spec in flat.items()})


def _leaves(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return unflatten({name: tensor.requires_grad_() for name, tensor in flatten(raw).items()})


def measured(case: Case, module: Any, batch: int, arguments: argparse.Namespace) -> Row:
    """Time and weigh both sides."""
    sides = list(jobs(case, module, batch, arguments.length))
    trained = sides if case.training else sides[:1]
    forward = alternate([side.forward for side in sides], arguments.runs, LEAST_SECONDS)
    ours, *peers = (side.train for side in trained)
    own, probe, *theirs = alternate([ours, fft_probe(arguments.length, batch), *peers], arguments.runs, LEAST_SECONDS)
    return Row(case, batch, forward, [own, *theirs], [peak_megabytes(side.train) for side in trained], probe)


def setting(arguments: argparse.Namespace) -> str:
    """What must be known to judge the figures."""
    memory = "kept" if arguments.keep_freed_memory else "given back (the C library's default)"
    return (
        f"{arguments.length} samples × 2 channels, medians of {arguments.runs} alternating runs or more, PyTorch "
        f"{torch.__version__} on {torch.get_num_threads()} threads, freed memory {memory}. Ratio: GRAFX's time over "
        "ours. FFTs: our time with backward over that of one real FFT of the signal and back. Peak: rise of the "
        "process' resident memory (VmHWM) forwards and backwards."
    )


def verdict(rows: list[Row]) -> str:
    """The goal, and what misses it."""
    ratios = [(row, row.ratio) for row in rows if row.ratio is not None]
    hard = [ratio.typical for row, ratio in ratios if row.case.kind != "other"]
    slower = [
        f"{row.case.label}, batch {row.batch} ({ratio.typical:.2f}×)" for row, ratio in ratios if ratio.typical < 1
    ]
    lines = []
    if hard:
        reached = "reached" if median(hard) >= GOAL else "missed"
        lines.append(
            f"Median over the {len(hard)} rows that convolve or recur, forwards and backwards: {median(hard):.1f}×. "
            f"The goal, {GOAL:.0f}×, is {reached}."
        )
    if ratios:
        lines.append(f"Slower than GRAFX: {'; '.join(slower) or 'none'}.")
    return "\n".join(lines)


def main() -> int:
    """Print a table of Markdown, and whether the goal is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="processors such as Compressor")
    parser.add_argument("--batch", type=int, action="append", help="items at once (default: 1 and then 8)")
    parser.add_argument("--runs", type=int, default=7, help="of each side (default: %(default)s)")
    parser.add_argument("--length", type=int, default=2**17, help="samples (default: %(default)s)")
    parser.add_argument("--compared", action="store_true", help="only what GRAFX has, too")
    parser.add_argument("--keep-freed-memory", action="store_true", help="have the C library keep it, for both")
    arguments = parser.parse_args()
    if arguments.keep_freed_memory:
        keep_freed_memory()
    module = grafx()
    cases = [*compared(), *([] if arguments.compared else alone())]
    chosen = [case for case in cases if not arguments.only or any(word in case.label for word in arguments.only)]
    if not chosen:
        print(f"No processor matches {arguments.only}. They are called like {cases[0].label}.", file=sys.stderr)
        return 1
    print(setting(arguments), HEAD, RULE, sep="\n", flush=True)
    rows = []
    for case in chosen:
        for batch in arguments.batch or (1, 8):
            rows.append(measured(case, module, batch, arguments))
            print(rows[-1], flush=True)
    probes = [row.probe.milliseconds / row.batch for row in rows]
    print(f"\nA real FFT of one item and back took {min(probes):.2f} to {max(probes):.2f} ms.", verdict(rows), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
