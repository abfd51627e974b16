import pytest
import torch
from torch import Tensor

from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors import DryWet, Processor, ProcessorError, StereoGain, STFTMaskedNoiseReverb, TanhDistortion

SIGNAL = torch.randn(2, 2, 100, generator=torch.Generator().manual_seed(0))


class Splitter(Processor, register=False):
    """Two inlets, two outlets, an aux value and three samples of latency."""

    inlets = outlets = ("left", "right")
    label = "Splitter"

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"gain": ParameterSpec(unit="", low=0, high=1, default=1)}

    @property
    def latency(self) -> int:
        return 3

    def get_signal(self, left: Tensor, right: Tensor, gain: Tensor):
        return left * gain[..., None], right * 2, {"sum": gain.sum()}


@pytest.mark.parametrize(("raw", "activation", "weight"), [(0.0, "sigmoid", 0.5), (0.25, "none", 0.25)])
def test_weight_mixes_dry_and_wet(raw, activation, weight):
    mix = DryWet(StereoGain(), external_param=False, activation=activation)
    output = mix(SIGNAL, log_gain=torch.log(torch.tensor([[3.0, 1.0]])), drywet_weight=torch.tensor([[raw]]))
    torch.testing.assert_close(output[:, 0], SIGNAL[:, 0] * (1 - weight + 3 * weight))
    torch.testing.assert_close(output[:, 1], SIGNAL[:, 1])


def test_weight_is_a_percentage_for_people():
    mix = DryWet(TanhDistortion(), external_param=False)
    raw = mix.raw_from_controls(drywet_weight=25.0)
    torch.testing.assert_close(torch.sigmoid(raw["drywet_weight"]), torch.tensor([[0.25]]))


def test_external_weight_is_no_parameter_but_needed_in_the_call():
    mix = DryWet(StereoGain())
    assert mix.parameter_size() == {"log_gain": (2,)}
    with pytest.raises(ProcessorError, match="drywet_weight"):
        mix(SIGNAL, log_gain=torch.zeros(1, 2))
    per_item = mix(SIGNAL, log_gain=torch.ones(1, 2), drywet_weight=torch.tensor([-40.0, 40.0]))
    torch.testing.assert_close(per_item, torch.stack([SIGNAL[0], SIGNAL[1] * torch.e]))


def test_mono_dry_goes_to_both_sides_of_a_stereo_wet():
    mix = DryWet(STFTMaskedNoiseReverb(ir_len=300, n_fft=32, hop_length=16), external_param=False)
    mono = SIGNAL[:, :1]
    raw = mix.raw_from_controls(drywet_weight=0.001)
    output = mix(mono, **raw)
    assert output.shape == (2, 2, 100)
    assert mix.channels_out(1) == 2
    torch.testing.assert_close(output, mono.expand(-1, 2, -1), atol=1e-4, rtol=1e-4)


def test_every_outlet_is_mixed_with_its_own_delayed_inlet_and_aux_passes():
    mix = DryWet(Splitter(), external_param=False)
    left, right = SIGNAL[:1], SIGNAL[1:]
    out_left, out_right, aux = mix(left, right, gain=torch.ones(1, 1), drywet_weight=torch.zeros(1, 1))
    delayed = [torch.nn.functional.pad(s, (3, 0))[..., :100] for s in (left, right)]
    torch.testing.assert_close(out_left, 0.5 * left + 0.5 * delayed[0])
    torch.testing.assert_close(out_right, right + 0.5 * delayed[1])
    assert aux == {"sum": torch.tensor(1.0)}
    assert (mix.inlets, mix.outlets, mix.latency, mix.label) == (("left", "right"), ("left", "right"), 3, "Splitter")


def test_it_shows_the_family_and_label_of_what_it_wraps():
    mix = DryWet(TanhDistortion())
    assert (mix.family, mix.label) == ("nonlinear", "Tanh distortion")
    assert (DryWet.family, DryWet.label) == ("container", "Dry/wet")


def test_a_second_wrapping_is_refused_with_advice():
    with pytest.raises(ProcessorError, match="drywet_weight"):
        DryWet(DryWet(StereoGain(), external_param=False), external_param=False)
