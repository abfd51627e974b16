"""Where in time and place an effect resembles a target: the sines that explain most of it.

At each moment an effect that sweeps resembles one that stands still. What each frame of it has in common with the
target, at each place where it could stand, tells of every sine how much a mix of dry signal and effect along it
explains: the sweep is looked for like a line in a photograph (P. V. C. Hough's transform).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grafx_lab.dsp.kernels import array, over_rows
from grafx_lab.dsp.sweep_kernels import best_sines

HOP = 0.02
"""Seconds between two frames."""

SLOWEST, FASTEST = 0.1, 10.0
"""Hz."""

MOVING = 0.02
"""By which share of what the dry signal leaves a sine has to explain more than a place that stands still."""

SILENT = 1e-4
"""Energy relative to the loudest frame below which a frame counts less: all louder ones count alike."""

FRAMES_BELOW = 1500.0
"""Hz below which frames are compared: what is higher smears where the sweep is fast."""

FRAMES_RATE = 12000.0
"""Samples per second that this needs at least."""

Wet = Callable[[Tensor, Tensor, float], Tensor]
"""The effect alone: signals ``(batch, 1, time)``, the place at each moment ``(batch, 1, time or 1)``, samples per
second → ``(batch, 1, time)``."""


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


def best_sweeps(signal: Tensor, target: Tensor, effect: Swept) -> list[Tensor]:
    """Sines along which an effect explains most of a target, the best first.

    Args:
        signal: ``(time,)``.
        target: ``(time,)``.
        effect: what sweeps.

    Returns:
        for each rate rate and phase, center and width, ``(4,)``: as shares of :data:`FASTEST`, of the circle and of the
        places; none where a place that stands still explains as much.
    """
    return _best(_products(signal, target, effect), effect)


def _products(signal: Tensor, target: Tensor, effect: Swept) -> _Products:
    stride = max(1, int(effect.sample_rate / FRAMES_RATE))
    rate = effect.sample_rate / stride
    signal, target = (low_part(item, FRAMES_BELOW, effect.sample_rate)[::stride] for item in (signal, target))
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
    """See :func:`best_sweeps`."""
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


def low_part(signal: Tensor, cutoff: float, sample_rate: float) -> Tensor:
    """The signal below a frequency."""
    if cutoff >= sample_rate / 2:
        return signal
    spectrum = torch.fft.rfft(signal)
    frequency = torch.fft.rfftfreq(len(signal), 1 / sample_rate, dtype=torch.float64, device=signal.device)
    return torch.fft.irfft(spectrum * torch.exp(-(frequency / cutoff).square()), n=len(signal))
