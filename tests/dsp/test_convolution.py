import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp


@pytest.mark.parametrize("length", [1, 2, 63, 64, 1000])
@pytest.mark.parametrize("taps", [1, 2, 16, 17, 1500])
@pytest.mark.parametrize("mode", ["causal", "zerophase"])
def test_grafx_fault_1_convolution_is_exact_for_even_and_odd_lengths(length, taps, mode):
    rng = np.random.default_rng([length, taps])
    signal, fir = rng.standard_normal((2, 2, length)), rng.standard_normal((2, 2, taps))
    start = taps // 2 if mode == "zerophase" else 0
    expected = np.stack(
        [
            [np.convolve(s, h)[start : start + length] for s, h in zip(*row, strict=True)]
            for row in zip(signal, fir, strict=True)
        ]
    )
    result = dsp.convolve(torch.from_numpy(signal), torch.from_numpy(fir), mode)
    np.testing.assert_allclose(result.numpy(), expected, atol=1e-12 * taps)


def test_long_float32_convolution_agrees_with_scipy():
    signal, fir = np.random.default_rng(0).standard_normal((2, 30000)).astype(np.float32)
    expected = scipy.signal.oaconvolve(signal.astype(float), fir[:4000].astype(float))[:30000]
    result = dsp.convolve(torch.from_numpy(signal)[None, None], torch.from_numpy(fir[:4000])[None, None])[0, 0].numpy()
    assert np.linalg.norm(result - expected) < 1e-6 * np.linalg.norm(expected)


@pytest.mark.parametrize("mode", ["causal", "zerophase"])
@pytest.mark.parametrize(
    ("signal_shape", "fir_shape"),
    [((1, 1, 7), (1, 1, 4)), ((2, 2, 9), (2, 2, 4)), ((1, 1, 6), (3, 2, 5)), ((2, 2, 5), (1, 1, 12))],
)
def test_gradients_agree_with_finite_differences(signal_shape, fir_shape, mode):
    signal = torch.randn(signal_shape, dtype=torch.float64, requires_grad=True)
    fir = torch.randn(fir_shape, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s, h: dsp.convolve(s, h, mode), (signal, fir))


def test_zero_phase_convolution_with_a_centred_impulse_changes_nothing():
    signal = torch.randn(1, 2, 50)
    impulse = torch.zeros(1, 1, 9)
    impulse[..., 4] = 1
    torch.testing.assert_close(dsp.convolve(signal, impulse, "zerophase"), signal)


def test_an_unknown_mode_is_named():
    with pytest.raises(ValueError, match="'backwards'"):
        dsp.convolve(torch.ones(1, 1, 4), torch.ones(1, 1, 2), "backwards")
