"""Recovery of every effect: does a fit find patches of one to six processors that are known to exist?

Chains are drawn by seed so that every effect of the registry comes equally often; shipped recordings are played through
them. From every processor transparent, with ``init="auto"``, the fit has to come back. What counts is how far the loss
falls from there; the goal is 90 % in the median. Where it is missed, the diagnosis says which controls the target
says nothing about. The last table is by effect: of all patches that it stands in, and of those where it stands alone.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from statistics import median

import torch

import grafx_lab as gl
from grafx_lab import resources
from grafx_lab.fitting import Layout, neutral
from grafx_lab.fitting.starts import starting_points
from grafx_lab.processors import registry

GOAL = 90.0
"""Per cent by which the median fit should lower the loss."""

NO_EFFECTS = ("synth", "routing", "container")
"""Families of processors that do nothing to a recording by themselves."""

MOST = 6
"""Processors in a patch."""

LEVELS = (-50.0, 20.0)
"""dB relative to the source between which a target's level lies, or its patch is drawn again."""


@dataclass(frozen=True)
class Case:
    """A recording and the effects of a patch."""

    number: int
    clip: str
    effects: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a fit has reached."""

    case: Case
    first: float
    last: float
    unknown: tuple[str, ...]
    """Controls that the target says nothing about, and groups that cannot be told apart."""
    seconds: float

    @property
    def reduction(self) -> float:
        """By how many per cent the loss has fallen."""
        return 100 * (1 - self.last / self.first)


def effects() -> list[str]:
    """The registered processors with one inlet and one outlet that change a recording and have something to fit."""
    names = []
    for name, processor in registry.items():
        one = len(processor.inlets) == len(processor.outlets) == 1 and processor.registered_name == name
        if one and processor.family not in NO_EFFECTS and processor().flat_specs:
            names.append(name)
    return sorted(names)


def cases(seed: int, rounds: int) -> Iterator[Case]:
    """Chains of 1, 2, … 6 and again 1 effects, in which every effect stands ``rounds`` times, or once more."""
    generator = torch.Generator().manual_seed(seed)
    known, clips = effects(), cycle(clip.name for clip in resources.clips())
    waiting: list[str] = []
    for _ in range(rounds):
        waiting += [known[place] for place in torch.randperm(len(known), generator=generator)]
    sizes, number = cycle(range(1, MOST + 1)), 0
    while waiting:
        size = next(sizes)
        yield Case(number, next(clips), tuple(dict.fromkeys(waiting[:size])))
        waiting, number = waiting[size:], number + 1


def drawn(patch: gl.Patch, source: gl.Audio, seed: int) -> tuple[gl.Patch, gl.Audio]:
    """A patch with random controls and what it makes of the source: neither silent nor deafening."""
    layout, attempt = Layout(patch), 0
    while True:
        *_, vector = starting_points(patch, layout, 3, 1000 * seed + attempt)
        truth = patch.with_raw(layout.unpack(vector[None]))
        target = truth.render(source)
        change = 10 * torch.log10(target.data.square().mean() / source.data.square().mean())
        if LEVELS[0] < float(change) < LEVELS[1]:
            return truth, target
        attempt += 1


def recover(case: Case, arguments: argparse.Namespace) -> Outcome:
    """Make the target of a case and fit it."""
    recording = gl.read_audio(resources.clip(case.clip).path)
    source = recording.crop(round(arguments.length * recording.sample_rate))
    source = gl.Audio(source.data.expand(2, -1), source.sample_rate, source.name)
    patch = gl.Patch.chain(list(case.effects), sample_rate=source.sample_rate)
    _, target = drawn(patch, source, arguments.seed + case.number)
    start = neutral(patch)
    first = float(gl.Objective(start, source, target)().detach())
    began = time.perf_counter()
    result = gl.fit(start, source, target, steps=arguments.steps, init="auto", coarse=True)
    known = result.diagnosis.identifiability
    confused = () if known is None else tuple(" with ".join(group) for group in known.confused)
    unknown = () if known is None else (*known.unheard, *confused)
    return Outcome(case, first, result.loss, unknown, time.perf_counter() - began)


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """A row for every effect."""
    yield f"{'effect':<32}{'patches':>8}{'median':>9}{'alone':>9}"
    for effect in effects():
        found = [outcome for outcome in outcomes if effect in outcome.case.effects]
        alone = [outcome.reduction for outcome in found if len(outcome.case.effects) == 1]
        if found:
            by_itself = f"{median(alone):8.1f}%" if alone else f"{'':>9}"
            yield f"{effect:<32}{len(found):>8}{median(o.reduction for o in found):8.1f}%{by_itself}"


def main() -> int:
    """Print a row for every patch, one for every effect, and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="patches with each effect (default: %(default)s)")
    parser.add_argument("--patches", type=int, help="only the first so many")
    parser.add_argument("--steps", type=int, default=300, help="of each fit (default: %(default)s)")
    parser.add_argument("--length", type=float, default=2.0, help="seconds of audio (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the patches (default: %(default)s)")
    arguments = parser.parse_args()
    outcomes = []
    for case in list(cases(arguments.seed, arguments.rounds))[: arguments.patches]:
        outcome = recover(case, arguments)
        outcomes.append(outcome)
        figures = f"{outcome.first:8.4f}{outcome.last:9.4f}{outcome.reduction:8.1f}%{outcome.seconds:6.0f} s"
        print(f"{case.clip:<16}{figures}  {', '.join(case.effects)}", flush=True)
        if outcome.reduction < GOAL and outcome.unknown:
            print(f"{'':<16}The target says nothing about: {'; '.join(outcome.unknown)}.", flush=True)
    print("\n".join(table(outcomes)))
    middle = median(outcome.reduction for outcome in outcomes)
    print(f"{len(outcomes)} patches, median {middle:.1f} %; the goal of {GOAL:.0f} % is", end=" ")
    print("reached." if middle >= GOAL else "missed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
