import math

import torch

from grafx_lab.processors import TransientShaper


def burst(rate=10000):
    """Silence, half a second of constant energy, silence."""
    signal = torch.zeros(1, 1, rate, dtype=torch.float64)
    signal[..., rate // 4 : 3 * rate // 4] = 0.5
    return signal


def gain_of(**controls):
    shaper = TransientShaper(sample_rate=10000)
    raw = {key: value.double() for key, value in shaper.raw_from_controls(**controls).items()}
    probe = burst() + 1e-9
    return (shaper(probe, **raw) / probe)[0, 0]


def test_attack_gains_the_lead_of_the_fast_follower_in_decibels():
    gain = gain_of(attack=100.0, z_alpha=[2.0, 40.0])[2500:]
    for milliseconds in (1, 5, 20, 100):
        lead = (1 - math.exp(-milliseconds / 2)) / (1 - math.exp(-milliseconds / 40))
        assert abs(float(20 * torch.log10(gain[10 * milliseconds - 1])) - 10 * math.log10(lead)) < 0.01


def test_half_the_amount_is_half_the_decibels_and_negative_amounts_soften():
    full, half, minus = (torch.log(gain_of(attack=amount)[2500:3000]) for amount in (100.0, 50.0, -100.0))
    torch.testing.assert_close(half, full / 2, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(minus, -full, atol=1e-6, rtol=1e-6)


def test_sustain_acts_only_behind_the_sound_and_attack_only_at_its_beginning():
    attack, sustain = gain_of(attack=100.0), gain_of(sustain=100.0)
    assert float(attack[2600]) > 1.5
    assert float(sustain[7700]) > 1.5
    torch.testing.assert_close(sustain[2500:7000], torch.ones(4500).double(), atol=1e-4, rtol=0)
    torch.testing.assert_close(attack[7500:], torch.ones(2500).double(), atol=1e-4, rtol=0)


def test_steady_sounds_pass():
    assert abs(float(gain_of(attack=100.0, sustain=100.0)[7499]) - 1) < 0.01
