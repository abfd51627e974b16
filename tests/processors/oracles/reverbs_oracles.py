"""Oracles of the reverberators and of the filter that is drawn."""

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.signal import butter, fftconvolve, lfilter, sosfiltfilt
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors import (
    ConvolutionReverb,
    ExpDecayReverb,
    FeedbackDelayNetwork,
    FilteredNoiseReverb,
    FilteredNoiseShapingReverb,
    Freeverb,
    Processor,
    STFTMaskedNoiseReverb,
    TimeVaryingFIRFilter,
    TrainableReverb,
    reverb,
)
from grafx_lab.transforms import exp_sigmoid_level
from tests.processors.oracles.oracle import Oracle

GOLDENS = Path(__file__).parents[2] / "goldens"
RATE = 44100.0
DIRECT_REVERBS = importlib.import_module("grafx_lab.processors.direct_reverbs")
FREEVERB = importlib.import_module("grafx_lab.processors.freeverb")
TIME_VARYING_FILTER = importlib.import_module("grafx_lab.processors.time_varying_filter")


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def output(processor: Processor, signal: np.ndarray, **raw: np.ndarray) -> np.ndarray:
    tensors = {key: torch.from_numpy(np.asarray(value, dtype=float))[None] for key, value in raw.items()}
    return processor(torch.from_numpy(signal)[None], **tensors)[0].numpy()


def at_controls(processor: Processor, signal: np.ndarray, **controls: object) -> np.ndarray:
    raw = processor.raw_from_controls(**{key: torch.as_tensor(value).double() for key, value in controls.items()})
    return output(processor, signal, **{key: value[0].double().numpy() for key, value in raw.items()})


def seeded(channels: int, length: int) -> np.ndarray:
    return np.random.RandomState(0).uniform(size=(channels, length)) * 2 - 1


def exp_sigmoid(raw: np.ndarray) -> np.ndarray:
    return 2 / (1 + np.exp(-raw)) ** np.log(10) + 1e-7


def framewise(signal: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Each frame of ``(channel, time)`` convolved with the Hann-windowed response of its magnitudes."""
    responses = np.fft.fftshift(np.fft.irfft(factors), axes=-1)
    taps, size = responses.shape[-1], -(-signal.shape[-1] // len(factors))
    responses = responses * np.sin(np.pi * np.arange(taps) / taps) ** 2
    result = np.zeros((len(signal), signal.shape[-1] + taps))
    for n in range(signal.shape[-1]):
        result[:, n : n + taps] += signal[:, n, None] * responses[n // size]
    return result[:, taps // 2 : taps // 2 + signal.shape[-1]]


def agree(ours: np.ndarray, expected: np.ndarray, tolerance: float = 1e-6) -> None:
    assert np.linalg.norm(ours - expected) < tolerance * np.linalg.norm(expected)


def stft_masked_noise() -> None:
    arrays, name = np.load(GOLDENS / "grafx.npz"), "STFTMaskedNoiseReverb_stereo_6001"
    case = json.loads((GOLDENS / "grafx.json").read_text())["cases"][name]
    raw = {key: torch.from_numpy(arrays[f"{name}/raw/{key}"]) for key in case["params"]}
    signal = torch.from_numpy(arrays[f"input/{case['input']}"])
    wet = STFTMaskedNoiseReverb(**case["arguments"])(signal, **raw).numpy()
    expected = arrays[f"{name}/output"]
    agree(wet[..., : expected.shape[-1]], expected, 1e-5)


def noise_shaping() -> None:
    processor = FilteredNoiseShapingReverb(ir_len=2000, num_bands=2, processor_channel="stereo")
    crossover = np.sqrt(31.5 * 15000)
    low, high = (
        sosfiltfilt(butter(2, crossover, kind, fs=RATE, output="sos"), seeded(2, 2000)) for kind in ("low", "high")
    )
    time = np.arange(2000) / RATE
    response = 2 * low * 10 ** (-3 * time / 0.1) + high * 10 ** (-3 * time / 0.5)
    response /= np.sqrt(np.square(response).sum(-1).mean())
    signal = noise(0, 2, 500)
    expected = fftconvolve(signal, response, axes=-1)[:, :500]
    controls = {"log_decay": ((0.1, 0.5),) * 2, "log_gain": ((20 * np.log10(2), 0.0),) * 2}
    agree(at_controls(processor, signal, **controls), expected)


def trainable() -> None:
    signal, response = noise(0, 2, 200), noise(1, 50)
    wet = fftconvolve(signal, np.concatenate([[0.0], response[1:]])[None], axes=-1)[:, :200]
    agree(output(TrainableReverb(50), signal, ir=response), signal + wet)


def exp_decay() -> None:
    gain, decay, signal = np.array([0.5]), np.array([1.0]), noise(0, 2, 300)
    response = exp_sigmoid(gain) * np.exp(-(2 + np.exp(decay)) * np.linspace(0, 1, 100)) * seeded(2, 100)
    response[:, 0] = 0
    wet = fftconvolve(signal, response, axes=-1)[:, :300]
    agree(output(ExpDecayReverb(100), signal, gain=gain, decay=decay), signal + wet)


def filtered_noise() -> None:
    magnitudes, signal = noise(0, 4, 9), noise(1, 2, 150)
    response = framewise(seeded(2, 100), exp_sigmoid(magnitudes - 3))
    response[:, 0] = 0
    wet = fftconvolve(signal, response, axes=-1)[:, :150]
    processor = FilteredNoiseReverb(100, n_frames=4, n_filter_banks=9)
    agree(output(processor, signal, magnitudes=magnitudes), signal + wet)


def time_varying() -> None:
    magnitudes, signal = noise(0, 4, 9), noise(1, 2, 150)
    expected = framewise(signal, exp_sigmoid(magnitudes))
    agree(output(TimeVaryingFIRFilter(num_bins=9), signal, magnitudes=magnitudes), expected)


def convolution() -> None:
    signal, response = noise(0, 2, 200), noise(1, 2, 50)
    expected = 0.5 * fftconvolve(signal, response, axes=-1)[:, :200]
    agree(at_controls(ConvolutionReverb(50), signal, ir=response, log_gain=[20 * np.log10(0.5)]), expected)


def delay_network() -> None:
    """The transfer function at every frequency, by a matrix inverse each."""
    lines, length = 4, 8192
    processor = FeedbackDelayNetwork(lines, 0.2, 0.7)
    low, high, crossover = 0.03, 0.01, 3000.0
    impulse = np.eye(1, length)
    inside, outside = noise(0, lines, 2), noise(1, 2, lines)
    response = at_controls(
        processor,
        impulse,
        log_decay=(low, high),
        crossover=[crossover],
        log_gain=[0.0],
        mixing_angles=np.zeros(6),
        input_gain=inside,
        output_gain=outside,
    )
    pulse, warped = np.eye(1, length)[0], np.tan(np.pi * crossover / RATE)
    loops = []
    for delay in processor.delays:
        quiet, loud = 10 ** (-3 * delay / (low * RATE)), 10 ** (-3 * delay / (high * RATE))
        shelf = lfilter([warped * quiet + loud, warped * quiet - loud], [warped + 1, warped - 1], pulse)
        loops.append(np.fft.rfft(np.roll(shelf, delay)))
    walsh = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
    through = np.array(loops).T[:, :, None] * np.eye(lines)
    expected = outside @ np.linalg.solve(np.eye(lines) - through @ walsh, through @ inside.sum(1)[:, None])
    agree(np.fft.rfft(response), expected[..., 0].T)


def combs_and_allpasses() -> None:
    """Each line as one transfer function, by SciPy."""
    rate, feedback, damping, size = 4410.0, 0.9, 0.3, 0.8
    signal = noise(0, 2, 3000)
    sides = []
    for longer in (0, 23):
        total = np.zeros(3000)
        for length in (1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617):
            silent = np.zeros(round(size * ((length + longer) // 10)))
            loop = np.concatenate([[1, -damping], silent])
            loop[len(silent)] -= feedback * (1 - damping)
            total += lfilter(np.concatenate([silent, [1, -damping]]), loop, signal.mean(0))
        for length in (556, 441, 341, 225):
            silent = np.zeros((length + longer) // 10 - 1)
            total = lfilter([-1, *silent, 1.5], [1, *silent, -0.5], total)
        sides.append(0.045 * total)
    left, right = sides
    found = at_controls(
        Freeverb(sample_rate=rate),
        signal,
        size=[100 * size],
        feedback=[100 * feedback],
        damping=[100 * damping],
        width=[60.0],
    )
    agree(found, np.array([0.8 * left + 0.2 * right, 0.8 * right + 0.2 * left]))


def patch(target: object, name: str, value: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(target, name, value)


def stronger_absorption(*arguments: object) -> Tensor:
    return 0.99 * ABSORPTION(*arguments)


def quicker_decay(seconds: Tensor, sample_rate: float) -> Tensor:
    return DECAY_RATE(0.99 * seconds, sample_rate)


def louder(decibel: Tensor) -> Tensor:
    return 1.01 * DECIBEL_TO_AMPLITUDE(decibel)


def biased_level(bias: float = 0.0) -> object:
    return exp_sigmoid_level(bias + 0.01)


ABSORPTION, DECAY_RATE, DECIBEL_TO_AMPLITUDE = dsp.absorption, dsp.decay_rate, dsp.decibel_to_amplitude

ORACLES = {
    "stft_masked_noise_reverb": Oracle(
        stft_masked_noise, patch(reverb, "LOG_MAGNITUDE_SCALE", 7.9), "GRAFX 0.6.0's output"
    ),
    "filtered_noise_shaping_reverb": Oracle(
        noise_shaping, patch(dsp, "decay_rate", quicker_decay), "bands, envelopes and convolution by SciPy"
    ),
    "trainable_reverb": Oracle(trainable, patch(dsp, "reverberate", dsp.convolve), "convolution by SciPy"),
    "exp_decay_reverb": Oracle(
        exp_decay, patch(DIRECT_REVERBS, "LEAST_DECAY", 2.01), "DDSP's formula and convolution by SciPy"
    ),
    "filtered_noise_reverb": Oracle(
        filtered_noise, patch(DIRECT_REVERBS, "exp_sigmoid_level", biased_level), "a loop over samples by NumPy"
    ),
    "time_varying_fir_filter": Oracle(
        time_varying, patch(TIME_VARYING_FILTER, "exp_sigmoid_level", biased_level), "a loop over samples by NumPy"
    ),
    "convolution_reverb": Oracle(convolution, patch(dsp, "decibel_to_amplitude", louder), "convolution by SciPy"),
    "freeverb": Oracle(combs_and_allpasses, patch(FREEVERB, "LEVEL", 0.0451), "combs and allpasses by SciPy's lfilter"),
    "feedback_delay_network": Oracle(
        delay_network, patch(dsp, "absorption", stronger_absorption), "the matrix inverse at every frequency"
    ),
}
