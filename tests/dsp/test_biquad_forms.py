import math

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.dsp.biquad import LARGEST_RADIUS, pole_radius

RATE = 44100.0


def tensor(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def test_every_place_in_the_triangle_is_stable_and_its_bounds_are_the_circle():
    a1, place = torch.meshgrid(torch.linspace(-2, 2, 41), torch.linspace(-1, 1, 41), indexing="ij")
    sos = dsp.triangle_sections(torch.ones(41, 41, 3), a1, place)
    assert (pole_radius(sos) <= LARGEST_RADIUS + 1e-9).all()
    inside = dsp.triangle_sections(tensor(1, 0, 0), tensor(0.5), tensor(0.0))
    torch.testing.assert_close(inside, tensor([1, 0, 0, 1, 0.5, 0.25]))
    bound = dsp.triangle_sections(tensor(1, 0, 0), tensor(0.5), tensor(1.0))
    assert float(bound[0, 5]) == pytest.approx(1, abs=1e-5)


def test_the_scale_divides_the_filter():
    arguments = tensor(1, 2, 3), tensor(0.5), tensor(0.2)
    plain, scaled = dsp.triangle_sections(*arguments), dsp.triangle_sections(*arguments, tensor(4.0))
    torch.testing.assert_close(scaled[..., :3], plain[..., :3] / 4)
    torch.testing.assert_close(scaled[..., 3:], plain[..., 3:])


def test_roots_are_the_poles_and_zeros_with_their_conjugates():
    sos = dsp.pole_zero_sections(tensor(0.3, 0.6), tensor(-1.2, 0.4))
    np.testing.assert_allclose(sorted(np.roots(sos[:3]), key=np.imag), [-1.2 - 0.4j, -1.2 + 0.4j])
    np.testing.assert_allclose(sorted(np.roots(sos[3:]), key=np.imag), [0.3 - 0.6j, 0.3 + 0.6j])


def test_points_keep_their_angle_and_come_inside_the_circle():
    pressed = dsp.into_circle(tensor([3.0, 4.0], [1e-5, 0.0], [0.0, 0.0], [1e-2, 0.0]))
    torch.testing.assert_close(pressed[0], math.tanh(5) * tensor(0.6, 0.8))
    torch.testing.assert_close(pressed[1:], torch.tanh(tensor([1e-5, 0.0], [0.0, 0.0], [1e-2, 0.0])))


def test_the_origin_has_a_gradient():
    point = tensor(0.0, 0.0).requires_grad_()
    dsp.into_circle(point).sum().backward()
    torch.testing.assert_close(point.grad, tensor(1.0, 1.0))
    near = tensor([1e-5, 2e-5], [0.4, -1.0]).requires_grad_()
    assert torch.autograd.gradcheck(dsp.into_circle, near, eps=1e-8, atol=1e-6)


@pytest.mark.parametrize("q", [0.5, 5.0])
def test_outputs_of_a_state_variable_filter_are_the_cookbooks(q):
    frequency, q, one, none = tensor(800.0), tensor(q), tensor(1.0), tensor(0.0)
    low = dsp.state_variable_sections(frequency, q, none, none, one, RATE)
    band = dsp.state_variable_sections(frequency, q, none, 1 / q, none, RATE)
    high = dsp.state_variable_sections(frequency, q, one, none, none, RATE)
    torch.testing.assert_close(low, dsp.low_pass(frequency, q, RATE))
    torch.testing.assert_close(band, dsp.band_pass(frequency, q, RATE))
    torch.testing.assert_close(high, dsp.high_pass(frequency, q, RATE))


def test_all_outputs_together_are_the_input():
    sos = dsp.state_variable_sections(tensor(800.0), tensor(3.0), tensor(1.0), tensor(1 / 3), tensor(1.0), RATE)
    signal = np.random.default_rng(0).standard_normal(50)
    np.testing.assert_allclose(scipy.signal.sosfilt(sos.numpy(), signal), signal, atol=1e-12)


def test_coefficients_have_the_gradients_of_finite_differences():
    triangle = [tensor([0.1, 0.2, 0.3]), tensor(-0.7), tensor(0.4), tensor(1.3)]
    state_variable = [tensor(900.0), tensor(0.8), tensor(0.5), tensor(-0.3), tensor(1.2)]
    for function, values in (
        (dsp.triangle_sections, triangle),
        (lambda *controls: dsp.state_variable_sections(*controls, RATE), state_variable),
        (dsp.pole_zero_sections, [tensor(0.3, 0.6), tensor(-1.2, 0.4)]),
    ):
        leaves = [value.requires_grad_() for value in values]
        assert torch.autograd.gradcheck(function, leaves, eps=1e-5, atol=1e-6)
