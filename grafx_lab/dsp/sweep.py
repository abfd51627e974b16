"""What a slow oscillator sweeps: found from a signal and from what an effect has made of it.

At each moment the effect resembles one that stands still. How much of each frame is explained by each place where it
could stand is an image, and the sweep is a sine in it, looked for like a line in a photograph (P. V. C. Hough's
transform). From the brightest sines, least squares of the waveforms go on.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grafx_lab.dsp.kernels import array, over_rows
from grafx_lab.dsp.least_squares import levenberg_marquardt
from grafx_lab.dsp.sweep_kernels import brightest_sines

HOP = 0.02
"""Seconds between two frames of the image."""

LONGEST = 4.0
"""Seconds that the image shows at most: enough to see a sweep, and longer ones need ever finer rates."""

SHORTEST = 0.25
"""Seconds in which a sweep can be seen."""

SLOWEST, FASTEST = 0.1, 10.0
"""Hz."""

PHASES, WIDTHS = 8, 8

TURNS = 24
"""Phases that are tried where only the phase is looked for."""

COURSE = ((500.0, 16), (2000.0, 2), (6000.0, 1))
"""Hz below which the waveforms are compared, one after the other, and how many sweeps are: low frequencies lead from
far away, and cost little."""

MOVING = 0.02
"""By how much a sine in the image has to explain a larger share of the frames than a place that stands still."""

CLEAR = 0.1
"""Share of what the effect leaves while it stands still that it has to explain when it moves."""

ROOM = 2.0
"""Half the sample rate over a cutoff at least, so that reading between samples is harmless."""

IMAGE_BELOW = 1500.0
"""Hz below which the image looks: what is higher smears where the sweep is fast."""

IMAGE_RATE = 12000.0
"""Samples per second that the image needs at least."""

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
    """

    wet: Wet
    places: Tensor
    sample_rate: float
    dry: bool = True
    voices: int = 1


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
    starts = _brightest(_image(signal, target, effect), effect)
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


def _image(signal: Tensor, target: Tensor, effect: Swept) -> Tensor:
    """Which share of each frame's energy each place explains, ``(frames, places)``."""
    stride = max(1, int(effect.sample_rate / IMAGE_RATE))
    rate = effect.sample_rate / stride
    signal, target = (_low(item, IMAGE_BELOW, effect.sample_rate)[::stride] for item in (signal, target))
    signal, target = (_whitened(item, signal) for item in (signal, target))
    hop = round(HOP * rate)
    rows = signal.expand(1, 1, -1)
    dry, wanted = _frames(signal, hop), _frames(target, hop)
    least = 1e-6 * dry.square().sum(-1).amax()
    wanted = _beside(wanted, dry) if effect.dry else wanted
    left = wanted.square().sum(-1) + least
    columns = []
    for place in effect.places.to(signal):
        wet = _frames(effect.wet(rows, place.reshape(1, 1, 1), rate)[0, 0], hop)
        wet = _beside(wet, dry) if effect.dry else wet
        common = (wet * wanted).sum(-1).clamp_min(0)
        columns.append(common.square() / ((wet.square().sum(-1) + least) * left))
    return torch.stack(columns, -1)


def _frames(signal: Tensor, hop: int) -> Tensor:
    """Frames that overlap by half, ``(time,)`` → ``(frames, 2 * hop)``."""
    return signal.unfold(-1, 2 * hop, hop) * torch.hann_window(2 * hop, dtype=signal.dtype, device=signal.device)


def _beside(frames: Tensor, dry: Tensor) -> Tensor:
    """What is left of frames without what is proportional to the dry ones."""
    share = (frames * dry).sum(-1, keepdim=True) / dry.square().sum(-1, keepdim=True).clamp_min(1e-30)
    return frames - share * dry


def _whitened(signal: Tensor, like: Tensor) -> Tensor:
    """The signal through the inverse of another one's smoothed spectrum, so that all octaves count."""
    spectrum = torch.fft.rfft(like).abs()
    coarse = torch.nn.functional.adaptive_avg_pool1d(spectrum[None, None], min(256, len(spectrum)))
    fine = torch.nn.functional.interpolate(coarse, len(spectrum), mode="linear", align_corners=False)[0, 0]
    return torch.fft.irfft(torch.fft.rfft(signal) / (fine + 1e-2 * fine.max()), n=len(signal))


def _brightest(image: Tensor, effect: Swept) -> list[Tensor]:
    """Sines along which the image is brightest, as unknowns ``(4,)``: see :func:`_sweep`; none in a still image."""
    frames, places = image.shape
    seconds = HOP * (1 + np.arange(frames))
    rates = np.arange(SLOWEST, FASTEST, min(0.25 / seconds[-1], 0.25))
    phases, turns = (np.arange(count) / count for count in (PHASES, effect.voices))
    widths = np.geomspace(1, places / 2, WIDTHS)
    best = np.zeros((len(rates), 4))
    shared = array(image), phases, widths, seconds, turns
    over_rows(brightest_sines, rates, best, shared=shared)
    still = effect.voices * float(image.sum(0).max())
    if best[:, 0].max() < still + MOVING * effect.voices * frames:
        return []
    order = np.argsort(-best[:, 0], kind="stable")
    unknowns = np.stack([rates / FASTEST, best[:, 1], best[:, 3] / (places - 1), best[:, 2] / (places - 1)], -1)
    return _apart(list(torch.from_numpy(unknowns[order]).to(image.device)), 0.4 / seconds[-1])


def _apart(ranked: list[Tensor], distance: float) -> list[Tensor]:
    """Those whose rates are so far from all better ones, in Hz: neighbours are the same sweep."""
    kept: list[Tensor] = []
    for unknowns in ranked:
        if all(FASTEST * abs(float(unknowns[0] - other[0])) >= distance for other in kept):
            kept.append(unknowns)
    return kept


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
