import itertools
import math

import pytest
import torch

from grafx_lab.processors import ApproxNoiseGate, Expander, NoiseGate, ProcessorError

KNEES = ("hard", "quadratic", "exponential")
FORMS = list(itertools.product(("iir", "ballistics", None), ("iir", "ballistics", None), (False, True), KNEES))


def constant(decibel, length=10):
    return torch.full((1, 1, length), 10 ** (decibel / 20), dtype=torch.float64)


def gain_of(gate, signal, **controls):
    raw = {key: value.double() for key, value in gate.raw_from_controls(**controls).items()}
    return gate.gain(signal, **gate.get_controls(**raw))[0]


def in_decibel(gain):
    return 20 * torch.log10(gain)


@pytest.mark.parametrize("knee", KNEES)
@pytest.mark.parametrize("ratio", [1.5, 4.0, 10.0])
def test_below_the_threshold_each_decibel_of_input_is_so_many_of_output(knee, ratio):
    controls = {"log_threshold": -12.0, "log_ratio": ratio} | ({} if knee == "hard" else {"log_knee": 1.0})
    for level, expected in ((-2.0, 0.0), (-20.0, (1 - ratio) * 8), (-26.0, (1 - ratio) * 14)):
        gain = gain_of(NoiseGate(None, knee=knee), constant(level), **controls)
        # The floor of the detector (−50 dB) lifts a level of −26 dB by 0.017 dB.
        assert float(in_decibel(gain)[-1]) == pytest.approx(expected, abs=0.02 * ratio)


def test_approximate_gate_has_the_ratio_of_decibels_too():
    gate = ApproxNoiseGate()
    raw = gate.raw_from_controls(log_threshold=-12.0, log_ratio=5.0, z_alpha=0.1)
    signal = constant(-24, 2000)
    assert float(in_decibel(gate(signal, **raw) / signal)[0, 0, -1]) == pytest.approx(-4 * 12, abs=0.1)


def test_approximate_gate_takes_the_length_of_its_smoother_under_both_names():
    assert ApproxNoiseGate(freq_sample_n=100).iir_len == ApproxNoiseGate(100).iir_len == 100


@pytest.mark.parametrize("knee", KNEES)
def test_expander_falls_with_its_ratio_down_to_its_range(knee):
    controls = {"log_threshold": -30.0, "log_ratio": 3.0, "log_range": 24.0} | (
        {} if knee == "hard" else {"log_knee": 1.0}
    )
    for level, expected in ((-20.0, 0.0), (-36.0, -12.0), (-41.0, -22.0), (-60.0, -24.0), (-300.0, -24.0)):
        gain = gain_of(Expander(None, knee=knee), constant(level), **controls)
        assert float(in_decibel(gain)[-1]) == pytest.approx(expected, abs=0.02)


def test_expander_hears_below_the_detector_of_the_gate():
    gain = gain_of(Expander(None), constant(-80), log_threshold=-70.0, log_ratio=2.0)
    assert float(in_decibel(gain)[-1]) == pytest.approx(-10, abs=0.1)


def test_attack_opens_and_release_closes_the_gain():
    gate = NoiseGate(None, "ballistics", knee="hard", sample_rate=10000)
    closed = 10 ** (-10 / 20)  # 10 dB under the threshold at 2 : 1
    signal = torch.cat([constant(-30, 2000), constant(0, 2000)], -1)
    gain = gain_of(gate, signal, log_threshold=-20.0, log_ratio=2.0, z_alpha_post=[10.0, 50.0])
    closed = float(gain_of(gate, signal, log_threshold=-20.0, log_ratio=2.0, z_alpha_post=0.1)[1999])
    assert closed == pytest.approx(10 ** (-10 / 20), rel=0.01)
    assert float(gain[499] - closed) == pytest.approx((1 - closed) * math.exp(-1), rel=1e-3)
    assert float(1 - gain[1999 + 100]) == pytest.approx((1 - float(gain[1999])) * math.exp(-1), rel=1e-3)


def test_attack_and_release_of_the_level_are_the_times_of_rising_and_falling():
    gate = NoiseGate("ballistics", sample_rate=10000)
    signal = torch.cat([constant(0, 2000), constant(-300, 2000)], -1)
    time = gate.get_controls(**gate.raw_from_controls(z_alpha_pre=[10.0, 50.0]))["z_alpha_pre"].double()
    level = gate.level(signal, time)[0].exp() - gate.energy_floor
    assert float(level[99]) == pytest.approx(1 - math.exp(-1), rel=1e-3)
    assert float(level[1999 + 500]) == pytest.approx(math.exp(-1), rel=1e-3)


@pytest.mark.parametrize("in_log", [False, True])
def test_a_gate_with_a_smoothed_gain_begins_open(in_log):
    gain = gain_of(NoiseGate(None, "ballistics", in_log), constant(-10, 500), log_threshold=-30.0)
    torch.testing.assert_close(gain, torch.ones_like(gain))


@pytest.mark.parametrize(("energy", "gain", "in_log", "knee"), FORMS)
def test_every_form_has_the_gradients_of_finite_differences(energy, gain, in_log, knee):
    gate = NoiseGate(energy, gain, in_log, knee, sample_rate=1000)
    signal = 0.2 * torch.randn(2, 2, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    raw = gate.raw_from_controls(log_threshold=-15.0, log_ratio=1.5)
    leaves = [signal.requires_grad_(), *(value.double().requires_grad_() for value in raw.values())]
    assert torch.autograd.gradcheck(
        lambda s, *values: gate(s, **dict(zip(raw, values, strict=True))), leaves, eps=1e-6, atol=1e-5, fast_mode=True
    )


def test_unknown_choices_are_named():
    with pytest.raises(ProcessorError, match="NoiseGate: knee is 'soft'"):
        NoiseGate(knee="soft")
