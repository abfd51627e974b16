import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.processors import GraphicEqualizer, ParametricEqualizer, ProcessorError


def impulse(channels=1, length=8000):
    signal = torch.zeros(1, channels, length, dtype=torch.float64)
    signal[..., 0] = 1
    return signal


def double(raw):
    return {key: value.double() for key, value in raw.items()}


def test_one_boost_reaches_its_decibels_at_its_frequency():
    equalizer = ParametricEqualizer(num_filters=4)
    raw = equalizer.raw_from_controls(
        w0=[[100.0, 1000.0, 5000.0, 12000.0]], log_gain=[[0.0, 6.0, 0.0, 0.0]], q_inv=[[0.7, 2.0, 2.0, 0.7]]
    )
    spectrum = torch.fft.rfft(equalizer(impulse(length=44100), **double(raw)))[0, 0].abs()
    assert float(dsp.amplitude_to_decibel(spectrum[1000])) == pytest.approx(6.0, abs=1e-3)
    assert float(dsp.amplitude_to_decibel(spectrum[20])) == pytest.approx(0.0, abs=0.01)


def test_output_is_scipys_cascade_of_its_sections():
    equalizer = ParametricEqualizer(num_filters=6)
    raw = double({key: torch.randn(1, 1, 6) for key in equalizer.specs})
    sos = equalizer.sections(**equalizer.get_controls(**raw))[0, 0].numpy()
    signal = torch.randn(1, 1, 2000, dtype=torch.float64)
    expected = scipy.signal.sosfilt(sos, signal[0, 0].numpy())
    np.testing.assert_allclose(equalizer(signal, **raw)[0, 0].numpy(), expected, atol=1e-9)


@pytest.mark.parametrize("backend", ["lfilter", "ssm"])
def test_names_of_exact_backends_mean_the_same(backend):
    raw = {key: torch.randn(1, 1, 10) for key in ("w0", "q_inv", "log_gain")}
    signal = torch.randn(1, 2, 300)
    exact, other = (ParametricEqualizer(backend=name)(signal, **raw) for name in ("exact", backend))
    assert torch.equal(exact, other)


def test_a_long_sampled_fir_approaches_the_exact_filter():
    raw = {
        key: 0.5 * torch.randn(1, 1, 5, generator=torch.Generator().manual_seed(1))
        for key in ("w0", "q_inv", "log_gain")
    }
    signal = torch.randn(1, 1, 3000)
    exact = ParametricEqualizer(5)(signal, **raw)
    sampled = ParametricEqualizer(5, backend="fsm", fsm_fir_len=6000)(signal, **raw)
    assert float((exact - sampled).norm() / exact.norm()) < 1e-5


def test_midside_filters_leave_the_other_alone():
    equalizer = ParametricEqualizer(num_filters=2, processor_channel="midside")
    raw = equalizer.raw_from_controls(log_gain=[[0.0, 0.0], [12.0, 12.0]])
    mid_only = torch.randn(1, 1, 500).expand(-1, 2, -1)
    torch.testing.assert_close(equalizer(mid_only, **raw), mid_only, atol=1e-5, rtol=1e-5)
    side_only = mid_only * torch.tensor([[[1.0], [-1.0]]])
    assert equalizer(side_only, **raw).norm() > 2 * side_only.norm()


def test_labels_name_side_and_band():
    assert ParametricEqualizer(3).specs["w0"].labels == ("Low shelf", "Band 1", "High shelf")
    stereo = ParametricEqualizer(2, processor_channel="stereo", use_shelving_filters=False)
    assert stereo.specs["w0"].labels == ("Left band 1", "Left band 2", "Right band 1", "Right band 2")


def test_frequencies_stay_below_half_of_any_sample_rate():
    for sample_rate in (8000, 16000, 44100, 96000):
        spec = ParametricEqualizer(sample_rate=sample_rate).specs["w0"]
        assert max(spec.default[0]) < spec.high < sample_rate / 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"num_filters": 1}, "num_filters"), ({"processor_channel": "both"}, "both"), ({"backend": "fast"}, "fast")],
)
def test_impossible_arguments_are_named(arguments, word):
    with pytest.raises(ProcessorError, match=word):
        ParametricEqualizer(**arguments)


def test_one_band_of_a_graphic_equalizer_reaches_its_decibels():
    equalizer = GraphicEqualizer()
    gains = torch.zeros(24)
    gains[8] = -9
    raw = equalizer.raw_from_controls(log_gains=gains)
    spectrum = torch.fft.rfft(equalizer(impulse(length=44100), **double(raw)))[0, 0].abs()
    assert float(dsp.amplitude_to_decibel(spectrum[1000])) == pytest.approx(-9, abs=1e-3)
    assert float(dsp.amplitude_to_decibel(spectrum[20])) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(("scale", "sample_rate", "bands"), [("bark", 16000, 21), ("third_octave", 30000, 29)])
def test_a_graphic_equalizer_drops_the_bands_that_a_sample_rate_cannot_represent(scale, sample_rate, bands):
    equalizer = GraphicEqualizer("stereo", scale, sample_rate=sample_rate)
    assert equalizer.parameter_size() == {"log_gains": (2, bands)}
    assert torch.isfinite(equalizer(torch.randn(1, 1, 50), log_gains=torch.randn(1, 2, bands))).all()


def test_bands_are_named_by_side_and_frequency():
    labels = GraphicEqualizer("midside").specs["log_gains"].labels
    assert labels[0] == "Mid 50 Hz"
    assert labels[-1] == "Side 13.5 kHz"


def test_an_unknown_scale_is_named():
    with pytest.raises(ProcessorError, match="fifths"):
        GraphicEqualizer(scale="fifths")
