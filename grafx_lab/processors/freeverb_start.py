"""Where Freeverb begins: sizes whose first echoes a response has, then what explains most of the target."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from grafx_lab import dsp

Tuning = tuple[tuple[float, float], float]
"""Spread in seconds, and truncation as a share."""

TUNINGS: tuple[Tuning, ...] = ((23 / 44100, 23 / 44100), 1.0), ((12 / 44100, -12 / 44100), 0.0)
"""Those of JUCE, and those of SoX."""

ALIKE: tuple[Tuning, ...] = ((0.0, 0.0), 1.0), ((0.0, 0.0), 0.0)
"""The same where both sides of the target are alike, as in mono."""

TAPS_SECONDS = 0.09
"""Of the response in which first echoes are looked for: more than twice the longest comb."""

ITERATIONS = 10
"""Of the search for that response: its peaks stand out before all of it is known."""

SIZES = torch.arange(0.1, 1.2, 0.0001, dtype=torch.float64)
"""Those that are looked at: the longest comb grows by a sixth of a sample at 44.1 kHz from one to the next."""

BEST_SIZES = 6
"""So many of each spread are tried, beside the usual one."""

APART = 0.0012
"""By how much they differ."""

NEARBY = (0.0015, 0.0001), (0.0001, 0.00001)
"""How far from the best size others are tried, and in which steps: one comb that is a sample too long costs a tenth of
what is explained, and a larger size makes another one longer after every fortieth of a sample."""

RECOGNISED = 0.5
"""Share explained below which first echoes have not told the size: those of a bass are no peaks."""

ROUGHLY = (0.5, 0.01), (0.01, 0.001)
"""How sizes are then looked for, around the middle: of a bass, sizes that are nearly right explain nearly as much."""

MIDDLE = 0.65

HEARD_SECONDS = 2.5
"""From the first sound on."""

ONSET = 0.01
"""Share of the peak at which the first sound begins."""

COARSE = (0.8, 0.91), (0.2,)
"""Feedbacks and dampings with which sizes are judged."""

FINE = (0.6, 0.72, 0.79, 0.84, 0.88, 0.91, 0.935, 0.955, 0.97), (0.02, 0.12, 0.24, 0.36, 0.5, 0.7)
"""Feedbacks and dampings from which one is chosen."""

STEPS = (0.2, 0.06), (0.1, 0.03), (0.04, 0.012)
"""By how much that one is then moved: the feedback in the logarithm of what is lost, the damping as it is."""

EXPLAINED = 0.02
"""Share of the target beside the dry signal that has to be explained."""


class Found(NamedTuple):
    """A Freeverb: how much of the target it explains, and its controls as factors and seconds."""

    explained: float
    size: float
    spread: tuple[float, float]
    truncation: float
    feedback: float = COARSE[0][0]
    damping: float = COARSE[1][0]
    width: float = 1.0


def found_start(signal: Tensor, target: Tensor, sample_rate: float) -> Found | None:
    """The best Freeverb, or ``None`` where none explains the target.

    Args:
        signal: ``(1, 1 or 2, time)``.
        target: ``(1, 1 or 2, time)``; what there is of the dry signal in it does not matter.
        sample_rate: in Hz.
    """
    before, after = dsp.to_stereo(signal)[0], dsp.to_stereo(target)[0]
    taps = round(TAPS_SECONDS * sample_rate)
    response = dsp.least_squares_response(before.mean(0, keepdim=True).expand(2, -1), after, taps, ITERATIONS)
    judges = _judges(before, after, taps, sample_rate)
    tunings = _different(ALIKE if torch.equal(after[0], after[1]) else TUNINGS, sample_rate)
    best = max(judges[0].best(place, *COARSE) for place in _places(response, tunings, sample_rate))
    if best.explained < RECOGNISED:
        best = max(best, *(_roughly(judges[0], tuning) for tuning in tunings))
    if best.explained < EXPLAINED:
        return None
    for reach, step in NEARBY:
        best = judges[0].nearby(best, reach, step)
    judge = max(judges, key=lambda judge: judge.best(best, *COARSE).explained)
    best = judge.best(best, *FINE)
    for by_feedback, by_damping in STEPS:
        lost = [(1 - best.feedback) * math.exp(step) for step in (-by_feedback, 0.0, by_feedback)]
        dampings = [min(max(best.damping + step, 0.005), 0.9) for step in (-by_damping, 0.0, by_damping)]
        best = judge.best(best, [1 - share for share in lost], dampings)
    return best


def _different(tunings: Sequence[Tuning], sample_rate: float) -> list[Tuning]:
    """One of each kind: where lengths have no fractions, there is nothing to cut off."""
    return list({str(_lengths(1.0, *tuning, sample_rate)): tuning for tuning in tunings}.values())


def _lengths(size: float, spread: tuple[float, float], truncation: float, rate: float) -> tuple[Tensor, Tensor]:
    sides = torch.tensor([spread], dtype=torch.float64)
    return dsp.freeverb_lengths(torch.tensor([[size]], dtype=torch.float64), sides, rate, truncation)


def _places(response: Tensor, tunings: Sequence[Tuning], sample_rate: float) -> Iterator[Found]:
    """The usual size, and those whose combs' first echoes the response ``(2, taps)`` has."""
    for spread, truncation in tunings:
        combs, _ = dsp.freeverb_lengths(SIZES[:, None], torch.tensor([spread]), sample_rate, truncation)
        places = combs.long().clamp(max=response.shape[-1] - 1)
        heights = sum(response[side][places[:, side]].sum(-1) for side in (0, 1))
        sizes = [1.0]
        for number in torch.as_tensor(heights).argsort(descending=True).tolist():
            if len(sizes) > BEST_SIZES:
                break
            if all(abs(float(SIZES[number]) - size) > APART for size in sizes):
                sizes.append(float(SIZES[number]))
        yield from (Found(0.0, size, spread, truncation) for size in sizes)


def _roughly(judge: "_Judge", tuning: Tuning) -> Found:
    """The best size with that tuning, however little it explains."""
    found = Found(0.0, MIDDLE, *tuning)
    for reach, step in ROUGHLY:
        found = judge.nearby(found, reach, step)
    return found


def _judges(before: Tensor, after: Tensor, taps: int, sample_rate: float) -> list["_Judge"]:
    """One to whom an equalizer between signal and target ``(2, time)`` does not matter, and one to whom it does."""
    loud = (before.abs().amax(0) > ONSET * before.abs().max()).nonzero()
    first = int(loud[0]) if len(loud) else 0
    both = before.double(), after.double()
    judges = []
    for signals in ([dsp.whitened(each, each, taps)[0] for each in both], dsp.whitened(*both, taps)):
        heard = [signal[:, first : first + round(HEARD_SECONDS * sample_rate)] for signal in signals]
        (left, right), (wanted_left, wanted_right) = heard
        mid_and_side = (left + right, left - right), (wanted_left + wanted_right, wanted_left - wanted_right)
        judges.append(_Judge(*mid_and_side, sample_rate))
    return judges


@dataclass(frozen=True)
class _Judge:
    """Whitened excerpts, ``(time,)`` each: mid and side of the signal and of the target."""

    before: tuple[Tensor, Tensor]
    after: tuple[Tensor, Tensor]
    sample_rate: float

    def nearby(self, place: Found, reach: float, step: float) -> Found:
        """The best size within reach, all else as it is."""
        steps = round(reach / step)
        sizes = [place.size + step * number for number in range(-steps, steps + 1)]
        # Many of them make the same lines.
        places = [place._replace(size=size) for size in sizes if size > 0]
        different = {str(self._lengths_of(each)[0].tolist()): each for each in places}
        return max([place, *(self.best(each, [each.feedback], [each.damping]) for each in different.values())])

    def best(self, place: Found, feedbacks: Sequence[float], dampings: Sequence[float]) -> Found:
        """The best of these feedbacks and dampings with the size and tuning of that place."""
        numbers = torch.cartesian_prod(*(torch.tensor(each, dtype=torch.float64) for each in (feedbacks, dampings)))
        feedback, damping = numbers.split(1, -1)
        left, right = dsp.freeverb(self.before[0][None, None] / 2, feedback, damping, *self._lengths_of(place)).unbind(
            1
        )
        (mid, by_mid), (side, by_side) = (
            _explained(wet, dry, wanted)
            for wet, dry, wanted in zip((left + right, left - right), self.before, self.after, strict=True)
        )
        all_of_it = sum(_beside(dry, wanted) for dry, wanted in zip(self.before, self.after, strict=True))
        share = (mid + side) / max(float(all_of_it), 1e-30)
        number = int(share.argmax())
        width = float((by_side[number] / by_mid[number]).nan_to_num(0.0).clamp(0, 1))
        return place._replace(
            explained=float(share[number]),
            feedback=float(feedback[number]),
            damping=float(damping[number]),
            width=width,
        )

    def _lengths_of(self, place: Found) -> tuple[Tensor, Tensor]:
        return _lengths(place.size, place.spread, place.truncation, self.sample_rate)


def _beside(dry: Tensor, wanted: Tensor) -> Tensor:
    """Energy of what the dry signal does not explain, all ``(time,)``."""
    return wanted.square().sum() - (dry @ wanted).square() / dry.square().sum().clamp_min(1e-30)


def _explained(wet: Tensor, dry: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """By how much wet signals ``(batch, time)`` explain more than the dry one, and with which gains, ``(batch,)``."""
    along = (wet @ dry) / dry.square().sum().clamp_min(1e-30)
    rest = wet - along[:, None] * dry
    energy, common = rest.square().sum(-1).clamp_min(1e-30), rest @ wanted
    return common.square() / energy, common / energy
