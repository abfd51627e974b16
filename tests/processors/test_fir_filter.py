import pytest
import torch

from grafx_lab.processors import FIRFilter, ProcessorError


def test_grafxs_arguments_construct_it():
    assert FIRFilter(fir_len=1023, processor_channel="mono", flashfftconv=False).parameter_size() == {"fir": (1, 1023)}


@pytest.mark.parametrize("mode", ["causal", "zerophase"])
@pytest.mark.parametrize("channel", ["mono", "stereo", "midside"])
def test_it_starts_as_a_click_at_the_present(mode, channel):
    processor = FIRFilter(21, channel, mode)
    signal = torch.randn(2, 2, 100)
    torch.testing.assert_close(processor(signal, **processor.neutral()), signal, atol=1e-5, rtol=1e-5)


def test_the_level_of_the_taps_does_not_matter():
    processor = FIRFilter(5)
    signal = torch.randn(1, 1, 50)
    quiet, loud = (processor(signal, **processor.raw_from_controls(fir=level)) for level in (0.1, 0.9))
    torch.testing.assert_close(quiet, loud)


def test_midside_taps_leave_the_other_alone():
    processor = FIRFilter(3, "midside")
    taps = torch.tensor([[[0.5, 0.0, 0.0], [0.0, 0.0, 0.5]]])
    raw = processor.raw_from_controls(fir=taps)
    mid = torch.randn(1, 1, 60).expand(-1, 2, -1)
    torch.testing.assert_close(processor(mid, **raw), mid, atol=1e-5, rtol=1e-5)
    side = mid * torch.tensor([[[1.0], [-1.0]]])
    torch.testing.assert_close(processor(side, **raw)[..., 2:], side[..., :-2], atol=1e-5, rtol=1e-5)


def test_impossible_arguments_are_named():
    with pytest.raises(ProcessorError, match="backwards"):
        FIRFilter(mode="backwards")
    with pytest.raises(ProcessorError, match="fir_len is 0"):
        FIRFilter(0)
