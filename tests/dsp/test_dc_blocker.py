import math

import numpy as np
import pytest
import scipy.signal
import torch
from torch import Tensor

from grafx_lab import dsp

RATE = 16000


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_it_is_the_first_order_filter_of_its_pole():
    signal, cutoff = noise(2, 3, 500), torch.tensor([[5.0], [900.0]], dtype=torch.float64)
    blocked = dsp.block_dc(signal, cutoff, RATE)
    for item, pole in enumerate(np.exp(-2 * np.pi / RATE * cutoff[:, 0].numpy())):
        expected = scipy.signal.lfilter([pole, -pole], [1, -pole], signal[item].numpy())
        np.testing.assert_allclose(blocked[item], expected, rtol=1e-9, atol=1e-12)


def test_three_decibels_are_missing_at_the_cutoff_and_all_of_a_constant():
    impulse = torch.zeros(1, 1, RATE, dtype=torch.float64)
    impulse[..., 0] = 1
    response = torch.fft.rfft(dsp.block_dc(impulse, torch.tensor([[40.0]], dtype=torch.float64), RATE)[0, 0]).abs()
    assert float(response[40]) == pytest.approx(math.sqrt(0.5), rel=0.01)
    assert float(response[0]) < 1e-9
    assert float(response[4000]) == pytest.approx(1, rel=0.02)


def test_gradients():
    signal = noise(2, 2, 30).requires_grad_()
    cutoff = torch.tensor([[30.0], [200.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *given: dsp.block_dc(*given, 1000), (signal, cutoff))


@pytest.mark.parametrize("polarity", [1.0, -1.0])
def test_the_filter_is_recognised_whatever_the_levels_of_the_octaves(polarity):
    signal, cutoffs = noise(1, 2 * RATE), torch.logspace(0, math.log10(200), 60, dtype=torch.float64)
    target = dsp.block_dc(signal[None], torch.tensor([[35.0]], dtype=torch.float64), RATE)[0]
    tilt = dsp.zero_phase_fir(torch.linspace(1, -1, 400, dtype=torch.float64).exp(), torch.ones(799))
    target = polarity * dsp.convolve(target, tilt[None], mode="zerophase")
    match = dsp.dc_blocker_match(signal, target, cutoffs, RATE)
    assert float(cutoffs[match.argmax()]) == pytest.approx(35, rel=0.1)


def test_recordings_shorter_than_a_frame_and_silent_ones_say_something_finite():
    cutoffs = torch.tensor([1.0, 100.0])
    assert dsp.dc_blocker_match(noise(1, 1), noise(1, 1), cutoffs, RATE).isfinite().all()
    silence = torch.zeros(1, 100)
    assert not dsp.dc_blocker_match(silence, silence, cutoffs, RATE).any()
