import pytest
import torch

from grafx_lab.processors import ProcessorError, StereoGain


@pytest.mark.parametrize("channels", [1, 2])
def test_each_side_gets_its_decibels(channels):
    gain = StereoGain()
    signal = torch.ones(1, channels, 4)
    output = gain(signal, **gain.raw_from_controls(log_gain=[20.0, -20.0]))
    torch.testing.assert_close(output, torch.tensor([[[10.0] * 4, [0.1] * 4]]))


def test_more_than_two_channels_are_refused():
    with pytest.raises(ProcessorError, match="3 channels"):
        StereoGain()(torch.ones(1, 3, 4), log_gain=torch.zeros(1, 2))
