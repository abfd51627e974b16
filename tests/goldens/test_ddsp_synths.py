"""DDSP 3.7.0's synthesizers and the functions under them, for stored inputs (ddsp_synths.json says how).

DDSP sums phases up in float32 and is wrong by about a thousandth after a thousand samples. What depends on a phase is
therefore compared with DDSP's own arithmetic put in the place of ours, and ours with the same in double precision.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.processors import FilteredNoise
from tests.goldens.ddsp_calls import RATE, call

HERE = Path(__file__).parent
CASES = json.loads((HERE / "ddsp_synths.json").read_text())["cases"]
ARRAYS = np.load(HERE / "ddsp_synths.npz")

PHASED = [
    name
    for name in CASES
    if name.startswith(("oscillator_bank", "harmonic_synthesis", "wavetable_synthesis"))
    or name.endswith(("_call", "get_signal"))
]
CUBIC = [name for name in CASES if name.startswith("resample_cubic")]
STREAMING = ("harmonic_oscillator_bank", "streaming_harmonic_synthesis")
NOISE = ("FilteredNoise_get_signal_given_noise", "FilteredNoise_signal_spectrum")
APART = [
    *STREAMING,
    *NOISE,
    *(name for name in CASES if name.startswith("angular_cumsum")),
]
EXACT = [name for name in CASES if name not in (*PHASED, *CUBIC, *APART)]


def tensor(key: str, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.from_numpy(ARRAYS[key]).to(dtype)


def repeat(name: str, dtype: torch.dtype = torch.float32) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Our results of a stored call by name, and its tensors by the name of their gradients."""
    case = CASES[name]
    arguments = [tensor(item, dtype) if isinstance(item, str) else item for item in case["args"]]
    keywords = {
        key: tensor(item["array"], dtype) if isinstance(item, Mapping) else item for key, item in case["kwargs"].items()
    }
    leaves = {f"arg{place}": item for place, item in enumerate(arguments)} | keywords
    leaves = {key: item.requires_grad_() for key, item in leaves.items() if isinstance(item, Tensor)}
    result: Any = call(name, case["function"], arguments, keywords)
    if not isinstance(result, Mapping):
        result = dict(zip(case["outputs"], result if isinstance(result, tuple) else (result,), strict=True))
    return result, leaves


def distance(ours: Tensor, theirs: Tensor) -> float:
    assert ours.shape == theirs.shape
    return float((ours.detach() - theirs).norm() / theirs.norm().clamp_min(1e-12))


def compare(name: str, tolerance: float = 1e-4) -> None:
    results, leaves = repeat(name)
    for key, result in results.items():
        assert distance(result, tensor(f"{name}/{key}")) < tolerance, key
    gradients = CASES[name]["grads"]
    if gradients:
        first = next(iter(results.values()))
        cotangent = np.random.default_rng([4242]).standard_normal(tuple(first.shape)).astype(np.float32)
        (first * torch.from_numpy(cotangent)).sum().backward()
    for key in gradients:
        assert distance(leaves[key].grad, tensor(f"{name}/grad/{key}")) < 1e-3, key


@pytest.fixture
def ddsp_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """DDSP's phases, summed in float32 for each harmonic of its own, and its positions among frames in float32."""

    def accumulate_phase(frequency: Tensor, sample_rate: float, *, exclusive: bool = False) -> Tensor:
        steps = frequency.detach().numpy() * np.float32(1 if exclusive else 2 * np.pi) / np.float32(sample_rate)
        sums = np.cumsum(steps, 1, dtype=np.float32)
        if exclusive:
            sums = np.concatenate([np.zeros_like(sums[:, :1]), sums[:, :-1]], 1) % 1
        stored = torch.from_numpy(sums) / (1 if exclusive else 2 * torch.pi)
        cycles = frequency / sample_rate
        exact = cycles.cumsum(1) - (cycles if exclusive else 0)
        return stored + (exact - exact.detach())

    def harmonic_bank(f0: Tensor, amplitudes: Tensor, sample_rate: float) -> tuple[Tensor, None]:
        frequencies = dsp.harmonic_frequencies(f0, amplitudes.shape[-1])
        return dsp.oscillator.oscillator_bank(frequencies, amplitudes, sample_rate), None

    def frame_positions(length: int, steps: int, intervals: int, like: Tensor) -> tuple[Tensor, Tensor]:
        position = torch.arange(length, dtype=torch.float32) * torch.tensor(intervals / steps, dtype=torch.float32)
        return position.floor().long(), position - position.floor()

    monkeypatch.setattr(dsp.oscillator, "accumulate_phase", accumulate_phase)
    monkeypatch.setattr(dsp.wavetable, "accumulate_phase", accumulate_phase)
    monkeypatch.setattr(dsp.oscillator, "harmonic_bank", harmonic_bank)
    monkeypatch.setattr(dsp.resample, "frame_positions", frame_positions)


@pytest.fixture
def tensorflow_cubic(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow keeps the cubic kernel in a table and reads it at whole 1024ths."""
    cubic = dsp.resample._cubic
    monkeypatch.setattr(
        dsp.resample, "_cubic", lambda frames, lower, way: cubic(frames, lower, (way * 1024).round() / 1024)
    )


@pytest.mark.parametrize("name", EXACT)
def test_functions_give_the_values_and_gradients_of_ddsp(name):
    compare(name)


@pytest.mark.parametrize("name", CUBIC)
def test_cubic_envelopes_are_those_of_ddsp_but_for_the_rounding_of_tensorflows_table(name, tensorflow_cubic):
    compare(name, 1e-5)


@pytest.mark.parametrize("name", PHASED)
def test_with_the_float32_phases_of_ddsp_the_audio_and_gradients_are_those_of_ddsp(
    name, ddsp_arithmetic, tensorflow_cubic
):
    compare(name)


@pytest.mark.parametrize("name", PHASED)
def test_our_phases_are_nearer_to_the_truth_than_the_float32_phases_of_ddsp(name):
    truth = repeat(name, torch.float64)[0][CASES[name]["outputs"][0]]
    ours = repeat(name)[0][CASES[name]["outputs"][0]]
    stored = tensor(f"{name}/{CASES[name]['outputs'][0]}")
    assert distance(ours.double(), truth) < 1e-4
    assert distance(ours.double(), truth) < distance(stored.double(), truth.detach()) < 2e-3


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("angular_cumsum")])
def test_angular_cumsum_of_ddsp_is_off_by_thousandths_of_a_radian(name):
    radians = tensor(CASES[name]["args"][0], torch.float64)
    truth = torch.cumsum(radians, 1)
    ours = 2 * torch.pi * dsp.accumulate_phase(radians.float(), 2 * torch.pi)
    stored = tensor(f"{name}/output", torch.float64)
    assert torch.sin((ours - truth) / 2).abs().max() < 2e-6
    assert torch.sin((stored - truth) / 2).abs().max() < 2e-3


@pytest.mark.parametrize("name", STREAMING)
def test_the_streaming_bank_of_ddsp_leaves_aliases_that_ours_removes(name, monkeypatch):
    assert distance(repeat(name)[0]["output"], tensor(f"{name}/output")) > 0.1
    remove = dsp.remove_above_nyquist
    monkeypatch.setattr(
        dsp.oscillator,
        "remove_above_nyquist",
        lambda hz, amplitudes, rate: amplitudes if hz.shape[1] > 100 else remove(hz, amplitudes, rate),
    )
    results = repeat(name)[0]
    assert distance(results["output"], tensor(f"{name}/output")) < 1e-2
    assert distance(results["final_phase"], tensor(f"{name}/final_phase")) < 2e-3


def test_filtered_noise_is_that_of_ddsp_but_for_its_shifted_window(monkeypatch):
    """DDSP's Hann window of odd length lies one tap early: it peaks before the response does."""

    def early(magnitudes: Tensor, window_size: int) -> Tensor:
        taps = torch.arange(-7, 8)
        window = torch.sin(torch.pi * (9 + taps) / (window_size - 1)).square()
        return torch.fft.irfft(magnitudes)[..., taps] * window

    monkeypatch.setitem(dsp.frequency_filter.__globals__, "frequency_impulse_response", early)
    compare("FilteredNoise_get_signal_given_noise")


def test_noise_filtered_by_ddsp_has_the_spectrum_of_ours():
    case = CASES["FilteredNoise_signal_spectrum"]
    synth = FilteredNoise(n_magnitudes=33, window_size=0, sample_rate=RATE)
    synth.generator = torch.Generator().manual_seed(0)
    magnitudes = tensor(case["args"][0]).expand(8, -1, -1)
    noise = synth(magnitudes=magnitudes, length=64000)[:, 0]
    frames = noise.unfold(-1, 64, 64)[:, :992] * torch.hann_window(64)
    spectrum = torch.fft.rfft(frames).abs().square().mean((0, 1)).sqrt()
    assert distance(spectrum, tensor("FilteredNoise_signal_spectrum/psd_magnitude")) < 0.03
    assert float(noise.square().mean().sqrt()) == pytest.approx(case["rms"], rel=0.02)
