"""Filters: SciPy's bilinear transform of analogue prototypes, its lfilter, and NumPy's convolution."""

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.dsp import biquad_forms
from grafx_lab.processors import registry
from tests.processors.oracles.oracle import Oracle
from tests.processors.oracles.prototypes import digitised, filtered

SIGNAL = np.random.default_rng(5).standard_normal(600)
SHAPES = {
    "low_pass_filter": "low_pass",
    "high_pass_filter": "high_pass",
    "band_pass_filter": "band_pass",
    "band_reject_filter": "band_reject",
    "all_pass_filter": "all_pass",
    "peaking_filter": "peaking",
    "low_shelf": "low_shelf",
    "high_shelf": "high_shelf",
}


def output_of(name: str, raw: dict[str, list], **arguments: object) -> np.ndarray:
    """What a processor makes of the signal, from raw parameters without their batch axis."""
    tensors = {key: torch.tensor([value], dtype=torch.float64) for key, value in raw.items()}
    return registry[name](**arguments)(torch.from_numpy(SIGNAL)[None, None], **tensors)[0, 0].numpy()


def sigmoid(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def cookbook_oracle(name: str) -> Oracle:
    shape, has_gain = SHAPES[name], "log_gain" in registry[name]().specs

    def check() -> None:
        raw = {"w0": [-2.0], "q_inv": [-0.7]} | ({"log_gain": [0.5]} if has_gain else {})
        decibels = 40 / np.log(10) * 0.5
        expected = filtered(shape, SIGNAL, 22050 * sigmoid(-2.0), np.exp(0.7), decibels)
        np.testing.assert_allclose(output_of(name, raw), expected, rtol=1e-6, atol=1e-8)

    def mutate(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(dsp, shape)
        monkeypatch.setattr(dsp, shape, lambda frequency, q, *rest: original(frequency, 1.01 * q, *rest))

    return Oracle(check, mutate, f"scipy.signal.bilinear of the analogue {shape.replace('_', '-')} prototype")


def check_biquad() -> None:
    raw = {"Bs": [[0.2, -0.4, 0.3]], "A1_pre": [-0.8], "A2_pre": [0.6], "A0": [1.5]}
    a1 = 2 * np.tanh(-0.8)
    a2 = ((2 - abs(a1)) * np.tanh(0.6) + abs(a1)) / 2
    expected = scipy.signal.lfilter([1.2 / 1.5, -0.4 / 1.5, 0.3 / 1.5], [1, a1, a2], SIGNAL)
    np.testing.assert_allclose(output_of("biquad_filter", raw, normalized=True), expected, rtol=1e-6, atol=1e-8)


def detune_biquad(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dsp.triangle_sections
    monkeypatch.setattr(dsp, "triangle_sections", lambda b, a1, *rest: original(b, 1.001 * a1, *rest))


def check_pole_zero() -> None:
    raw = {"log_gain": [0.3], "poles": [[0.5, 0.9], [-0.2, 1.1]], "zeros": [[0.3, 0.2], [1.4, -0.5]]}
    poles = np.array([0.5 + 0.9j, -0.2 + 1.1j])
    inside = np.tanh(np.abs(poles)) * np.exp(1j * np.angle(poles))
    zeros = np.array([0.3 + 0.2j, 1.4 - 0.5j])
    b, a = scipy.signal.zpk2tf([*zeros, *zeros.conj()], [*inside, *inside.conj()], np.exp(0.3))
    expected = scipy.signal.lfilter(b, a, SIGNAL)
    np.testing.assert_allclose(output_of("pole_zero_filter", raw, num_filters=2), expected, rtol=1e-6, atol=1e-8)


def detune_pole_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    original = biquad_forms.into_circle
    monkeypatch.setattr(dsp, "into_circle", lambda points: original(1.001 * points))


def check_state_variable() -> None:
    raw = {"twoR": [0.4], "G": [-1.5], "c_hp": [0.7], "c_bp": [-1.2], "c_lp": [1.6]}
    damping = np.log1p(np.exp(0.4)) / np.log(2) + 0.01
    b, a = digitised([0.7, -1.2, 1.6], [1, damping, 1], 22050 * sigmoid(-1.5), 44100)
    expected = scipy.signal.lfilter(b, a, SIGNAL)
    np.testing.assert_allclose(output_of("state_variable_filter", raw), expected, rtol=1e-6, atol=1e-8)


def detune_state_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grafx_lab.processors.free_filters.LEAST_DAMPING", 0.02)


def check_fir() -> None:
    raw = np.random.default_rng(6).standard_normal((1, 33))
    taps = np.tanh(raw[0]) / np.linalg.norm(np.tanh(raw[0]))
    expected = np.convolve(SIGNAL, taps)[: len(SIGNAL)]
    np.testing.assert_allclose(output_of("fir_filter", {"fir": raw.tolist()}, fir_len=33), expected, atol=1e-10)


def detune_fir(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dsp.normalize_energy
    monkeypatch.setattr(dsp, "normalize_energy", lambda response: original(response, floor=1e-3))


ORACLES = {name: cookbook_oracle(name) for name in SHAPES} | {
    "biquad_filter": Oracle(check_biquad, detune_biquad, "scipy.signal.lfilter with the documented coefficients"),
    "pole_zero_filter": Oracle(check_pole_zero, detune_pole_zero, "scipy.signal.zpk2tf and lfilter"),
    "state_variable_filter": Oracle(
        check_state_variable, detune_state_variable, "scipy.signal.bilinear of the mixed analogue outputs"
    ),
    "fir_filter": Oracle(check_fir, detune_fir, "numpy.convolve with the normalised taps"),
}
