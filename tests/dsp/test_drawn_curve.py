"""Curves through points."""

import pytest
import torch
from scipy.interpolate import CubicHermiteSpline

from grafx_lab import dsp

RAMP = torch.linspace(-2, 2, 401, dtype=torch.float64)[None, None]


def test_a_straight_curve_is_followed_exactly_and_beyond_its_ends():
    curve = torch.linspace(-0.5, 0.5, 9, dtype=torch.float64)[None]
    torch.testing.assert_close(dsp.follow_curve(RAMP, curve), 0.5 * RAMP)


def test_a_curve_is_met_at_its_points_and_continues_with_its_end_slopes():
    heights = torch.tensor([[0.2, -0.3, 0.1, 0.4, 0.9]], dtype=torch.float64)
    points = torch.linspace(-1, 1, 5, dtype=torch.float64)[None, None]
    torch.testing.assert_close(dsp.follow_curve(points, heights)[0], heights)
    ends = dsp.follow_curve(torch.tensor([[[-1.5, 1.5]]], dtype=torch.float64), heights)
    torch.testing.assert_close(ends, torch.tensor([[[0.7, 1.4]]], dtype=torch.float64))


@pytest.mark.parametrize("points", [2, 3, 17])
def test_between_its_points_a_curve_is_scipy_s_spline_of_the_neighbours_slopes(points):
    curve = torch.randn(3, points, dtype=torch.float64, generator=torch.Generator().manual_seed(points))
    signal = torch.linspace(-1, 1, 501, dtype=torch.float64).expand(1, 2, -1)
    places = torch.linspace(-1, 1, points, dtype=torch.float64)
    heard = dsp.follow_curve(signal, curve)
    assert heard.shape == (3, 2, 501)
    for item in range(3):
        (slopes,) = torch.gradient(curve[item], spacing=(places,))
        expected = CubicHermiteSpline(places.numpy(), curve[item].numpy(), slopes.numpy())(signal[0, 0].numpy())
        torch.testing.assert_close(heard[item, 1], torch.from_numpy(expected))


@pytest.mark.parametrize(("signals", "curves"), [(2, 1), (1, 2), (2, 2)])
def test_gradients_of_curves(signals, curves):
    signal = (1.3 * torch.randn(signals, 2, 12, dtype=torch.float64)).requires_grad_()
    curve = torch.randn(curves, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(dsp.follow_curve, (signal, curve))


def test_monstrous_samples_and_those_that_are_no_number_lie_on_some_piece():
    signal = torch.tensor([[[-1e30, 1e30, float("nan"), float("inf")]]])
    heard = dsp.follow_curve(signal, torch.tensor([[-0.5, 0.0, 0.5]]))[0, 0]
    torch.testing.assert_close(heard[:2], 0.5 * signal[0, 0, :2])
    assert not torch.isfinite(heard[2:]).any()
