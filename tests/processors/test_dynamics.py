import itertools
import math

import pytest
import torch

from grafx_lab.processors import ApproxCompressor, Compressor, ProcessorError, SidechainCompressor

SMOOTHERS = ("iir", "ballistics", None)
FORMS = list(itertools.product(SMOOTHERS, SMOOTHERS, (False, True), ("hard", "quadratic", "exponential")))


def constant(decibel, length=20000, dtype=torch.float64):
    return torch.full((1, 1, length), 10 ** (decibel / 20), dtype=dtype)


def gain_of(compressor, signal, **controls):
    raw = {key: value.double() for key, value in compressor.raw_from_controls(**controls).items()}
    return compressor.gain(signal, **compressor.get_controls(**raw))[0]


def in_decibel(gain):
    return 20 * torch.log10(gain)


@pytest.mark.parametrize("knee", ["hard", "quadratic", "exponential"])
@pytest.mark.parametrize("ratio", [1.5, 4.0, 20.0, -5.0])
def test_above_the_threshold_so_many_decibels_of_input_are_one_of_output(knee, ratio):
    compressor = Compressor(None, knee=knee)
    controls = {"log_threshold": -20.0, "log_ratio": ratio} | ({} if knee == "hard" else {"log_knee": 1.0})
    for level, expected in ((-40.0, 0.0), (-8.0, -(1 - 1 / ratio) * 12), (-2.0, -(1 - 1 / ratio) * 18)):
        gain = gain_of(compressor, constant(level, 10), **controls)
        # The floor of the detector (−50 dB) adds some hundredths of a decibel.
        assert float(in_decibel(gain)[-1]) == pytest.approx(expected, abs=0.05)


def test_the_bend_at_the_threshold_is_the_same_for_both_soft_knees():
    bends = [
        float(
            in_decibel(
                gain_of(Compressor(None, knee=knee), constant(-20, 4), log_threshold=-20.0, log_ratio=2.0, log_knee=8.0)
            )[0]
        )
        for knee in ("quadratic", "exponential")
    ]
    assert bends == pytest.approx([-0.5, -0.5], abs=0.01)


def test_attack_and_release_are_the_times_of_rising_and_falling_levels():
    compressor = Compressor("ballistics", knee="hard", sample_rate=10000)
    signal = torch.cat([constant(0, 2000), constant(-300, 2000)], -1)
    raw = compressor.raw_from_controls(z_alpha_pre=[10.0, 50.0])
    time = compressor.get_controls(**raw)["z_alpha_pre"]
    energy = compressor.level(signal, time.double())[0].exp() - compressor.energy_floor
    assert float(energy[99]) == pytest.approx(1 - math.exp(-1), rel=1e-3)
    assert float(energy[1999 + 500]) == pytest.approx(math.exp(-1), rel=1e-3)


def test_a_peak_detector_smooths_the_amplitude():
    compressor = Compressor(None, amplitude_smoother="ballistics", sample_rate=10000)
    signal = torch.cat([constant(0, 2000), constant(-300, 2000)], -1)
    times = torch.tensor([[10.0, 50.0]], dtype=torch.float64)
    amplitude = (compressor.level(-signal, None, None, times)[0].exp() - compressor.energy_floor).sqrt()
    assert float(amplitude[99]) == pytest.approx(1 - math.exp(-1), rel=1e-3)
    assert float(amplitude[1999 + 500]) == pytest.approx(math.exp(-1), rel=1e-3)


def test_a_level_with_a_release_alone_rises_at_once():
    compressor = Compressor("release", sample_rate=10000)
    signal = torch.cat([constant(0, 2000), constant(-300, 2000)], -1)
    time = torch.tensor([[50.0]], dtype=torch.float64)
    energy = compressor.level(signal, time)[0].exp() - compressor.energy_floor
    torch.testing.assert_close(energy[:2000], torch.ones(2000, dtype=torch.float64))
    assert float(energy[1999 + 500]) == pytest.approx(math.exp(-1), rel=1e-3)


def test_a_gain_with_a_release_alone_falls_at_once_and_recovers():
    compressor = Compressor(None, "release", knee="hard", sample_rate=10000)
    signal = torch.cat([constant(0, 2000), constant(-80, 2000)], -1)
    gain = gain_of(compressor, signal, log_threshold=-20.0, log_ratio=2.0, z_alpha_post=50.0)
    reduced = 10 ** (-10 / 20)
    assert float(gain[0]) == pytest.approx(reduced, rel=1e-3)
    assert float(1 - gain[1999 + 500]) == pytest.approx((1 - reduced) * math.exp(-1), rel=1e-3)


def test_a_decoupled_detector_is_that_of_a_loop_over_samples():
    """Energy that rises at once, its root with attack and release: the detector of the JUCE library's noise gate."""
    compressor = Compressor("release", amplitude_smoother="ballistics", sample_rate=10000)
    decay, rise, fall = (1 - math.exp(-1000 / (10000 * time)) for time in (8.0, 0.5, 30.0))
    signal, energy, amplitude, expected = stereo(500)[:1, :1], 0.0, 0.0, []
    for sample in signal[0, 0].tolist():
        energy += (1.0 if sample**2 > energy else decay) * (sample**2 - energy)
        root = math.sqrt(energy)
        amplitude += (rise if root > amplitude else fall) * (root - amplitude)
        expected.append(math.log(amplitude**2 + compressor.energy_floor))
    times = [torch.tensor([time], dtype=torch.float64) for time in ([8.0], [0.5, 30.0])]
    level = compressor.level(signal, times[0], None, times[1])[0]
    torch.testing.assert_close(level, torch.tensor(expected, dtype=torch.float64), rtol=1e-4, atol=1e-4)


def test_gain_ballistics_attack_where_the_gain_falls():
    compressor = Compressor(None, "ballistics", knee="hard", sample_rate=10000)
    signal = torch.cat([constant(0, 2000), constant(-80, 2000)], -1)
    gain = gain_of(compressor, signal, log_threshold=-20.0, log_ratio=2.0, z_alpha_post=[10.0, 50.0])
    target = 10 ** (-10 / 20)
    assert float(gain[99]) == pytest.approx(target + (1 - target) * math.exp(-1), rel=1e-3)
    assert float(1 - gain[1999 + 500]) == pytest.approx((1 - target) * math.exp(-1), rel=1e-3)


@pytest.mark.parametrize("gain_smoother", ["iir", "ballistics"])
@pytest.mark.parametrize("energy_smoother", SMOOTHERS)
@pytest.mark.parametrize("in_log", [False, True])
def test_the_beginning_of_quiet_music_is_neither_muted_nor_boosted(energy_smoother, gain_smoother, in_log):
    compressor = Compressor(energy_smoother, gain_smoother, in_log)
    gain = gain_of(compressor, constant(-45, 5000), log_threshold=-20.0, log_ratio=4.0)
    torch.testing.assert_close(gain, torch.ones_like(gain), atol=1e-3, rtol=0)


@pytest.mark.parametrize(("energy", "gain", "in_log", "knee"), FORMS)
def test_every_form_has_the_gradients_of_finite_differences(energy, gain, in_log, knee):
    assert_differentiable(Compressor(energy, gain, in_log, knee, sample_rate=1000))


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize(
    ("energy", "amplitude"), [(None, "iir"), (None, "ballistics"), ("release", "ballistics"), ("iir", "release")]
)
def test_smoothed_amplitudes_have_the_gradients_of_finite_differences(energy, amplitude, running):
    assert_differentiable(Compressor(energy, running=running, amplitude_smoother=amplitude, sample_rate=1000))


def assert_differentiable(compressor):
    signal = 0.5 * torch.randn(2, 2, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    raw = compressor.raw_from_controls(log_threshold=-15.0)
    leaves = [signal.requires_grad_(), *(value.double().requires_grad_() for value in raw.values())]
    assert torch.autograd.gradcheck(
        lambda s, *values: compressor(s, **dict(zip(raw, values, strict=True))),
        leaves,
        eps=1e-6,
        atol=1e-5,
        fast_mode=True,
    )


@pytest.mark.parametrize(("energy", "gain", "in_log", "knee"), FORMS)
def test_every_form_has_gradients_for_every_parameter(energy, gain, in_log, knee):
    assert_all_have_gradients(Compressor(energy, gain, in_log, knee))


@pytest.mark.parametrize(("energy", "amplitude"), [(None, "ballistics"), ("release", "ballistics")])
def test_smoothed_amplitudes_have_gradients_for_every_parameter(energy, amplitude):
    assert_all_have_gradients(Compressor(energy, amplitude_smoother=amplitude))


def test_a_peak_detector_has_finite_gradients_in_silence():
    compressor = Compressor(None, amplitude_smoother="ballistics")
    silence = torch.zeros(1, 2, 100, requires_grad=True)
    compressor(silence, **compressor.raw_from_controls()).sum().backward()
    assert torch.isfinite(silence.grad).all()


def assert_all_have_gradients(compressor):
    wide = {} if compressor.knee == "hard" else {"log_knee": 24.0}
    raw = {key: raw.requires_grad_() for key, raw in compressor.raw_from_controls(log_threshold=-20.0, **wide).items()}
    noise = torch.randn(1, 2, 2000, generator=torch.Generator().manual_seed(0))
    noise[..., 1000:] *= 0.1
    compressor(noise, **raw).square().sum().backward()
    for key, value in raw.items():
        assert torch.isfinite(value.grad).all(), key
        assert value.grad.abs().min() > 0, key


def test_truncated_smoother_agrees_with_the_recursion_when_it_is_long_enough():
    raw = Compressor().raw_from_controls(z_alpha_pre=3.0)
    signal = torch.randn(1, 2, 3000)
    exact, truncated = (Compressor(smoother=form, iir_len=2500)(signal, **raw) for form in ("exact", "fir"))
    assert float((exact - truncated).norm() / exact.norm()) < 1e-5


def test_both_channels_get_the_same_gain():
    compressor = Compressor()
    signal = torch.randn(1, 2, 500)
    raw = compressor.raw_from_controls(log_threshold=-30.0)
    factors = compressor(signal, **raw) / signal
    torch.testing.assert_close(factors[:, 0], factors[:, 1])


@pytest.mark.parametrize(
    "arguments", [{"knee": "soft"}, {"energy_smoother": "fir"}, {"gain_smoother": "box"}, {"smoother": "iir"}]
)
def test_unknown_choices_are_named(arguments):
    with pytest.raises(ProcessorError, match=next(iter(arguments.values()))):
        Compressor(**arguments)


def test_approximate_compressor_is_a_compressor_with_one_time_constant():
    compressor, approximate = Compressor(), ApproxCompressor()
    raw = compressor.raw_from_controls(log_threshold=-30.0, log_ratio=4.0)
    signal = torch.randn(1, 2, 500)
    expected = compressor(signal, **raw)
    assert torch.equal(approximate(signal, z_alpha=raw.pop("z_alpha_pre"), **raw), expected)


def test_sidechain_alone_sets_the_gain():
    sidechain = SidechainCompressor(None)
    raw = {
        key: value.double() for key, value in sidechain.raw_from_controls(log_threshold=-20.0, log_ratio=4.0).items()
    }
    voice = torch.cat([constant(-2, 100), constant(-60, 100)], -1)
    for music in (constant(0, 200), constant(-40, 200).expand(1, 2, -1)):
        gain = in_decibel(sidechain(music, voice, **raw) / music)
        assert float(gain[0, 0, 99]) == pytest.approx(-(1 - 1 / 4) * 18, abs=0.05)
        assert float(gain[0, 0, 199]) == pytest.approx(0, abs=0.01)


def test_sidechain_that_hears_its_own_signal_is_a_compressor():
    signal = torch.randn(1, 2, 500)
    raw = Compressor("ballistics").raw_from_controls(log_threshold=-30.0)
    assert torch.equal(SidechainCompressor()(signal, signal, **raw), Compressor("ballistics")(signal, **raw))


def stereo(length=4000):
    noise = torch.randn(2, 2, length, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return noise * torch.tensor([0.5, 0.05], dtype=torch.float64)[:, None]


def test_a_running_detector_falls_from_the_level_before():
    compressor = Compressor("ballistics", running=True, sample_rate=10000)
    time, before = torch.tensor([[5.0, 50.0]]).double(), torch.tensor([[-6.0]]).double()
    energy = compressor.level(constant(-300, 1000), time, before)[0].exp() - compressor.energy_floor
    assert float(energy[499]) == pytest.approx(10**-0.6 * math.exp(-1), rel=1e-3)


def test_a_running_peak_detector_falls_from_the_level_before():
    compressor = Compressor("release", running=True, amplitude_smoother="ballistics", sample_rate=10000)
    times = [torch.tensor([time], dtype=torch.float64) for time in ([1.0], [0.1, 50.0])]
    before = torch.tensor([[-6.0]]).double()
    level = compressor.level(constant(-300, 1000), times[0], before, times[1])[0]
    amplitude = (level.exp() - compressor.energy_floor).sqrt()
    assert float(amplitude[499]) == pytest.approx(10**-0.3 * math.exp(-1), rel=0.05)


# Silence is −100 dB there: an energy of 1e-10, but an amplitude of 1e-5.
@pytest.mark.parametrize(("amplitude_smoother", "most"), [(None, 1e-5), ("ballistics", 1e-4)])
@pytest.mark.parametrize("smoother", ["iir", "ballistics", "release"])
def test_a_running_detector_that_has_heard_nothing_starts_from_silence(smoother, amplitude_smoother, most):
    running, plain = (
        Compressor(smoother, running=running, amplitude_smoother=amplitude_smoother) for running in (True, False)
    )
    gains = [gain_of(compressor, stereo(), log_threshold=-30.0) for compressor in (running, plain)]
    torch.testing.assert_close(*gains, atol=most, rtol=0)


def test_what_runs_needs_a_smoother():
    with pytest.raises(ProcessorError, match="running"):
        Compressor(None, running=True)


@pytest.mark.parametrize("together", [False, True])
def test_unlinked_channels_are_compressed_as_if_alone_and_linked_ones_together(together):
    linked, plain = Compressor(linked=True), Compressor()
    raw = {key: value.double() for key, value in plain.raw_from_controls(log_threshold=-30.0).items()}
    signal = stereo()
    link = torch.tensor([[16.0 if together else -16.0]], dtype=torch.float64)
    alone = torch.cat([plain(signal[:, [channel]], **raw) for channel in (0, 1)], 1)
    expected = plain(signal, **raw) if together else alone
    torch.testing.assert_close(linked(signal, link=link, **raw), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("together", [True, False])
def test_channels_linked_by_the_maximum_follow_the_loudest_at_each_moment(together):
    options = {"energy_smoother": None, "amplitude_smoother": "ballistics"}
    linked, plain = Compressor(**options, linked=True, link_by="max"), Compressor(**options)
    raw = plain.raw_from_controls(log_threshold=-30.0, log_ratio=4.0)
    signal = 0.3 * torch.randn(2, 2, 300, generator=torch.Generator().manual_seed(1))
    link = torch.tensor([[30.0 if together else -30.0]])
    loudest = signal.abs().amax(1, keepdim=True) if together else signal
    gains = [plain.gain(loudest[:, [channel]], **plain.get_controls(**raw)) for channel in range(loudest.shape[1])]
    expected = signal * torch.stack(gains, 1)
    torch.testing.assert_close(linked(signal, link=link, **raw), expected, rtol=1e-5, atol=1e-6)


def test_what_links_channels_needs_linked_channels():
    with pytest.raises(ProcessorError, match="link_by is 'max' without linked"):
        Compressor(link_by="max")


def test_level_before_and_link_have_the_gradients_of_finite_differences():
    compressor = Compressor("ballistics", running=True, linked=True, sample_rate=1000)
    raw = compressor.raw_from_controls(log_threshold=-15.0, log_before=-8.0, link=40.0)
    leaves = [stereo(20).requires_grad_(), *(value.double().requires_grad_() for value in raw.values())]
    assert torch.autograd.gradcheck(
        lambda s, *values: compressor(s, **dict(zip(raw, values, strict=True))), leaves, eps=1e-6, atol=1e-5
    )
