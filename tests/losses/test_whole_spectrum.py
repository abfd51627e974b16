import pytest
import torch

from grafx_lab.losses import LossError, MultiScaleMagnitude, SpectralMagnitude, WaveformL1
from tests.losses.signals import noise


def test_a_circular_shift_is_not_heard():
    signal = noise(time=256)
    shifted = signal.roll(64, dims=-1)
    assert float(SpectralMagnitude()(shifted, signal)) == pytest.approx(0.0, abs=1e-9)
    assert float(WaveformL1()(shifted, signal)) > 0.1


def test_half_an_impulse_has_lost_one_half():
    impulse = torch.zeros(1, 1, 64, dtype=torch.float64)
    impulse[..., 5] = 1.0
    assert float(SpectralMagnitude()(0.5 * impulse, impulse)) == pytest.approx(0.5)
    assert float(SpectralMagnitude(power=2)(0.5 * impulse, impulse)) == pytest.approx(0.75)


def test_pieces_hear_what_moves_from_one_to_another():
    early = torch.zeros(1, 1, 64, dtype=torch.float64)
    early[..., 3] = 1.0
    late = early.roll(32, dims=-1)
    assert float(MultiScaleMagnitude(pieces=(1,))(late, early)) == pytest.approx(0, abs=1e-12)
    # Two of two pieces are wrong by a flat spectrum of one, scaled by √2; the whole is not.
    assert float(MultiScaleMagnitude(pieces=(1, 2))(late, early)) == pytest.approx(2**0.5 / 2)


def test_one_piece_is_the_whole():
    target, estimate = noise(), noise(seed=1)
    assert float(MultiScaleMagnitude(pieces=(1,))(estimate, target)) == float(SpectralMagnitude()(estimate, target))


def test_powers_below_one_and_no_pieces_are_refused():
    with pytest.raises(LossError, match=r"power is 0\.5, expected 1 or more"):
        SpectralMagnitude(power=0.5)
    with pytest.raises(LossError, match=r"pieces are \(0, 2\), expected numbers from 1 on"):
        MultiScaleMagnitude(pieces=(0, 2))
