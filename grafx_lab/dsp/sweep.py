"""What a slow oscillator sweeps: found from a signal and from what an effect has made of it.

At each moment the effect resembles one that stands still. What each frame of it has in common with the target, at each
place where it could stand, tells of every sine how much a mix of dry signal and effect along it explains: the sweep is
looked for like a line in a photograph (P. V. C. Hough's transform). From the best sines, least squares of the waveforms
go on.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grafx_lab.dsp.kernels import array, over_rows
from grafx_lab.dsp.least_squares import levenberg_marquardt
from grafx_lab.dsp.sweep_kernels import best_sines

HOP = 0.02
"""Seconds between two frames."""

LONGEST = 4.0
"""Seconds that are looked at: enough to see a sweep, and longer ones need ever finer rates."""

SHORTEST = 0.25
"""Seconds in which a sweep can be seen."""

SLOWEST, FASTEST = 0.1, 10.0
"""Hz."""

TURNS = 24
"""Phases that are tried where only the phase is looked for."""

COURSE = ((500.0, 16), (2000.0, 3), (6000.0, 1))
"""Hz below which the waveforms are compared, one after the other, and how many sweeps are: low frequencies lead from
far away, and cost little."""

MOVING = 0.02
"""By which share of what the dry signal leaves a sine has to explain more than a place that stands still."""

SILENT = 1e-4
"""Energy relative to the loudest frame below which a frame counts less: all louder ones count alike."""

CLEAR = 0.1
"""Share of what the effect leaves while it stands still that it has to explain when it moves."""

ROOM = 2.0
"""Half the sample rate over a cutoff at least, so that reading between samples is harmless."""

FRAMES_BELOW = 1500.0
"""Hz below which frames are compared: what is higher smears where the sweep is fast."""

FRAMES_RATE = 12000.0
"""Samples per second that this needs at least."""

Wet = Callable[[Tensor, Tensor, float], Tensor]
"""The effect alone: signals ``(batch, 1, time)``, the place at each moment ``(batch, 1, time or 1)``, samples per
second → ``(batch, 1, time)``."""


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


@dataclass(frozen=True)
class Swept:
    """What is known about an effect with a sweep.

    Attributes:
        wet: the effect.
        places: where it could stand, evenly spaced, ``(places,)``.
        sample_rate: in Hz.
        dry: whether the signal stands beside the effect.
        voices: copies, whose sweeps begin evenly spread over the circle.
        phases: how many phases of a sweep are tried; a tone is met only where it is in step.
        widths: how many widths; both cost time for each of the places.
    """

    wet: Wet
    places: Tensor
    sample_rate: float
    dry: bool = True
    voices: int = 1
    phases: int = 16
    widths: int = 12


@dataclass(frozen=True)
class _Products:
    """What the frames of effect, dry signal and target have in common, whatever their mix.

    Attributes:
        wet: energies of the effect standing at each place, ``(frames, places)``.
        crossed: products of the effect and the dry signal, likewise.
        common: products of the effect and the target.
        dry: energy of the dry signal over all frames; 1 where it is not heard.
        kept: product of the dry signal and the target.
        energy: of the target.
    """

    wet: Tensor
    crossed: Tensor
    common: Tensor
    dry: float
    kept: float
    energy: float

    @property
    def left(self) -> float:
        """Energy of the target that the dry signal leaves."""
        return self.energy - self.kept**2 / max(self.dry, 1e-30)


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
    starts = _best(_products(signal, target, effect), effect)
    if not starts:
        return None
    for cutoff, count in COURSE:
        stride = max(1, int(effect.sample_rate / (2 * ROOM * cutoff)))
        before, after = (_low(item, cutoff, effect.sample_rate)[::stride] for item in (signal, target))
        mixed = _mixed(before, after, effect, stride)
        found = [_refined(mixed, start) for start in starts[:count]]
        left = [float(mixed(unknowns[None])[0].square().sum()) for unknowns in found]
        starts = [found[index] for index in np.argsort(left, kind="stable")]
        still = starts[0] * torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64, device=signal.device)
        if cutoff == COURSE[1][0] and min(left) > (1 - CLEAR) * float(mixed(still[None])[0].square().sum()):
            return None
    return _sweep(starts[0], effect, mixed(starts[0][None])[1][0])


def find_phase(signal: Tensor, target: Tensor, effect: Swept, sweep: Sweep) -> float:
    """The phase in degrees of a sweep that is known up to it; see :func:`find_sweep`."""
    signal, target = (_low(item, COURSE[1][0], effect.sample_rate) for item in _heard(signal, target, effect))
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


def _products(signal: Tensor, target: Tensor, effect: Swept) -> _Products:
    stride = max(1, int(effect.sample_rate / FRAMES_RATE))
    rate = effect.sample_rate / stride
    signal, target = (_low(item, FRAMES_BELOW, effect.sample_rate)[::stride] for item in (signal, target))
    signal, target = (_whitened(item, signal) for item in (signal, target))
    hop = round(HOP * rate)
    rows = signal.expand(1, 1, -1)
    dry, wanted = _frames(signal, hop), _frames(target, hop)
    energy = wanted.square().sum(-1)
    weight = 1 / (energy + SILENT * dry.square().sum(-1).amax().clamp_min(1e-30))
    columns = []
    for place in effect.places.to(signal):
        wet = _frames(effect.wet(rows, place.reshape(1, 1, 1), rate)[0, 0], hop)
        columns.append(torch.stack([(wet * other).sum(-1) * weight for other in (wet, dry, wanted)]))
    wet, crossed, common = torch.stack(columns, -1)
    if not effect.dry:
        return _Products(wet, 0 * crossed, common, 1.0, 0.0, float((weight * energy).sum()))
    kept, total = (float(((dry * other).sum(-1) * weight).sum()) for other in (wanted, dry))
    return _Products(wet, crossed, common, total, kept, float((weight * energy).sum()))


def _frames(signal: Tensor, hop: int) -> Tensor:
    """Frames that overlap by half, ``(time,)`` → ``(frames, 2 * hop)``."""
    return signal.unfold(-1, 2 * hop, hop) * torch.hann_window(2 * hop, dtype=signal.dtype, device=signal.device)


def _whitened(signal: Tensor, like: Tensor) -> Tensor:
    """The signal through the inverse of another one's smoothed spectrum, so that all octaves count."""
    spectrum = torch.fft.rfft(like).abs()
    coarse = torch.nn.functional.adaptive_avg_pool1d(spectrum[None, None], min(256, len(spectrum)))
    fine = torch.nn.functional.interpolate(coarse, len(spectrum), mode="linear", align_corners=False)[0, 0]
    return torch.fft.irfft(torch.fft.rfft(signal) / (fine + 1e-2 * fine.max()), n=len(signal))


def _best(known: _Products, effect: Swept) -> list[Tensor]:
    """Sines that explain most, as unknowns ``(4,)``: see :func:`_sweep`; none where a place that stands still does."""
    frames, places = known.wet.shape
    seconds = HOP * (1 + np.arange(frames))
    rates = np.arange(SLOWEST, FASTEST, min(0.25 / seconds[-1], 0.25))
    phases, turns = (np.arange(count) / count for count in (effect.phases, effect.voices))
    widths = np.geomspace(1, places / 2, effect.widths)
    tables = array(known.wet), array(known.crossed), array(known.common)
    found, still = np.zeros((len(rates), 4)), np.zeros((1, 4))
    over_rows(best_sines, rates, found, shared=(*tables, known.dry, known.kept, phases, widths, seconds, turns))
    best_sines(rates[:1], still, *tables, known.dry, known.kept, phases[:1], np.zeros(1), seconds, turns)
    if found[:, 0].max() < still[0, 0] + MOVING * known.left:
        return []
    order = np.argsort(-found[:, 0], kind="stable")
    unknowns = np.stack([rates / FASTEST, found[:, 1], found[:, 3] / (places - 1), found[:, 2] / (places - 1)], -1)
    return list(torch.from_numpy(unknowns[order]).to(known.wet.device))


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


def _refined(mixed: Callable[[Tensor], tuple[Tensor, Tensor]], start: Tensor) -> Tensor:
    """Least squares from a start; the phase is a circle, which begins anywhere."""
    turn = torch.zeros_like(start)
    turn[1] = start[1] - 0.5
    return levenberg_marquardt(lambda unknowns: mixed(unknowns + turn)[0], start - turn, steps=10) + turn


def _mixed(signal: Tensor, target: Tensor, effect: Swept, stride: int = 1) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Unknowns ``(batch, 4)`` → what of the target the best mix leaves, ``(batch, time)``, and its shares.

    Of ``stride`` samples the signals hold one.
    """
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


def _low(signal: Tensor, cutoff: float, sample_rate: float) -> Tensor:
    """The signal below a frequency."""
    if cutoff >= sample_rate / 2:
        return signal
    spectrum = torch.fft.rfft(signal)
    frequency = torch.fft.rfftfreq(len(signal), 1 / sample_rate, dtype=torch.float64, device=signal.device)
    return torch.fft.irfft(spectrum * torch.exp(-(frequency / cutoff).square()), n=len(signal))
