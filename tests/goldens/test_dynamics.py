"""GRAFX 0.6.0's gates and one-pole compressor, torchcomp 0.2.1's gains (dynamics.json says how they were made).

Where GRAFX is wrong, its output is compared with ours after undoing our correction, or not at all.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab import dsp
from grafx_lab.processors import registry

HERE = Path(__file__).parent
MANIFEST = json.loads((HERE / "dynamics.json").read_text())
CASES, TORCHCOMP = MANIFEST["cases"], MANIFEST["torchcomp"]
ARRAYS = np.load(HERE / "dynamics.npz")
CLASSES = {cls.__name__: cls for cls in registry.values()}

# Attack and release are swapped everywhere; that of the gain can be undone by swapping its raw values.
ENERGY_BALLISTICS = [name for name in CASES if name.startswith("NoiseGate_ballistics")]
GAIN_BALLISTICS = [name for name in CASES if "_ballistics_" in name and name not in ENERGY_BALLISTICS]
# A logarithm of a gain is clipped at zero by the FIR smoother, and starts from 1 (8.7 dB) in the ballistics.
LOG_GAIN = [name for name in CASES if name.endswith("logTrue")]
ROUNDED_KNEE = [name for name in CASES if name.startswith("ApproxNoiseGate")]
COMPARABLE = [name for name in CASES if name not in (*ENERGY_BALLISTICS, *LOG_GAIN, *ROUNDED_KNEE)]


def load(name):
    case = CASES[name]
    raw = {key: torch.from_numpy(ARRAYS[f"{name}/raw/{key}"]).requires_grad_() for key in case["params"]}
    return torch.from_numpy(ARRAYS[f"input/{case['input']}"]), raw


def processor_of(name, **arguments):
    return CLASSES[CASES[name]["class"]](**CASES[name]["arguments"] | arguments)


def distance(ours, theirs):
    reference = torch.from_numpy(theirs)
    return float((ours.detach() - reference).norm() / reference.norm())


def compare(name, output, raw, tolerance):
    stored = ARRAYS[f"{name}/output"]
    assert distance(output[..., : stored.shape[-1]], stored) < tolerance
    cotangent = np.random.default_rng([CASES[name]["seed"], 9000]).standard_normal(tuple(output.shape))
    (output * torch.from_numpy(cotangent.astype(np.float32))).sum().backward()
    for key in raw:
        assert distance(raw[key].grad, ARRAYS[f"{name}/grad/{key}"]) < 1e-3, key


def swapped(name, raw):
    return raw | ({"z_alpha_post": raw["z_alpha_post"].flip(-1)} if name in GAIN_BALLISTICS else {})


@pytest.mark.parametrize("name", COMPARABLE)
def test_same_raw_parameters_give_the_audio_and_gradients_of_grafx(name):
    """With attack and release of the gain swapped: GRAFX's attack is where the gain falls, also for gates."""
    signal, raw = load(name)
    compare(name, processor_of(name, smoother="fir")(signal, **swapped(name, raw)), raw, 1e-5)


@pytest.mark.parametrize("name", [name for name in COMPARABLE if "_iir_None" in name or "Approx" in name])
def test_exact_smoother_agrees_with_the_truncated_one(name):
    signal, raw = load(name)
    compare(name, processor_of(name)(signal, **raw), raw, 1e-4)


@pytest.mark.parametrize("shape", ["hard", "quadratic", "exponential"])
def test_energy_ballistics_agree_with_attack_and_release_swapped_and_the_state_started_at_one(shape):
    name = f"NoiseGate_ballistics_None_{shape}_logFalse"
    signal, raw = load(name)
    release, attack = torch.sigmoid(raw["z_alpha_pre"]).split(1, -1)
    energy = dsp.ballistics(signal.square().mean(1), attack, release, initial=1.0)
    compare(name, log_gain(energy, raw, shape).exp()[:, None] * signal, raw, 1e-4)


@pytest.mark.parametrize("shape", ["hard", "quadratic", "exponential"])
def test_logarithmic_gain_ballistics_agree_with_the_state_started_at_one(shape):
    name = f"NoiseGate_None_ballistics_{shape}_logTrue"
    signal, raw = load(name)
    fall, rise = torch.sigmoid(raw["z_alpha_post"]).split(1, -1)
    gain = dsp.ballistics(log_gain(signal.square().mean(1), raw, shape), rise, fall, initial=1.0).exp()
    compare(name, gain[:, None] * signal, raw, 1e-4)


@pytest.mark.parametrize("name", ROUNDED_KNEE)
def test_approximate_gate_agrees_with_a_knee_divided_by_its_width_plus_a_thousandth(name, monkeypatch):
    """GRAFX's knee is that of a true parabola times W/(W + 0.001), so its curve jumps where the parabola begins."""

    def uneven(level, threshold, ratio, shape, knee):
        excess, half = threshold - level, knee / 2
        parabola = (excess + half).square() / (2 * (knee + 1e-3))
        return (1 - ratio) / 2 * torch.where(excess.abs() <= half, parabola, torch.relu(excess))

    signal, raw = load(name)
    stored = ARRAYS[f"{name}/output"]
    assert distance(processor_of(name, smoother="fir")(signal, **raw)[..., : stored.shape[-1]], stored) < 1e-3
    monkeypatch.setattr(dsp, "gate_gain", uneven)
    compare(name, processor_of(name, smoother="fir")(signal, **raw), raw, 1e-5)


def test_grafx_clips_logarithmic_iir_gains_to_no_gating_at_all():
    """Why those cases are not compared: the stored output is the input."""
    name = "NoiseGate_None_iir_quadratic_logTrue"
    signal, raw = load(name)
    stored = torch.from_numpy(ARRAYS[f"{name}/output"])
    torch.testing.assert_close(stored, signal[..., : stored.shape[-1]], rtol=1e-4, atol=1e-6)
    assert processor_of(name)(signal, **raw).norm() < 0.9 * signal.norm()


def log_gain(energy, raw, shape):
    knee = raw["log_knee"].exp() if shape != "hard" else None
    return dsp.gate_gain(dsp.log_energy(energy), raw["log_threshold"] - 6, 1 + 2 * raw["log_ratio"].exp(), shape, knee)


@pytest.mark.parametrize("name", [name for name in TORCHCOMP if isinstance(TORCHCOMP[name], dict)])
def test_ballistics_and_static_curves_agree_with_torchcomp(name):
    """Its attack is where the smoothed value falls, and its expander's ratio is the inverse of ours."""
    given = {key: torch.tensor(value, dtype=torch.float64)[:, None] for key, value in TORCHCOMP[name].items()}
    envelope = torch.from_numpy(ARRAYS["torchcomp/input"]).double().requires_grad_()
    rates = {key: given[key].requires_grad_() for key in ("at", "rt")}
    target = two_sided_gain(envelope, given) if "comp_ratio" in given else envelope
    columns = target, rates["rt"], rates["at"], given.get("zi", torch.ones(3, 1))
    rows = zip(*(column.split(1) for column in columns), strict=True)
    output = torch.cat([dsp.ballistics(*row, float(start)) for *row, start in rows])
    assert distance(output, ARRAYS[f"torchcomp/{name}/output"]) < 1e-6
    (output * torch.from_numpy(np.random.default_rng(7).standard_normal(output.shape))).sum().backward()
    for key, value in {"input": envelope, **rates}.items():
        assert distance(value.grad.reshape(-1), ARRAYS[f"torchcomp/{name}/grad/{key}"].reshape(-1)) < 1e-5, key


def two_sided_gain(envelope, given):
    level = 2 * torch.log(envelope)
    compression = dsp.compressor_gain(level, dsp.decibel_to_log_energy(given["comp_thresh"]), given["comp_ratio"])
    expansion = dsp.gate_gain(level, dsp.decibel_to_log_energy(given["exp_thresh"]), 1 / given["exp_ratio"])
    return torch.minimum(compression, expansion).exp()
