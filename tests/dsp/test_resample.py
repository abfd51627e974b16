import pytest
import torch

from grafx_lab import dsp

FRAMES = torch.tensor([[[0.0], [1.0], [3.0]]], dtype=torch.float64)


def envelope(length: int, method: str, hold_last: bool = True) -> list[float]:
    return dsp.resample_envelope(FRAMES, length, method, hold_last)[0, :, 0].tolist()


def test_linear_envelopes_meet_each_frame_and_hold_the_last():
    assert envelope(6, "linear") == [0.0, 0.5, 1.0, 2.0, 3.0, 3.0]


def test_linear_envelopes_reach_the_last_frame_at_the_end():
    assert envelope(5, "linear", hold_last=False) == [0.0, 0.5, 1.0, 2.0, 3.0]


def test_window_envelopes_cross_over_along_half_a_cosine():
    quarter = 0.5 - 0.5 * 2**-0.5
    expected = [0, quarter, 0.5, 1 - quarter, 1, 1 + 2 * quarter, 2, 3 - 2 * quarter, 3, 3, 3, 3]
    assert envelope(12, "window") == pytest.approx(expected)


def test_windows_need_no_length_that_the_frames_divide():
    """DDSP raises where they do not; between multiples the envelope is the same curve read at other points."""
    fine, coarse = envelope(300, "window"), envelope(100, "window")
    assert coarse == pytest.approx(fine[::3])
    assert len(envelope(7, "window")) == 7


def test_nearest_envelopes_are_steps():
    assert envelope(6, "nearest") == [0, 0, 1, 1, 3, 3]
    assert envelope(4, "nearest", hold_last=False) == [0, 1, 1, 3]


def test_cubic_envelopes_pass_through_the_frames():
    assert envelope(12, "cubic")[::4] == [0, 1, 3]


@pytest.mark.parametrize("method", ["nearest", "linear", "cubic", "window"])
def test_constants_stay_constant_and_a_single_frame_fills_the_length(method):
    constant = torch.full((2, 7, 3), 0.3)
    torch.testing.assert_close(dsp.resample_envelope(constant, 50, method), torch.full((2, 50, 3), 0.3))
    single = dsp.resample_envelope(constant[:, :1], 50, method)
    assert torch.equal(single, torch.full((2, 50, 3), 0.3))


def test_positions_stay_exact_in_long_signals():
    length = 3_000_000
    ramp = torch.arange(1001.0)[None, :, None]
    envelope = dsp.resample_envelope(ramp, length, hold_last=False)[0, :, 0].double()
    truth = torch.arange(length, dtype=torch.float64) * 1000 / (length - 1)
    assert float((envelope - truth).abs().max()) < 1e-4


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="spline"):
        dsp.resample_envelope(FRAMES, 6, "spline")


def test_common_frames_are_those_of_the_longest():
    few, many = dsp.common_frames(torch.tensor([[[0.0], [1.0]]]), torch.zeros(1, 4, 2))
    assert few[0, :, 0].tolist() == [0, 0.5, 1, 1]
    assert many.shape == (1, 4, 2)
