"""auraloss 0.4.0 (torch 2.13.0, librosa 0.11): values and gradients of its losses for signals made by seed.

Its spectral norm runs over the whole batch, ours over each item: batch × channels are compared as the channels of one
item.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab.dsp.filterbank import mel_filterbank
from grafx_lab.dsp.weighting import a_weighting_fir
from grafx_lab.losses import (
    ErrorToSignal,
    LogCosh,
    Loss,
    MultiResolutionSTFT,
    OffsetToSignal,
    ScaleInvariantSDR,
    SignalToNoise,
    SumAndDifference,
)

HERE = Path(__file__).parent
LENGTH, RATE = 22050, 44100
MANIFEST = json.loads((HERE / "auraloss.json").read_text())
VALUES, GRADIENT_NORMS = MANIFEST["values"], MANIFEST["gradient_norms"]
ARRAYS = np.load(HERE / "auraloss.npz")

ONE = {"fft_sizes": (1024,), "hop_sizes": (256,), "window_sizes": (1024,)}
LONG = {"fft_sizes": (1024, 2048, 8192), "hop_sizes": (256, 512, 2048), "window_sizes": (1024, 2048, 8192)}
LOSSES: dict[str, Loss] = {
    "MRSTFT_default": MultiResolutionSTFT(),
    "MRSTFT_lin": MultiResolutionSTFT(convergence_weight=0, log_weight=0, linear_weight=1),
    "MRSTFT_L2": MultiResolutionSTFT(distance="l2"),
    "MRSTFT_dasp": MultiResolutionSTFT((512, 2048, 8192), (256, 1024, 4096), (512, 2048, 8192)),
    "MRSTFT_mel64": MultiResolutionSTFT(mel_bands=64, sample_rate=RATE),
    "MRSTFT_mel128_perceptual": MultiResolutionSTFT(**LONG, mel_bands=128, a_weighted=True, sample_rate=RATE),
    "MRSTFT_perceptual": MultiResolutionSTFT(a_weighted=True, sample_rate=RATE),
    "STFT_default": MultiResolutionSTFT(**ONE),
    "MelSTFT_64": MultiResolutionSTFT(**ONE, mel_bands=64, sample_rate=RATE),
    "ESR": ErrorToSignal(),
    "DC": OffsetToSignal(),
    "SISDR": ScaleInvariantSDR(),
    "SISDR_nozm": ScaleInvariantSDR(zero_mean=False),
    "LogCosh": LogCosh(),
    "LogCosh_a5": LogCosh(sharpness=5.0),
    "SNR": SignalToNoise(),
    "SNR_nozm": SignalToNoise(zero_mean=False),
}
STORED_GRADIENTS = [name for name in LOSSES if f"{name}/a/grad_every7" in ARRAYS]


def tones(factor: float) -> np.ndarray:
    """Four channels: two decaying sines, two sines, a square wave."""
    t, turn = np.arange(LENGTH) / RATE, 2 * np.pi
    decaying = [np.sin(turn * hertz * factor * t) * np.exp(-rate * t) for hertz, rate in ((220, 3), (331, 5))]
    # The square wave meets its zeros: in this order of factors they round as they did for auraloss.
    steady = np.sin(turn * 90 * factor * t) * 0.6 + 0.2 * np.sin(turn * 5000 * t * factor)
    square = np.sign(np.sin(turn * 60 * factor * t)) * 0.3
    return 0.5 * np.stack([decaying, [steady, square]])


def signals() -> dict[str, torch.Tensor]:
    """The target and its estimates, ``(1, 4, time)``."""
    rng = np.random.default_rng(99)
    noise = [rng.standard_normal((2, 2, LENGTH)) for _ in range(3)]
    target = tones(1.0) + 0.02 * noise[0] + 0.01
    made = {
        "target": target,
        "a": 0.6 * tones(1.0) + 0.05 * noise[1],
        "b": tones(1.02) + 0.02 * noise[2],
        "identical": target,
        "silence": 0 * target,
    }
    return {name: torch.from_numpy(signal.astype(np.float32)).reshape(1, 4, LENGTH) for name, signal in made.items()}


SIGNALS = signals()


@pytest.mark.parametrize("estimate", ["a", "b", "identical", "silence"])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_those_of_auraloss(name, estimate):
    loss = LOSSES[name](SIGNALS[estimate], SIGNALS["target"])
    # auraloss computes ln(cosh x + ε) in float32, where small x are rounded away.
    tolerance = 1e-3 if name.startswith("LogCosh") else 1e-4
    assert float(loss) == pytest.approx(VALUES[name][estimate], rel=tolerance, abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_so_is_the_size_of_their_gradients(name):
    assert float(gradient(name).norm()) == pytest.approx(GRADIENT_NORMS[name], rel=1e-3)


@pytest.mark.parametrize("name", STORED_GRADIENTS)
def test_and_their_direction(name):
    stored = torch.from_numpy(ARRAYS[f"{name}/a/grad_every7"]).reshape(1, 4, -1)
    assert float((gradient(name)[..., ::7] - stored).norm() / stored.norm()) < 1e-3


def gradient(name: str) -> torch.Tensor:
    estimate = SIGNALS["a"].clone().requires_grad_()
    return torch.autograd.grad(LOSSES[name](estimate, SIGNALS["target"]), estimate)[0]


@pytest.mark.parametrize("estimate", ["a", "b"])
def test_sum_and_difference_are_weighted_as_in_auraloss(estimate):
    """The stored values have a norm over both items: the sums of both stand beside each other as channels."""
    spectral = MultiResolutionSTFT((1024, 512), (256, 128), (1024, 512))
    pairs = [SIGNALS[name].reshape(2, 2, LENGTH) for name in (estimate, "target")]
    total, of_sum, of_difference = VALUES["SumDiff_full_w2"][estimate]
    sums, differences = ([pair[:, 0] + sign * pair[:, 1] for pair in pairs] for sign in (1, -1))
    assert float(spectral(*(part[None] for part in sums))) == pytest.approx(of_sum, rel=1e-4)
    assert float(spectral(*(part[None] for part in differences))) == pytest.approx(of_difference, rel=1e-4)
    assert total == pytest.approx((0.5 * of_sum + 2 * of_difference) / 2, rel=1e-6)
    each = zip(*(part.split(1) for part in (*sums, *differences)), strict=True)
    expected = [float(0.5 * spectral(a[None], b[None]) + 2 * spectral(c[None], d[None])) / 2 for a, b, c, d in each]
    ours = SumAndDifference(0.5, 2.0, spectral).prepare(pairs[1]).per_item(pairs[0])
    assert ours.tolist() == pytest.approx(expected, rel=1e-5)


def test_the_filter_of_the_ear_has_the_same_taps():
    np.testing.assert_allclose(a_weighting_fir(RATE), ARRAYS["aweighting_fir_44100"], atol=1e-6)


def test_mel_bands_are_those_of_librosa():
    np.testing.assert_allclose(mel_filterbank(64, 513, RATE), ARRAYS["mel_filterbank_44100_1024_64"], atol=1e-8)
