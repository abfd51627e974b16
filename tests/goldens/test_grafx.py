"""GRAFX 0.6.0's outputs and gradients for stored inputs (grafx.json says how they were made).

Where GRAFX is wrong, its output is compared with ours after undoing our correction, or not at all.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab import dsp
from grafx_lab.processors import DryWet, Processor, StereoGain, TanhDistortion, registry
from grafx_lab.transforms import CompressionRatio
from tests.goldens import comparison

HERE = Path(__file__).parent
MANIFEST = json.loads((HERE / "grafx.json").read_text())
CASES = MANIFEST["cases"]
ARRAYS = np.load(HERE / "grafx.npz")

# Attack and release are swapped for the energy, and the logarithm of the gain starts at 1 (a boost of 8.7 dB).
ENERGY_BALLISTICS = [name for name in CASES if name.startswith("Compressor_ballistics")]
LOG_GAIN = [name for name in CASES if name.startswith("Compressor_") and name.endswith("logTrue")]
COMPARABLE = [name for name in CASES if name not in (*ENERGY_BALLISTICS, *LOG_GAIN)]


def load(name: str) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    case = CASES[name]
    raw = {key: torch.from_numpy(ARRAYS[f"{name}/raw/{key}"]).requires_grad_() for key in case["params"]}
    return torch.from_numpy(ARRAYS[f"input/{case['input']}"]), raw


def processor_of(name: str, **overrides: object) -> Processor:
    case = CASES[name]
    if case["class"] == "DryWet":
        inner = StereoGain() if "StereoGain" in name else TanhDistortion()
        return DryWet(inner, external_param="external" in name, activation="none")
    classes = {cls.__name__: cls for cls in registry.values()}
    return classes[case["class"]](**case["arguments"] | overrides)


def compare(name: str, output: torch.Tensor, raw: dict[str, torch.Tensor], tolerance: float) -> None:
    comparison.compare(ARRAYS, CASES[name], name, output, raw, tolerance)


@pytest.mark.parametrize("name", COMPARABLE)
def test_same_raw_parameters_give_the_audio_and_gradients_of_grafx(name):
    signal, raw = load(name)
    overrides = {"Compressor": {"smoother": "fir"}, "ParametricEqualizer": {"backend": "fsm"}}
    defaults = overrides.get(CASES[name]["class"], {})
    processor = processor_of(
        name, **{key: value for key, value in defaults.items() if key not in CASES[name]["arguments"]}
    )
    torch.manual_seed(CASES[name]["seed"])
    compare(name, processor(signal, **raw), raw, 1e-5)


@pytest.mark.parametrize(
    "name", [name for name in COMPARABLE if name.startswith("ParametricEqualizer") and "fsm4001" in name]
)
def test_exact_equalizer_agrees_with_the_frequency_sampled_one(name):
    signal, raw = load(name)
    compare(name, processor_of(name, backend="exact")(signal, **raw), raw, 1e-4)


@pytest.mark.parametrize("name", [name for name in COMPARABLE if name.startswith("Compressor_iir_None")])
def test_exact_smoother_agrees_with_the_truncated_one(name):
    signal, raw = load(name)
    compare(name, processor_of(name)(signal, **raw), raw, 1e-4)


@pytest.mark.parametrize("shape", ["hard", "quadratic", "exponential"])
def test_energy_ballistics_agree_with_attack_and_release_swapped_and_the_state_started_at_one(shape):
    name = f"Compressor_ballistics_None_{shape}_logFalse"
    signal, raw = load(name)
    release, attack = torch.sigmoid(raw["z_alpha_pre"]).split(1, -1)
    energy = dsp.ballistics(signal.square().mean(1), attack, release, initial=1.0)
    compare(name, static_gain(signal, energy, raw, shape).exp()[:, None] * signal, raw, 1e-4)


@pytest.mark.parametrize("shape", ["hard", "quadratic", "exponential"])
def test_logarithmic_gain_ballistics_agree_with_the_state_started_at_one(shape):
    name = f"Compressor_None_ballistics_{shape}_logTrue"
    signal, raw = load(name)
    attack, release = torch.sigmoid(raw["z_alpha_post"]).split(1, -1)
    log_gain = static_gain(signal, signal.square().mean(1), raw, shape)
    gain = dsp.ballistics(log_gain, release, attack, initial=1.0).exp()
    compare(name, gain[:, None] * signal, raw, 1e-4)


def static_gain(signal, energy, raw, shape):
    knee = raw["log_knee"].exp() if shape != "hard" else None
    return dsp.compressor_gain(
        dsp.log_energy(energy), raw["log_threshold"] - 6, CompressionRatio()(raw["log_ratio"]), shape, knee
    )


def test_grafx_clips_logarithmic_iir_gains_to_no_compression_at_all():
    """Why those two cases are not compared: the stored output is the input."""
    for name in ("Compressor_iir_iir_quadratic_logTrue", "Compressor_None_iir_quadratic_logTrue"):
        signal, raw = load(name)
        stored = torch.from_numpy(ARRAYS[f"{name}/output"])
        torch.testing.assert_close(stored, signal[..., : stored.shape[-1]], rtol=1e-4, atol=1e-6)
        assert processor_of(name)(signal, **raw).norm() < 0.9 * signal.norm()
