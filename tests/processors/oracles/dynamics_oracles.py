"""Oracles of everything that follows a level: SciPy's recursions, static curves in decibels, loops over samples."""

from functools import partial

import numpy as np
import scipy.ndimage
import scipy.signal
import torch

from grafx_lab.dsp import crossover, look_ahead, note, transient
from grafx_lab.processors import gain_specs, registry
from tests.processors.oracles.oracle import Oracle

RATE = 8000
DECIBEL = 10 / np.log(10)


def noise(seed: int = 0, channels: int = 2, length: int = 600) -> np.ndarray:
    """Noise that swells and dies away, so that every part of a static curve is reached."""
    swell = 10 ** (2 * np.sin(np.linspace(0, 9, length)) - 1.5)
    return np.random.default_rng(seed).standard_normal((channels, length)) * swell


def agree(name: str, signals: list[np.ndarray], raw: dict, expected: np.ndarray, arguments: dict, tolerance=1e-9):
    """Play signals ``(channel, time)`` through a processor and compare what comes out."""
    processor = registry[name](sample_rate=RATE, **arguments)
    tensors = {key: torch.tensor(value, dtype=torch.float64)[None] for key, value in raw.items()}
    outputs = processor.run(*(torch.from_numpy(signal)[None] for signal in signals), **tensors).signals
    ours = np.stack([output[0].numpy() for output in outputs])
    np.testing.assert_allclose(ours, expected.reshape(ours.shape), rtol=tolerance, atol=tolerance)


def sigmoid(z: float) -> float:
    return 1 / (1 + np.exp(-z))


def one_pole(x: np.ndarray, rate: float) -> np.ndarray:
    return scipy.signal.lfilter([rate], [1, rate - 1], x)


def ballistics(x: np.ndarray, rise: float, fall: float) -> np.ndarray:
    y, state = np.empty_like(x), 0.0
    for n, value in enumerate(x):
        state += (rise if value > state else fall) * (value - state)
        y[n] = state
    return y


def level(energy: np.ndarray, floor: float = 1e-5) -> np.ndarray:
    return 10 * np.log10(energy + floor)


def bent(excess: np.ndarray, width: float) -> np.ndarray:
    """Decibels over a threshold behind a quadratic knee, in the words of Giannoulis et al., equation 4."""
    return np.where(
        2 * excess < -width,
        0.0,
        np.where(2 * np.abs(excess) <= width, (excess + width / 2) ** 2 / (2 * width), excess),
    )


CURVE = {"log_threshold": [2.0], "log_ratio": [-0.7], "log_knee": [0.8]}
THRESHOLD, WIDTH = DECIBEL * (2.0 - 6), DECIBEL * np.exp(0.8)
COMPRESSION = 2 * sigmoid(-0.7)  # one minus the slope of the output
TIMES = {"z_alpha_pre": [-2.0, -4.0]}


def compressed(listened: np.ndarray, energy: np.ndarray) -> np.ndarray:
    return listened * 10 ** (-COMPRESSION * bent(level(energy) - THRESHOLD, WIDTH) / 20)


def compressor(name: str, time: str) -> None:
    x = noise()
    energy = one_pole((x**2).mean(0), 1 - sigmoid(3.0))
    agree(name, [x], CURVE | {time: [3.0]}, compressed(x, energy), {})


def sidechain_compressor() -> None:
    music, voice = noise(0), noise(1)
    energy = ballistics((voice**2).mean(0), sigmoid(-2.0), sigmoid(-4.0))
    agree("sidechain_compressor", [music, voice], CURVE | TIMES, compressed(music, energy), {})


def gate(name: str, time: str, ratio: float) -> None:
    x = noise()
    under = bent(THRESHOLD - level(one_pole((x**2).mean(0), 1 - sigmoid(3.0))), WIDTH)
    agree(name, [x], CURVE | {time: [3.0]}, x * 10 ** ((1 - ratio) * under / 20), {})


def expander() -> None:
    x = noise()
    energy = ballistics((x**2).mean(0), sigmoid(-2.0), sigmoid(-4.0))
    under = bent(THRESHOLD - level(energy, 1e-10), WIDTH)
    gain = np.maximum(-2 * np.exp(-0.7) * under, -20 / np.log(10) * np.exp(0.9))
    agree("expander", [x], CURVE | TIMES | {"log_range": [0.9]}, x * 10 ** (gain / 20), {})


def limiter() -> None:
    """SciPy's maximum filter and convolution; the two averages have the lengths 5 and 5."""
    x, delay = noise(), 8
    driven, ceiling = np.exp(0.5) * x, np.exp(-0.2)
    needed = np.log(np.maximum(np.abs(driven).max(0) / ceiling, 1))
    held = scipy.ndimage.maximum_filter1d(
        ballistics(needed, 1.0, 1 - sigmoid(4.0)), delay + 1, origin=delay // 2, mode="constant"
    )
    window = np.convolve(np.ones(5) / 5, np.ones(5) / 5)
    gain = np.exp(-np.convolve(held, window)[: x.shape[1]])
    late = np.pad(driven, ((0, 0), (delay, 0)))[:, : x.shape[1]]
    raw = {"log_pre_gain": [0.5], "log_ceiling": [-0.2], "z_alpha": [4.0]}
    agree("limiter", [x], raw, gain * late, {"look_ahead": 1.0}, tolerance=5e-6)


def scipy_bands(x: np.ndarray, frequencies: np.ndarray) -> list[np.ndarray]:
    bands, rest = [], x
    for frequency in frequencies:
        sos = scipy.signal.butter(2, frequency, fs=RATE, output="sos")
        low = scipy.signal.sosfilt(sos, scipy.signal.sosfilt(sos, rest)[:, ::-1])[:, ::-1]
        bands, rest = [*bands, low], rest - low
    return [*bands, rest]


SPLIT = np.array([-3.0, -1.0])


def crossover_bands() -> None:
    x = noise()
    agree("crossover", [x], {"w0": SPLIT}, np.stack(scipy_bands(x, RATE / 2 * sigmoid(SPLIT))), {})


def multiband_compressor() -> None:
    x = noise()
    gains = np.array([0.2, -0.1, 0.4])
    expected = sum(
        compressed(band, ballistics((band**2).mean(0), sigmoid(-2.0), sigmoid(-4.0))) * np.exp(gain)
        for band, gain in zip(scipy_bands(x, RATE / 2 * sigmoid(SPLIT)), gains, strict=True)
    )
    each = {name: [value] * 3 for name, value in (CURVE | TIMES).items()}
    agree("multiband_compressor", [x], {"w0": SPLIT, "log_gain": gains[:, None], **each}, expected, {})


def transient_shaper() -> None:
    x = noise()
    fast, slow = (level(one_pole((x**2).mean(0), sigmoid(z)), 1e-8) for z in (-1.0, -4.0))
    attack, sustain = 2 * np.tanh(0.4 / 2), 2 * np.tanh(-0.3 / 2)
    gain = attack * np.maximum(fast - slow, 0) + sustain * np.maximum(slow - fast, 0)
    raw = {"attack": [0.4], "sustain": [-0.3], "z_alpha": [-1.0, -4.0]}
    agree("transient_shaper", [x], raw, x * 10 ** (gain / 20), {})


def envelope() -> None:
    x, time = noise(), np.arange(1, 601) / RATE
    begin, off, attack, decay, sustain, release = 0.01, 0.05, 0.008, 0.02, 0.3, 0.01
    gain = np.interp(time, [begin, begin + attack], [0, 1])
    falling = time > begin + attack
    gain[falling] = sustain + (1 - sustain) * 1000 ** (-(time[falling] - begin - attack) / decay)
    ended = time > off
    last = sustain + (1 - sustain) * 1000 ** (-(off - begin - attack) / decay)
    gain[ended] = last * 1000 ** (-(time[ended] - off) / release)
    times = {"log_duration": off - begin, "log_attack": attack, "log_decay": decay, "log_release": release}
    raw = {name: [np.log(value)] for name, value in times.items()}
    agree("envelope", [x], raw | {"onset": [begin], "log_sustain": [np.log(sustain)]}, gain * x, {})


def change(owner: object, name: str, value: object) -> partial:
    """A mutation: this constant has another value."""
    return partial(_change, owner, name, value)


def _change(owner, name, value, monkeypatch):
    monkeypatch.setattr(owner, name, value)


CURVE_SOURCE = "SciPy's one-pole filter and the static curve in decibels (Giannoulis et al. 2012)"
ORACLES = {
    "compressor": Oracle(
        partial(compressor, "compressor", "z_alpha_pre"), change(gain_specs, "THRESHOLD_OFFSET", 6.01), CURVE_SOURCE
    ),
    "approx_compressor": Oracle(
        partial(compressor, "approx_compressor", "z_alpha"),
        change(registry["approx_compressor"], "energy_floor", 1.01e-5),
        CURVE_SOURCE,
    ),
    "sidechain_compressor": Oracle(
        sidechain_compressor, change(gain_specs, "THRESHOLD_OFFSET", 6.01), "loop over samples and static curve"
    ),
    "noise_gate": Oracle(
        partial(gate, "noise_gate", "z_alpha_pre", 1 + 2 * np.exp(-0.7)),
        change(registry["noise_gate"], "lowest_ratio", 1.01),
        CURVE_SOURCE,
    ),
    "approx_noise_gate": Oracle(
        partial(gate, "approx_noise_gate", "z_alpha", 2 * np.exp(-0.7) - 1),
        change(registry["approx_noise_gate"], "lowest_ratio", -1.01),
        CURVE_SOURCE,
    ),
    "expander": Oracle(
        expander, change(registry["expander"], "energy_floor", 1e-9), "loop over samples and static curve"
    ),
    "limiter": Oracle(limiter, change(look_ahead, "ROUNDING", 1e-4), "scipy.ndimage.maximum_filter1d and convolution"),
    "crossover": Oracle(
        crossover_bands, change(crossover, "BUTTERWORTH_Q", 0.71), "scipy.signal.butter, forwards and backwards"
    ),
    "multiband_compressor": Oracle(
        multiband_compressor,
        change(crossover, "BUTTERWORTH_Q", 0.71),
        "scipy.signal.butter, loop over samples and static curve",
    ),
    "transient_shaper": Oracle(transient_shaper, change(transient, "FLOOR", 1.01e-8), "SciPy's one-pole filters"),
    "envelope": Oracle(envelope, change(note, "NEPERS_TO_SILENCE", 6.9), "its four pieces as formulas"),
}
