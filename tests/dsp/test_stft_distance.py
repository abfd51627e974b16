import pytest
import torch

from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.dsp.stft_distance import can_stream, stft_distance

RESOLUTIONS = [(512, 50, 240), (1024, 120, 600), (2048, 240, 1200), (256, 64, 256)]


def noise(batch, channels, length, seed):
    return torch.randn(batch, channels, length, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("length", [1, 700, 8000])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_sums_are_those_of_the_whole_transforms(resolution, length, batch):
    signal = noise(3, 2, length, 0)
    target = stft_magnitude(0.3 * noise(batch, 2, length, 1), *resolution)
    magnitude = stft_magnitude(signal.double(), *resolution)
    squares, logarithms = stft_distance(signal, target, *resolution)
    difference, ratio = magnitude - target, magnitude.log() - target.double().log()
    torch.testing.assert_close(squares, difference.square().sum(dim=(1, 2, 3)), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(logarithms, ratio.abs().sum(dim=(1, 2, 3)), rtol=1e-5, atol=1e-3)


def test_a_signal_equal_to_its_target_is_at_distance_zero():
    signal = noise(1, 1, 3000, 0)
    squares, logarithms = stft_distance(signal, stft_magnitude(signal, 512, 128, 512), 512, 128, 512)
    assert squares.item() < 1e-6
    assert logarithms.item() < 0.05


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e12])
def test_silence_and_enormous_signals_have_finite_distances(scale):
    target = stft_magnitude(noise(1, 1, 3000, 1), 512, 128, 512)
    signal = scale * noise(1, 1, 3000, 0)
    _, logarithms = stft_distance(signal, target, 512, 128, 512)
    expected = (stft_magnitude(signal.double(), 512, 128, 512).log() - target.log()).abs().sum()
    assert logarithms.item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_what_is_not_finite_spoils_its_own_item_alone(bad):
    signal = noise(2, 1, 3000, 0)
    signal[0, 0, 1000] = bad
    target = stft_magnitude(noise(1, 1, 3000, 1), 512, 128, 512)
    for sums in stft_distance(signal, target, 512, 128, 512):
        assert sums.isfinite().tolist() == [False, True]


def test_only_float32_without_gradient_is_streamed():
    signal = torch.zeros(1, 1, 4)
    assert can_stream(signal)
    assert not can_stream(signal.double())
    assert not can_stream(signal.clone().requires_grad_())
    with torch.no_grad():
        assert can_stream(signal.clone().requires_grad_())
