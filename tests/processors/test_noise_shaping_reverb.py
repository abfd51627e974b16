import numpy as np
import pytest
import torch

from grafx_lab.processors import FilteredNoiseShapingReverb, ProcessorError
from tests.processors.decay import decay_time

SHORT = {"ir_len": 500, "num_bands": 4}


def response_of(reverb, **controls):
    return reverb.impulse_response(**reverb.get_controls(**reverb.raw_from_controls(**controls)))


@pytest.mark.parametrize("seconds", [0.2, 0.7])
@pytest.mark.parametrize("channel", ["mono", "stereo", "midside", "pseudo_midside"])
def test_decay_control_is_the_time_until_minus_60_decibels(seconds, channel):
    reverb = FilteredNoiseShapingReverb(ir_len=40000, processor_channel=channel)
    response = response_of(reverb, log_decay=seconds)[0].double().numpy()
    assert decay_time(response) == pytest.approx(seconds, rel=0.05)


def test_each_band_decays_in_its_own_time():
    reverb = FilteredNoiseShapingReverb(ir_len=40000, num_bands=3, processor_channel="mono")
    response = response_of(reverb, log_decay=((1.0, 0.3, 0.6),))[0].double().numpy()
    low, high = reverb.crossovers
    assert decay_time(response, band=(low / 4, low / 2)) == pytest.approx(1.0, rel=0.15)
    assert decay_time(response, band=(low * 2, high / 2)) == pytest.approx(0.3, rel=0.15)
    assert decay_time(response, band=(high * 2, high * 4)) == pytest.approx(0.6, rel=0.1)


def test_grafx_fault_9_log_gain_is_a_logarithm():
    reverb = FilteredNoiseShapingReverb(ir_len=20000, num_bands=2, processor_channel="mono")
    powers = []
    for level in (0.0, 12.0):
        response = response_of(reverb, log_gain=((level, 0.0),), log_decay=1.9)[0, 0].double().numpy()
        powers.append(np.square(np.abs(np.fft.rfft(response))))
    frequency = np.fft.rfftfreq(20000, 1 / 44100)
    low, high = frequency < reverb.crossovers[0] / 4, frequency > reverb.crossovers[0] * 8
    ratios = [power[low].sum() / power[high].sum() for power in powers]
    assert 10 * np.log10(ratios[1] / ratios[0]) == pytest.approx(12, abs=0.2)


def test_grafx_fault_9_noise_is_seeded_and_every_randomness_and_channel_can_be_constructed():
    fixed = [response_of(FilteredNoiseShapingReverb(**SHORT, seed=seed)) for seed in (0, 0, 1)]
    assert torch.equal(fixed[0], fixed[1])
    assert not torch.equal(fixed[0], fixed[2])
    for randomness in ("pseudo-random", "random"):
        reverb = FilteredNoiseShapingReverb(**SHORT, processor_channel="pseudo_midside", noise_randomness=randomness)
        assert not torch.equal(response_of(reverb), response_of(reverb))
        repeated = []
        for _ in range(2):
            reverb.generator = torch.Generator().manual_seed(1)
            repeated.append(response_of(reverb))
        assert torch.equal(*repeated)


def test_a_full_fade_in_begins_in_silence():
    reverb = FilteredNoiseShapingReverb(**SHORT, use_fade_in=True)
    faded = response_of(reverb, log_fade_in=50.0, z_fade_in_gain=99.9)[0].abs()
    assert float(faded[:, :5].mean()) < 0.1 * float(faded[:, 300:].mean())


def test_bands_end_below_half_of_a_low_sample_rate():
    assert max(FilteredNoiseShapingReverb(**SHORT, sample_rate=16000).crossovers) < 8000


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"processor_channel": "quad"}, "quad"),
        ({"scale": "cents"}, "cents"),
        ({"noise_randomness": "loud"}, "loud"),
        ({"min_decay_ms": 3000}, "3000"),
        ({"ir_len": 5}, "ir_len"),
        ({"num_bands": 0}, "num_bands"),
    ],
)
def test_impossible_arguments_are_named(arguments, word):
    with pytest.raises(ProcessorError, match=word):
        FilteredNoiseShapingReverb(**arguments)
