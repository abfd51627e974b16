"""Goldens of distortions, delays, stereo and containers: GRAFX 0.6.0, and DDSP 3.7.0's variable delay.

Where GRAFX is wrong, its output is compared with ours after undoing our correction, or not at all.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab import dsp
from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import (
    DryWet,
    GainStagingRegularization,
    ModDelay,
    ParallelMix,
    PeakingFilter,
    PiecewiseTanhDistortion,
    SerialChain,
    SideGainImager,
    StereoGain,
    TanhDistortion,
    registry,
)

HERE = Path(__file__).parent
CASES = json.loads((HERE / "shapes_and_routes.json").read_text())["cases"]
ARRAYS = np.load(HERE / "shapes_and_routes.npz")


def three() -> dict:
    return {"gain": StereoGain(), "dist": TanhDistortion(), "imager": SideGainImager()}


def regularised_strip() -> SerialChain:
    weight = DryWet(TanhDistortion(), external_param=False, activation="none")
    return SerialChain({"g": GainStagingRegularization(StereoGain()), "d": weight})


CONTAINERS = {
    "SerialChain_gain_tanh_peak": lambda: SerialChain(
        {"gain": StereoGain(), "dist": TanhDistortion(), "peak": PeakingFilter()}
    ),
    "SerialChain_gain_imager": lambda: SerialChain({"gain": StereoGain(), "imager": SideGainImager()}),
    "SerialChain_nested_GainStaging": regularised_strip,
    "ParallelMix_softmax": lambda: ParallelMix(three()),
    "ParallelMix_softplus": lambda: ParallelMix(three(), activation="softplus"),
    "GainStagingRegularization_TanhDistortion": lambda: GainStagingRegularization(TanhDistortion()),
}
CLASSES = {cls.__name__: cls for cls in registry.values()}
KINKED = [name for name in CASES if name.startswith("PiecewiseTanh")]
# Segments of an odd length are a sample short in GRAFX, and its mid/side is its stereo.
WRONG_DELAYS = ["MultitapDelay_odd_segment", "MultitapDelay_small_midside"]
COMPARABLE = [name for name in CASES if name not in (*KINKED, *WRONG_DELAYS)]


def load(name: str) -> tuple[tuple[torch.Tensor, ...], dict]:
    case = CASES[name]
    flat = {
        key.replace("/", "."): torch.from_numpy(ARRAYS[f"{name}/raw/{key}"]).requires_grad_() for key in case["params"]
    }
    signal = torch.from_numpy(ARRAYS[f"input/{case['input']}"])
    return signal.split(1, 1) if case["class"] == "MidSideToStereo" else (signal,), unflatten(flat)


def make(name: str, **overrides: object):
    if name in CONTAINERS:
        return CONTAINERS[name]()
    return CLASSES[CASES[name]["class"]](**CASES[name]["arguments"] | overrides)


def distance(ours: torch.Tensor, theirs: np.ndarray) -> float:
    reference = torch.from_numpy(theirs)
    return float((ours.detach() - reference).norm() / reference.norm())


def stored(name: str, output: torch.Tensor, suffix: str = "") -> float:
    theirs = ARRAYS[f"{name}/output{suffix}"]
    return distance(output[..., :: CASES[name]["step"]][..., : theirs.shape[-1]], theirs)


def check_gradients(name: str, output: torch.Tensor, raw: dict) -> None:
    keys = [key for key in flatten(raw) if f"{name}/grad/{key.replace('.', '/')}" in ARRAYS]
    if not keys:
        return
    cotangent = np.random.default_rng([CASES[name]["seed"], 9000]).standard_normal(tuple(output.shape))
    (output * torch.from_numpy(cotangent.astype(np.float32))).sum().backward()
    for key in keys:
        gap = distance(flatten(raw)[key].grad, ARRAYS[f"{name}/grad/{key.replace('.', '/')}"])
        print(f"{name} gradient of {key}: {gap:.1e}")
        assert gap < 1e-3, key


@pytest.mark.parametrize("name", COMPARABLE)
def test_same_raw_parameters_give_the_audio_gradients_and_aux_of_grafx(name):
    signals, raw = load(name)
    outputs, aux = make(name).run(*signals, **raw)
    print(f"{name}: {stored(name, outputs[0]):.1e}")
    assert stored(name, outputs[0]) < 1e-5
    assert len(outputs) == 1 or stored(name, outputs[1], "1") < 1e-5
    check_gradients(name, outputs[0], raw)
    said = flatten(aux)
    for key in (key for key in ARRAYS.files if key.startswith(f"{name}/aux/")):
        per_item = said[key.removeprefix(f"{name}/aux/").replace("/", ".")]
        assert per_item.shape == (2,)
        assert float(per_item.detach().sum()) == pytest.approx(float(ARRAYS[key]), rel=1e-4)


@pytest.mark.parametrize("name", KINKED)
def test_piecewise_tanh_agrees_once_its_slopes_are_made_discontinuous_as_in_grafx(name, monkeypatch):
    (signal,), raw = load(name)
    distortion = make(name)
    assert isinstance(distortion, PiecewiseTanhDistortion)
    assert stored(name, distortion(signal, **raw)) > 0.01

    def kinked(signal, thresholds, hardness, before, after):
        u = before[..., None] * signal
        low, high = thresholds[..., None].split(1, 1)
        low_hardness, high_hardness = hardness[..., None].split(1, 1)

        def outer(excess, k, h):
            return torch.tanh(k) + (1 - torch.tanh(k)) / h * torch.tanh(h * (excess - k))

        below = torch.where(u < -low, -outer(-u, low, low_hardness), torch.tanh(u))
        return after[..., None] * torch.where(u > high, outer(u, high, high_hardness), below)

    monkeypatch.setattr(dsp, "piecewise_tanh", kinked)
    output = distortion(signal, **raw)
    assert stored(name, output) < 1e-5
    check_gradients(name, output, raw)


def test_mid_side_taps_of_grafx_are_its_stereo_taps():
    (signal,), raw = load("MultitapDelay_small_midside")
    assert stored("MultitapDelay_small_midside", make("MultitapDelay_small_midside")(signal, **raw)[0]) > 0.1
    as_stereo = make("MultitapDelay_small_midside", processor_channel="stereo")(signal, **raw)[0]
    assert stored("MultitapDelay_small_midside", as_stereo) < 1e-5


def test_odd_segments_of_grafx_are_those_one_sample_shorter():
    name = "MultitapDelay_odd_segment"
    (signal,), raw = load(name)
    assert stored(name, make(name)(signal, **raw)[0]) > 0.1
    assert stored(name, make(name, segment_len=600)(signal, **raw)[0]) < 1e-5


AUDIO = torch.from_numpy(ARRAYS["ddsp/audio"])[:, None]


def cotangent() -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng([4242]).standard_normal((2, 1000)).astype(np.float32))


def agree_where_ddsp_does_not_wrap(ours: torch.Tensor, theirs: np.ndarray, inside: torch.Tensor) -> None:
    """In the last sample of its longest delay DDSP fades into the present."""
    reference = torch.from_numpy(theirs)
    assert inside.float().mean() > 0.9
    gap = ((ours.detach() - reference) * inside).norm() / reference.norm()
    print(f"DDSP delay: {float(gap):.1e}")
    assert gap < 1e-4


def test_delay_agrees_with_ddsp():
    phase = torch.from_numpy(ARRAYS["ddsp/phase"]).transpose(1, 2).requires_grad_()
    samples = 64 * phase
    output = dsp.delay(AUDIO, samples, "linear")[:, 0]
    inside = samples[:, 0] < 63
    agree_where_ddsp_does_not_wrap(output, ARRAYS["variable_length_delay/output"], inside)
    (output * cotangent()).sum().backward()
    agree_where_ddsp_does_not_wrap(phase.grad[:, 0], ARRAYS["variable_length_delay/grad/arg0"][..., 0], inside)


@pytest.mark.parametrize("name", ["call", "noscale"])
def test_mod_delay_agrees_with_ddsp(name):
    scales = {} if name == "call" else {"gain_scale_fn": None, "phase_scale_fn": None, "add_dry": False}
    delay = ModDelay(center_ms=2, depth_ms=1.5, sample_rate=16000, **scales)
    raw = {key: torch.from_numpy(ARRAYS[f"ddsp/{key}_{name}"]).requires_grad_() for key in ("gain", "phase")}
    output = delay(AUDIO, **raw)[:, 0]
    inside = delay.get_controls(**raw)["phase"][..., 0] / 100 * 24 + 32 < 55
    agree_where_ddsp_does_not_wrap(output, ARRAYS[f"ModDelay_{name}/output"], inside)
    if name == "call":
        (output * cotangent()).sum().backward()
        for key, tensor in raw.items():
            agree_where_ddsp_does_not_wrap(tensor.grad[..., 0], ARRAYS[f"ModDelay_call/grad/{key}"][..., 0], inside)
