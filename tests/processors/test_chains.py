import pytest
import torch

from grafx_lab.processors import (
    DryWet,
    FilteredNoise,
    GainStagingRegularization,
    MidSideToStereo,
    MonoToStereo,
    ParallelMix,
    ProcessorError,
    SerialChain,
    SideGainImager,
    StereoGain,
    StereoToMidSide,
    STFTMaskedNoiseReverb,
    TanhDistortion,
)
from tests.processors.test_containers import Splitter

SIGNAL = torch.randn(2, 2, 100, generator=torch.Generator().manual_seed(0))


class Late(Splitter, register=False):
    """One inlet and outlet, three samples late."""

    inlets = outlets = ("main",)

    def get_signal(self, signal, gain):
        return torch.nn.functional.pad(signal, (3, 0))[..., : signal.shape[-1]] * gain[..., None]


def test_parameters_are_nested_as_in_grafx():
    chain = SerialChain({"gain": StereoGain(), "mix": ParallelMix({"a": TanhDistortion(), "b": MonoToStereo()})})
    size = {"gain": {"log_gain": (2,)}, "mix": {"a": {"log_pre_gain": (1,)}, "b": {}, "parallel_weights": (2,)}}
    assert chain.parameter_size() == size


def test_a_chain_is_its_processors_one_behind_the_other():
    gain, dist = StereoGain(), TanhDistortion()
    chain = SerialChain({"gain": gain, "dist": dist})
    raw = chain.raw_from_controls(gain={"log_gain": [6.0, -6.0]}, dist={"log_pre_gain": 12.0})
    output, aux = chain(SIGNAL, **raw)
    torch.testing.assert_close(output, dist(gain(SIGNAL, **raw["gain"]), **raw["dist"]))
    assert aux == {}
    assert list(chain.processors) == ["gain", "dist"]


def test_channels_and_latency_add_up():
    chain = SerialChain({"late": Late(), "wide": MonoToStereo(), "later": Late()})
    assert (chain.channels_out(1), chain.latency) == (2, 6)
    mix = ParallelMix({"chain": chain, "wide": MonoToStereo()})
    assert (mix.channels_in, mix.channels_out(1), mix.latency) == ((1,), 2, 6)


def test_paths_with_less_latency_wait_for_the_others():
    mix = ParallelMix({"late": Late(), "dry": StereoGain()})
    output, _ = mix(SIGNAL, **mix.raw_from_controls())
    torch.testing.assert_close(output[..., 3:], SIGNAL[..., :-3])


def test_both_activations_share_equally_at_zero():
    for activation in ("softmax", "softplus"):
        mix = ParallelMix({"a": StereoGain(), "b": StereoGain(), "c": StereoGain()}, activation)
        zeros = {name: {"log_gain": torch.zeros(1, 2)} for name in "abc"}
        controls = mix.get_controls(**zeros, parallel_weights=torch.zeros(1, 3))
        torch.testing.assert_close(controls["parallel_weights"], torch.full((1, 3), 100 / 3))


def test_a_mix_with_reverbs_is_neutral_by_their_silence():
    reverb = STFTMaskedNoiseReverb(ir_len=300, n_fft=32, hop_length=16)
    mix = ParallelMix({"room": reverb, "dry": StereoGain()})
    assert not mix.wet_only
    output, _ = mix(SIGNAL, **mix.neutral())
    assert float((output - SIGNAL).norm()) < 0.02 * float(SIGNAL.norm())
    assert SerialChain({"room": reverb}).wet_only


def test_a_generator_can_begin_a_chain():
    chain = SerialChain({"noise": FilteredNoise(), "wide": MonoToStereo()})
    assert chain.inlets == ()
    assert chain.run(length=500, **chain.neutral()).signals[0].shape == (1, 2, 500)


def test_mid_and_side_are_led_through_a_chain():
    chain = SerialChain({"encode": StereoToMidSide(), "decode": MidSideToStereo()})
    torch.testing.assert_close(chain(SIGNAL)[0], SIGNAL)
    with pytest.raises(ProcessorError, match="'gain' has 1 inlets, but 2 signals"):
        SerialChain({"encode": StereoToMidSide(), "gain": StereoGain()})


def test_aux_of_inner_processors_stands_under_their_names():
    inner = GainStagingRegularization(StereoGain())
    mix = ParallelMix({"gain": inner, "plain": StereoGain()})
    chain = SerialChain({"mix": mix, "trim": GainStagingRegularization(StereoGain(), key="level")})
    raw = chain.raw_from_controls(mix={"gain": {"log_gain": 6.0}}, trim={"log_gain": -12.0})
    output, aux = chain(SIGNAL, **raw)
    assert output.shape == SIGNAL.shape
    six_decibels = 6 / 10 * torch.log(torch.tensor(10.0))
    torch.testing.assert_close(aux["mix"]["gain"]["gain_reg"], six_decibels.expand(2), atol=1e-4, rtol=0)
    torch.testing.assert_close(aux["trim"]["level"], 2 * six_decibels.expand(2), atol=1e-4, rtol=0)


def test_the_regularisation_has_gradients_and_is_finite_at_silence():
    staging = GainStagingRegularization(StereoGain())
    gain = torch.full((1, 2), 0.3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda g: staging(SIGNAL.double(), log_gain=g)[1]["gain_reg"], gain)
    _, aux = staging(torch.zeros(1, 2, 10, dtype=torch.float64), log_gain=gain)
    aux["gain_reg"].sum().backward()
    assert torch.isfinite(gain.grad).all()


def test_a_taken_key_is_refused():
    twice = GainStagingRegularization(GainStagingRegularization(StereoGain()))
    with pytest.raises(ProcessorError, match="another key"):
        twice(SIGNAL, log_gain=torch.zeros(1, 2))


def test_an_external_weight_inside_a_chain_is_taken_from_the_call():
    chain = SerialChain({"wet": DryWet(StereoGain())})
    raw = {"wet": {"log_gain": torch.ones(1, 2), "drywet_weight": torch.full((1, 1), 40.0)}}
    torch.testing.assert_close(chain(SIGNAL, **raw)[0], torch.e * SIGNAL)
    with pytest.raises(ProcessorError, match=r"SerialChain, 'wet'.*drywet_weight"):
        chain(SIGNAL, wet={"log_gain": torch.ones(1, 2)})


def test_containers_nest_in_dry_wet_and_dry_wet_in_them():
    mix = DryWet(SerialChain({"dist": DryWet(TanhDistortion(), external_param=False)}), external_param=False)
    assert mix.parameter_size() == {"dist": {"log_pre_gain": (1,), "drywet_weight": (1,)}, "drywet_weight": (1,)}
    assert mix.run(SIGNAL, **mix.neutral()).signals[0].shape == SIGNAL.shape


@pytest.mark.parametrize("name", ["class", "self", "Gain", "items", "a.b", "parallel_weights", 3])
def test_names_that_cannot_be_parameters_are_refused(name):
    with pytest.raises(ProcessorError, match="cannot be the name"):
        SerialChain({name: StereoGain()})


@pytest.mark.parametrize("processors", [{}, [StereoGain()], {"gain": StereoGain}])
def test_what_is_no_dict_of_processors_is_refused(processors):
    with pytest.raises(ProcessorError, match="expected a"):
        SerialChain(processors)


def test_processors_of_two_rates_do_not_meet():
    with pytest.raises(ProcessorError, match=r"44100\.0 and 48000\.0 differ"):
        SerialChain({"one": StereoGain(), "two": StereoGain(sample_rate=48000)})


def test_paths_that_do_not_fit_side_by_side_are_refused():
    with pytest.raises(ProcessorError, match="inlets or outlets"):
        ParallelMix({"one": StereoGain(), "two": StereoToMidSide()})
    with pytest.raises(ProcessorError, match="activation"):
        ParallelMix({"one": StereoGain()}, activation="relu")


def test_errors_name_the_processor_inside():
    chain = SerialChain({"imager": SideGainImager()})
    with pytest.raises(ProcessorError, match=r"'imager': SideGainImager: raw parameter 'log_gain' has shape \(1, 3\)"):
        chain(SIGNAL, imager={"log_gain": torch.zeros(1, 3)})
    with pytest.raises(ProcessorError, match="unknown raw parameter 'spare'"):
        chain(SIGNAL, imager={"log_gain": torch.zeros(1, 1)}, spare={"x": torch.zeros(1)})
    mix = ParallelMix({"gain": StereoGain()})
    with pytest.raises(ProcessorError, match="parallel_weights"):
        mix(SIGNAL, gain={"log_gain": torch.zeros(1, 2)}, parallel_weights=torch.zeros(1, 2))
