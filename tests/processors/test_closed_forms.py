"""What a processor says itself about where a fit should begin."""

import pytest
import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.audio import read_audio
from grafx_lab.losses import MultiResolutionSTFT
from grafx_lab.parameters import flatten
from grafx_lab.processors import (
    Chorus,
    Compressor,
    DryWet,
    Expander,
    Flanger,
    MultitapDelay,
    Phaser,
    Processor,
    Vibrato,
)
from grafx_lab.resources import clip
from tests.processors.examples import NAMES, cast, examples, make, signals_for

RATE = 16000


def has_recipe(processor: Processor) -> bool:
    return type(processor).closed_form_start is not Processor.closed_form_start and bool(processor.inlets)


RECIPES = examples(has_recipe)


def music(channels: int = 2, seconds: float = 1.0) -> Tensor:
    """Noise bursts that decay, ``(1, channels, time)``: loud and quiet, with every frequency."""
    time = int(seconds * RATE)
    noise = torch.randn(1, channels, time, generator=torch.Generator().manual_seed(0))
    since = torch.arange(time) % (RATE // 4)
    return 0.3 * noise * torch.exp(-since / (RATE / 16))


def start(processor: Processor, signals: list[Tensor], target: Tensor) -> dict | None:
    return processor.closed_form_start(*signals, target=target)


def missed_at_best_level(heard: Tensor, target: Tensor) -> float:
    """Share of the target that a signal lacks, made as loud as fits best."""
    level = float((heard * target).sum() / heard.square().sum())
    return float((level * heard - target).norm() / target.norm())


def test_every_family_of_effects_has_recipes():
    families = {make(name).family for name in RECIPES}
    assert families >= {"eq", "dynamics", "nonlinear", "delay", "reverb", "stereo", "container"}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("played", ["music", "silence", "one sample", "mono"])
def test_a_start_has_the_shapes_of_the_parameters_and_is_finite(name, played):
    processor = make(name)
    channels = {"mono": 1}.get(played, 2)
    if processor.channels_in is not None and channels not in processor.channels_in:
        channels = processor.channels_in[0]
    signals = [music(channels, 0.1) for _ in processor.inlets]
    if played == "silence":
        signals = [torch.zeros_like(signal) for signal in signals]
    if played == "one sample":
        signals = [signal[..., :1] for signal in signals]
    target = 0.5 * music(processor.channels_out(channels), 0.1)[..., : signals[0].shape[-1]]
    raw = start(processor, signals, target)
    if raw is None:
        return
    processor.check_raw(raw)
    assert all(torch.isfinite(value).all() for value in flatten(raw).values())


@pytest.mark.parametrize(
    ("name", "controls", "factor"),
    [
        ("stereo_gain", {"log_gain": [6.0, -9.0]}, 0.01),
        ("side_gain_imager", {"log_gain": -12.0}, 0.1),
        ("parametric_equalizer", {"log_gain": [[9.0, -9.0, 6.0]]}, 0.1),
        ("graphic_equalizer", {"log_gains": 6.0}, 0.1),
        ("low_pass_filter", {"w0": 1500.0}, 0.05),
        ("high_shelf", {"log_gain": -12.0}, 0.1),
        ("zero_phase_fir_equalizer", {"log_magnitude": -6.0}, 0.05),
        ("compressor", {"log_threshold": -35.0, "log_ratio": 6.0, "z_alpha_pre": 12.0}, 0.25),
        ("noise_gate", {"log_threshold": -25.0, "log_ratio": 4.0, "z_alpha_pre": 4.0}, 0.5),
        ("limiter", {"log_pre_gain": 12.0, "log_ceiling": -12.0}, 0.2),
        ("transient_shaper", {"attack": 60.0, "sustain": 30.0}, 0.4),
        ("tanh_distortion", {"log_pre_gain": 24.0}, 0.05),
        ("waveshaper", {"curve": [max(-0.3, min(0.3, 2 * k / 16 - 1)) for k in range(17)]}, 0.2),
        ("tremolo", {"rate": 5.0, "depth": 80.0}, 0.1),
        ("trainable_reverb", {"ir": [0.0] * 20 + [0.5] * 5}, 0.3),
    ],
)
def test_its_own_target_is_nearly_found(name, controls, factor):
    processor = make(name)
    if name == "trainable_reverb":
        size = processor.specs["ir"].shape[0]
        controls = {"ir": (controls["ir"] + [0.0] * size)[:size]}
    signal = music()
    target = processor(signal, **processor.raw_from_controls(**controls))
    raw = start(processor, [signal], target)
    assert raw is not None
    found = processor(signal, **raw)
    found = found * (target.square().mean(-1, keepdim=True) / found.square().mean(-1, keepdim=True)).sqrt()
    loss = MultiResolutionSTFT()
    assert float(loss(found, target)) < factor * float(loss(signal.expand_as(target), target))


def test_a_constant_gain_is_no_compression():
    processor = make("compressor")
    assert start(processor, [music()], 0.5 * music()) is None


def test_echoes_are_found_to_the_sample():
    processor = make("multitap_delay")
    raw = cast(processor.neutral(), torch.float32)
    signal = music()
    found = start(processor, [signal], processor(signal, **raw)[0])
    torch.testing.assert_close(processor.delays(found["delay_z"]), processor.delays(raw["delay_z"]))


@pytest.mark.parametrize("percent", [15.0, 60.0])
def test_echoes_are_found_with_their_colours_beside_the_dry_signal(percent):
    echoes = MultitapDelay(1000, 3, zp_filter_bins=8, sample_rate=RATE)
    processor = DryWet(echoes, external_param=False)
    signal = torch.randn(1, 2, RATE, generator=torch.Generator().manual_seed(1))
    curves = 12 * torch.randn(1, 6, 8, generator=torch.Generator().manual_seed(2))
    truth = processor.raw_from_controls(log_fir_magnitude=curves, drywet_weight=percent)
    target = processor(signal, **cast(truth, torch.float32))[0]
    raw = start(processor, [signal], target)
    found = processor(signal, **raw)[0]
    assert float(processor.get_controls(**raw)["drywet_weight"]) == pytest.approx(percent, abs=3)
    assert float((found - target).norm()) < 0.1 * float(target.norm())


def test_whoever_has_no_recipe_says_so():
    without = set(NAMES) - set(RECIPES)
    assert "feedback_delay_network" in without
    for name in ("feedback_delay_network", "mod_delay"):
        processor = make(name)
        signals = signals_for(processor)
        assert not processor.has_closed_form
        assert start(processor, signals, signals[0]) is None


@pytest.mark.parametrize(
    ("effect", "controls", "factor"),
    [
        (Chorus(num_voices=1, sample_rate=RATE), {"rate": 1.5, "delay": 5.0, "depth": 8.0}, 0.01),
        (Flanger(sample_rate=RATE), {"rate": 0.9, "feedback": 0.0}, 0.1),
        (Phaser(sample_rate=RATE), {"rate": 1.2, "feedback": 0.0, "spread": 0.0}, 0.1),
        (
            Phaser(sample_rate=RATE),
            {"rate": 0.6, "center": 1500.0, "depth": 6.5, "mix": 35.0, "feedback": 0.0, "spread": 0.0},
            0.1,
        ),
        (Vibrato(sample_rate=RATE), {"rate": 4.0, "depth": 40.0}, 0.05),
    ],
    ids=["doubler", "flanger", "phaser", "wide phaser", "vibrato"],
)
def test_a_sweep_is_found_with_rate_and_phase(effect, controls, factor):
    noise = torch.randn(1, 2, 2 * RATE, generator=torch.Generator().manual_seed(1))
    pink = torch.arange(1, RATE + 2) ** -0.5
    signal = torch.fft.irfft(torch.fft.rfft(noise) * pink)
    target = effect(signal, **effect.raw_from_controls(**controls))
    raw = start(effect, [signal], target)
    assert raw is not None
    assert float(raw["rate"].exp()) == pytest.approx(controls["rate"], rel=0.02)
    loss = MultiResolutionSTFT()
    assert float(loss(effect(signal, **raw), target)) < factor * float(loss(signal, target))


def test_the_sweep_of_a_bright_note_is_found_whose_low_frequencies_lead_nowhere():
    doubler = Chorus(num_voices=1, sample_rate=RATE)
    time = torch.arange(2 * RATE) / RATE
    partials = [torch.exp(-time * number) * torch.sin(2 * torch.pi * 440 * number * time) for number in (1, 2, 3, 5)]
    signal = sum(partials).expand(1, 2, -1)
    controls = {"rate": 1.35, "delay": 10.2, "depth": 4.1, "mix": 42.0}
    raw = start(doubler, [signal], doubler(signal, **doubler.raw_from_controls(**controls)))
    found = doubler.get_controls(**raw)
    assert {name: float(found[name]) for name in controls} == pytest.approx(controls, rel=0.01)


def test_the_sweep_of_beats_is_found_among_those_that_are_in_step_with_it_for_a_while():
    noise = torch.randn(1, 1, int(3.6 * RATE), generator=torch.Generator().manual_seed(0))
    signal = 0.3 * noise * torch.exp(-(torch.arange(noise.shape[-1]) % (RATE // 2)) / (RATE / 8))
    phaser = Phaser(sample_rate=RATE)
    controls = {"rate": 0.756, "center": 576.0, "depth": 7.0, "mix": 33.0}
    target = phaser(signal, **phaser.raw_from_controls(**controls, feedback=0.0, phase=180.0))
    found = phaser.get_controls(**start(phaser, [signal], target))
    assert {name: float(found[name]) for name in controls} == pytest.approx(controls, rel=0.01)


@pytest.mark.parametrize(
    ("effect", "controls"),
    [
        (Chorus(num_voices=1), {"rate": 0.656, "delay": 3.8, "depth": 9.4, "mix": 37.0, "phase": 180.0}),
        (Phaser(), {"rate": 0.413, "center": 1049.0, "depth": 7.4, "mix": 35.5, "phase": 180.0, "feedback": 0.0}),
    ],
    ids=["doubler", "phaser"],
)
def test_the_sweep_of_a_drum_roll_is_found_in_a_narrow_valley_beside_others(effect, controls):
    audio = read_audio(clip("drum_roll").path).crop(123866)
    signal = audio.data[None]
    raw = start(effect, [signal], effect(signal, **effect.raw_from_controls(**controls, spread=0.0)))
    found = effect.get_controls(**raw)
    for name in controls.keys() - {"phase", "feedback"}:
        assert float(found[name]) == pytest.approx(controls[name], rel=0.02), name


def test_a_gain_is_no_sweep():
    signal = music()
    for effect in (Chorus(sample_rate=RATE), Phaser(sample_rate=RATE)):
        assert start(effect, [signal], 0.5 * signal) is None


def phrases(seconds: float = 2.0) -> Tensor:
    """Two channels of noise that swell at different times, ``(1, 2, time)``."""
    noise = torch.randn(1, 2, int(seconds * RATE), generator=torch.Generator().manual_seed(2))
    time = torch.arange(noise.shape[-1]) / RATE
    swell = torch.stack([torch.sin(2 * torch.pi * 1.5 * time), torch.cos(2 * torch.pi * 2.3 * time)])
    return 0.2 * noise * 10 ** (swell - 1)


@pytest.mark.parametrize(
    ("effect", "controls"),
    [
        (Compressor("ballistics", sample_rate=RATE), {"log_threshold": -26.0, "log_ratio": 4.0, "log_knee": 3.0}),
        (
            Compressor("ballistics", running=True, linked=True, sample_rate=RATE),
            {"log_threshold": -30.0, "log_ratio": 3.0, "log_before": -1.5, "link": 0.5, "z_alpha_pre": [2.0, 180.0]},
        ),
        (
            Expander(linked=True, sample_rate=RATE),
            {"log_threshold": -28.0, "log_ratio": 4.0, "log_range": 30.0, "link": 0.5, "z_alpha_pre": [1.0, 25.0]},
        ),
        (
            Expander("release", linked=True, amplitude_smoother="ballistics", sample_rate=RATE),
            {
                "log_threshold": -28.0,
                "log_ratio": 4.0,
                "log_knee": 0.6,
                "log_range": 60.0,
                "z_alpha_pre": 8.0,
                "z_alpha_amplitude": [0.4, 30.0],
            },
        ),
    ],
    ids=["compressor", "running compressor", "unlinked expander", "decoupled gate"],
)
def test_dynamics_are_found_with_their_times_behind_any_gain(effect, controls):
    signal = phrases()
    target = 0.6 * effect(signal, **effect.raw_from_controls(**controls))
    raw = start(effect, [signal], target)
    assert raw is not None
    assert missed_at_best_level(effect(signal, **raw), target) < 0.03


@pytest.mark.parametrize(("energy", "amplitude", "most"), [("ballistics", None, 0.05), (None, "ballistics", 0.01)])
def test_a_compander_of_another_kind_is_followed(energy, amplitude, most):
    """It smooths amplitudes instead of energies, each channel's own, and begins as if something loud had been there."""
    signal = phrases()
    rise, fall = (dsp.smoothing_rate(torch.tensor([[time]]), RATE) for time in (5.0, 250.0))
    envelope = dsp.ballistics(signal[0].abs(), rise, fall, initial=1.0)
    target = signal * (envelope / 0.03).clamp_min(1.0) ** (1 / 3 - 1)
    effect = Compressor(energy, running=True, linked=True, amplitude_smoother=amplitude, sample_rate=RATE)
    raw = start(effect, [signal], target)
    assert raw is not None
    assert missed_at_best_level(effect(signal, **raw), target) < most


def test_a_threshold_below_all_that_is_heard_lies_in_the_middle_of_what_is_left():
    time = torch.arange(2 * RATE) / RATE
    swell = 10 ** ((torch.sin(2 * torch.pi * 1.5 * time) - 1.5) / 4)
    signal = swell * torch.sin(2 * torch.pi * 500 * time)[None, None]
    effect = Compressor("ballistics", running=True, sample_rate=RATE)
    controls = {"log_threshold": -40.0, "log_ratio": 3.0, "log_before": 0.0, "z_alpha_pre": [5.0, 60.0]}
    found = effect.get_controls(**start(effect, [signal], effect(signal, **effect.raw_from_controls(**controls))))
    assert float(found["log_ratio"]) == pytest.approx(3.0, rel=0.02)
    lowest, highest = effect.specs["log_threshold"].low, -16.0 - float(found["log_knee"]) / 2
    assert float(found["log_threshold"]) == pytest.approx((lowest + highest) / 2, abs=2.0)


def test_a_gain_is_no_compression():
    assert start(Compressor("ballistics", sample_rate=RATE), [phrases()], 0.5 * phrases()) is None


def test_a_gate_that_only_opens_once_is_known_by_its_first_milliseconds():
    effect = Expander("release", amplitude_smoother="ballistics", sample_rate=44100)
    controls = {"log_threshold": -24.0, "log_ratio": 5.0, "log_range": 80.0, "log_knee": 0.2, "z_alpha_pre": 8.0}
    fade = (torch.arange(60000) / 800).clamp_max(1)
    signal = 0.3 * fade * torch.randn(1, 1, 60000, generator=torch.Generator().manual_seed(3))
    raw = effect.raw_from_controls(**controls, z_alpha_amplitude=[0.5, 20.0])
    target = effect(signal, **raw)
    torch.testing.assert_close(target[..., 2000:], signal[..., 2000:])
    found = effect.get_controls(**start(effect, [signal], target))
    assert float(found["log_threshold"]) == pytest.approx(-24.0, abs=0.5)
    assert float(found["log_ratio"]) == pytest.approx(5.0, abs=0.3)
    assert float(found["z_alpha_amplitude"][0, 0]) == pytest.approx(0.5, rel=0.1)


def test_a_gate_is_recognised_by_a_noise_floor_that_it_shuts_out():
    effect = Expander("release", amplitude_smoother="ballistics", sample_rate=RATE)
    floor = 1e-4 * torch.randn(1, 1, 2 * RATE, generator=torch.Generator().manual_seed(3))
    signal = phrases()[:, :1] * (torch.arange(2 * RATE) % RATE < RATE // 2) + floor
    raw = effect.raw_from_controls(log_threshold=-55.0, z_alpha_pre=8.0, z_alpha_amplitude=[1.0, 10.0])
    target = effect(signal, **raw)
    found = start(effect, [signal], target)
    played, wanted, open_gate = (
        dsp.frame_energy(heard, 80).log() for heard in (effect(signal, **found), target, signal)
    )
    assert (played - wanted).abs().mean() < 0.05 * (open_gate - wanted).abs().mean()
