import pytest
import torch

from grafx_lab import dsp

RATE = 44100.0
JUCE = torch.tensor([[23 / 44100, 23 / 44100]])
SOX = torch.tensor([[12 / 44100, -12 / 44100]])
COMBS = (1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617)
ALLPASSES = (225, 341, 441, 556), (248, 364, 464, 579)


def test_lines_have_the_lengths_of_freeverb_and_of_sox():
    combs, allpasses = dsp.freeverb_lengths(torch.ones(1, 1), JUCE, RATE)
    assert combs[0, 0].tolist() == list(COMBS)
    assert (combs[0, 1] - combs[0, 0]).tolist() == [23] * 8
    assert allpasses[0].tolist() == list(map(list, ALLPASSES))
    combs, allpasses = dsp.freeverb_lengths(torch.tensor([[0.64]]), SOX, RATE)
    assert combs[0, 1, :2].tolist() == [722, 753]
    assert allpasses[0, 1].tolist() == [237, 329, 453, 544]


def test_lengths_are_whole_and_positive_with_the_gradient_of_fractions():
    size, spread = torch.tensor([[0.8137]], requires_grad=True), (1.3 * JUCE).requires_grad_()
    combs, allpasses = dsp.freeverb_lengths(size, spread, 48000.0)
    assert torch.equal(combs, combs.round())
    assert torch.equal(allpasses, allpasses.round())
    (by_size, by_spread) = torch.autograd.grad(combs[0, 1, 2], [size, spread])
    assert float(by_size) == pytest.approx(48000 * (1277 / 44100 + 1.3 * 23 / 44100))
    assert by_spread.tolist() == [[pytest.approx(48000 * 0.8137), 0.0]]
    tiny, _ = dsp.freeverb_lengths(torch.tensor([[1e-9]]), -1000 * JUCE, RATE)
    assert torch.equal(tiny, torch.ones_like(tiny))


def test_lines_lose_their_fractions_before_they_get_their_size():
    half = torch.tensor([[0.5]])
    for truncation, expected in ((0.0, [[607, 647], [620, 659]]), (1.0, [[607, 646], [620, 659]])):
        combs, _ = dsp.freeverb_lengths(half, JUCE, 48000.0, truncation)
        assert combs[0, :, :2].tolist() == expected
    size = torch.ones(1, 1, requires_grad=True)
    combs, allpasses = dsp.freeverb_lengths(size, JUCE, 48000.0, torch.ones(1, 1))
    assert allpasses[0].tolist() == [[tuned * 48000 // 44100 for tuned in side] for side in ALLPASSES]
    assert combs[0, 0].tolist() == [tuned * 48000 // 44100 for tuned in COMBS]
    (by_size,) = torch.autograd.grad(combs[0, 0, 1], size)
    assert float(by_size) == COMBS[1] * 48000 // 44100


@pytest.mark.parametrize("rate", [16000.0, 22050.0, 44100.0, 48000.0, 96000.0])
def test_a_length_that_is_whole_stays_so_however_it_is_rounded(rate):
    for nearly in (0.999999, 1.000001):
        combs, allpasses = dsp.freeverb_lengths(torch.ones(1, 1), nearly * JUCE, rate, 1.0)
        for lines, tuned in ((combs[0, 1], COMBS), (allpasses[0, 1], ALLPASSES[0])):
            assert lines.tolist() == [int(rate) * (length + 23) // 44100 for length in tuned]


@pytest.mark.parametrize("time", [1, 7, 40])
def test_gradients_agree_with_finite_differences(time):
    generator = torch.Generator().manual_seed(0)
    signal = torch.randn(2, 1, time, generator=generator, dtype=torch.float64, requires_grad=True)
    feedback, damping = (
        torch.tensor(values, dtype=torch.float64)[:, None].requires_grad_() for values in ([0.9, 0.5], [0.2, 0.7])
    )
    combs = torch.arange(3.0, 11.0, dtype=torch.float64).expand(1, 2, -1)
    allpasses = torch.arange(1.0, 5.0, dtype=torch.float64).expand(1, 2, -1)
    assert torch.autograd.gradcheck(
        lambda *numbers: dsp.freeverb(*numbers, combs, allpasses), (signal, feedback, damping)
    )


def test_a_line_that_is_longer_sounds_later_which_is_what_its_gradient_says():
    time = torch.arange(1600, dtype=torch.float64)
    signal = torch.exp(-(((time - 60) / 15) ** 2))[None, None]
    lengths = torch.full((1, 2, 8), 50.0, dtype=torch.float64)
    allpasses = torch.full((1, 2, 4), 20.0, dtype=torch.float64)
    numbers = torch.tensor([[0.6]]), torch.tensor([[0.3]])
    weight = torch.sin(0.02 * time) * torch.exp(-(((time - 600) / 300) ** 2))

    def heard(combs: torch.Tensor) -> torch.Tensor:
        return (dsp.freeverb(signal, *numbers, combs, allpasses) * weight).sum()

    leaf = lengths.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(heard(leaf), leaf)
    step = torch.zeros_like(lengths)
    step[0, 1, 3] = 1
    expected = (heard(lengths + step) - heard(lengths - step)) / 2
    assert float(gradient[0, 1, 3]) == pytest.approx(float(expected), rel=0.005)


def test_singles_and_batches_broadcast():
    signal = torch.randn(3, 1, 200, generator=torch.Generator().manual_seed(0))
    combs, allpasses = dsp.freeverb_lengths(torch.tensor([[0.02]]), JUCE, RATE)
    numbers = torch.tensor([[0.8]]), torch.tensor([[0.2]])
    together = dsp.freeverb(signal, *numbers, combs, allpasses)
    assert together.shape == (3, 2, 200)
    assert together.dtype == signal.dtype
    for item in range(3):
        torch.testing.assert_close(together[item], dsp.freeverb(signal[item : item + 1], *numbers, combs, allpasses)[0])
