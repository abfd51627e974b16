import pytest
import torch

from grafx_lab import dsp

NYQUIST = 22050.0


@pytest.mark.parametrize("scale", dsp.SCALES)
def test_equal_bands_make_a_flat_spectrum(scale):
    matrix = dsp.filterbank(scale, 40.0, NYQUIST, 20, 512, NYQUIST)
    assert matrix.shape == (20, 512)
    assert (matrix >= 0).all()
    torch.testing.assert_close(matrix.sum(0), torch.ones(512, dtype=torch.float64))


def test_without_the_complement_triangles_end_at_the_lowest_and_highest_frequency():
    matrix = dsp.filterbank("linear", 1000.0, 5000.0, 3, 442, NYQUIST, complement=False)
    frequency = torch.linspace(0, NYQUIST, 442, dtype=torch.float64)
    assert matrix.shape == (3, 442)
    assert (matrix[:, (frequency <= 1000) | (frequency >= 5000)] == 0).all()
    assert matrix[1].argmax() == 60


def test_a_triangle_rises_and_falls_in_straight_lines():
    edges = torch.tensor([0.0, 100.0, 300.0], dtype=torch.float64)
    frequency = torch.tensor([0.0, 50.0, 100.0, 200.0, 300.0, 400.0], dtype=torch.float64)
    expected = torch.tensor([[0.0, 0.5, 1.0, 0.5, 0.0, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(dsp.triangles(edges, frequency), expected)


def test_slaney_bands_have_the_area_of_one_and_htk_bands_the_height_of_one():
    """librosa's default and TensorFlow's; their values are in tests/goldens."""
    bins = 8193
    slaney = dsp.mel_filterbank(20, bins, 16000)
    one = torch.ones(20, dtype=torch.float64)
    torch.testing.assert_close(slaney.sum(1) * 8000 / (bins - 1), one, rtol=1e-3, atol=0)
    htk = dsp.mel_filterbank(20, bins, 16000, 100.0, 7000.0, convention="htk")
    torch.testing.assert_close(htk.amax(1), one, rtol=0.02, atol=0)
    frequency = torch.linspace(0, 8000, bins)
    assert not htk[:, (frequency < 100) | (frequency > 7000)].any()
