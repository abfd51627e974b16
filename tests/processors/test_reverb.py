import numpy as np
import pytest
import torch

from grafx_lab.processors import MidSideFilteredNoiseReverb, ProcessorError, STFTMaskedNoiseReverb, processor_class


def response_of(reverb, **controls):
    return reverb.impulse_response(**reverb.get_controls(**reverb.raw_from_controls(**controls)))


@pytest.mark.parametrize("seconds", [0.3, 0.8])
@pytest.mark.parametrize("channel", ["stereo", "pseudo_midside"])
def test_decay_control_is_the_time_until_minus_60_decibels(seconds, channel):
    reverb = STFTMaskedNoiseReverb(ir_len=44100, processor_channel=channel)
    response = response_of(reverb, delta_log_magnitude=seconds)[0].double()
    # Schroeder's backward integration, fitted between -5 and -25 dB.
    energy = response.square().sum(0).flip(0).cumsum(0).flip(0)
    decay = 10 * np.log10((energy / energy[0]).numpy())
    part = (decay < -5) & (decay > -25)
    slope = np.polyfit(np.flatnonzero(part) / 44100, decay[part], 1)[0]
    assert -60 / slope == pytest.approx(seconds, rel=0.05)


def test_level_control_is_the_spectrum_of_the_beginning_in_decibels():
    reverb = STFTMaskedNoiseReverb(ir_len=40000, processor_channel="stereo")
    level = torch.zeros(2, 193)
    level[:, 96:] = -12.0
    response = response_of(reverb, init_log_magnitude=level, delta_log_magnitude=10.0)[0].double()
    power = torch.fft.rfft(response).abs().square().mean(0)
    low, high = power[2000:9000].mean(), power[11000:18000].mean()
    assert float(10 * torch.log10(high / low)) == pytest.approx(-12, abs=0.5)


def test_response_has_energy_one_and_the_wet_signal_is_its_convolution():
    reverb = STFTMaskedNoiseReverb(ir_len=500, n_fft=64, hop_length=32)
    raw = reverb.raw_from_controls()
    impulse = torch.zeros(1, 1, 600)
    impulse[..., 0] = 1
    output = reverb(impulse, **raw)
    torch.testing.assert_close(output[..., :500], response_of(reverb), atol=1e-6, rtol=1e-4)
    assert float(output.square().sum(-1).mean()) == pytest.approx(1, rel=1e-4)


def test_midside_leaves_a_mono_signal_without_side():
    reverb = STFTMaskedNoiseReverb(ir_len=500, n_fft=64, hop_length=32, processor_channel="midside")
    left, right = reverb(torch.randn(1, 1, 300), **reverb.raw_from_controls()).unbind(1)
    torch.testing.assert_close(left, right)


def test_seed_changes_the_noise_and_fresh_noise_follows_the_generator():
    arguments = {"ir_len": 500, "n_fft": 64, "hop_length": 32}
    assert not torch.equal(*(response_of(STFTMaskedNoiseReverb(**arguments, seed=seed)) for seed in (0, 1)))
    fresh = STFTMaskedNoiseReverb(**arguments, fixed_noise=False)
    assert not torch.equal(response_of(fresh), response_of(fresh))
    repeated = []
    for _ in range(2):
        fresh.generator = torch.Generator().manual_seed(1)
        repeated.append(response_of(fresh))
    assert torch.equal(*repeated)


def test_it_answers_to_the_names_of_grafx():
    assert MidSideFilteredNoiseReverb is processor_class("midside_filtered_noise_reverb") is STFTMaskedNoiseReverb


def test_labels_follow_the_channels():
    assert STFTMaskedNoiseReverb().specs["init_log_magnitude"].labels == ("Mid", "Side")
    assert STFTMaskedNoiseReverb(processor_channel="stereo").specs["init_log_magnitude"].labels == ("Left", "Right")


@pytest.mark.parametrize(("arguments", "word"), [({"ir_len": 100}, "ir_len"), ({"processor_channel": "quad"}, "quad")])
def test_impossible_arguments_are_named(arguments, word):
    with pytest.raises(ProcessorError, match=word):
        STFTMaskedNoiseReverb(**arguments)
