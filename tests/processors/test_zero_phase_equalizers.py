import pytest
import torch

from grafx_lab import dsp
from grafx_lab.processors import NewZeroPhaseFIREqualizer, ProcessorError, ZeroPhaseFIREqualizer


def click(channels=1, length=4001):
    signal = torch.zeros(1, channels, length, dtype=torch.float64)
    signal[..., length // 2] = 1
    return signal


def gains(output):
    """Decibels from 0 Hz to half the sample rate, in 2001 steps."""
    return dsp.amplitude_to_decibel(torch.fft.rfft(output[0]).abs())


def sloped(bins):
    return torch.linspace(6, -6, bins, dtype=torch.float64)


@pytest.mark.parametrize("processor", [ZeroPhaseFIREqualizer(256), NewZeroPhaseFIREqualizer(256, window="kaiser")])
def test_a_smooth_curve_is_met_without_phase(processor):
    raw = processor.raw_from_controls(log_magnitude=sloped(256))
    output = processor(click(), **raw)
    torch.testing.assert_close(output, output.flip(-1), atol=0.05, rtol=0)
    measured = gains(output)[0]
    assert float(measured[500]) == pytest.approx(3, abs=0.05)
    assert float(measured[1500]) == pytest.approx(-3, abs=0.05)


def test_each_side_has_its_curve():
    processor = NewZeroPhaseFIREqualizer(64, "stereo")
    curves = torch.tensor([[[6.0], [-6.0]]]).expand(-1, -1, 64)
    output = processor(click(2), **processor.raw_from_controls(log_magnitude=curves))
    torch.testing.assert_close(gains(output)[:, 1000], torch.tensor([6.0, -6.0]).double(), atol=0.02, rtol=0)


def test_mid_and_side_have_their_curves():
    processor = NewZeroPhaseFIREqualizer(64, "midside")
    curves = torch.tensor([[[0.0], [12.0]]]).expand(-1, -1, 64)
    raw = processor.raw_from_controls(log_magnitude=curves)
    mid = torch.randn(1, 1, 500).expand(-1, 2, -1)
    torch.testing.assert_close(processor(mid, **raw), mid, atol=2e-3, rtol=1e-3)
    side = mid * torch.tensor([[[1.0], [-1.0]]])
    torch.testing.assert_close(processor(side, **raw), 10**0.6 * side, atol=2e-2, rtol=1e-2)


@pytest.mark.parametrize("scale", dsp.SCALES)
@pytest.mark.parametrize("sample_rate", [16000, 44100])
def test_a_filterbank_needs_no_highest_frequency(scale, sample_rate):
    bands = {"num_filters": 20, "scale": scale}
    processor = NewZeroPhaseFIREqualizer(256, use_filterbank=True, filterbank_kwargs=bands, sample_rate=sample_rate)
    assert processor.parameter_size() == {"log_magnitude": (1, 20)}
    output = processor(click(), **processor.neutral())
    torch.testing.assert_close(output, click(), atol=1e-3, rtol=0)


def test_a_band_of_a_filterbank_is_heard_where_it_lies():
    bands = {"num_filters": 12, "scale": "mel_htk", "f_max": 12000.0}
    processor = NewZeroPhaseFIREqualizer(512, use_filterbank=True, filterbank_kwargs=bands)
    curve = torch.zeros(12)
    curve[6] = 12
    loudest = gains(processor(click(), **processor.raw_from_controls(log_magnitude=curve)))[0].argmax() / 2000 * 22050
    edges = dsp.SCALES["mel_htk"].spread(40, 12000, 13)
    assert float(loudest) == pytest.approx(float(edges[6]), rel=0.03)


def test_a_filterbanks_own_sample_rate_counts_unless_the_processor_has_one():
    arguments = {"use_filterbank": True, "filterbank_kwargs": {"sr": 30000}}
    assert NewZeroPhaseFIREqualizer(**arguments).sample_rate == 30000
    assert NewZeroPhaseFIREqualizer(**arguments, sample_rate=48000).sample_rate == 48000


def test_a_window_can_be_given_by_its_samples():
    window = torch.ones(31).tolist()
    raw = {"log_magnitude": torch.randn(1, 1, 16)}
    signal = torch.randn(1, 1, 100)
    by_samples, by_name = (NewZeroPhaseFIREqualizer(16, window=given)(signal, **raw) for given in (window, None))
    torch.testing.assert_close(by_samples, by_name)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"window": "round"}, "round"),
        ({"window": [1.0]}, "window has shape"),
        ({"use_filterbank": True, "filterbank_kwargs": {"scale": "inch"}}, "inch"),
        ({"use_filterbank": True, "filterbank_kwargs": {"f_min": 30000.0}}, "f_min is 30000.0 and f_max 22050.0"),
        ({"filterbank_kwargs": {"num_filter": 3}}, "filterbank_kwargs has 'num_filter', .* Did you mean 'num_filters'"),
        (
            {"filterbank_kwargs": {"num_filters": 0}},
            "filterbank_kwargs: num_filters is 0, expected a whole number from",
        ),
        ({"filterbank_kwargs": {"sr": -1}}, "filterbank_kwargs: sr is -1, expected a finite number above 0"),
        ({"filterbank_kwargs": ["sr"]}, r"filterbank_kwargs is \['sr'\], expected a dict"),
        ({"window_kwargs": {"beta": 3.0}}, "window_kwargs of 'hann' has 'beta', expected 'periodic'"),
        ({"window": "kaiser", "window_kwargs": {"beta": "3"}}, "of 'kaiser': beta is '3', expected a finite number"),
        ({"processor_channel": "both"}, "both"),
    ],
)
def test_impossible_arguments_are_named(arguments, word):
    with pytest.raises(ProcessorError, match=word):
        NewZeroPhaseFIREqualizer(**arguments)
