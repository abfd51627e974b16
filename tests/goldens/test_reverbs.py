"""Reverberators and frequency filters of GRAFX 0.6.0 and DDSP 3.7.0 for stored inputs (reverbs.json says how)."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.linalg import toeplitz
from torch import Tensor
from torch.nn import functional as F

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_NEPER
from grafx_lab.processors import ExpDecayReverb, FilteredNoiseShapingReverb, TimeVaryingFIRFilter, TrainableReverb

HERE = Path(__file__).parent
MANIFEST = json.loads((HERE / "reverbs.json").read_text())
GRAFX, DDSP = MANIFEST["grafx"], MANIFEST["ddsp"]
ARRAYS = np.load(HERE / "reverbs.npz")
FREQUENCY_FILTER = importlib.import_module("grafx_lab.dsp.frequency_filter")  # the package names its function so, too


def distance(ours: Tensor, theirs: np.ndarray) -> float:
    reference = torch.from_numpy(theirs)
    assert ours.shape == reference.shape
    return float((ours.detach() - reference).norm() / reference.norm())


def stored(name: str, array: str = "output") -> np.ndarray:
    return ARRAYS[f"ddsp/{name}/{array}"]


def inputs(name: str) -> list[Tensor]:
    case = DDSP[name]
    keys = [*case["args"], *(value["array"] for value in case["kwargs"].values() if isinstance(value, dict))]
    return [torch.from_numpy(ARRAYS[f"ddsp/{key}"]).requires_grad_() for key in keys]


def check_gradients(name: str, output: Tensor, **leaves: Tensor) -> None:
    cotangent = np.random.default_rng([4242]).standard_normal(tuple(output.shape)).astype(np.float32)
    (output * torch.from_numpy(cotangent)).sum().backward()
    for key, leaf in leaves.items():
        assert distance(leaf.grad, stored(name, f"grad/{key}")) < 1e-3, key


# GRAFX ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GRAFX)
def test_grafx_fault_9_with_its_linear_log_gain_and_noise_the_audio_and_gradients_are_those_of_grafx(name, monkeypatch):
    # GRAFX takes log_gain as the gain itself; its noise is NumPy's next, here after numpy.random.seed(1234).
    monkeypatch.setattr(dsp, "decibel_to_amplitude", lambda decibel: decibel / DECIBEL_PER_NEPER)
    case = GRAFX[name]
    arguments = {"sr": 30000, "noise_randomness": "pseudo-random", "seed": 1234} | case["arguments"]
    reverb = FilteredNoiseShapingReverb(**arguments)
    assert distance(reverb.bands[..., :256].float(), ARRAYS[f"grafx/{name}/bands"]) < 1e-6
    raw = {key: torch.from_numpy(ARRAYS[f"grafx/{name}/raw/{key}"]).requires_grad_() for key in case["params"]}
    signal = torch.from_numpy(ARRAYS["grafx/input"])
    torch.manual_seed(case["seed"])
    output = reverb(signal, **raw)
    # GRAFX cuts one piece of noise for all items of a batch; ours is the same for the first item.
    items = slice(0, 1 if arguments["noise_randomness"] == "pseudo-random" else None)
    assert distance(output[items, ..., :4096], ARRAYS[f"grafx/{name}/output"][items]) < 1e-5
    cotangent = np.random.default_rng([case["seed"], 9000]).standard_normal(tuple(output.shape))
    (output * torch.from_numpy(cotangent.astype(np.float32))).sum().backward()
    for key, leaf in raw.items():
        assert distance(leaf.grad[items], ARRAYS[f"grafx/{name}/grad/{key}"][items]) < 1e-3, key


# DDSP: convolution ----------------------------------------------------------------------------------------------------


def responses(fir: Tensor) -> Tensor:
    """DDSP's ``(batch, taps)`` or ``(batch, frames, taps)`` as ours."""
    return fir[:, None, None] if fir.ndim == 2 else fir[:, None]


def begin(taps: int, delay_compensation: int = -1) -> int:
    """How many samples DDSP cuts off the beginning; by default one or two fewer than the response's delay."""
    return (taps - 1) // 2 - 1 if delay_compensation < 0 else delay_compensation


@pytest.mark.parametrize("name", [name for name in DDSP if name.startswith("fft_convolve")])
def test_frames_convolved_with_a_response_each_are_those_of_ddsp(name):
    audio, fir = inputs(name)
    output = dsp.time_varying_convolve(audio[:, None], responses(fir))[:, 0]
    start = begin(fir.shape[-1], DDSP[name]["kwargs"].get("delay_compensation", -1))
    length = audio.shape[-1] - start
    assert distance(output[:, start:], stored(name)[:, :length]) < 1e-4
    if name == "fft_convolve_same_dc0_tv10x65":
        check_gradients(name, output, arg0=audio, arg1=fir)


# DDSP: frequency filters ----------------------------------------------------------------------------------------------


def ddsp_window(zero_phase: Tensor, window_size: int) -> Tensor:
    """DDSP 3.7.0's windowing: a shortened window loses its first tap, and one of odd length comes a tap early."""
    taps = window_size if 0 < window_size < zero_phase.shape[-1] else zero_phase.shape[-1]
    odd = taps % 2
    window = torch.hann_window(taps, periodic=not odd).roll(-odd)
    if taps < zero_phase.shape[-1]:
        window[1 - odd] = 0
    return zero_phase.roll(taps // 2, -1)[..., :taps] * window


@pytest.mark.parametrize("size", [0, 64, 65, 257])
def test_responses_under_a_full_window_are_those_of_ddsp(size):
    name = f"frequency_impulse_response_ws{size}"
    assert distance(dsp.frequency_impulse_response(inputs(name)[0], size), stored(name)) < 1e-4


@pytest.mark.parametrize("size", [16, 17, 33])
def test_responses_under_a_shorter_window_are_those_of_ddsp_after_undoing_its_misplacement(size, monkeypatch):
    monkeypatch.setattr(FREQUENCY_FILTER, "windowed_response", ddsp_window)
    name = f"frequency_impulse_response_ws{size}"
    magnitudes = inputs(name)[0]
    theirs = torch.from_numpy(stored(name))
    # Theirs begins at the first tap that it keeps and ends with zeros.
    kept = 2 - size % 2
    aligned = F.pad(theirs, (kept, 0))[..., :size]
    ours = dsp.frequency_impulse_response(magnitudes, size)
    assert distance(ours, aligned.numpy()) < 1e-4


@pytest.mark.parametrize("size", [0, 64, 65, 257, "2d_valid"])
def test_ddsp_frequency_filters_with_full_windows_come_two_samples_late(size):
    name = f"frequency_filter_{size}" if size == "2d_valid" else f"frequency_filter_ws{size}"
    audio, magnitudes = inputs(name)
    output = dsp.frequency_filter(audio[:, None], responses(magnitudes))[:, 0]
    assert distance(output[:, :-2], stored(name)[:, 2:1000]) < 1e-4


@pytest.mark.parametrize("size", [16, 17, 33])
def test_frequency_filters_with_shorter_windows_are_those_of_ddsp_after_undoing_its_misplacement(size, monkeypatch):
    monkeypatch.setattr(FREQUENCY_FILTER, "windowed_response", ddsp_window)
    name = f"frequency_filter_ws{size}"
    audio, magnitudes = inputs(name)
    output = dsp.frequency_filter(audio[:, None], magnitudes[:, None], size)[:, 0]
    assert distance(output, stored(name)) < 1e-4
    if size == 17:
        check_gradients(name, output, arg0=audio, arg1=magnitudes)


def test_time_varying_fir_filter_is_that_of_ddsp_after_undoing_its_misplacement(monkeypatch):
    monkeypatch.setattr(FREQUENCY_FILTER, "windowed_response", ddsp_window)
    audio, magnitudes = inputs("FIRFilter_call")
    processor = TimeVaryingFIRFilter(num_frames=10, num_bins=33, window_size=17, sample_rate=16000)
    output = processor(audio[:, None], magnitudes=magnitudes)[:, 0]
    assert distance(output, stored("FIRFilter_call")) < 1e-4
    check_gradients("FIRFilter_call", output, audio=audio, magnitudes=magnitudes)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("size", [0, 32, 33])
def test_windows_are_those_of_ddsp_after_undoing_their_misplacement(size, causal):
    name = f"apply_window_ws{size}_causal{causal}"
    response = inputs(name)[0]
    zero_phase = response.roll(32, -1) if causal else response
    if size == 0:
        assert distance(dsp.windowed_response(zero_phase), stored(name)) < 1e-4
    else:
        kept = 2 - size % 2
        aligned = F.pad(torch.from_numpy(stored(name)), (kept, 0))[..., :size]
        assert distance(ddsp_window(zero_phase, size), aligned.numpy()) < 1e-4


@pytest.mark.parametrize("high_pass", [False, True])
@pytest.mark.parametrize("unit", ["", "_hz"])
def test_windowed_sincs_are_those_of_ddsp(high_pass, unit):
    name = f"sinc_impulse_response{unit}_hp{high_pass}"
    cutoff = inputs(name)[0]
    rate, size = (16000, 65) if unit else (2, 64)
    response = dsp.sinc_impulse_response(cutoff[..., 0], rate, size, high_pass=high_pass)
    assert distance(response, stored(name)) < 1e-4
    if not unit:
        check_gradients(name, response, arg0=cutoff)


@pytest.mark.parametrize("high_pass", [False, True])
def test_ddsp_sinc_filters_come_one_sample_late(high_pass):
    name = f"sinc_filter_hp{high_pass}"
    audio, cutoff = inputs(name)
    response = dsp.sinc_impulse_response(cutoff[..., 0], 2, 64, high_pass=high_pass)
    output = dsp.time_varying_convolve(audio[:, None], response[:, None], "zerophase")[:, 0]
    assert distance(output[:, :-1], stored(name)[:, 1:]) < 1e-4


# DDSP: reverbs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dry", [True, False])
def test_trainable_reverb_is_that_of_ddsp(dry):
    name = f"Reverb_dry{dry}"
    audio, ir = inputs(name)
    output = TrainableReverb(reverb_length=300, add_dry=dry)(audio[:, None], ir=ir)[:, 0]
    assert distance(output, stored(name)) < 1e-4
    check_gradients(name, output, audio=audio, ir=ir)


@pytest.mark.parametrize("name", ["Reverb_ir3d", "Reverb_ir1d"])
def test_responses_of_other_ranks_are_the_same_to_ddsp(name):
    audio, ir = inputs(name)
    output = TrainableReverb(reverb_length=300)(audio[:, None], ir=ir.reshape(-1, 300))[:, 0]
    assert distance(output, stored(name)) < 1e-4


def decay_reverb(noise: np.ndarray) -> ExpDecayReverb:
    reverb = ExpDecayReverb(reverb_length=400)
    reverb.noise.copy_(torch.from_numpy(noise))
    return reverb


def envelopes(gain: Tensor, decay: Tensor) -> np.ndarray:
    """The responses with noise 1, ``(2, 400)``, by NumPy."""
    gain, decay = gain.detach().double().numpy(), decay.detach().double().numpy()
    amplitude = 2 / (1 + np.exp(-gain)) ** np.log(10) + 1e-7
    return amplitude * np.exp(-(2 + np.exp(decay)) * np.linspace(0, 1, 400))


def test_decaying_response_is_that_of_ddsp_although_its_noise_is_not_1_as_the_golden_says():
    # The stored responses contain noise. It is read off the first item; the second item and all gradients must agree.
    name = "ExpDecayReverb_ir_noise_replaced_by_ones"
    gain, decay = inputs(name)
    noise = stored(name)[0] / envelopes(gain, decay)[0]
    assert noise.std() > 0.5
    reverb = decay_reverb(noise)
    response = reverb.impulse_response(**reverb.get_controls(gain=gain, decay=decay))[:, 0]
    assert distance(response[1], stored(name)[1]) < 1e-4
    check_gradients(name, response, gain=gain, decay=decay)


def test_decay_reverb_is_that_of_ddsp_although_its_noise_is_not_1_as_the_golden_says():
    # That call has noise of its own: the least squares solution for the first item must give the second.
    audio, gain, decay = inputs("ExpDecayReverb_call_ones")
    output = stored("ExpDecayReverb_call_ones")
    first = audio[0].detach().double().numpy()
    delayed = toeplitz(first, np.zeros(400)) * envelopes(gain, decay)[0]
    noise = np.zeros(400)
    noise[1:] = np.linalg.lstsq(delayed[:, 1:], output[0] - first)[0]
    wet = decay_reverb(noise)(audio[:, None], gain=gain, decay=decay)[:, 0]
    assert distance(wet[1], output[1]) < 1e-4
