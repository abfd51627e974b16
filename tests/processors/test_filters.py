import math

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.processors import (
    AllPassFilter,
    BandPassFilter,
    BandRejectFilter,
    BiquadFilter,
    HighPassFilter,
    HighShelf,
    LowPassFilter,
    LowShelf,
    PeakingFilter,
    PoleZeroFilter,
    ProcessorError,
    StateVariableFilter,
)

PASSING = (LowPassFilter, HighPassFilter, BandPassFilter, BandRejectFilter, AllPassFilter)
GAINING = (PeakingFilter, LowShelf, HighShelf)
FREE = (BiquadFilter, PoleZeroFilter, StateVariableFilter)
SERIAL = (*GAINING, *FREE)


def decibels(processor, *frequencies, **controls):
    """Its gain at whole frequencies in Hz, measured on a second of its impulse response."""
    click = torch.zeros(1, 1, 44100, dtype=torch.float64)
    click[..., 0] = 1
    raw = {key: value.double() for key, value in processor.raw_from_controls(**controls).items()}
    spectrum = torch.fft.rfft(processor(click, **raw))[0, 0]
    return dsp.amplitude_to_decibel(spectrum[list(frequencies)].abs()).tolist()


@pytest.mark.parametrize("cls", [LowPassFilter, HighPassFilter])
def test_a_pass_filter_is_3_decibels_down_at_its_frequency(cls):
    assert decibels(cls(), 1000, w0=1000.0)[0] == pytest.approx(-3.01, abs=0.01)


def test_a_low_pass_has_positive_polarity():
    ones = torch.ones(1, 1, 5000)
    processor = LowPassFilter()
    output = processor(ones, **processor.raw_from_controls(w0=500.0))
    assert float(output[..., -1]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("gain", [-12.0, 9.0])
def test_bells_and_shelves_reach_their_decibels(gain):
    controls = {"w0": 1000.0, "log_gain": gain}
    assert decibels(PeakingFilter(), 1000, **controls)[0] == pytest.approx(gain, abs=1e-3)
    np.testing.assert_allclose(decibels(LowShelf(), 0, 1000, 22050, **controls), [gain, gain / 2, 0], atol=1e-3)
    np.testing.assert_allclose(decibels(HighShelf(), 0, 1000, 22050, **controls), [0, gain / 2, gain], atol=1e-3)


@pytest.mark.parametrize("cls", SERIAL)
def test_filters_in_series_hear_the_one_before(cls):
    processor = cls(num_filters=3)
    generator = torch.Generator().manual_seed(1)
    raw = {key: spec.random_raw(generator, 2, torch.float64) for key, spec in processor.specs.items()}
    signal = torch.randn(2, 2, 400, dtype=torch.float64, generator=generator)
    controls = processor.get_controls(**raw)
    gain = dsp.decibel_to_amplitude(controls.pop("log_gain")) if cls is PoleZeroFilter else torch.ones(2, 1)
    sos = processor.sections(**controls).numpy()
    output = processor(signal, **raw).numpy()
    for item in range(2):
        expected = float(gain[item]) * scipy.signal.sosfilt(sos[item], signal[item].numpy())
        np.testing.assert_allclose(output[item], expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max())


@pytest.mark.parametrize("cls", [*PASSING, *SERIAL])
def test_a_long_sampled_fir_approaches_the_exact_filter_and_a_short_one_folds_its_tail(cls):
    long, short = cls(backend="fsm", fsm_fir_len=4000), cls(backend="fsm", fsm_fir_len=8)
    exact = cls()
    raw = {key: spec.default_raw(torch.float64) for key, spec in exact.specs.items()}
    if cls in FREE:
        raw = {key: value + 0.2 for key, value in raw.items()}
    if "log_gain" in raw:
        raw["log_gain"] = raw["log_gain"] + 0.5
    signal = torch.randn(1, 1, 3000, dtype=torch.float64)
    reference = exact(signal, **raw)
    assert float((long(signal, **raw) - reference).norm()) < 1e-5 * float(reference.norm())
    assert float((short(signal, **raw) - reference).norm()) > 1e-5 * float(reference.norm())


@pytest.mark.parametrize("cls", SERIAL)
def test_filters_in_series_start_transparent_and_different(cls):
    processor = cls(num_filters=3)
    raw = {key: value.double() for key, value in processor.neutral().items()}
    signal = torch.randn(1, 2, 500, dtype=torch.float64)
    torch.testing.assert_close(processor(signal, **raw), signal, atol=1e-5, rtol=1e-5)
    leaves = {key: value.requires_grad_() for key, value in raw.items()}
    (processor(signal, **leaves) * torch.randn(1, 2, 500, dtype=torch.float64)).sum().backward()
    key = (
        "log_gain"
        if cls in GAINING
        else {BiquadFilter: "Bs", PoleZeroFilter: "zeros", StateVariableFilter: "c_hp"}[cls]
    )
    gradient = leaves[key].grad[0].reshape(3, -1)[:, 0]
    assert len(set(gradient.tolist())) == 3
    assert (gradient != 0).all()


def test_poles_and_zeros_belong_to_their_batch_item_for_all_of_its_channels():
    processor = PoleZeroFilter(num_filters=2)
    generator = torch.Generator().manual_seed(2)
    raw = {key: spec.random_raw(generator, 3, torch.float64) for key, spec in processor.specs.items()}
    signal = torch.randn(3, 1, 200, dtype=torch.float64).expand(-1, 2, -1)
    output = processor(signal, **raw)
    assert output.shape == (3, 2, 200)
    torch.testing.assert_close(output[:, 0], output[:, 1])


def test_a_pole_far_outside_the_circle_stays_stable():
    processor = PoleZeroFilter()
    raw = processor.neutral() | {"poles": torch.tensor([[[3.0, 4.0]]])}
    output = processor(torch.randn(1, 1, 20000), **raw)
    assert torch.isfinite(output).all()
    assert float(output.abs().max()) < 1e4


def test_the_denominators_scale_divides_the_output():
    processor = BiquadFilter(normalized=True)
    signal = torch.randn(1, 1, 100)
    whole, half = (processor(signal, **processor.raw_from_controls(A0=a0)) for a0 in (1.0, 2.0))
    torch.testing.assert_close(half, whole / 2)


def test_controls_of_a_state_variable_filter_are_hertz_and_q():
    processor = StateVariableFilter()
    low_pass = {"c_hp": 0.0, "c_bp": 0.0, "c_lp": 1.0}
    at_frequency = decibels(processor, 1000, G=1000.0, twoR=4.0, **low_pass)[0]
    assert at_frequency == pytest.approx(20 * math.log10(4), abs=0.01)


@pytest.mark.parametrize("sample_rate", [8000, 16000, 44100, 96000])
@pytest.mark.parametrize("cls", [*PASSING, *GAINING])
def test_frequencies_stay_below_half_of_any_sample_rate(cls, sample_rate):
    spec = cls(sample_rate=sample_rate).specs["w0"]
    assert 20 <= torch.as_tensor(spec.default).max() < spec.high < sample_rate / 2


@pytest.mark.parametrize("cls", SERIAL)
def test_impossible_arguments_are_named(cls):
    with pytest.raises(ProcessorError, match="num_filters is 0"):
        cls(num_filters=0)
    with pytest.raises(ProcessorError, match="fast"):
        cls(backend="fast")
