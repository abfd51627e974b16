"""Real targets: how near does the general chain come to recordings that other software has processed?

Every shipped recording goes through every recipe of :mod:`recipes`, in float32. A fit sees the first 60 % of source
and target. Reported are auraloss' multi-resolution STFT distances to the target: of the source, of the source at the
target's loudness, of the fit and of matchering; of the fit on the rest of the time; and of the fitted patch on another
recording against the true effect on it. Needs the extra ``peers`` and SoX; auraloss and matchering are asked only here.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from recipes import RECIPES, Dice, Effect
from torch import Tensor

import grafx_lab as gl
from grafx_lab import resources
from grafx_lab.fitting.chains import REFINING_RATE

FITTED_SHARE = 0.6

BRANCHES = (
    "compressor >> parametric_equalizer(num_filters=8) >> "
    "(dry | tanh_distortion | chorus(num_voices=1) | convolution_reverb(ir_len=40000)) >> stereo_gain"
)
"""A graph with branches, such as somebody could draw."""

COLUMNS = ("source", "matched", "fit", "ratio", "match'g", "held", "transf")
"""Held: of the rest of the time, fit over matched, relative to the same of the fitted part."""


@dataclass(frozen=True)
class Pair:
    """A recording and a recipe."""

    clip: str
    other: str
    recipe: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.clip}, {self.recipe}"


@dataclass(frozen=True)
class Outcome:
    """Distances to the target, each over its own part of the time."""

    pair: Pair
    source: float
    matched: float
    fitted: float
    matchering: float
    held_out: float
    """Of the fit over the rest of the time, relative to that of the level-matched source there."""
    transfer: float
    """Of the fitted patch on another recording, relative to the lower one of dry and level-matched."""
    nodes: str
    seconds: float

    @property
    def ratio(self) -> float:
        """Of the fit to the level-matched source."""
        return self.fitted / self.matched


def pairs(seed: int, count: int | None, only: list[str]) -> Iterator[Pair]:
    """All recordings with all recipes, or ``count`` of them: every recipe once before any comes again."""
    clips = [clip.name for clip in resources.clips()]
    everything = [
        Pair(clips[index], clips[(index + 3) % len(clips)], recipe, 1000 * seed + 100 * number + index)
        for turn in range(len(clips))
        for number, recipe in enumerate(RECIPES)
        for index in [(number + number // len(clips) + turn) % len(clips)]
    ]
    yield from [pair for pair in everything if not only or any(word in pair.name for word in only)][:count]


def measure(pair: Pair, arguments: argparse.Namespace) -> Outcome:
    """Fit one pair and judge it."""
    source, rate = _recording(pair.clip, arguments.length)
    effect = RECIPES[pair.recipe](Dice(pair.seed))
    target = _played(effect, source, rate)
    cut = round(FITTED_SHARE * source.shape[-1])
    began = time.perf_counter()
    patch = None if arguments.graph is None else gl.Patch.from_expression(arguments.graph, rate)
    drawn = {} if patch is None else {"init": "auto", "coarse": True, "learning_rate": REFINING_RATE}
    result = gl.fit(
        patch, gl.Audio(source[:, :cut], rate, "source"), gl.Audio(target[:, :cut], rate, "target"),
        **({"steps": arguments.steps} if arguments.steps else {"steps": 10**6, "seconds": arguments.seconds}),
        interpretable=arguments.interpretable, starts=arguments.starts, prune=arguments.prune, **drawn,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    fitted, level = result.patch.render(source), matched(source, target, cut)
    other, _ = _recording(pair.other, arguments.length)
    wanted = _played(effect, other, rate)
    plain = min(distance(other, wanted), distance(matched(other, wanted, other.shape[-1]), wanted))
    return Outcome(
        pair=pair,
        source=distance(source[:, :cut], target[:, :cut]),
        matched=distance(level[:, :cut], target[:, :cut]),
        fitted=distance(fitted[:, :cut], target[:, :cut]),
        matchering=_matchering(source[:, :cut], target[:, :cut], rate),
        held_out=distance(fitted[:, cut:], target[:, cut:]) / distance(level[:, cut:], target[:, cut:]),
        transfer=distance(result.patch.render(other), wanted) / plain,
        nodes=" ".join(result.patch.raw),
        seconds=seconds,
    )


def distance(estimate: Tensor, target: Tensor) -> float:
    """auraloss' multi-resolution STFT loss with its defaults."""
    from auraloss.freq import MultiResolutionSTFTLoss

    channels = max(len(estimate), len(target))
    return float(MultiResolutionSTFTLoss()(estimate.expand(channels, -1)[None], target.expand(channels, -1)[None]))


def matched(source: Tensor, target: Tensor, cut: int) -> Tensor:
    """The source at the target's loudness (that of the first ``cut`` samples)."""
    return source * (target[:, :cut].square().mean() / source[:, :cut].square().mean()).sqrt()


def _recording(name: str, length: float | None) -> tuple[Tensor, int]:
    audio = gl.read_audio(resources.clip(name).path)
    audio = audio.crop(round(length * audio.sample_rate)) if length else audio
    return audio.data.expand(2, -1).contiguous(), audio.sample_rate


def _played(effect: Effect, source: Tensor, rate: int) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(effect(source.numpy(), rate), np.float32))


def _matchering(source: Tensor, target: Tensor, rate: int) -> float:
    """matchering with the target as its reference, at the target's level; NaN where it refuses."""
    import matchering
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, name)) for name in ("source.wav", "target.wav", "result.wav")]
        for path, signal in zip(paths, (source, target), strict=False):
            soundfile.write(path, signal.numpy().T, rate, subtype="FLOAT")
        try:
            matchering.process(paths[0], paths[1], [matchering.Result(paths[2], "FLOAT", use_limiter=False)])
        except Exception as error:  # it raises its own kinds, for instance for recordings that are too short
            print(f"  matchering: {error}", file=sys.stderr)
            return float("nan")
        result = torch.from_numpy(soundfile.read(paths[2], dtype="float32")[0].T.copy())
    result = torch.nn.functional.pad(result, (0, max(0, target.shape[-1] - result.shape[-1])))[:, : target.shape[-1]]
    return distance(matched(result, target, target.shape[-1]), target)


def summary(outcomes: list[Outcome]) -> str:
    """Medians and how many pairs hold each goal."""
    ratios = [outcome.ratio for outcome in outcomes]
    beaten = [outcome.fitted < outcome.matchering for outcome in outcomes if outcome.matchering == outcome.matchering]
    return "\n".join(
        [
            f"Median of fit / level-matched source: {median(ratios):.3f}; worst {max(ratios):.3f}.",
            f"Better than matchering: {sum(beaten)} of {len(beaten)} pairs.",
            f"Held-out / fitted part: median {median(o.held_out / o.ratio for o in outcomes):.2f}.",
            f"Transfer better than dry and level-matched: {sum(o.transfer < 1 for o in outcomes)} of {len(outcomes)}.",
        ]
    )


def main() -> int:
    """Print a row for every pair, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, help="only so many (default: all)")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="such as 'chorus' or 'loop_mika'")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each fit (default: %(default)s)")
    parser.add_argument("--steps", type=int, help="instead of seconds, to compare on a busy machine")
    parser.add_argument("--length", type=float, help="seconds of each recording (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the effects' parameters (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--prune", type=float, help="tolerance (default: no pruning)")
    parser.add_argument("--interpretable", action="store_true", help="no learned impulse response")
    parser.add_argument(
        "--graph", nargs="?", const=BRANCHES, metavar="EXPRESSION", help="instead of the general chain: %(const)s"
    )
    arguments = parser.parse_args()
    outcomes = []
    print(f"{'recording, recipe':<34}" + "".join(f"{title:>8}" for title in COLUMNS))
    for pair in pairs(arguments.seed, arguments.pairs, arguments.only):
        outcome = measure(pair, arguments)
        outcomes.append(outcome)
        figures = f"{outcome.source:8.3f}{outcome.matched:8.3f}{outcome.fitted:8.3f}{outcome.ratio:8.2f}"
        figures += f"{outcome.matchering:8.3f}{outcome.held_out / outcome.ratio:8.2f}{outcome.transfer:8.2f}"
        print(f"{pair.name:<34}{figures}  {outcome.nodes} ({outcome.seconds:.0f} s)", flush=True)
    if not outcomes:
        print(f"No pair matches {arguments.only}.", file=sys.stderr)
        return 1
    print(summary(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
