import math

import torch

from grafx_lab import dsp


def poles(*polar):
    """From radius and angle."""
    return torch.tensor([[[r * math.cos(angle), r * math.sin(angle)] for r, angle in polar]], dtype=torch.float64)


def test_they_are_the_real_parts_of_the_powers_of_their_poles():
    given = poles((0.99, 0.3), (0.5, 2.0), (0.9, 0.0), (0.0, 0.0))
    number = torch.complex(given[..., 0], given[..., 1])
    powers = torch.cat([torch.ones(1, 4, 1), number[..., None].expand(-1, -1, 39)], -1).cumprod(-1)
    torch.testing.assert_close(dsp.damped_sinusoids(given, 40), powers.real, rtol=1e-10, atol=1e-12)


def test_a_pole_outside_the_circle_is_put_on_it():
    wave = dsp.damped_sinusoids(poles((3.0, 0.25)), 64)[0, 0]
    torch.testing.assert_close(wave, torch.cos(0.25 * torch.arange(64, dtype=torch.float64)), rtol=0, atol=1e-3)


def test_gradients_agree_with_finite_differences():
    given = poles((0.9, 0.3), (0.5, 2.0), (0.0, 0.0)).requires_grad_()
    assert torch.autograd.gradcheck(lambda points: dsp.damped_sinusoids(points, 12), given)


def test_the_dtype_is_that_of_the_poles_and_the_sum_runs_in_double_precision():
    given = poles((1 - 1e-5, 0.01))
    single = dsp.damped_sinusoids(given.float(), 2**16)
    assert single.dtype == torch.float32
    exact = dsp.damped_sinusoids(given.float().double(), 2**16)
    torch.testing.assert_close(single.double(), exact, rtol=0, atol=1e-6)
