import numpy as np
import pytest
import torch

from grafx_lab.processors import (
    ExpDecayReverb,
    FilteredNoiseReverb,
    ProcessorError,
    TrainableReverb,
    processor_class,
)
from tests.processors.decay import decay_time


def test_it_answers_to_the_name_of_ddsp():
    assert processor_class("reverb") is TrainableReverb


def test_the_first_sample_of_a_response_is_ignored():
    signal, ir = torch.randn(1, 2, 30), torch.zeros(1, 10)
    ir[0, 0], ir[0, 3] = 5, 0.5
    expected = signal.clone()
    expected[..., 3:] += 0.5 * signal[..., :-3]
    torch.testing.assert_close(TrainableReverb(10)(signal, ir=ir), expected)
    torch.testing.assert_close(TrainableReverb(10, add_dry=False)(signal, ir=ir), expected - signal)


def test_only_without_the_dry_signal_it_is_wet_only():
    assert not TrainableReverb(10).wet_only
    assert TrainableReverb(10, add_dry=False).wet_only


@pytest.mark.parametrize("seconds", [0.2, 0.8])
def test_decay_control_is_the_time_until_minus_60_decibels(seconds):
    reverb = ExpDecayReverb()
    controls = reverb.get_controls(**reverb.raw_from_controls(decay=seconds))
    assert decay_time(reverb.impulse_response(**controls)[0].double().numpy()) == pytest.approx(seconds, rel=0.05)


def test_level_control_is_the_amplitude_of_the_first_noise():
    reverb = ExpDecayReverb(reverb_length=4000)
    controls = reverb.get_controls(**reverb.raw_from_controls(gain=-20.0, decay=0.25))
    response = reverb.impulse_response(**controls)
    torch.testing.assert_close(response[0, :, 0], 0.1 * reverb.noise[:, 0].float(), rtol=1e-4, atol=0)


def test_stereo_noise_differs_between_the_channels_and_follows_the_seed():
    first, same, other = (ExpDecayReverb(100, seed=seed).noise for seed in (0, 0, 1))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    assert not torch.equal(first[0], first[1])


@pytest.mark.parametrize("seconds", [0.3, 0.8])
def test_falling_magnitudes_decay_at_their_rate(seconds):
    reverb = FilteredNoiseReverb()
    frame_seconds = 48 / 44100
    falling = -20 - 60 / seconds * frame_seconds * torch.arange(1000)[:, None].expand(1000, 16)
    controls = reverb.get_controls(**reverb.raw_from_controls(magnitudes=falling.clamp_min(-130)))
    assert decay_time(reverb.impulse_response(**controls)[0].double().numpy()) == pytest.approx(seconds, rel=0.05)


def test_a_call_may_bring_another_number_of_frames():
    reverb = FilteredNoiseReverb(reverb_length=100)
    output = reverb(torch.randn(1, 1, 50), magnitudes=torch.zeros(1, 7, 16))
    assert output.shape == (1, 1, 50)


def test_magnitudes_are_the_spectrum_of_the_response():
    reverb = FilteredNoiseReverb(reverb_length=40000, n_frames=4)
    level = torch.full((4, 16), -30.0)
    level[:, 8:] = -42.0
    controls = reverb.get_controls(**reverb.raw_from_controls(magnitudes=level))
    power = np.square(np.abs(np.fft.rfft(reverb.impulse_response(**controls)[0].double().numpy()))).mean(0)
    low, high = power[1000:8000].mean(), power[12500:19500].mean()
    assert 10 * np.log10(high / low) == pytest.approx(-12, abs=0.5)


def test_impossible_arguments_are_named():
    with pytest.raises(ProcessorError, match="reverb_length"):
        TrainableReverb(reverb_length=1)
    with pytest.raises(ProcessorError, match="n_filter_banks is 1, expected a whole number from 2"):
        FilteredNoiseReverb(n_filter_banks=1)
