import numpy as np
import pytest
import torch

from grafx_lab import dsp


def test_decay_rate_loses_60_decibels_in_its_time():
    rate = dsp.decay_rate(torch.tensor([0.5], dtype=torch.float64), 1000)
    envelope = dsp.exponential_decay(rate, 501)
    assert envelope.shape == (1, 501)
    assert float(envelope[0, 0]) == 1
    assert float(envelope[0, 500]) == pytest.approx(1e-3)


@pytest.mark.parametrize("zerophase", [True, False])
def test_bands_sum_to_a_flat_spectrum(zerophase):
    impulse = torch.zeros(1, 4000)
    impulse[0, 2000 if zerophase else 0] = 1
    bands = dsp.noise_bands(impulse, [1000.0], 8000, order=2, zerophase=zerophase)
    assert bands.shape == (1, 2, 4000)
    total = bands[0].sum(0)
    np.testing.assert_allclose(np.abs(np.fft.rfft(total.numpy())), 1, atol=1e-6)


def test_shaped_noise_is_the_sum_of_bands_under_envelopes():
    bands, envelopes = torch.rand(1, 2, 3, 10), torch.rand(4, 2, 3, 10)
    gains = torch.rand(4, 2, 3)
    expected = sum(gains[..., k, None] * envelopes[:, :, k] * bands[:, :, k] for k in range(3))
    torch.testing.assert_close(dsp.shaped_noise(bands, envelopes, gains), expected)


def test_reverberation_contains_nothing_of_the_direct_sound():
    impulse = torch.zeros(1, 1, 8)
    impulse[..., 0] = 1
    response = torch.arange(1.0, 6.0)[None, None]
    expected = torch.tensor([[[0.0, 2, 3, 4, 5, 0, 0, 0]]])
    torch.testing.assert_close(dsp.reverberate(impulse, response), expected, atol=1e-6, rtol=0)
