import pytest
import torch

from grafx_lab import dsp
from grafx_lab.dsp.pitch import LOWEST_PITCH, midi_to_unit, unit_to_midi


def test_the_softmax_picks_pitches_between_the_bounds_in_even_ratios():
    sharp = 1000 * torch.eye(3, dtype=torch.float64)[None, None]
    torch.testing.assert_close(
        dsp.frequencies_softmax(sharp, 100, 400), torch.tensor([[[100, 200, 400]]], dtype=torch.float64)
    )


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_sigmoids_together_reach_the_upper_bound_and_bottom_out_at_the_lowest_pitch(depth):
    ends = torch.tensor([-1000.0, 1000.0], dtype=torch.float64)[None, None, :, None].expand(1, 1, 2, depth)
    low, high = dsp.frequencies_sigmoid(ends)[0, 0].tolist()
    assert low == pytest.approx(depth * LOWEST_PITCH)
    assert high == pytest.approx(8000)


@pytest.mark.parametrize(("scale", "to_place"), [("bark", dsp.hz_to_bark), ("mel", dsp.hz_to_mel)])
def test_critical_bands_rest_at_even_steps_of_hearing_and_reach_one_bandwidth_away(scale, to_place):
    rest, top = dsp.frequencies_critical_bands(
        torch.tensor([0.0, 1000.0], dtype=torch.float64)[:, None, None, None].expand(2, 1, 7, 1), 100, 6000, scale=scale
    )[:, 0]
    places = torch.linspace(*to_place(torch.tensor([100.0, 6000.0])).tolist(), 7, dtype=torch.float64)
    # The limits of the range bend the outermost bands, and its lower limit lies where the straight part has 0 Hz.
    torch.testing.assert_close(to_place(rest - 100)[1:-1], places[1:-1], rtol=1e-3, atol=0)
    torch.testing.assert_close((top - rest)[1:-1], dsp.hz_to_erb(rest - 100)[1:-1], rtol=1e-3, atol=0)


def test_units_and_semitones_undo_each_other():
    assert unit_to_midi(torch.tensor([0.0, 0.5, 1.0])).tolist() == [20, 55, 90]
    assert midi_to_unit(torch.tensor([20.0, 55.0, 90.0])).tolist() == [0, 0.5, 1]
