"""Frequency scales: hertz ↔ mel, Bark, ERB rate, pitch, and places between two pitches.

All functions are elementwise and keep shape, dtype and device.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

MEL_PER_DECADE = 2595.0
MEL_BEND = 700.0
SLANEY_LINEAR_END = 1000.0
SLANEY_HZ_PER_MEL = 200 / 3
SLANEY_LOG_STEP = math.log(6.4) / 27
BARK_BEND = 1960.0
BARK_RANGE = 26.81
BARK_OFFSET = 0.53
BARK_LOW, BARK_LOW_SLOPE = 2.0, 0.15
BARK_HIGH, BARK_HIGH_SLOPE = 20.1, 0.22
ERB_RATE_PER_DECADE = 21.4
ERB_RATE_BEND = 0.00437
A4_HZ, A4_MIDI = 440.0, 69.0


def hz_to_mel(frequency: Tensor) -> Tensor:
    """Mel as in S. Young et al., "The HTK Book", chapter 5.4: logarithmic above a bend at 700 Hz."""
    return MEL_PER_DECADE * torch.log10(1 + frequency / MEL_BEND)


def mel_to_hz(mel: Tensor) -> Tensor:
    """Undoes :func:`hz_to_mel`."""
    return MEL_BEND * (10 ** (mel / MEL_PER_DECADE) - 1)


def hz_to_slaney_mel(frequency: Tensor) -> Tensor:
    """Mel as in M. Slaney, "Auditory Toolbox", 1998: linear up to 1 kHz, logarithmic above."""
    octaves = torch.log(frequency.clamp_min(SLANEY_LINEAR_END) / SLANEY_LINEAR_END)
    return frequency.clamp_max(SLANEY_LINEAR_END) / SLANEY_HZ_PER_MEL + octaves / SLANEY_LOG_STEP


def slaney_mel_to_hz(mel: Tensor) -> Tensor:
    """Undoes :func:`hz_to_slaney_mel`."""
    bend = SLANEY_LINEAR_END / SLANEY_HZ_PER_MEL
    return mel.clamp_max(bend) * SLANEY_HZ_PER_MEL * torch.exp(SLANEY_LOG_STEP * (mel.clamp_min(bend) - bend))


def hz_to_bark(frequency: Tensor) -> Tensor:
    """Critical-band rate as in H. Traunmüller, "Analytical expressions for the tonotopic sensory scale", JASA 1990."""
    return BARK_RANGE * frequency / (BARK_BEND + frequency) - BARK_OFFSET


def bark_to_hz(bark: Tensor) -> Tensor:
    """Undoes :func:`hz_to_bark`; below 26.28 Bark."""
    return BARK_BEND * (bark + BARK_OFFSET) / (BARK_RANGE - BARK_OFFSET - bark)


def hz_to_corrected_bark(frequency: Tensor) -> Tensor:
    """Traunmüller's rate with his corrections below 2 and above 20.1 Bark."""
    bark = hz_to_bark(frequency)
    low, high = (BARK_LOW - bark).clamp_min(0), (bark - BARK_HIGH).clamp_min(0)
    return bark + BARK_LOW_SLOPE * low + BARK_HIGH_SLOPE * high


def corrected_bark_to_hz(bark: Tensor) -> Tensor:
    """Undoes :func:`hz_to_corrected_bark`."""
    low, high = (BARK_LOW - bark).clamp_min(0), (bark - BARK_HIGH).clamp_min(0)
    low_slope, high_slope = 1 / (1 - BARK_LOW_SLOPE), 1 / (1 + BARK_HIGH_SLOPE)
    return bark_to_hz(bark + (1 - low_slope) * low + (high_slope - 1) * high)


def hz_to_erb(frequency: Tensor) -> Tensor:
    """Equivalent rectangular bandwidth of the ear in Hz: B. Moore, B. Glasberg, Acustica 1996, rounded as in DDSP."""
    return 0.108 * frequency + 24.7


def hz_to_erb_rate(frequency: Tensor) -> Tensor:
    """Number of equivalent rectangular bandwidths below a frequency: B. Glasberg, B. Moore, Hearing Research 1990."""
    return ERB_RATE_PER_DECADE * torch.log10(1 + ERB_RATE_BEND * frequency)


def erb_rate_to_hz(rate: Tensor) -> Tensor:
    """Undoes :func:`hz_to_erb_rate`."""
    return (10 ** (rate / ERB_RATE_PER_DECADE) - 1) / ERB_RATE_BEND


def hz_to_midi(frequency: Tensor) -> Tensor:
    """Pitch in semitones, 69 at 440 Hz; 0 where there is no pitch, that is at 0 Hz and below."""
    audible = frequency > 0
    octaves = torch.log2(torch.where(audible, frequency, torch.ones_like(frequency)) / A4_HZ)
    return torch.where(audible, A4_MIDI + 12 * octaves, torch.zeros_like(frequency))


def midi_to_hz(pitch: Tensor) -> Tensor:
    """Pitch in semitones → Hz; 0 is a pitch like others (8.2 Hz)."""
    return A4_HZ * 2 ** ((pitch - A4_MIDI) / 12)


def hz_to_unit(frequency: Tensor, low: float, high: float) -> Tensor:
    """Place of a pitch between ``low`` (0) and ``high`` (1) Hz."""
    bottom = A4_MIDI + 12 * math.log2(low / A4_HZ)
    return (hz_to_midi(frequency) - bottom) / (12 * math.log2(high / low))


def unit_to_hz(place: Tensor, low: float, high: float) -> Tensor:
    """Undoes :func:`hz_to_unit`."""
    return low * (high / low) ** place


@dataclass(frozen=True)
class FrequencyScale:
    """A way to space frequencies.

    Attributes:
        from_hz: Hz → place on the scale.
        to_hz: place on the scale → Hz.
    """

    from_hz: Callable[[Tensor], Tensor]
    to_hz: Callable[[Tensor], Tensor]

    def spread(self, low: float, high: float, count: int) -> Tensor:
        """``count`` frequencies from ``low`` to ``high`` Hz in even steps of the scale, float64."""
        start, end = self.from_hz(torch.tensor([low, high], dtype=torch.float64)).tolist()
        return self.to_hz(torch.linspace(start, end, count, dtype=torch.float64))


def _arsinh_scale(rate: float, bend: float) -> FrequencyScale:
    return FrequencyScale(lambda hz: rate * torch.asinh(hz / bend), lambda place: bend * torch.sinh(place / rate))


SCALES = {
    "bark_traunmuller": FrequencyScale(hz_to_corrected_bark, corrected_bark_to_hz),
    "bark_schroeder": _arsinh_scale(7.0, 650.0),
    "bark_wang": _arsinh_scale(6.0, 600.0),
    "mel_htk": FrequencyScale(hz_to_mel, mel_to_hz),
    "mel_slaney": FrequencyScale(hz_to_slaney_mel, slaney_mel_to_hz),
    "erb": FrequencyScale(hz_to_erb_rate, erb_rate_to_hz),
    "linear": FrequencyScale(torch.clone, torch.clone),
    "log": FrequencyScale(torch.log, torch.exp),
}
"""Scales by name. Schroeder's Bark: JASA 1979; Wang's: IEEE JSAC 1992."""
