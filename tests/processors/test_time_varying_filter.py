import numpy as np
import pytest
import torch

from grafx_lab.processors import ProcessorError, TimeVaryingFIRFilter


def test_each_frame_has_the_level_of_its_control():
    processor = TimeVaryingFIRFilter(num_frames=4)
    level = torch.tensor([0.0, -20.0, 6.0, -40.0])[:, None].expand(4, 65)
    signal = torch.ones(1, 1, 4000)
    output = processor(signal, **processor.raw_from_controls(magnitudes=level))[0, 0]
    torch.testing.assert_close(output[500::1000], 10 ** (level[:, 0] / 20), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("frequency", [2, 20, 50])
def test_a_sine_on_a_bin_has_the_level_of_that_bin(frequency):
    processor = TimeVaryingFIRFilter(num_frames=1, num_bins=65)
    level = torch.linspace(0, -24, 65)
    time = torch.arange(4096)
    signal = torch.cos(np.pi * frequency / 64 * time)[None, None]
    output = processor(signal, **processor.raw_from_controls(magnitudes=level[None]))[0, 0]
    gain = output[1000:3000].norm() / signal[0, 0, 1000:3000].norm()
    assert 20 * np.log10(float(gain)) == pytest.approx(float(level[frequency]), abs=0.1)


def test_a_call_may_bring_another_number_of_frames():
    processor = TimeVaryingFIRFilter()
    flat = processor.raw_from_controls()["magnitudes"][:, :1]
    signal = torch.randn(2, 2, 100)
    torch.testing.assert_close(processor(signal, magnitudes=flat.expand(-1, 30, -1)), signal, rtol=1e-4, atol=1e-5)


def test_impossible_arguments_are_named():
    with pytest.raises(ProcessorError, match="num_bins"):
        TimeVaryingFIRFilter(num_bins=1)
