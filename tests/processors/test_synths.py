"""Synthesizers on their own, in frames, and in patches beside effects."""

import pytest
import torch

from grafx_lab.fitting import fit
from grafx_lab.graph import GRAFX
from grafx_lab.parameters import flatten
from grafx_lab.patch import Patch
from grafx_lab.processors import (
    Additive,
    FilteredNoise,
    Harmonic,
    Oscillator,
    ProcessorError,
    Sinusoidal,
    Wavetable,
    registry,
)

SYNTHS = (FilteredNoise, Harmonic, Oscillator, Sinusoidal, Wavetable)


def patch_of(edges: list[tuple[str, str]], sample_rate: float = 16000, **processors: object) -> Patch:
    """A patch from wires between nodes named after their type."""
    graph = GRAFX()
    names = dict.fromkeys(name for edge in edges for name in edge)
    ids = {name: graph.add(name) for name in names}
    for source, target in edges:
        graph.connect(ids[source], ids[target])
    return Patch(graph, processors, sample_rate=sample_rate)


def test_additive_is_the_harmonic_synth():
    assert Additive is Harmonic
    assert registry["additive"] is Harmonic


@pytest.mark.parametrize("cls", SYNTHS)
def test_each_parameter_takes_any_number_of_frames(cls):
    synth = cls()
    neutral = {name: raw.double() for name, raw in synth.neutral().items()}
    still = synth(length=100, **neutral)
    for name in neutral:
        frames = {name: neutral[name].expand(-1, 7, -1)}
        torch.testing.assert_close(synth(length=100, **neutral | frames), still)


@pytest.mark.parametrize("cls", SYNTHS)
def test_frames_spread_over_the_length_and_batches_of_one_broadcast(cls):
    synth = cls(num_frames=4)
    generator = torch.Generator().manual_seed(0)
    raw = {name: spec.random_raw(generator, 3) for name, spec in synth.specs.items()}
    mixed = raw | {name: raw[name][:1] for name in list(raw)[1:]}
    outputs = synth(length=203, **mixed)
    assert outputs.shape == (3, 1, 203)
    alone = synth(length=203, **{name: tensor[-1:] for name, tensor in mixed.items()})
    torch.testing.assert_close(outputs[2:], alone)


def test_a_wrong_number_in_a_frame_is_named():
    raw = Harmonic().neutral() | {"f0_hz": torch.zeros(1, 5, 2)}
    with pytest.raises(ProcessorError, match=r"'f0_hz' has shape \(1, 5, 2\), expected \(batch, frames, 1\)"):
        Harmonic()(length=10, **raw)
    with pytest.raises(ProcessorError, match="f0_hz"):
        Harmonic()(length=10, **raw | {"f0_hz": torch.zeros(1, 0, 1)})


def test_controls_in_frames_become_raw_parameters():
    glide = torch.linspace(100, 200, 5)[:, None]
    assert torch.equal(Oscillator().raw_from_controls(f0_hz=glide)["f0_hz"], glide[None])
    assert Oscillator().raw_from_controls(f0_hz=300.0)["f0_hz"].shape == (1, 1, 1)


def test_without_a_length_there_are_n_samples():
    synth = Oscillator(n_samples=123)
    assert synth(**synth.neutral()).shape == (1, 1, 123)


def test_many_frames_are_an_envelope_and_not_sliders():
    assert {spec.display for spec in Harmonic(num_frames=100).specs.values()} == {"hidden"}
    assert Oscillator(num_frames=2).specs["log_gain"].labels[3] == "Sawtooth, frame 2"


@pytest.mark.parametrize(("cls", "argument"), [(Harmonic, "scale_fn"), (Sinusoidal, "freq_scale_fn")])
def test_an_unknown_scale_function_is_named(cls, argument):
    with pytest.raises(ProcessorError, match=f"{argument} is 'tanh'"):
        cls(**{argument: "tanh"})


def test_a_sinusoid_may_go_up_to_half_the_rate_of_its_patch():
    for rate in (16000, 48000):
        top = Sinusoidal(sample_rate=rate).specs["frequencies"].to_control(torch.tensor(1000.0).double())
        assert float(top) == pytest.approx(rate / 2, rel=1e-6)


def test_the_envelope_of_amplitudes_has_no_corners():
    synth = Sinusoidal(n_sinusoids=1, amp_scale_fn=None, freq_scale_fn=None, sample_rate=16000)
    amplitudes = torch.tensor([0.0, 1.0, 0.0])[None, :, None]
    quarter = torch.full((1, 1, 1), 4000.0)
    envelope = synth(length=300, amplitudes=amplitudes, frequencies=quarter)[0, 0, ::4]
    expected = torch.sin(torch.pi / 2 * torch.arange(0, 100, 4) / 100) ** 2
    torch.testing.assert_close(envelope[:25], expected, rtol=0, atol=1e-5)


def test_noise_is_that_of_its_seed_unless_a_generator_is_given():
    raw = {name: value.expand(2, -1, -1) for name, value in FilteredNoise().neutral().items()}
    noise = FilteredNoise(seed=1)(length=500, **raw)
    assert torch.equal(noise, FilteredNoise(seed=1)(length=500, **raw))
    assert torch.equal(noise[0], noise[1])
    assert not torch.allclose(noise, FilteredNoise(seed=2)(length=500, **raw))
    fresh = FilteredNoise(seed=1)
    fresh.generator = torch.Generator().manual_seed(0)
    items = fresh(length=500, **raw)
    assert not torch.allclose(items[0], items[1])


def test_noise_follows_its_magnitudes_in_time():
    synth = FilteredNoise(scale_fn=None, sample_rate=16000)
    magnitudes = torch.tensor([1.0, 0.0, 0.5])[None, :, None].expand(-1, -1, 65)
    noise = synth(length=3000, magnitudes=magnitudes)[0, 0]
    levels = [float(part.square().mean().sqrt()) for part in noise.split(1000)]
    assert levels == pytest.approx([3**-0.5, 0, 0.5 * 3**-0.5], abs=0.03)


def test_noise_needs_a_magnitude_at_both_ends_of_the_spectrum():
    with pytest.raises(ProcessorError, match="n_magnitudes is 1, expected a whole number from 2"):
        FilteredNoise(n_magnitudes=1)


def test_an_oscillator_has_nothing_between_its_harmonics():
    synth = Oscillator(sample_rate=48000)
    raw = synth.raw_from_controls(f0_hz=3001.0, log_gain=0.0)
    spectrum = torch.fft.rfft(synth(length=48000, **raw)[0, 0].double()).abs() * 2 / 48000
    harmonics = 3001 * torch.arange(1, 8)
    assert float(spectrum[harmonics].min()) > 0.05
    spectrum[harmonics] = 0
    assert float(spectrum.max()) < 1e-5


def test_a_patch_of_synths_alone_renders_the_length_it_is_given():
    edges = [(name, "mix") for name in ("harmonic", "filtered_noise", "wavetable", "sinusoidal", "oscillator")]
    patch = patch_of([*edges, ("mix", "stereo_gain"), ("stereo_gain", "out")])
    audio = patch.render(length=1600)
    assert audio.data.shape == (2, 1600)
    alone = sum(patch.processors[name](length=1600, **patch.raw[name]) for name, _ in edges)
    torch.testing.assert_close(audio.data, alone[0].expand(2, -1))


def test_a_synth_joins_a_stereo_recording_and_the_patch_survives_a_file(tmp_path):
    harmonic = {"class": "harmonic", "arguments": {"n_harmonics": 5, "num_frames": 3}}
    patch = patch_of([("in", "mix"), ("harmonic", "mix"), ("mix", "out")], harmonic=harmonic)
    patch = patch.with_controls({"harmonic.f0_hz[1]": 333.0, "harmonic.amplitudes": 0.5})
    source = 0.1 * torch.randn(2, 1000)
    mixed = patch.render(source)
    synth = patch.processors["harmonic"](length=1000, **patch.raw["harmonic"])
    torch.testing.assert_close(mixed, source + synth[0])
    patch.save(tmp_path / "patch.json")
    again = Patch.load(tmp_path / "patch.json")
    assert again.processors[again.node_type("harmonic")].num_frames == 3
    torch.testing.assert_close(again.render(source), mixed)


def test_the_controls_of_a_synth_beside_a_recording_can_be_fitted():
    noise = {"class": "filtered_noise", "arguments": {"n_magnitudes": 5}}
    patch = patch_of(
        [("in", "mix"), ("filtered_noise", "mix"), ("oscillator", "mix"), ("mix", "out")], filtered_noise=noise
    ).replace(frozen={"oscillator.f0_hz"})
    truth = patch.with_controls({"oscillator.log_gain[0]": -6.0, "filtered_noise.magnitudes": 0.03})
    source = 0.1 * torch.sin(torch.arange(4000) / 9.0)[None]
    result = fit(patch, source, truth.render(source), steps=120)
    fitted, wanted = (flatten(one.controls()) for one in (result.patch, truth))
    assert float(fitted["oscillator.log_gain"].flatten()[0]) == pytest.approx(-6, abs=1.0)
    ratio = fitted["filtered_noise.magnitudes"] / wanted["filtered_noise.magnitudes"]
    assert float(ratio.log().abs().max()) < 0.2
