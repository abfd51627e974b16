"""What a slow oscillator sweeps: found from a signal and from what an effect has made of it.

From the sines of :mod:`.sweep_frames`, least squares of the waveforms go on.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import torch
from torch import Tensor
from torch.quasirandom import SobolEngine

from grafx_lab.dsp.least_squares import levenberg_marquardt
from grafx_lab.dsp.sweep_frames import FASTEST, SLOWEST, Swept, best_sweeps, low_part

LONGEST = 4.0
"""Seconds that are looked at: enough to see a sweep, and longer ones need ever finer rates."""

SHORTEST = 0.25
"""Seconds in which a sweep can be seen."""

TURNS = 24
"""Phases that are tried where only the phase is looked for."""

FANNED = 3
"""How many of the starts, and of the sweeps that are in step with the best one for a while, go on to the next step."""

COURSE = ((500.0, 16), (2000.0, 2 * FANNED), (6000.0, 1))
"""Hz below which the waveforms are compared, one after the other, and how many sweeps are: low frequencies lead from
far away, and cost little."""

FAN = tuple(turn / 24 for turn in (-3, -2, -1, 1, 2, 3))
"""Cycles by which further sweeps begin later than the best one so far and end earlier, in step in the middle: near the
right rate lie others that are in step for a while, and least squares does not leave them."""

SCATTERED = 256
"""Sweeps that are looked at around one that is near."""

SPREAD = torch.tensor([0.15, 0.04, 0.08, 0.25], dtype=torch.float64)
"""How far they lie at most: in rate and width as shares of them, in cycles, and as a share of the places."""

CLEAR, SURE = 0.1, 0.03
"""Share of what the effect leaves while it stands still that it has to explain when it moves; and that it may leave
when it is the right one without doubt."""

ROOM = 2.0
"""Half the sample rate over a cutoff at least, so that reading between samples is harmless."""

Mixed = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Unknowns ``(batch, 4)`` → what of the target the best mix leaves, ``(batch, time)``, and its shares."""


@dataclass(frozen=True)
class Sweep:
    r"""The place :math:`c+a\sin(2\pi ft+\varphi)`.

    Attributes:
        rate: f in Hz.
        phase: φ in degrees.
        center: c.
        width: a.
        dry: factor of the signal that stands beside the effect.
        wet: factor of each voice.
    """

    rate: float
    phase: float
    center: float
    width: float
    dry: float
    wet: float


def find_sweep(signal: Tensor, target: Tensor, effect: Swept) -> Sweep | None:
    """The sweep with which an effect makes the target of the signal with the smallest squared error.

    Args:
        signal: ``(time,)``.
        target: ``(time,)``.
        effect: see :class:`Swept`.

    Returns:
        the sweep, ``None`` where there is too little to see.
    """
    signal, target = _heard(signal, target, effect)
    if signal.shape[-1] < SHORTEST * effect.sample_rate or not signal.any() or not target.any():
        return None
    starts = best_sweeps(signal, target, effect)
    if not starts:
        return None
    for number, (cutoff, count) in enumerate(COURSE):
        stride = max(1, int(effect.sample_rate / (2 * ROOM * cutoff)))
        before, after = (low_part(item, cutoff, effect.sample_rate)[::stride] for item in (signal, target))
        mixed = _mixed(before, after, effect, stride)
        starts = _descended(mixed, starts[:count])
        moving, seconds = _moving(mixed, starts[0]), len(signal) / effect.sample_rate
        is_near = CLEAR < moving < 1 - CLEAR
        if number == 0 and moving > SURE:
            # What is best at low frequencies alone need not be so at others: none takes another's place.
            others = [_scattered(mixed, start, seconds) for start in starts[:FANNED]] if is_near else []
            starts[FANNED:] = _descended(mixed, [*_fanned(starts[0], seconds), *chain(*others)])[:FANNED]
        if number == 1 and moving > 1 - CLEAR:
            return None
        if number == 1 and is_near:
            starts = _descended(mixed, [*_scattered(mixed, starts[0], seconds), starts[0]])
    return _sweep(starts[0], effect, mixed(starts[0][None])[1][0])


def find_phase(signal: Tensor, target: Tensor, effect: Swept, sweep: Sweep) -> float:
    """The phase in degrees of a sweep that is known up to it; see :func:`find_sweep`."""
    signal, target = (low_part(item, COURSE[1][0], effect.sample_rate) for item in _heard(signal, target, effect))
    low, high = float(effect.places[0]), float(effect.places[-1])
    span = high - low
    known = sweep.rate / FASTEST, sweep.phase / 360, (sweep.center - low) / span, sweep.width / span
    unknowns = torch.tensor(known, dtype=torch.float64, device=signal.device).repeat(TURNS, 1)
    unknowns[:, 1] += torch.arange(TURNS, device=signal.device) / TURNS
    left, _ = _mixed(signal, target, effect)(unknowns)
    return float(360 * unknowns[left.square().sum(-1).argmin(), 1])


def _heard(signal: Tensor, target: Tensor, effect: Swept) -> tuple[Tensor, Tensor]:
    longest = round(LONGEST * effect.sample_rate)
    return signal[:longest].double(), target[:longest].double()


def _sweep(unknowns: Tensor, effect: Swept, shares: Tensor) -> Sweep:
    """Unknowns between 0 and 1: rate, phase, center and width, the latter two as shares of the places."""
    rate, phase, center, width = unknowns.tolist()
    low, high = float(effect.places[0]), float(effect.places[-1])
    span, (wet, *dry) = high - low, shares.tolist()
    return Sweep(
        rate=max(FASTEST * rate, SLOWEST / 2),
        phase=(360 * phase + 180) % 360 - 180,
        center=low + span * center,
        width=span * width,
        dry=sum(dry),
        wet=wet,
    )


def _descended(mixed: Mixed, starts: Sequence[Tensor]) -> list[Tensor]:
    """Starts after least squares, the best first; none is tried behind one that leaves no doubt."""
    found = list[Tensor]()
    for start in starts:
        found.append(_refined(mixed, start))
        if _moving(mixed, found[-1]) < SURE:
            break
    return sorted(found, key=partial(_left, mixed))


def _left(mixed: Mixed, unknowns: Tensor) -> float:
    """The energy of the target that a sweep leaves."""
    return float(mixed(unknowns[None])[0].square().sum())


def _moving(mixed: Mixed, unknowns: Tensor) -> float:
    """What a sweep leaves as a share of what its center leaves while it stands still."""
    still = unknowns * unknowns.new_tensor([1.0, 1.0, 1.0, 0.0])
    return _left(mixed, unknowns) / max(_left(mixed, still), 1e-30)


def _fanned(unknowns: Tensor, seconds: float) -> list[Tensor]:
    """Sweeps that are in step with one in the middle of the time."""
    rate, phase, *place = unknowns.tolist()
    fan = [(rate + turn / (seconds / 2) / FASTEST, phase - turn, *place) for turn in FAN]
    return [unknowns.new_tensor(item) for item in fan if item[0] > 0]


def _scattered(mixed: Mixed, unknowns: Tensor, seconds: float) -> list[Tensor]:
    """The best of many sweeps around one that is near, but not right: narrow valleys lie side by side there.

    They spread evenly, by Sobol's sequence, and other rates are in step in the middle of the time.
    """
    spread = SobolEngine(4, scramble=True, seed=0).draw(SCATTERED, dtype=unknowns.dtype).to(unknowns.device)
    rate, phase, center, width = (SPREAD.to(spread) * (2 * spread - 1)).unbind(-1)
    rate = rate * unknowns[0]
    offsets = [rate, phase - rate * FASTEST * seconds / 2, center, width * unknowns[3]]
    places = unknowns + torch.stack(offsets, -1)
    left = torch.stack([mixed(place[None])[0].square().sum() for place in places])
    return list(places[left.topk(FANNED, largest=False).indices])


def _refined(mixed: Mixed, start: Tensor) -> Tensor:
    """Least squares from a start; the phase is a circle, which begins anywhere."""
    turn = torch.zeros_like(start)
    turn[1] = start[1] - 0.5
    return levenberg_marquardt(lambda unknowns: mixed(unknowns + turn)[0], start - turn, steps=10) + turn


def _mixed(signal: Tensor, target: Tensor, effect: Swept, stride: int = 1) -> Mixed:
    """What mixes make of signals that hold one of ``stride`` samples."""
    sample_rate = effect.sample_rate / stride
    seconds = torch.arange(len(signal), dtype=torch.float64, device=signal.device) / sample_rate
    low, high = effect.places[0].double(), effect.places[-1].double()
    same = torch.eye(2 if effect.dry else 1, dtype=torch.float64, device=signal.device)

    def mix(unknowns: Tensor) -> tuple[Tensor, Tensor]:
        rate, phase, center, width = unknowns.double().split(1, -1)
        wet = torch.zeros(len(unknowns), 1, len(signal), dtype=torch.float64, device=signal.device)
        for voice in range(effect.voices):
            wave = torch.sin(2 * math.pi * (FASTEST * rate * seconds + phase + voice / effect.voices))
            places = (low + (high - low) * (center + width * wave)).clamp(low, high)
            wet = wet + effect.wet(signal.expand(len(unknowns), 1, -1), places[:, None], sample_rate)
        parts = torch.cat([wet, signal.expand_as(wet)], 1) if effect.dry else wet
        normal = parts @ parts.mT + 1e-9 * parts.square().sum((-1, -2))[:, None, None] * same
        shares = torch.linalg.solve(normal, parts @ target)
        return target - (shares[..., None] * parts).sum(1), shares

    return mix
