import numpy as np
import pytest
import torch
from scipy.signal import freqz

from grafx_lab import dsp


@pytest.mark.parametrize(
    ("hertz", "decibel"),
    # IEC 61672-1, table 3.
    [(10, -70.4), (31.5, -39.4), (100, -19.1), (500, -3.2), (1000, 0.0), (2500, 1.3), (8000, -1.1), (20000, -9.3)],
)
def test_the_ear_weighs_frequencies_as_in_the_table_of_the_standard(hertz, decibel):
    # The table's rows are nominal: 31.5 Hz is 10^1.5, 2500 Hz 10^3.4 and so on.
    exact = 10 ** (round(10 * np.log10(hertz)) / 10)
    assert float(dsp.a_weighting(torch.tensor(exact, dtype=torch.float64))) == pytest.approx(decibel, abs=0.06)


def test_a_constant_is_as_good_as_unheard():
    assert float(dsp.a_weighting(torch.tensor(0.0))) == pytest.approx(-80, abs=1e-3)


@pytest.mark.parametrize("sample_rate", [16000, 44100, 96000])
def test_the_filter_of_the_ear_follows_the_curve_in_the_middle(sample_rate):
    taps = dsp.a_weighting_fir(sample_rate)
    assert torch.equal(taps, taps.flip(0))
    hertz = np.geomspace(1000, 4000, 20)
    response = 20 * np.log10(np.abs(freqz(taps.numpy(), worN=hertz, fs=sample_rate)[1]))
    # Sampling compresses the top of the band: 4 kHz at 16 kHz is where it begins to matter.
    np.testing.assert_allclose(response, dsp.a_weighting(torch.from_numpy(hertz)), atol=1.0)


def test_at_48_khz_the_sections_are_those_of_the_standard():
    """ITU-R BS.1770-4, tables 1 and 2."""
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    np.testing.assert_allclose(dsp.k_weighting(48000), [shelf, high_pass], atol=1e-9)


@pytest.mark.parametrize("sample_rate", [1000, 3000, 8000, 192000])
def test_the_sections_are_stable_at_every_rate(sample_rate):
    assert float(dsp.biquad.pole_radius(dsp.k_weighting(sample_rate)).max()) < 1
