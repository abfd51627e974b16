import pytest
import torch

from grafx_lab.dsp import frame

RAMP = torch.arange(10.0)[None]


@pytest.mark.parametrize(
    ("padding", "frames"),
    [
        ("center", [[0, 0, 0, 1], [1, 2, 3, 4], [4, 5, 6, 7], [7, 8, 9, 0]]),
        ("same", [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9], [9, 0, 0, 0]]),
        ("valid", [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]),
    ],
)
def test_frames_lie_where_their_padding_says(padding, frames):
    assert frame(RAMP, 4, 3, padding)[0].tolist() == frames


@pytest.mark.parametrize("padding", ["center", "same", "valid"])
def test_a_signal_shorter_than_a_frame_has_one(padding):
    assert frame(torch.ones(2, 1, 3), 8, 4, padding).shape == (2, 1, 1, 8)
