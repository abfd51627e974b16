import math

import pytest

from grafx_lab.losses import CrestFactor, LoudnessDifference
from tests.losses.signals import noise, sine


def test_half_the_amplitude_is_6_lu_softer_whatever_the_phase():
    loss = LoudnessDifference(sample_rate=16000)
    target = sine(1000, time=16000)
    assert float(loss(-0.5 * target.roll(3), target)) == pytest.approx(20 * math.log10(2), abs=0.01)


def test_a_square_wave_has_3_db_less_crest_than_a_sine_and_level_does_not_count():
    target = sine(1000, time=16000)
    assert float(CrestFactor()(0.2 * target.sign(), target)) == pytest.approx(20 * math.log10(2**0.5), abs=0.01)
    assert float(CrestFactor()(0.3 * noise(), noise())) == pytest.approx(0, abs=1e-3)
