import numpy as np
import pytest
import scipy.optimize
import torch

from grafx_lab import dsp

RATE = 44100.0


def decibels(sos, frequency):
    response = dsp.frequency_response(sos, torch.as_tensor(frequency, dtype=torch.float64), RATE)
    return dsp.amplitude_to_decibel(response.abs())


@pytest.mark.parametrize("name", dsp.GRAPHIC_BANDS)
@pytest.mark.parametrize("gain", [-9.0, 0.02, 6.0])
def test_a_bell_has_its_gain_at_its_centre_and_a_share_of_it_at_the_edges_of_its_width(name, gain):
    """The edges lie where (cos ω − cos ω0) / sin ω is the tangent of half the width."""
    bands = dsp.GRAPHIC_BANDS[name]
    index = 12
    centre, width = bands.centres[index], bands.widths[index]
    sos = dsp.graphic_sections(torch.full((len(bands.centres),), gain, dtype=torch.float64), bands, RATE)[index]

    def beyond_the_edge(frequency):
        omega, middle = 2 * np.pi * frequency / RATE, 2 * np.pi * centre / RATE
        return (np.cos(middle) - np.cos(omega)) / np.sin(omega) - np.tan(np.pi * width / RATE)

    edge = scipy.optimize.brentq(beyond_the_edge, centre, 2 * centre)
    at_centre, at_edge = decibels(sos, [centre, edge]).tolist()
    assert at_centre == pytest.approx(gain, rel=1e-6)
    assert at_edge == pytest.approx(0.4 * gain, rel=1e-3)


def test_the_width_is_smooth_through_0_decibels():
    bands = dsp.GRAPHIC_BANDS["bark"]
    gains = torch.linspace(-0.03, 0.03, 301, dtype=torch.float64)[:, None].expand(-1, 24)
    a2 = dsp.graphic_sections(gains, bands, RATE)[..., 5]
    steps = a2.diff(dim=0).abs()
    assert (steps < 2 * steps.median(0).values + 1e-12).all()


def test_bands_that_a_sample_rate_cannot_represent_are_dropped():
    assert len(dsp.GRAPHIC_BANDS["bark"].below(8000).centres) == 21
    assert dsp.GRAPHIC_BANDS["third_octave"].below(15000).centres[-1] == 12700
    assert all(len(bands.centres) == len(bands.widths) for bands in dsp.GRAPHIC_BANDS.values())


def test_sections_have_the_gradients_of_finite_differences():
    bands = dsp.GRAPHIC_BANDS["bark"].below(1000)
    gain = torch.linspace(-8, 8, len(bands.centres), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda gain: dsp.graphic_sections(gain, bands, RATE), gain, eps=1e-5, atol=1e-7)
    silent = torch.zeros(len(bands.centres), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda gain: dsp.graphic_sections(gain, bands, RATE), silent, eps=1e-4, atol=1e-7)
