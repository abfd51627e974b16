import pytest
import torch

from grafx_lab.processors import (
    MidSideToStereo,
    MonoToStereo,
    ProcessorError,
    SideGainImager,
    StereoGain,
    StereoToMidSide,
)


@pytest.mark.parametrize("channels", [1, 2])
def test_each_side_gets_its_decibels(channels):
    gain = StereoGain()
    signal = torch.ones(1, channels, 4)
    output = gain(signal, **gain.raw_from_controls(log_gain=[20.0, -20.0]))
    torch.testing.assert_close(output, torch.tensor([[[10.0] * 4, [0.1] * 4]]))


def test_more_than_two_channels_are_refused():
    with pytest.raises(ProcessorError, match="3 channels"):
        StereoGain()(torch.ones(1, 3, 4), log_gain=torch.zeros(1, 2))


STEREO = torch.randn(2, 2, 30, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("normalize", [True, False])
def test_mid_and_side_lead_back_to_left_and_right(normalize):
    torch.testing.assert_close(MidSideToStereo(normalize)(*StereoToMidSide(normalize)(STEREO)), STEREO)


def test_normalized_mid_and_side_hold_the_energy():
    mid, side = StereoToMidSide()(STEREO)
    torch.testing.assert_close(mid.square().sum() + side.square().sum(), STEREO.square().sum())


def test_the_imager_moves_the_side_alone():
    imager = SideGainImager()
    output = imager(STEREO, **imager.raw_from_controls(log_gain=-20.0))
    before, after = StereoToMidSide()(STEREO), StereoToMidSide()(output)
    torch.testing.assert_close(after[0], before[0])
    torch.testing.assert_close(after[1], 0.1 * before[1])


def test_mono_has_no_width():
    imager = SideGainImager()
    mono = STEREO[:, :1]
    torch.testing.assert_close(imager(mono, **imager.raw_from_controls(log_gain=12.0)), mono.expand(-1, 2, -1))
    torch.testing.assert_close(MonoToStereo()(mono), mono.expand(-1, 2, -1))
    assert not StereoToMidSide()(mono)[1].any()
