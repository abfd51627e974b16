"""Landscapes: how many points a second, against the loop that people write?

A chain of one processor over two of its controls, 2 s of mono noise, under auraloss' multi-resolution STFT. The naive
loop calls GRAFX's processor and auraloss' loss for each point, as GRAFX's notebooks do; ours is ``sweep``. Both run in
alternation, each round on other points. The floor is what nobody can save: the real transforms of the loss' frames, and
the compiled recursion of the processor, alone and in the cache. Goals: 15 times the naive loop, at most 1.7 times the
floor, a first image of 11 × 11 in about 0.3 s, and less than 1 GiB for 101 × 101. Run it with ``make bench``. Only
ratios count: absolute times are this machine's at this moment.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from measure import Ratio, Timing, alternate, peak_megabytes
from peers import grafx
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.fitting import Objective
from grafx_lab.landscapes import Plane, Sampler, sweep
from grafx_lab.losses import MultiResolutionSTFT
from grafx_lab.memory import keep_freed_memory
from grafx_lab.patch import Patch

SECONDS, RATE = 2, 44100
LENGTH = SECONDS * RATE
POINTS = 12
"""Of each side in a round."""

MEMORY_GOAL = 1024
PREVIEW = MultiResolutionSTFT((1024,), (480,), (600,))


@dataclass(frozen=True)
class Case:
    """A landscape beside the naive loop."""

    label: str
    processor: str
    axes: tuple[str, str]
    target: Mapping[str, float]
    peer: Callable[[Any], Any]
    recursion: Callable[[Tensor], Any]

    def objective(self) -> Objective:
        """Noise, and the same noise through the target's controls."""
        patch = Patch.chain([self.processor], sample_rate=RATE)
        source = 0.2 * torch.randn(1, LENGTH, generator=torch.Generator().manual_seed(0))
        return Objective(patch, source, patch.with_controls(self.target).render(source))


def cases() -> list[Case]:
    """An equaliser and a compressor: what convolves in GRAFX, and what smooths."""
    sections = torch.tensor([1.0, 0.5, 0.2, 1.0, -0.5, 0.2]).expand(1, 1, 10, 6).double()
    rate = torch.full((1, 1), 1e-3, dtype=torch.float64)
    return [
        Case(
            "equaliser, 10 bands",
            "parametric_equalizer",
            ("parametric_equalizer.log_gain[2]", "parametric_equalizer.log_gain[3]"),
            {"parametric_equalizer.log_gain[2]": 6.0, "parametric_equalizer.log_gain[3]": -4.0},
            lambda module: module.ParametricEqualizer(),
            lambda signal: dsp.sosfilt(signal[None], sections),
        ),
        Case(
            "compressor",
            "compressor",
            ("compressor.log_threshold", "compressor.log_ratio"),
            {"compressor.log_threshold": -24.0, "compressor.log_ratio": 4.0},
            lambda module: module.Compressor(),
            lambda signal: dsp.one_pole(signal, rate),
        ),
    ]


def rounds(plane: Plane) -> Iterator[Tensor]:
    """Points that nobody has measured yet, ``(POINTS, 2)`` a round."""
    generator = torch.Generator().manual_seed(1)
    while True:
        yield plane.values(torch.rand(POINTS, 2, generator=generator, dtype=torch.float64))


def naive(case: Case, objective: Objective, plane: Plane, module: Any) -> Callable[[], None]:
    """The loop: set the parameters, process, compare; for one point after the other."""
    try:
        from auraloss.freq import MultiResolutionSTFTLoss
    except ImportError as error:
        raise SystemExit(f"auraloss is missing ({error}): pip install 'grafx-lab[peers]'.") from None
    processor, loss, points = case.peer(module), MultiResolutionSTFTLoss(), rounds(plane)
    (source,) = objective.inputs.values()

    def run() -> None:
        with torch.no_grad():
            for values in next(points).split(1):
                raw = plane.raw(values)[case.processor]
                output = processor(source, **raw)
                loss(output[0] if isinstance(output, tuple) else output, objective.target)

    return run


def floor(case: Case, objective: Objective) -> Callable[[], None]:
    """The transforms of the loss' frames in blocks that fit the cache, and the processor's recursion."""
    blocks = []
    for fft_size, hop, _ in MultiResolutionSTFT().resolutions:
        frames, size = 1 + LENGTH // hop, (1 << 17) // fft_size
        block = torch.randn(size, fft_size)
        blocks += [block] * (frames // size) + [block[: frames % size]]
    (source,) = objective.inputs.values()

    def run() -> None:
        for _ in range(POINTS):
            for block in blocks:
                torch.fft.rfft(block)
            case.recursion(source[0])

    return run


def measured(case: Case, module: Any, runs: int) -> tuple[str, bool]:
    """A row of the table, and whether the goals are reached."""
    objective = case.objective()
    sampler = Sampler(objective, case.axes)
    points = rounds(sampler.plane)
    ours, peer, bound = alternate(
        [
            lambda: sampler.losses(next(points)),
            naive(case, objective, sampler.plane, module),
            floor(case, objective),
        ],
        runs,
    )
    ratio, above = Ratio.of(ours, peer), Ratio.of(bound, ours)
    first = _first_image(objective, case.axes, None)
    preview = _first_image(objective, case.axes, PREVIEW)
    megabytes = peak_megabytes(lambda: [None for _ in sweep(objective, case.axes, 21)])
    cells = [
        case.label, _rate(ours), _rate(peer), f"{ratio.typical:.1f}×", f"{ratio.least:.1f}×", _rate(bound),
        f"{above.typical:.2f}×", f"{first:.2f}", f"{preview:.2f}", "–" if megabytes is None else f"{megabytes:.0f}",
    ]  # fmt: skip
    reached = ratio.typical >= 15 and above.typical <= 1.7 and (megabytes or 0) < MEMORY_GOAL
    return f"| {' | '.join(cells)} |", reached


def _first_image(objective: Objective, axes: Sequence[str], preview: MultiResolutionSTFT | None) -> float:
    began = time.perf_counter()
    next(sweep(objective, axes, 101 if preview is None else 11, preview=preview))
    return time.perf_counter() - began


def _rate(timing: Timing) -> str:
    return f"{1000 * POINTS / timing.milliseconds:.0f}"


def main() -> int:
    """Print a table of Markdown, and whether the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="of each side (default: %(default)s)")
    parser.add_argument("--keep-freed-memory", action="store_true", help="have the C library keep it, for both")
    arguments = parser.parse_args()
    if arguments.keep_freed_memory:
        keep_freed_memory()
    module = grafx()
    memory = "kept" if arguments.keep_freed_memory else "given back (the C library's default)"
    print(
        f"{SECONDS} s mono at {RATE} Hz, medians of {arguments.runs} alternating rounds of {POINTS} points, PyTorch "
        f"{torch.__version__} on {torch.get_num_threads()} threads, freed memory {memory}.",
        "| landscape | points/s | naive | ratio | least | floor | above it | first image s | preview s | peak MB |",
        "|---|" + "--:|" * 9,
        sep="\n",
    )
    rows = []
    for case in cases():
        rows.append(measured(case, module, arguments.runs))
        print(rows[-1][0], flush=True)
    print(f"\nThe goals are {'reached' if all(reached for _, reached in rows) else 'missed'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
