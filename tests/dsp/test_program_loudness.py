import math

import pytest
import torch

from grafx_lab.audio import Audio
from grafx_lab.audio.loudness import loudness
from grafx_lab.dsp import integrated_loudness


def noise(seconds: float, rate: int, channels: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(rate)
    return 0.1 * torch.randn(1, channels, round(seconds * rate), generator=generator, dtype=torch.float64)


def test_a_full_scale_sine_of_997_hz_has_minus_3_lufs():
    seconds = torch.arange(48000, dtype=torch.float64) / 48000
    sine = torch.sin(2 * math.pi * 997 * seconds)[None, None]
    assert float(integrated_loudness(sine, 48000)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_that_of_pyloudnorm_gates_included(rate, channels):
    signal = noise(3.0, rate, channels)
    signal[..., rate : 2 * rate] *= 0.1  # 20 dB below: the relative gate drops it
    signal[..., 2 * rate :] = 0  # the absolute gate drops it
    expected = loudness(Audio(signal[0].float(), rate))
    assert float(integrated_loudness(signal, rate)) == pytest.approx(expected, abs=0.02)


def test_what_is_gated_does_not_change_it_and_has_no_gradient():
    signal = noise(2.0, 8000)
    signal[..., 8000:] *= 1e-3
    signal.requires_grad_()
    (gradient,) = torch.autograd.grad(integrated_loudness(signal, 8000).sum(), signal)
    assert gradient[..., 7000:8000].any()
    assert not gradient[..., 12000:].any()


def test_items_are_gated_apart():
    signals = torch.cat([noise(1.0, 8000), 1e-3 * noise(1.0, 8000), 0 * noise(1.0, 8000)])
    together = integrated_loudness(signals, 8000)
    assert float(together[0] - together[1]) == pytest.approx(60, abs=0.1)
    assert float(together[2]) == pytest.approx(-100.69, abs=0.01)
    alone = torch.cat([integrated_loudness(signal[None], 8000) for signal in signals])
    torch.testing.assert_close(together, alone)


def test_gradients_agree_with_finite_differences():
    signal = noise(0.5, 1000).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: integrated_loudness(x, 1000), signal, fast_mode=True)
