import math

import numpy as np
import pytest
import torch
from scipy import signal as scipy_signal

from grafx_lab import dsp

SIGNAL = torch.randn(2, 2, 200, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def column(*values):
    return torch.tensor([[value] for value in values], dtype=torch.float64)


def test_the_lfo_begins_at_its_phase_and_keeps_its_rate():
    wave = dsp.lfo(column(2.0), torch.tensor([[0.0, 90.0]]), 4001, 1000.0)
    assert wave.shape == (1, 2, 4001)
    torch.testing.assert_close(wave[0, :, 0], torch.tensor([0.0, 1.0], dtype=torch.float64))
    torch.testing.assert_close(wave[0, 0, 125], torch.tensor(1.0, dtype=torch.float64))
    torch.testing.assert_close(wave[..., 4000], wave[..., 0], atol=1e-9, rtol=0)


def test_a_vibrato_swings_as_far_as_its_detuning_needs():
    rate, cents = 5.0, 40.0
    time = torch.arange(44100, dtype=torch.float64) / 44100
    swing = dsp.vibrato_depth(torch.tensor(cents), torch.tensor(rate))
    delay = swing * torch.sin(2 * math.pi * rate * time)
    fastest = 1 - torch.diff(delay).min() * 44100
    assert 1200 * math.log2(fastest) == pytest.approx(cents, rel=1e-3)


def allpass_reference(signal, frequency, feedback, stages, rate):
    t = math.tan(math.pi * frequency / rate)
    a = (t - 1) / (t + 1)
    b, a_ = np.array([1.0]), np.array([1.0])
    for _ in range(stages):
        b, a_ = np.convolve(b, [a, 1.0]), np.convolve(a_, [1.0, a])
    # y = H v, v = u + g z^-1 y  =>  y = B / (A - g z^-1 B) u
    return scipy_signal.lfilter(b, np.append(a_, 0.0) - feedback * np.append(0.0, b), signal)


@pytest.mark.parametrize("feedback", [0.0, 0.7, -0.9])
def test_a_resting_cascade_is_the_filter_of_its_transfer_function(feedback):
    frequency = torch.full((1, 1, 1), 900.0, dtype=torch.float64)
    output = dsp.allpass_cascade(SIGNAL, frequency, torch.full((1, 1, 1), feedback), 4, 8000.0)
    expected = allpass_reference(SIGNAL.numpy(), 900.0, float(np.float32(feedback)), 4, 8000.0)
    np.testing.assert_allclose(output, expected, atol=1e-10)


def test_a_moving_cascade_keeps_the_energy():
    impulse = torch.zeros(1, 1, 4000, dtype=torch.float64)
    impulse[..., 0] = 1
    frequency = 50 + 3000 * torch.rand(1, 1, 4000, dtype=torch.float64)
    output = dsp.allpass_cascade(impulse, frequency, torch.zeros(1, 1, 1), 6, 8000.0)
    assert float(output.square().sum()) == pytest.approx(1, abs=1e-6)


def test_gradients_of_the_cascade():
    signal = SIGNAL[:, :, :16].clone().requires_grad_()
    frequency = (100 + 3000 * torch.rand(1, 2, 16, dtype=torch.float64)).requires_grad_()
    feedback = torch.tensor([[[0.6]], [[-0.8]]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda u, f, g: dsp.allpass_cascade(u, f, g, 3, 8000.0), (signal, frequency, feedback), eps=1e-5
    )
