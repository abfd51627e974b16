import numpy as np
import pytest
import torch

from grafx_lab import dsp


@pytest.mark.parametrize("window_size", [0, 1, 2, 15, 16, 17, 31, 32, 33, 300])
def test_flat_magnitudes_pass_the_signal_unchanged_and_in_time(window_size):
    signal = torch.randn(2, 2, 100, dtype=torch.float64)
    flat = torch.ones(1, 1, 4, 17, dtype=torch.float64)
    torch.testing.assert_close(dsp.frequency_filter(signal, flat, window_size), signal)


def test_magnitudes_between_the_bins_are_those_of_the_hann_window():
    # 1 + cos ω has the taps ½, 1, ½; eight taps of a periodic Hann window leave 1 and cos²(π/8)/2 of them.
    magnitudes = 1 + torch.cos(torch.linspace(0, np.pi, 5, dtype=torch.float64))
    beside = 0.5 * np.cos(np.pi / 8) ** 2
    expected = torch.tensor([0, 0, 0, beside, 1, beside, 0, 0], dtype=torch.float64)
    torch.testing.assert_close(dsp.frequency_impulse_response(magnitudes), expected)


@pytest.mark.parametrize("window_size", [0, 9, 10])
def test_response_is_symmetric_about_its_centre(window_size):
    response = dsp.frequency_impulse_response(torch.rand(3, 17, dtype=torch.float64), window_size)
    centre = response.shape[-1] // 2
    reach = response.shape[-1] - centre - 1
    after, before = response[..., centre + 1 :], response[..., centre - reach : centre].flip(-1)
    torch.testing.assert_close(after, before)


@pytest.mark.parametrize("length", [1, 5, 60, 61])
@pytest.mark.parametrize("frames", [1, 4, 7])
@pytest.mark.parametrize("taps", [1, 6, 40])
@pytest.mark.parametrize("mode", ["causal", "zerophase"])
def test_every_sample_is_convolved_with_the_response_of_its_frame(length, frames, taps, mode):
    rng = np.random.default_rng([length, frames, taps])
    signal, fir = rng.standard_normal((2, 2, length)), rng.standard_normal((2, 1, frames, taps))
    expected = np.zeros((2, 2, length + taps))
    size = -(-length // frames)
    for n in range(length):
        expected[..., n : n + taps] += signal[..., n, None] * fir[:, :, n // size]
    start = taps // 2 if mode == "zerophase" else 0
    result = dsp.time_varying_convolve(torch.from_numpy(signal), torch.from_numpy(fir), mode)
    np.testing.assert_allclose(result.numpy(), expected[..., start : start + length], atol=1e-12)


def test_gradients_agree_with_finite_differences():
    signal = torch.randn(2, 1, 11, dtype=torch.float64, requires_grad=True)
    magnitudes = torch.rand(1, 2, 3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s, m: dsp.frequency_filter(s, m, 6), (signal, magnitudes))
