"""Synthesizers against NumPy and SciPy, from raw parameters on."""

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab.processors import DampedSinusoid, FilteredNoise, Harmonic, Oscillator, Processor, Sinusoidal, Wavetable
from tests.processors.oracles.oracle import Oracle

RATE, LENGTH = 16000, 400
TIME = np.arange(LENGTH)


def amplitude(raw: np.ndarray) -> np.ndarray:
    """DDSP's exponentiated sigmoid: two times the sigmoid to the power of the logarithm of ten."""
    return 2 / (1 + np.exp(-raw)) ** np.log(10) + 1e-7


def rendered(processor: Processor, **raw: np.ndarray) -> np.ndarray:
    tensors = {name: torch.from_numpy(np.asarray(value, dtype=np.float64))[None, None] for name, value in raw.items()}
    return processor(length=LENGTH, **tensors)[0, 0].numpy()


def check_harmonic() -> None:
    raw = np.random.default_rng(0).normal(size=6)
    weights = amplitude(raw) * (np.arange(1, 7) * 1500 < RATE / 2)
    phases = 2 * np.pi * 1500 / RATE * np.outer(np.arange(1, 7), TIME + 1)
    expected = amplitude(np.array(-1.0)) * weights / weights.sum() @ np.sin(phases)
    synth = Harmonic(n_harmonics=6, sample_rate=RATE)
    ours = rendered(synth, amplitudes=[-1.0], harmonic_distribution=raw, f0_hz=[1500.0])
    np.testing.assert_allclose(ours, expected, atol=1e-9)


def check_sinusoidal() -> None:
    amplitudes, frequencies = np.random.default_rng(1).normal(size=(2, 5))
    top = 12 * np.log2(RATE / 2 / 440) + 69
    hertz = 440 * 2 ** ((top / (1 + np.exp(-frequencies)) - 69) / 12)
    expected = amplitude(amplitudes) @ np.sin(2 * np.pi / RATE * np.outer(hertz, TIME + 1))
    ours = rendered(Sinusoidal(n_sinusoids=5, sample_rate=RATE), amplitudes=amplitudes, frequencies=frequencies)
    np.testing.assert_allclose(ours, expected, atol=1e-8)


def check_wavetable() -> None:
    raw = np.random.default_rng(2).normal(size=32)
    table = amplitude(raw)
    phase = np.mod(TIME * 333.3 / RATE, 1)
    expected = amplitude(np.array(0.5)) * np.interp(phase, np.arange(33) / 32, np.append(table, table[0]))
    synth = Wavetable(n_wavetable=32, sample_rate=RATE)
    np.testing.assert_allclose(rendered(synth, amplitudes=[0.5], wavetables=raw, f0_hz=[333.3]), expected, atol=1e-8)


def check_filtered_noise() -> None:
    raw = np.random.default_rng(3).normal(size=17) + 5
    response = np.fft.fftshift(np.fft.irfft(amplitude(raw - 5))) * scipy.signal.windows.hann(32, sym=False)
    noise = np.random.RandomState(7).uniform(-1, 1, LENGTH)
    expected = np.convolve(noise, response)[16 : 16 + LENGTH]
    synth = FilteredNoise(n_magnitudes=17, seed=7, sample_rate=RATE)
    np.testing.assert_allclose(rendered(synth, magnitudes=raw), expected, atol=1e-9)


def check_oscillator() -> None:
    """The ideal shapes, sampled 4096 times a period, have by FFT the harmonics that ours has."""
    period, fine = 40, 4096
    angle = 2 * np.pi * (np.arange(fine) + 0.5) / fine
    ideal = np.stack(
        [-scipy.signal.sawtooth(angle), scipy.signal.square(angle), scipy.signal.sawtooth(angle + np.pi / 2, 0.5)]
    )
    levels = np.array([0.5, 0.25, 1.0])
    half_sample = np.exp(-1j * np.pi * np.arange(period // 2) / fine)
    harmonics = np.fft.rfft(levels @ ideal)[: period // 2] * half_sample / fine
    expected = np.fft.irfft(np.append(harmonics, 0)) * period
    ours = rendered(Oscillator(sample_rate=RATE), f0_hz=[RATE / period], log_gain=np.log(levels))
    np.testing.assert_allclose(ours, np.tile(expected, LENGTH // period), atol=1e-4)


def check_damped_sinusoid() -> None:
    raw, gains = np.random.default_rng(4).normal(loc=1.5, size=(3, 2)), np.array([-1.0, -0.5, -2.0])
    radius = np.hypot(*raw.T)
    poles = (raw[:, 0] + 1j * raw[:, 1]) * np.tanh(radius) / radius
    expected = np.exp(gains) @ (poles[:, None] ** TIME).real
    synth = DampedSinusoid(n_sinusoids=3, sample_rate=RATE)
    ours = synth(length=LENGTH, poles=torch.from_numpy(raw)[None], log_gain=torch.from_numpy(gains)[None])
    np.testing.assert_allclose(ours[0, 0].numpy(), expected, atol=1e-9)


def stretch_amplitudes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "grafx_lab.transforms.exp_sigmoid",
        lambda x, exponent, max_value, threshold: 1.001 * max_value * torch.sigmoid(x) ** np.log(exponent),
    )


def stretch_fundamentals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "grafx_lab.dsp.oscillator.harmonic_frequencies", lambda f0, count: f0 * torch.arange(1, count + 1) * 1.0001
    )


def pull_poles_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grafx_lab.dsp.into_circle", lambda points: 0.999 * points / points.norm(dim=-1, keepdim=True))


def bend_waveforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grafx_lab.dsp.waveforms._coefficients", lambda k: (0.637 / k, 1.274 / k * (k % 2), 0.0))


FROM_RAW = "DDSP's formula in NumPy, from raw parameters"
ORACLES = {
    "harmonic": Oracle(check_harmonic, stretch_fundamentals, FROM_RAW),
    "sinusoidal": Oracle(check_sinusoidal, stretch_amplitudes, FROM_RAW),
    "wavetable": Oracle(check_wavetable, stretch_amplitudes, "numpy.interp around one period"),
    "filtered_noise": Oracle(check_filtered_noise, stretch_amplitudes, "numpy.convolve with a windowed FIR"),
    "damped_sinusoid": Oracle(check_damped_sinusoid, pull_poles_in, "powers of complex numbers in NumPy"),
    "oscillator": Oracle(check_oscillator, bend_waveforms, "scipy.signal's waveforms, oversampled"),
}
