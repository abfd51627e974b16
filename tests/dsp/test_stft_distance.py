import pytest
import torch

from grafx_lab.dsp import stft_distance
from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.dsp.stft_distance import stft_distances

RESOLUTIONS = [(64, 12, 30), (63, 13, 40), (32, 50, 32)]


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def by_magnitudes(signal: torch.Tensor, resolution: tuple[int, int, int], target: torch.Tensor) -> torch.Tensor:
    magnitude = stft_magnitude(signal, *resolution)
    difference, ratio = magnitude - target, magnitude.log() - target.log()
    terms = (difference.square(), difference.abs(), ratio.abs())
    return torch.stack([term.sum(dim=(1, 2, 3)) for term in terms], -1).double()


@pytest.mark.parametrize("block", [1 << 7, 1 << 16])
@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("length", [1, 40, 500])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_distances_and_gradients_are_those_of_whole_spectrograms(dtype, length, resolution, block, monkeypatch):
    monkeypatch.setattr(stft_distance, "BLOCK", block)
    target = stft_magnitude(noise(1, 2, length, seed=1, dtype=dtype), *resolution)
    signal = noise(3, 2, length, dtype=dtype)
    signal[1] *= 1e-6  # where the floor holds
    signal.requires_grad_()
    weights = noise(3, 3, seed=2)
    results = []
    for sums in (stft_distances(signal, *resolution, target), by_magnitudes(signal, resolution, target)):
        results.append((sums.detach(), torch.autograd.grad((weights * sums).sum(), signal)[0]))
    tolerance = 1e-5 if dtype == torch.float32 else 1e-12
    for ours, theirs in zip(*results, strict=True):
        assert float((ours - theirs).norm()) <= tolerance * float(theirs.norm())


def test_every_item_has_a_target_of_its_own_or_the_only_one():
    resolution, signal = RESOLUTIONS[0], noise(3, 2, 200)
    targets = stft_magnitude(noise(3, 2, 200, seed=1), *resolution)
    torch.testing.assert_close(stft_distances(signal, *resolution, targets), by_magnitudes(signal, resolution, targets))
    one = signal[:1, :1]
    torch.testing.assert_close(
        stft_distances(one, *resolution, targets), by_magnitudes(one.expand(3, 2, -1), resolution, targets)
    )


@pytest.mark.parametrize("length", [100, 300])
def test_a_signal_of_another_length_is_refused(length):
    resolution, signal = RESOLUTIONS[0], noise(1, 1, length)
    target = stft_magnitude(noise(1, 1, 200), *resolution)
    with pytest.raises(ValueError, match=r"the target has \(17, 33\) frames and bins, expected \(\d+, 33\)"):
        stft_distances(signal, *resolution, target)


@pytest.mark.parametrize("level", [1e-20, 1e12, 1e30])
def test_logarithms_of_products_hold_for_any_level(level):
    """Ratios are multiplied before the logarithm; their product must not run out of numbers."""
    resolution, signal = RESOLUTIONS[0], level * noise(1, 1, 200)
    target = stft_magnitude(noise(1, 1, 200, seed=1), *resolution)
    torch.testing.assert_close(stft_distances(signal, *resolution, target), by_magnitudes(signal, resolution, target))


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_a_broken_sample_is_not_hidden(broken):
    resolution, signal = RESOLUTIONS[0], noise(1, 1, 200)
    target = stft_magnitude(signal, *resolution)
    signal[..., 100] = broken
    assert not torch.isfinite(stft_distances(signal, *resolution, target)).any()


def transforms(monkeypatch) -> list[torch.Tensor]:
    """What is Fourier transformed from now on."""
    seen, rfft = [], torch.fft.rfft
    monkeypatch.setattr(torch.fft, "rfft", lambda frames, **options: seen.append(frames) or rfft(frames, **options))
    return seen


@pytest.mark.parametrize("items", [1, 4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_signals_that_differ_by_gains_are_transformed_once(dtype, items, monkeypatch):
    resolution, signal = RESOLUTIONS[0], noise(1, 1, 300, dtype=dtype)
    targets = stft_magnitude(noise(items, 2, 300, seed=1, dtype=dtype), *resolution)
    gains = torch.tensor([[1.0, 0.3], [-2.0, 0.3], [0.0, 0.3], [1e-4, 0.3]], dtype=dtype)[..., None]
    wanted = by_magnitudes(signal * gains, resolution, targets)
    seen = transforms(monkeypatch)
    sums = stft_distances(signal * gains, *resolution, targets)
    assert len(seen) == 1
    torch.testing.assert_close(sums, wanted, rtol=1e-5 if dtype == torch.float32 else 1e-12, atol=0)


@pytest.mark.parametrize("change", [1e-5, float("nan")])
def test_a_signal_that_is_nearly_a_multiple_is_transformed_by_itself(change, monkeypatch):
    resolution, signal = RESOLUTIONS[0], noise(2, 1, 300).float()
    signal[1] = 2 * signal[0]
    signal[1, 0, 200] *= 1 + change
    target, seen = stft_magnitude(noise(1, 1, 300, seed=1).float(), *resolution), transforms(monkeypatch)
    stft_distances(signal, *resolution, target)
    assert len(seen) == 2


def test_what_is_too_loud_for_its_powers_spoils_no_quieter_multiple():
    resolution, signal = RESOLUTIONS[0], noise(1, 1, 300).float()
    target = stft_magnitude(noise(1, 1, 300, seed=1).float(), *resolution)
    sums = stft_distances(signal * torch.tensor([1e19, 1.0, 0.0])[:, None, None], *resolution, target)
    assert not torch.isfinite(sums[0]).any()
    for quieter, gain in zip(sums[1:], (1.0, 0.0), strict=True):
        torch.testing.assert_close(quieter[None], stft_distances(gain * signal, *resolution, target))


def test_what_nobody_differentiates_is_not_kept():
    resolution, signal = RESOLUTIONS[0], noise(1, 1, 200)
    target = stft_magnitude(signal, *resolution)
    window = torch.hann_window(30, dtype=torch.float64)
    rows = noise(1, 230)
    _, kept = torch.ops.grafx_lab.stft_compare(rows, window, target[0], 64, 12, False)
    assert len(kept) == 0
