"""Distortions against NumPy: tanh by its formula, polynomials by numpy.polynomial, curves by SciPy's Hermite spline."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.signal
import torch
from numpy.polynomial import chebyshev, polynomial
from scipy.interpolate import CubicHermiteSpline
from torch.distributions.transforms import AffineTransform

from grafx_lab import dsp
from grafx_lab.processors import (
    ChebyshevDistortion,
    Overdrive,
    PiecewiseTanhDistortion,
    PowerDistortion,
    Processor,
    TanhDistortion,
    Waveshaper,
    nonlinear,
)
from tests.processors.oracles.oracle import Oracle

SIGNAL = np.linspace(-1.4, 1.4, 301)


def without_offset(signal: np.ndarray, cutoff: float, sample_rate: float) -> np.ndarray:
    pole = np.exp(-2 * np.pi * cutoff / sample_rate)
    return scipy.signal.lfilter([pole, -pole], [1, -pole], signal)


def agree(processor: Processor, raw: dict, expected: np.ndarray) -> None:
    tensors = {key: torch.tensor(np.asarray(value)[None], dtype=torch.float64) for key, value in raw.items()}
    output = processor(torch.from_numpy(SIGNAL)[None, None], **tensors)
    np.testing.assert_allclose(output[0, 0], expected, rtol=1e-9, atol=1e-12)


def check_tanh() -> None:
    before, after, bias = 0.7, -0.4, 0.3
    raw = {"log_pre_gain": [before], "log_post_gain": [after], "bias": [bias]}
    shaped = np.tanh(np.exp(before) * (SIGNAL - SIGNAL.mean()) + bias) - np.tanh(bias)
    agree(TanhDistortion(inverse_post_gain=False, remove_dc=True, use_bias=True), raw, np.exp(after) * shaped)
    agree(TanhDistortion(), {"log_pre_gain": [before]}, np.tanh(np.exp(before) * SIGNAL) / np.exp(before))
    blocked = without_offset(np.tanh(SIGNAL + bias) - np.tanh(bias), 35, 1000)
    raw = {"bias": [bias], "log_dc_cutoff": [np.log(35)]}
    agree(TanhDistortion(False, use_bias=True, block_dc=True, sample_rate=1000), raw, blocked)


def check_piecewise() -> None:
    """F. Eichas, U. Zölzer, JAES 2018: the outer pieces begin with the height and the slope of the tanh."""
    (high_hardness, low_hardness), (low, high), drive = np.exp([1.1, -0.5]), 1 / (1 + np.exp([0.4, -0.2])), np.exp(0.5)
    u = drive * SIGNAL
    above = np.tanh(high) + np.cosh(high) ** -2 / high_hardness * np.tanh(high_hardness * (u - high))
    below = -np.tanh(low) + np.cosh(low) ** -2 / low_hardness * np.tanh(low_hardness * (u + low))
    expected = np.where(u > high, above, np.where(u < -low, below, np.tanh(u))) / drive
    raw = {"log_hardness": [1.1, -0.5], "z_threshold": [-0.4, 0.2], "log_pre_gain": [0.5]}
    agree(PiecewiseTanhDistortion(), raw, expected)


def check_overdrive() -> None:
    """C. R. Sullivan, Computer Music Journal 1990."""
    drive, bias, clean = np.exp(0.7), 0.3, 0.2

    def curve(v):
        return np.where(v > 1, 2 / 3, np.where(v < -1, -2 / 3, v - v**3 / 3))

    shaped = (curve(drive * SIGNAL + bias) - curve(bias)) / drive
    raw = {"log_pre_gain": [0.7], "bias": [bias], "clean": [clean]}
    agree(Overdrive(), raw, (1 - clean) * shaped + clean * SIGNAL)
    expected = (1 - clean) * without_offset(shaped, 35, 1000) + clean * SIGNAL
    agree(Overdrive(block_dc=True, sample_rate=1000), raw | {"log_dc_cutoff": [np.log(35)]}, expected)


def check_power() -> None:
    weights = [0.1, 1.2, -0.4, 0.7]
    raw = {"basis_weights": weights, "log_pre_gain": [0.3]}
    agree(PowerDistortion(4), raw, polynomial.polyval(np.exp(0.3) * SIGNAL, np.tanh(weights)))


def check_chebyshev() -> None:
    weights = [0.1, 1.2, -0.4, 0.7, 0.3]
    raw = {"basis_weights": weights, "log_pre_gain": [0.3]}
    agree(ChebyshevDistortion(5), raw, chebyshev.chebval(np.exp(0.3) * SIGNAL, np.tanh(weights)))


def check_waveshaper() -> None:
    heights = np.array([0.1, -0.7, 0.0, 0.2, 0.9])
    slopes = np.gradient(heights, 0.5)
    spline = CubicHermiteSpline(np.linspace(-1, 1, 5), heights, slopes)
    expected = np.where(
        np.abs(SIGNAL) <= 1,
        spline(SIGNAL),
        np.where(SIGNAL > 0, 0.9 + slopes[-1] * (SIGNAL - 1), 0.1 + slopes[0] * (SIGNAL + 1)),
    )
    agree(Waveshaper(num_points=5), {"curve": heights}, expected)


def detune_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(nonlinear.drive_spec(), transform=AffineTransform(0.0, 8.7))
    monkeypatch.setattr(nonlinear, "drive_spec", lambda: spec)


def soften_by_a_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dsp.piecewise_tanh
    monkeypatch.setattr(dsp, "piecewise_tanh", lambda u, k, hardness, *gains: original(u, k, 1.01 * hardness, *gains))


def scaled_argument(function: str):
    """A mutation: the function of dsp reads its signal a percent too large."""

    def mutate(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(dsp, function)
        monkeypatch.setattr(dsp, function, lambda signal, *rest: original(1.01 * signal, *rest))

    return mutate


ORACLES = {
    "tanh_distortion": Oracle(check_tanh, detune_drive, "NumPy's tanh"),
    "piecewise_tanh_distortion": Oracle(check_piecewise, soften_by_a_percent, "the formulas of the three pieces"),
    "overdrive": Oracle(check_overdrive, scaled_argument("clip_by_cubic"), "the formula of the cubic"),
    "power_distortion": Oracle(check_power, scaled_argument("power_series"), "numpy.polynomial.polynomial"),
    "chebyshev_distortion": Oracle(check_chebyshev, scaled_argument("chebyshev_series"), "numpy.polynomial.chebyshev"),
    "waveshaper": Oracle(check_waveshaper, scaled_argument("follow_curve"), "scipy.interpolate.CubicHermiteSpline"),
}
