import numpy as np
import pytest
import torch

from grafx_lab.processors import ConvolutionReverb, ProcessorError
from tests.processors.decay import decay_time


def test_default_response_decays_in_its_start_time_with_energy_one():
    reverb = ConvolutionReverb(start_decay=0.5)
    response = reverb.get_controls(**reverb.raw_from_controls())["ir"][0].double().numpy()
    assert decay_time(response) == pytest.approx(0.5, rel=0.05)
    assert np.square(response).sum(-1).mean() == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("channel", ["mono", "stereo"])
def test_measured_response_is_convolved_at_the_level_of_the_control(channel):
    reverb = ConvolutionReverb(ir_len=40, processor_channel=channel)
    rng = np.random.default_rng(0)
    signal, ir = rng.standard_normal((2, 100)), rng.standard_normal((len(reverb.start), 40))
    raw = reverb.raw_from_controls(ir=torch.from_numpy(ir), log_gain=20.0)
    output = reverb(torch.from_numpy(signal)[None], **{key: value.double() for key, value in raw.items()})[0]
    expected = [10 * np.convolve(x, h)[:100] for x, h in zip(signal, np.broadcast_to(ir, (2, 40)), strict=True)]
    np.testing.assert_allclose(output.numpy(), np.stack(expected), rtol=1e-6, atol=1e-6)


def test_midside_leaves_a_mono_signal_without_side():
    reverb = ConvolutionReverb(ir_len=40, processor_channel="midside")
    left, right = reverb(torch.randn(1, 1, 100), **reverb.raw_from_controls()).unbind(1)
    torch.testing.assert_close(left, right)


def test_a_raw_response_has_size_one_whatever_its_length():
    for length in (100, 10000):
        raw = ConvolutionReverb(ir_len=length, start_decay=100.0).raw_from_controls()["ir"]
        assert float(raw.square().mean()) == pytest.approx(1, rel=0.2)


def test_impossible_arguments_are_named():
    with pytest.raises(ProcessorError, match="quad"):
        ConvolutionReverb(processor_channel="quad")
