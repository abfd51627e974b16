"""What every registered processor owes. A new class is tested as soon as it is defined in the package."""

import inspect

import pytest
import torch
from torch import Tensor

from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import (
    DryWet,
    MonoToStereo,
    ParallelMix,
    Processor,
    ProcessorError,
    SerialChain,
    SideGainImager,
    StereoGain,
    TanhDistortion,
    build,
    describe,
    registry,
)

NAMES = sorted({cls.registered_name for cls in registry.values() if cls.__module__.startswith("grafx_lab.")})

# Arguments that make a processor quick to test, and those without which it cannot be built.
ARGUMENTS = {
    "chorus": lambda: {"sample_rate": 1000},
    "convolution_reverb": lambda: {"ir_len": 50},
    "dry_wet": lambda: {"processor": TanhDistortion(), "external_param": False},
    "exp_decay_reverb": lambda: {"reverb_length": 50},
    "feedback_delay_network": lambda: {"num_lines": 4, "shortest_ms": 0.05, "longest_ms": 0.3},
    "filtered_noise_reverb": lambda: {"reverb_length": 50, "n_frames": 5, "n_filter_banks": 5},
    "filtered_noise_shaping_reverb": lambda: {"ir_len": 50, "num_bands": 3, "use_fade_in": True},
    "flanger": lambda: {"sample_rate": 2000},
    "gain_staging_regularization": lambda: {"processor": nested()},
    "limiter": lambda: {"look_ahead": 0.2},
    "mod_delay": lambda: {"sample_rate": 1000},
    "multitap_delay": lambda: {"segment_len": 9, "num_segments": 2, "zp_filter_bins": 4},
    "parallel_mix": lambda: {"processors": {"imager": SideGainImager(), "nested": nested()}},
    "parametric_equalizer": lambda: {"num_filters": 3},
    "serial_chain": lambda: {"processors": {"wide": MonoToStereo(), "nested": nested()}},
    "stft_masked_noise_reverb": lambda: {"ir_len": 200, "n_fft": 32, "hop_length": 16},
    "time_varying_fir_filter": lambda: {"num_frames": 4, "num_bins": 9},
    "trainable_reverb": lambda: {"reverb_length": 50},
    "vibrato": lambda: {"sample_rate": 1000},
}
MAYBE = pytest.mark.parametrize("name", NAMES)


def nested() -> SerialChain:
    """A container with a parameter of its own, in which another one stands."""
    mix = ParallelMix({"warm": DryWet(TanhDistortion(), external_param=False), "loud": StereoGain()})
    return SerialChain({"mix": mix, "wide": SideGainImager()})


def make(name: str) -> Processor:
    return registry[name](**ARGUMENTS.get(name, dict)())


def signals_for(
    processor: Processor, batch: int = 1, length: int = 64, dtype=torch.float64, channels: int = 0
) -> list[Tensor]:
    channels = channels or (processor.channels_in or (2,))[-1]
    generator = torch.Generator().manual_seed(length)
    shape = (batch, channels, length)
    return [0.3 * torch.randn(shape, generator=generator, dtype=dtype) for _ in processor.inlets]


def random_raw(processor: Processor, batch: int = 1, dtype=torch.float64, seed: int = 0) -> dict:
    generator = torch.Generator().manual_seed(seed)
    return unflatten(
        {name: spec.random_raw(generator, batch, dtype) for name, spec in flatten(processor.specs).items()}
    )


def cast(tree: dict, dtype: torch.dtype) -> dict:
    return unflatten({name: raw.to(dtype) for name, raw in flatten(tree).items()})


def run(processor: Processor, signals: list[Tensor], raw: dict, length: int = 64) -> tuple[Tensor, ...]:
    return processor.run(*signals, length=None if processor.inlets else length, **raw).signals


@MAYBE
def test_controls_are_the_keywords_of_get_signal(name):
    processor = make(name)
    keywords = {
        parameter.name
        for parameter in inspect.signature(type(processor).get_signal).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    has_rest = "**" in str(inspect.signature(type(processor).get_signal))
    assert has_rest or processor.specs.keys() <= keywords
    assert processor.parameter_size() == {
        key: spec.shape if hasattr(spec, "shape") else processor.parameter_size()[key]
        for key, spec in processor.specs.items()
    }


@MAYBE
def test_every_parameter_tells_people_what_it_is(name):
    processor = make(name)
    assert processor.label
    assert inspect.getdoc(type(processor))
    for key, spec in flatten(processor.specs).items():
        assert spec.label, key
        assert spec.doc, key
        if spec.labels and spec.display == "slider":
            assert len(spec.labels) == torch.Size(spec.shape).numel(), key


@MAYBE
def test_low_high_and_default_have_finite_raw_values_in_order(name):
    for key, spec in flatten(make(name).specs).items():
        low, default, high = (spec.to_position(spec.full(value)) for value in (spec.low, spec.default, spec.high))
        assert (low < high).all(), key
        assert ((default >= -1e-9) & (default <= 1 + 1e-9)).all(), key
        for value in (spec.low, spec.high, spec.default):
            assert torch.isfinite(spec.to_raw(spec.full(value))).all(), key


@MAYBE
def test_controls_return_from_raw(name):
    for key, spec in flatten(make(name).specs).items():
        control = spec.from_position(torch.rand(4, *spec.shape, dtype=torch.float64))
        torch.testing.assert_close(spec.to_control(spec.to_raw(control)), control, rtol=1e-6, atol=1e-9, msg=key)


@MAYBE
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("channels", [1, 2])
def test_outputs_keep_batch_and_length_and_have_the_announced_channels(name, batch, channels):
    processor = make(name)
    if processor.channels_in is not None and channels not in processor.channels_in:
        pytest.skip(f"takes {processor.channels_in} channels")
    outputs = run(processor, signals_for(processor, batch, channels=channels), random_raw(processor, batch))
    assert len(outputs) == len(processor.outlets)
    for output in outputs:
        assert output.shape == (batch, processor.channels_out(channels), 64)


@MAYBE
def test_forward_is_get_signal_of_get_controls(name):
    processor = make(name)
    signals, raw = signals_for(processor), random_raw(processor)
    extra = {} if processor.inlets else {"length": 64}
    by_hand = processor.get_signal(*signals, **extra, **processor.get_controls(**raw))
    torch.testing.assert_close(processor(*signals, **extra, **raw), by_hand, rtol=0, atol=0)


@MAYBE
def test_float32_agrees_with_float64(name):
    processor = make(name)
    signals, raw = signals_for(processor), random_raw(processor)
    double = run(processor, signals, raw)
    single = run(processor, [signal.float() for signal in signals], cast(raw, torch.float32))
    for narrow, wide in zip(single, double, strict=True):
        assert narrow.dtype == torch.float32
        assert wide.dtype == torch.float64
        assert float((narrow - wide).norm()) <= 1e-4 * float(wide.norm())


@MAYBE
def test_gradients_agree_with_finite_differences(name):
    processor = make(name)
    signals, flat = signals_for(processor, length=24), flatten(random_raw(processor))
    moving = {key: raw for key, raw in flat.items() if key not in processor.surrogates}
    leaves = [tensor.requires_grad_() for tensor in (*signals, *moving.values())]

    def outputs(*tensors: Tensor) -> tuple[Tensor, ...]:
        raw = unflatten(flat | dict(zip(moving, tensors[len(signals) :], strict=True)))
        return run(processor, list(tensors[: len(signals)]), raw, length=24)

    assert not leaves or torch.autograd.gradcheck(outputs, leaves, eps=1e-5, atol=1e-5, rtol=1e-3, fast_mode=True)


@MAYBE
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("level", [0.0, 1.0], ids=["silence", "noise"])
@pytest.mark.parametrize("length", [1, 64])
def test_values_and_gradients_are_finite_at_the_extremes(name, dtype, level, length):
    processor = make(name)
    neutral = flatten(cast(processor.neutral(), dtype))
    for extreme in (-10.0, 10.0):
        each = [neutral | {key: torch.full_like(neutral[key], extreme)} for key in neutral]
        for raw in each or [{}]:
            check_finite(processor, raw, level, length, dtype)
    for extreme in (-10.0, 10.0):
        raw = {key: torch.full_like(value, extreme) for key, value in neutral.items()}
        reference = run(processor, signals_for(processor, length=length), cast(unflatten(raw), torch.float64), length)
        if all(bool(output.abs().max() < 1e30) for output in reference):
            check_finite(processor, raw, level, length, dtype)


def check_finite(processor, raw, level, length, dtype):
    leaves = {key: value.clone().requires_grad_() for key, value in raw.items()}
    signals = [(level * signal).requires_grad_() for signal in signals_for(processor, length=length, dtype=dtype)]
    outputs = run(processor, signals, unflatten(leaves), length)
    assert all(torch.isfinite(output).all() for output in outputs)
    differentiable = [output.sum() for output in outputs if output.requires_grad]
    if differentiable:
        torch.stack(differentiable).sum().backward()
    for tensor in (*leaves.values(), *signals):
        assert tensor.grad is None or torch.isfinite(tensor.grad).all()


@MAYBE
def test_neutral_changes_music_by_less_than_a_tenth_of_a_decibel(name):
    processor = make(name)
    if processor.wet_only or not processor.inlets or processor.family in ("routing", "synth"):
        pytest.skip("has no dry signal")
    signals = [signal / signal.abs().max() for signal in signals_for(processor, length=4000)]
    for dry, wet in zip(signals, run(processor, signals, cast(processor.neutral(), torch.float64)), strict=False):
        dry, wet = dry[..., : dry.shape[-1] - processor.latency], wet[..., processor.latency :]
        decibels = 20 * torch.log10(wet.square().mean() / dry.square().mean()) / 2
        assert abs(float(decibels)) < 0.1
        assert float((wet - dry).norm()) < 0.02 * float(dry.norm())


@MAYBE
def test_a_batch_is_its_items_one_by_one(name):
    processor = make(name)
    signals, flat = signals_for(processor, 3), flatten(random_raw(processor, 3))
    together = run(processor, signals, unflatten(flat))
    for item in range(3):
        part = slice(item, item + 1)
        alone = run(processor, [s[part] for s in signals], unflatten({key: raw[part] for key, raw in flat.items()}))
        for whole, single in zip(together, alone, strict=True):
            torch.testing.assert_close(whole[part], single)


@MAYBE
def test_one_set_of_parameters_serves_many_signals_and_one_signal_many_sets(name):
    processor = make(name)
    if not processor.inlets:
        pytest.skip("has no inlets")
    shared = run(processor, signals_for(processor, 3), random_raw(processor))
    varied = run(processor, signals_for(processor, 1), random_raw(processor, 3))
    assert all(output.shape[0] == 3 for output in shared)
    assert all(output.shape[0] == 3 for output in varied) or not processor.specs


@MAYBE
def test_its_description_builds_it_again(name):
    processor = make(name)
    again = build(describe(processor), 48000)
    assert type(again) is type(processor)
    assert again.sample_rate == 48000
    assert describe(again) == describe(processor)
    assert again.parameter_size() == processor.parameter_size()


@MAYBE
def test_a_missing_parameter_is_named(name):
    processor = make(name)
    raw = random_raw(processor)
    if not raw:
        pytest.skip("has no parameters")
    missing = sorted(raw)[0]
    del raw[missing]
    with pytest.raises(ProcessorError, match=missing):
        run(processor, signals_for(processor), raw)


def test_wrapping_keeps_the_contract_of_what_is_wrapped():
    for name in NAMES:
        inner = make(name)
        if name == "dry_wet" or len(inner.outlets) > len(inner.inlets):
            continue
        wrapped = DryWet(inner, external_param=False)
        assert wrapped.parameter_size() == inner.parameter_size() | {"drywet_weight": (1,)}
        assert (wrapped.family, wrapped.inlets, wrapped.outlets) == (inner.family, inner.inlets, inner.outlets)
