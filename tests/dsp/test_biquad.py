import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.dsp.biquad import LARGEST_RADIUS, pole_radius

RATE = 44100.0
SHAPES = {"peaking": dsp.peaking, "low_shelf": dsp.low_shelf, "high_shelf": dsp.high_shelf}


def section(shape, frequency, q, gain):
    return SHAPES[shape](*(torch.tensor(value, dtype=torch.float64) for value in (frequency, q, gain)), RATE)


def gain_at(sos, frequency):
    response = dsp.frequency_response(sos, torch.tensor([frequency], dtype=torch.float64), RATE)
    return float(dsp.amplitude_to_decibel(response.abs()))


@pytest.mark.parametrize("frequency", [30.0, 1000.0, 15000.0])
@pytest.mark.parametrize("gain", [-18.0, 6.0])
def test_peaking_has_its_gain_at_its_frequency_and_none_at_the_ends(frequency, gain):
    sos = section("peaking", frequency, 1.0, gain)
    assert gain_at(sos, frequency) == pytest.approx(gain, abs=1e-3)
    assert gain_at(sos, 0.0) == pytest.approx(0, abs=1e-6)
    assert gain_at(sos, RATE / 2) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("gain", [-18.0, 6.0])
def test_shelves_have_their_gain_at_one_end_half_of_it_at_their_frequency_and_none_at_the_other(gain):
    for shape, full, none in (("low_shelf", 0.0, RATE / 2), ("high_shelf", RATE / 2, 0.0)):
        sos = section(shape, 1000.0, 0.7071, gain)
        assert gain_at(sos, full) == pytest.approx(gain, abs=1e-6)
        assert gain_at(sos, 1000.0) == pytest.approx(gain / 2, abs=1e-6)
        assert gain_at(sos, none) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_responses_agree_with_scipy(shape, dtype):
    sos = section(shape, [25.0, 3000.0], [4.0, 0.5], [12.0, -9.0])
    frequency = torch.linspace(0, RATE / 2, 100, dtype=dtype)
    ours = dsp.cascade_response(sos, frequency, RATE)
    _, theirs = scipy.signal.sosfreqz(sos.numpy(), frequency.double().numpy(), fs=RATE)
    assert ours.dtype == dtype.to_complex()
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=2e-5 if dtype == torch.float32 else 1e-9)


@pytest.mark.parametrize("filters", [2, 3, 7])
def test_shelves_and_bells_together_are_those_of_their_own_functions(filters):
    place = torch.rand(3, 2, filters, dtype=torch.float64, generator=torch.Generator().manual_seed(filters))
    frequency, q, gain = 20 * 1000 ** place[0], 0.1 + place[1], 48 * place[2] - 24
    shapes = [dsp.low_shelf, *[dsp.peaking] * (filters - 2), dsp.high_shelf]
    expected = [shape(frequency[:, k], q[:, k], gain[:, k], RATE) for k, shape in enumerate(shapes)]
    torch.testing.assert_close(dsp.shelves_and_bells(frequency, q, gain, RATE), torch.stack(expected, -2))


def test_sampled_fir_is_the_impulse_response_when_it_is_long_enough():
    sos = section("peaking", [500.0, 3000.0], [1.0, 0.5], [12.0, -9.0])
    impulse = np.zeros(4000)
    impulse[0] = 1
    fir = dsp.frequency_sampled_fir(sos, 4000, torch.float64)
    np.testing.assert_allclose(fir.numpy(), scipy.signal.sosfilt(sos.numpy(), impulse), atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_pole_comes_closer_to_the_circle_than_its_bound(shape):
    extremes = torch.tensor([-10.0, 0.0, 10.0], dtype=torch.float64)
    w0, q_inv, log_gain = torch.meshgrid(extremes, extremes, extremes, indexing="ij")
    sos = SHAPES[shape](RATE / 2 * torch.sigmoid(w0), torch.exp(-q_inv), 40 / np.log(10) * log_gain, RATE)
    assert torch.isfinite(sos).all()
    assert (pole_radius(sos) <= LARGEST_RADIUS + 1e-12).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_coefficients_have_the_gradients_of_finite_differences(shape):
    controls = [
        torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for value in ([200.0, 9000.0], [0.4, 5.0], [6.0, -3.0])
    ]
    assert torch.autograd.gradcheck(lambda *c: SHAPES[shape](*c, RATE), controls, eps=1e-4, atol=1e-7)
