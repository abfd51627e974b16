"""Our functions under the names and keywords of DDSP 3.7.0's, so that its stored calls can be repeated."""

import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.pitch import midi_to_unit, unit_to_midi
from grafx_lab.processors import FilteredNoise, Harmonic, Sinusoidal, Wavetable

RATE = 16000


def exp_sigmoid(x: Tensor, **settings: float) -> Tensor:
    return dsp.exp_sigmoid(x, **settings)


def clipped(function: Callable[..., Tensor], out: bool) -> Callable[..., Tensor]:
    """DDSP's ``clip`` bounds what is a place between 0 and 1."""

    def call(x: Tensor, hz_min: float | None = None, hz_max: float | None = None, clip: bool = False) -> Tensor:
        bounds = () if hz_min is None else (hz_min, hz_max)
        place = x.clamp(0, 1) if clip and not out else x
        result = function(place, *bounds)
        return result.clamp(0, 1) if clip and out else result

    return call


def midi_to_hz(pitch: Tensor, midi_zero_silence: bool = False) -> Tensor:
    hz = dsp.midi_to_hz(pitch)
    return torch.where(pitch == 0, 0.0, hz) if midi_zero_silence else hz


def frequencies(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def call(
        logits: Tensor, depth: int = 1, hz_min: float | None = None, hz_max: float | None = None, **settings: Any
    ) -> Tensor:
        bounds = {name: value for name, value in (("low", hz_min), ("high", hz_max)) if value is not None}
        return function(logits.unflatten(-1, (-1, depth)) if logits.ndim == 3 else logits, **bounds, **settings)

    return call


def resample(frames: Tensor, n_timesteps: int, method: str = "window", add_endpoint: bool = True) -> Tensor:
    envelope = dsp.resample_envelope(frames[None] if frames.ndim == 1 else frames, n_timesteps, method, add_endpoint)
    return envelope[0] if frames.ndim == 1 else envelope


def oscillator_bank(
    frequency: Tensor, amplitude: Tensor, sample_rate: int = RATE, sum_sinusoids: bool = True, **_: Any
) -> Tensor:
    return dsp.oscillator_bank(frequency, amplitude, sample_rate, summed=sum_sinusoids)


def harmonic_synthesis(
    f0: Tensor,
    amplitudes: Tensor,
    harmonic_distribution: Tensor | None = None,
    harmonic_shifts: Tensor | None = None,
    n_samples: int = 64000,
    sample_rate: int = RATE,
    amp_resample_method: str = "window",
    **_: Any,
) -> Tensor:
    return dsp.harmonic_synthesis(
        f0,
        amplitudes,
        harmonic_distribution,
        n_samples,
        sample_rate,
        shifts=harmonic_shifts,
        method=amp_resample_method,
    )


def streaming_harmonic_synthesis(
    f0: Tensor, amplitudes: Tensor, harmonic_distribution: Tensor, n_samples: int
) -> tuple[Tensor, Tensor]:
    weights = dsp.normalize_harmonics(harmonic_distribution, f0, RATE)
    envelope = dsp.resample_envelope(amplitudes * weights, n_samples)
    return harmonic_oscillator_bank(dsp.resample_envelope(f0, n_samples), envelope)


def harmonic_oscillator_bank(f0: Tensor, amplitudes: Tensor) -> tuple[Tensor, Tensor]:
    audio, cycles = dsp.oscillator.harmonic_bank(f0, amplitudes, RATE)
    return audio, 2 * torch.pi * cycles


def linear_lookup(phase: Tensor, tables: Tensor) -> Tensor:
    return dsp.table_lookup(phase[..., 0] if phase.ndim == 3 else phase, tables)


def wavetable_synthesis(f0: Tensor, amplitudes: Tensor, tables: Tensor, n_samples: int) -> Tensor:
    tables = tables[:, None] if tables.ndim == 2 else tables
    return dsp.wavetable_synthesis(f0, amplitudes, tables, n_samples, RATE)


def amplitude_to_db(amplitude: Tensor) -> Tensor:
    return dsp.amplitude_to_decibel(amplitude, floor=1e-4)


def given_noise(noise: Tensor, magnitudes: Tensor) -> Tensor:
    return dsp.frequency_filter(noise[:, None], magnitudes[:, None], 17)[:, 0]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp_sigmoid": exp_sigmoid,
    "sym_exp_sigmoid": dsp.symmetric_exp_sigmoid,
    "soft_limit": lambda x, x_min, x_max: dsp.soft_limit(x, x_min, x_max),
    "log_scale": lambda x, min_x, max_x: dsp.log_scale(x, min_x, max_x),
    "amplitude_to_db": amplitude_to_db,
    "db_to_amplitude": dsp.decibel_to_amplitude,
    "midi_to_hz": midi_to_hz,
    "hz_to_midi": dsp.hz_to_midi,
    "unit_to_hz": clipped(dsp.unit_to_hz, out=False),
    "hz_to_unit": clipped(dsp.hz_to_unit, out=True),
    "unit_to_midi": clipped(unit_to_midi, out=False),
    "midi_to_unit": clipped(midi_to_unit, out=True),
    "frequencies_softmax": frequencies(dsp.frequencies_softmax),
    "frequencies_sigmoid": frequencies(dsp.frequencies_sigmoid),
    "frequencies_critical_bands": frequencies(dsp.frequencies_critical_bands),
    "resample": resample,
    "upsample_with_windows": resample,
    "remove_above_nyquist": lambda hz, amplitude, sample_rate=RATE: dsp.remove_above_nyquist(
        hz, amplitude, sample_rate
    ),
    "get_harmonic_frequencies": dsp.harmonic_frequencies,
    "normalize_harmonics": lambda weights, f0_hz=None, sample_rate=RATE: dsp.normalize_harmonics(
        weights, f0_hz, sample_rate
    ),
    "oscillator_bank": oscillator_bank,
    "harmonic_synthesis": harmonic_synthesis,
    "harmonic_oscillator_bank": harmonic_oscillator_bank,
    "streaming_harmonic_synthesis": streaming_harmonic_synthesis,
    "harmonic_to_sinusoidal": lambda amplitude, weights, f0: dsp.harmonic_to_sinusoidal(amplitude, weights, f0, RATE),
    "harmonic_distribution_to_wavetable": lambda weights, n_wavetable: dsp.table_of_harmonics(weights, n_wavetable),
    "linear_lookup": linear_lookup,
    "wavetable_synthesis": wavetable_synthesis,
    "frequency_filter": given_noise,
}

SYNTHS: dict[str, Callable[[], Any]] = {
    "Harmonic": lambda: Harmonic(n_harmonics=20, n_samples=1000, sample_rate=RATE),
    "Harmonic_noscale": lambda: Harmonic(
        n_harmonics=20,
        n_samples=1000,
        sample_rate=RATE,
        scale_fn=None,
        normalize_below_nyquist=False,
        amp_resample_method="linear",
    ),
    "Wavetable": lambda: Wavetable(n_wavetable=32, n_samples=1000, sample_rate=RATE),
    "Sinusoidal": lambda: Sinusoidal(n_sinusoids=8, n_samples=1000, sample_rate=RATE),
    "FilteredNoise": lambda: FilteredNoise(n_magnitudes=33, window_size=17, n_samples=1000, sample_rate=RATE),
}


def call(name: str, function: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """The stored call of that name, made to ours: a tensor, a tuple, or a synthesizer's controls by name."""
    synth = re.match(r"(\w+?)_(get_controls|get_signal|call)$", name)
    if synth is None:
        return FUNCTIONS[re.match(r"\w+", function)[0]](*arguments, **keywords)
    processor = SYNTHS[synth[1]]()
    keywords = keywords or {"magnitudes": arguments[0]}
    if synth[2] == "call":
        return processor(**keywords)[:, 0]
    result = getattr(processor, synth[2])(**keywords)
    return result[:, 0] if synth[2] == "get_signal" else result
