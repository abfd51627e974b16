import pytest
import torch

from grafx_lab.processors import ChebyshevDistortion, PowerDistortion, ProcessorError, Waveshaper

TONE = torch.cos(2 * torch.pi * 50 * torch.arange(1000) / 1000)[None, None]


def test_a_chebyshev_term_is_one_harmonic_of_a_full_scale_tone():
    distortion = ChebyshevDistortion(max_order=5)
    output = distortion(TONE, **distortion.raw_from_controls(basis_weights=[0, 0, 0, 0.5, 0], log_pre_gain=0.0))
    spectrum = torch.fft.rfft(output[0, 0]).abs() / 500
    assert float(spectrum[150]) == pytest.approx(0.5, abs=1e-4)
    spectrum[150] = 0
    assert float(spectrum.max()) < 1e-4


@pytest.mark.parametrize("distortion", [PowerDistortion, ChebyshevDistortion])
def test_every_gradient_exists_at_the_default_arguments_unlike_in_grafx(distortion):
    shaper = distortion()
    raw = {key: value.requires_grad_() for key, value in shaper.raw_from_controls(log_pre_gain=6.0).items()}
    shaper(TONE, **raw).square().sum().backward()
    assert raw["basis_weights"].grad.abs().min() > 0
    assert raw["log_pre_gain"].grad.abs().min() > 0


def test_the_default_curve_is_the_signal_itself():
    waveshaper = Waveshaper()
    torch.testing.assert_close(waveshaper(2 * TONE, **waveshaper.neutral()), 2 * TONE)


def test_a_curve_is_learned_from_its_output():
    waveshaper = Waveshaper(num_points=9)
    signal = torch.linspace(-1, 1, 500)[None, None]
    target = torch.tanh(2 * signal)
    curve = waveshaper.neutral()["curve"].requires_grad_()
    descent = torch.optim.Adam([curve], 0.05)
    for _ in range(100):
        loss = (waveshaper(signal, curve=curve) - target).square().mean()
        descent.zero_grad()
        loss.backward()
        descent.step()
    torch.testing.assert_close(curve[0], torch.tanh(2 * torch.linspace(-1, 1, 9)), atol=0.02, rtol=0)


def test_too_small_curves_are_refused():
    with pytest.raises(ProcessorError, match="max_order"):
        PowerDistortion(max_order=1)
    with pytest.raises(ProcessorError, match="num_points"):
        Waveshaper(num_points=1)
