"""What DDSP does not settle: other rates, closed forms, gradients; its values are in tests/goldens."""

import math

import pytest
import torch

from grafx_lab import dsp

RATE = 16000


def sine(frequency: float, amplitude: float = 0.5) -> torch.Tensor:
    seconds = torch.arange(RATE // 2, dtype=torch.float64) / RATE
    return amplitude * torch.sin(2 * math.pi * frequency * seconds)


FEATURES = {
    "magnitude": lambda signal: dsp.magnitude_spectrogram(signal, 256),
    "log_mel": lambda signal: dsp.log_mel_spectrogram(signal, RATE, 20, fft_size=256),
    "mfcc": lambda signal: dsp.mfcc(signal, RATE, 5, 20, fft_size=256),
    "rms": dsp.frame_rms,
    "power": dsp.frame_power,
    "loudness": dsp.frame_loudness,
}


def test_a_partial_peaks_in_its_bin_with_half_the_sum_of_the_window():
    magnitude = dsp.magnitude_spectrogram(sine(1000), 512)[5]
    assert int(magnitude.argmax()) == 32
    assert float(magnitude[32]) == pytest.approx(0.5 * 256 / 2, rel=1e-6)


@pytest.mark.parametrize("rate", [8000, 48000])
def test_mel_bands_reach_up_to_half_of_any_rate(rate):
    noise = torch.randn(rate // 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    mel = dsp.mel_spectrogram(noise, rate, 30)
    assert mel.shape[-1] == 30
    assert float(mel[:, -1].min()) > 0


def test_the_zeroth_coefficient_is_the_mean_of_the_bands():
    bands = dsp.log_mel_spectrogram(sine(700), RATE, 40, 20, None, 512)
    cepstrum = dsp.mfcc(sine(700), RATE, 1, 40, fft_size=512)
    torch.testing.assert_close(cepstrum[:, 0], bands.sum(-1) * math.sqrt(2 / 40))


def test_a_sine_of_amplitude_one_has_3_db_below_full_scale():
    assert float(dsp.frame_rms(sine(1000, 1.0))[60]) == pytest.approx(math.sqrt(0.5), rel=1e-9)
    assert float(dsp.frame_power(sine(1000, 1.0))[60]) == pytest.approx(-3.0103, abs=1e-3)


def test_bass_is_softer_by_the_weight_of_the_ear():
    low, middle = (float(dsp.frame_loudness(sine(hertz), fft_size=4096, padding="valid")[10]) for hertz in (125, 1000))
    assert middle - low == pytest.approx(-float(dsp.a_weighting(torch.tensor(125.0))), abs=0.1)


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("length", [1, 700])
def test_silence_has_finite_features_and_gradients(name, length):
    silence = torch.zeros(2, 1, length, requires_grad=True)
    feature = FEATURES[name](silence)
    (gradient,) = torch.autograd.grad(feature.sum(), silence)
    assert torch.isfinite(feature).all()
    assert torch.isfinite(gradient).all()
    assert feature.shape[:2] == (2, 1)


@pytest.mark.parametrize("name", FEATURES)
def test_gradients_agree_with_finite_differences(name):
    signal = torch.randn(1, 300, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(FEATURES[name], signal, fast_mode=True)
