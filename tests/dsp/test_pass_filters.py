"""Filters of :mod:`grafx_lab.dsp.biquad` with a frequency and a Q."""

import math

import numpy as np
import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.biquad import LARGEST_RADIUS, pole_radius

RATE = 44100.0
SHAPES = {
    "low_pass": dsp.low_pass,
    "high_pass": dsp.high_pass,
    "band_pass": dsp.band_pass,
    "band_reject": dsp.band_reject,
    "all_pass": dsp.all_pass,
}


def response_at(shape, frequency, q, *at):
    sos = SHAPES[shape](*(torch.tensor(value, dtype=torch.float64) for value in (frequency, q)), RATE)
    return dsp.frequency_response(sos, torch.tensor(at, dtype=torch.float64), RATE)


def decibels(shape, frequency, q, *at):
    return dsp.amplitude_to_decibel(response_at(shape, frequency, q, *at).abs()).tolist()


@pytest.mark.parametrize("frequency", [30.0, 1000.0, 15000.0])
def test_pass_filters_are_3_decibels_down_at_their_frequency(frequency):
    for shape, passed, stopped in (("low_pass", 0.0, RATE / 2), ("high_pass", RATE / 2, 0.0)):
        at_frequency, at_passed, at_stopped = decibels(shape, frequency, math.sqrt(0.5), frequency, passed, stopped)
        assert at_frequency == pytest.approx(-3.0103, abs=1e-4)
        assert at_passed == pytest.approx(0, abs=1e-9)
        assert at_stopped < -200


def test_q_is_the_gain_of_a_pass_filter_at_its_frequency():
    for shape in ("low_pass", "high_pass"):
        assert response_at(shape, 2000.0, 5.0, 2000.0).abs().item() == pytest.approx(5)


def test_a_low_pass_keeps_its_polarity():
    assert response_at("low_pass", 500.0, 1.0, 0.0).real.item() == pytest.approx(1)


def test_pass_filters_fall_by_12_decibels_per_octave():
    low_pass = decibels("low_pass", 100.0, math.sqrt(0.5), 800.0, 1600.0)
    high_pass = decibels("high_pass", 10000.0, math.sqrt(0.5), 200.0, 400.0)
    assert low_pass[0] - low_pass[1] == pytest.approx(12, abs=0.1)
    assert high_pass[1] - high_pass[0] == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize("q", [0.5, 4.0])
def test_q_is_the_frequency_over_the_distance_of_the_3_decibel_points(q):
    """Under the bilinear transform frequencies add up as tangents."""
    centre = math.tan(math.pi * 1000 / RATE)
    half = math.sqrt(1 + 1 / (4 * q**2))
    edges = [math.atan(centre * (half + sign / (2 * q))) * RATE / math.pi for sign in (-1, 1)]
    np.testing.assert_allclose(decibels("band_pass", 1000.0, q, *edges), -3.0103, atol=1e-4)
    np.testing.assert_allclose(decibels("band_reject", 1000.0, q, *edges), -3.0103, atol=1e-4)


def test_a_band_is_passed_or_removed_at_its_centre():
    assert decibels("band_pass", 1000.0, 3.0, 1000.0)[0] == pytest.approx(0, abs=1e-9)
    assert decibels("band_reject", 1000.0, 3.0, 1000.0)[0] < -150
    np.testing.assert_allclose(decibels("band_reject", 1000.0, 3.0, 0.0, RATE / 2), 0, atol=1e-9)


def test_an_all_pass_changes_nothing_but_the_phase():
    frequencies = torch.linspace(0, RATE / 2, 50).tolist()
    np.testing.assert_allclose(decibels("all_pass", 1000.0, 2.0, *frequencies), 0, atol=1e-9)
    assert response_at("all_pass", 1000.0, 2.0, 1000.0).real.item() == pytest.approx(-1)
    assert response_at("all_pass", 1000.0, 2.0, 0.0).real.item() == pytest.approx(1)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_pole_comes_closer_to_the_circle_than_its_bound(shape):
    extremes = torch.tensor([-10.0, 0.0, 10.0], dtype=torch.float64)
    w0, q_inv = torch.meshgrid(extremes, extremes, indexing="ij")
    sos = SHAPES[shape](RATE / 2 * torch.sigmoid(w0), torch.exp(-q_inv), RATE)
    assert torch.isfinite(sos).all()
    assert (pole_radius(sos) <= LARGEST_RADIUS + 1e-12).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_coefficients_have_the_gradients_of_finite_differences(shape):
    controls = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in ([200.0, 9000.0], [0.4, 5.0])]
    assert torch.autograd.gradcheck(lambda *c: SHAPES[shape](*c, RATE), controls, eps=1e-4, atol=1e-7)
