"""Equalizers: SciPy's bilinear transform of analogue prototypes, the published graphic design, and cosine sums."""

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.processors import (
    GraphicEqualizer,
    NewZeroPhaseFIREqualizer,
    ParametricEqualizer,
    Processor,
    ZeroPhaseFIREqualizer,
)
from tests.processors.oracles.oracle import Oracle
from tests.processors.oracles.prototypes import filtered

SIGNAL = np.random.default_rng(7).standard_normal(600)


def output_of(processor: Processor, **raw: np.ndarray) -> np.ndarray:
    """What a processor makes of the signal, from raw parameters without their batch axis."""
    tensors = {key: torch.from_numpy(np.asarray(value, dtype=float))[None] for key, value in raw.items()}
    return processor(torch.from_numpy(SIGNAL)[None, None], **tensors)[0, 0].numpy()


def check_parametric() -> None:
    w0, q_inv, log_gain = np.array([[-4.0, -1.0, 1.0], [0.3, -0.8, 0.2], [0.4, -0.6, 0.5]])
    expected = SIGNAL
    for shape, w, k, g in zip(("low_shelf", "peaking", "high_shelf"), w0, q_inv, log_gain, strict=True):
        expected = filtered(shape, expected, 22050 / (1 + np.exp(-w)), np.exp(-k), 40 / np.log(10) * g)
    raw = {"w0": w0[None], "q_inv": q_inv[None], "log_gain": log_gain[None]}
    np.testing.assert_allclose(output_of(ParametricEqualizer(3), **raw), expected, rtol=1e-6, atol=1e-8)


def detune_parametric(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dsp.shelves_and_bells
    monkeypatch.setattr(dsp, "shelves_and_bells", lambda frequency, q, *rest: original(frequency, 1.01 * q, *rest))


def check_graphic() -> None:
    """J. Liski, V. Välimäki, DAFx 2017, equations 7 to 10."""
    bands = dsp.GRAPHIC_BANDS["bark"]
    log_gains = np.random.default_rng(8).uniform(-1, 1, 24)
    expected = SIGNAL
    for centre, width, gain in zip(bands.centres, bands.widths, np.exp(log_gains), strict=True):
        shared = gain**0.4
        half_width = np.tan(np.pi * width / 44100)
        beta = half_width * np.sqrt(abs(shared**2 - 1) / abs(gain**2 - shared**2))
        middle = -2 * np.cos(2 * np.pi * centre / 44100)
        b, a = [1 + gain * beta, middle, 1 - gain * beta], [1 + beta, middle, 1 - beta]
        expected = scipy.signal.lfilter(b, a, expected)
    output = output_of(GraphicEqualizer(), log_gains=log_gains[None])
    np.testing.assert_allclose(output, expected, rtol=1e-6, atol=1e-7)


def detune_graphic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grafx_lab.dsp.graphic.NEIGHBOR_SHARE", 0.41)


def through_cosines(magnitude: np.ndarray, window: str | tuple) -> np.ndarray:
    """The signal convolved with a sum of cosines of those magnitudes under SciPy's window."""
    bins = len(magnitude)
    taps = 2 * bins - 1
    time = np.arange(taps) - (bins - 1)
    cosines = np.cos(2 * np.pi * np.outer(time, np.arange(1, bins)) / taps)
    response = (magnitude[0] + 2 * cosines @ magnitude[1:]) / taps * scipy.signal.get_window(window, taps)
    return np.convolve(SIGNAL, response)[bins - 1 :][: len(SIGNAL)]


def check_zero_phase() -> None:
    curve = np.random.default_rng(9).uniform(-1, 1, 40)
    expected = through_cosines(np.exp(curve), "hann")
    np.testing.assert_allclose(output_of(ZeroPhaseFIREqualizer(40), log_magnitude=curve), expected, atol=1e-9)


def detune_zero_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dsp.WINDOWS, "hann", dsp.WINDOWS["hamming"])


def check_band_curve() -> None:
    """Straight lines between bands on the HTK mel scale, all that they leave in the first band."""
    curve = np.random.default_rng(10).uniform(-1, 1, 12)
    edges = 700 * (10 ** (np.linspace(2595 * np.log10(1 + 40 / 700), 2595 * np.log10(1 + 22050 / 700), 13) / 2595) - 1)
    frequency = np.linspace(0, 22050, 64)
    first = np.exp(2 * curve[0])
    energy = np.interp(frequency, edges, [first, *np.exp(2 * curve[1:]), first])
    bands = {"num_filters": 12, "scale": "mel_htk"}
    processor = NewZeroPhaseFIREqualizer(64, use_filterbank=True, filterbank_kwargs=bands, window="blackman")
    expected = through_cosines(np.sqrt(energy + 1e-7), "blackman")
    np.testing.assert_allclose(output_of(processor, log_magnitude=curve[None]), expected, atol=1e-9)


def detune_band_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grafx_lab.dsp.scales.MEL_BEND", 701.0)


ORACLES = {
    "parametric_equalizer": Oracle(
        check_parametric, detune_parametric, "scipy.signal.bilinear of analogue shelves and a bell in series"
    ),
    "graphic_equalizer": Oracle(check_graphic, detune_graphic, "the published design in scipy.signal.lfilter"),
    "zero_phase_fir_equalizer": Oracle(check_zero_phase, detune_zero_phase, "a sum of cosines under SciPy's window"),
    "new_zero_phase_fir_equalizer": Oracle(
        check_band_curve, detune_band_curve, "numpy.interp between bands, a sum of cosines under SciPy's window"
    ),
}
