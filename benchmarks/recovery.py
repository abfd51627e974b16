"""Recovery: does a fit find a patch that is known to exist?

Every shipped recording is played through five patches drawn by seed. From the two files alone ``grafx-lab fit``,
started with every processor transparent, has to come back. What counts is how far the loss falls; the goal is 70 %
in nine of ten fits. The patch that it saves is rendered again with ``grafx-lab render``: the file must be the same.
Run it with ``make bench``; everything but the seconds is the same on every machine.
"""

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

import grafx_lab as gl
from grafx_lab import resources
from grafx_lab.cli import main as grafx_lab
from grafx_lab.parameters import ParameterSpec

CHAIN = ("parametric_equalizer", "compressor", "stft_masked_noise_reverb", "stereo_gain")
PATCHES = 5
GOAL = 70.0
"""Per cent by which a fit should lower the loss, in :data:`SHARE` of the fits."""

SHARE = 0.9

INNER = {
    "parametric_equalizer.q_inv": (0.5, 2.0),
    "parametric_equalizer.log_gain": (-9.0, 9.0),
    "compressor.log_threshold": (-36.0, -12.0),
    "compressor.log_ratio": (1.5, 6.0),
    "compressor.log_knee": (2.0, 12.0),
    "compressor.z_alpha_pre": (5.0, 100.0),
    "stft_masked_noise_reverb.init_log_magnitude": (-9.0, 9.0),
    "stft_masked_noise_reverb.delta_log_magnitude": (0.3, 2.0),
    "stft_masked_noise_reverb.drywet_weight": (10.0, 50.0),
    "stereo_gain.log_gain": (-6.0, 6.0),
}
"""The musically sensible part of each range, in the control's unit. Equaliser bands keep their order: see
:data:`BAND_SPREAD`."""

BAND_SPREAD = 2**0.5
"""The frequency of a band is drawn between its default divided by this and its default times this (half an octave)."""

KNOTS = 6
"""A curve runs straight between so many drawn points: music has no room whose decay is noise over frequency."""


@dataclass(frozen=True)
class Case:
    """One recording with one drawn patch."""

    clip: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.clip}/{self.number}"


@dataclass(frozen=True)
class Outcome:
    """What a fit has reached."""

    case: Case
    first: float
    best: float
    seconds: float
    same_again: bool
    """Whether the saved patch renders the same file once more."""

    @property
    def reduction(self) -> float:
        """By how many per cent the loss has fallen."""
        return 100 * (1 - self.best / self.first)


def drawn_patch(sample_rate: int, generator: torch.Generator) -> gl.Patch:
    """A patch whose controls are drawn uniformly along the inner part of their sliders."""
    patch = gl.Patch.chain(CHAIN, sample_rate=sample_rate)
    controls = {}
    for node in patch.raw:
        for parameter, spec in patch.specs(node).items():
            path = f"{node}.{parameter}"
            low, high = (spec.to_position(end) for end in _inner_range(path, spec))
            controls[path] = spec.from_position(low + (high - low) * _places(spec, generator))
    return patch.with_controls(controls)


def _inner_range(path: str, spec: ParameterSpec) -> tuple[Tensor, Tensor]:
    if path == "parametric_equalizer.w0":
        default = spec.full(spec.default)
        return default / BAND_SPREAD, default * BAND_SPREAD
    low, high = INNER[path]
    return spec.full(low), spec.full(high)


def _places(spec: ParameterSpec, generator: torch.Generator) -> Tensor:
    """Uniform in 0 to 1, smooth along a curve."""
    if spec.display != "curve":
        return torch.rand(spec.shape, generator=generator, dtype=torch.float64)
    knots = torch.rand((1, *spec.shape[:-1], KNOTS), generator=generator, dtype=torch.float64)
    return torch.nn.functional.interpolate(knots, spec.shape[-1], mode="linear", align_corners=True)[0]


def recover(case: Case, arguments: argparse.Namespace) -> Outcome:
    """Make the target of a case and fit it."""
    source = gl.read_audio(resources.clip(case.clip).path)
    if arguments.seconds_of_audio:
        source = source.crop(round(arguments.seconds_of_audio * source.sample_rate))
    generator = torch.Generator().manual_seed(1000 * arguments.seed + case.number)
    truth = drawn_patch(source.sample_rate, generator)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gl.write_audio(folder / "source.wav", source)
        gl.write_audio(folder / "target.wav", truth.render(source))
        began = time.perf_counter()
        words = ["--chain", ",".join(CHAIN), "--steps", str(arguments.steps), "--out", str(folder)]
        command("fit", str(folder / "source.wav"), str(folder / "target.wav"), *words)
        seconds = time.perf_counter() - began
        again = folder / "again.wav"
        command("render", str(folder / "patch.json"), str(folder / "source.wav"), "--out", str(again))
        losses = json.loads((folder / "report.json").read_text())["history"]
        same = again.read_bytes() == (folder / "fitted.wav").read_bytes()
    return Outcome(case, losses[0], min(losses), seconds, same)


def command(*words: str) -> None:
    """Run ``grafx-lab`` with these words, silently unless it fails."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = grafx_lab(words)
    if status:
        raise SystemExit(f"grafx-lab {' '.join(words)} ended with {status}:\n{said.getvalue()}")


def cases(only: list[str]) -> Iterator[Case]:
    """All cases, or those whose name contains one of these words."""
    for clip in resources.clips():
        for number in range(PATCHES):
            case = Case(clip.name, number)
            if not only or any(word in case.name for word in only):
                yield case


def main() -> int:
    """Print a table with every fit, and how many reached the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300, help="of each fit (default: %(default)s)")
    parser.add_argument("--seconds-of-audio", type=float, help="of each recording (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the patches (default: %(default)s)")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="cases such as loop_mika or mika/3")
    arguments = parser.parse_args()
    outcomes = []
    print(f"{'recording/patch':<20} {'start':>8} {'end':>8} {'lower by':>9} {'seconds':>8}")
    for case in cases(arguments.only):
        outcome = recover(case, arguments)
        outcomes.append(outcome)
        row = f"{outcome.first:8.4f} {outcome.best:8.4f} {outcome.reduction:8.1f}%"
        warning = "" if outcome.same_again else "  rendering patch.json again gives another file"
        print(f"{case.name:<20} {row} {outcome.seconds:8.1f}{warning}", flush=True)
    if not outcomes:
        print(f"No case matches {arguments.only}. They are called like loop_mika/0.", file=sys.stderr)
        return 1
    reductions = torch.tensor([outcome.reduction for outcome in outcomes])
    reached = int((reductions >= GOAL).sum())
    verdict = "reached" if reached >= SHARE * len(outcomes) else "missed"
    print(
        f"{reached} of {len(outcomes)} fits lower the loss by {GOAL:.0f} % or more: the goal, {SHARE:.0%} of them, "
        f"is {verdict}. Median {reductions.median():.1f} %, lowest {reductions.min():.1f} %."
    )
    return 0 if all(outcome.same_again for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
