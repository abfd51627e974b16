"""What every registered processor owes. A new class is tested as soon as it is defined in the package."""

import inspect
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import DryWet, Processor, build, describe
from tests.processors.examples import NAMES, cast, examples, make, random_raw, run, signals_for

EACH = pytest.mark.parametrize("name", NAMES)
EACH_WITH_PARAMETERS = pytest.mark.parametrize("name", examples(lambda processor: processor.specs))
EACH_WITH_INLETS = pytest.mark.parametrize("name", examples(lambda processor: processor.inlets))


def has_dry_signal(processor: Processor) -> bool:
    return bool(processor.inlets) and not processor.wet_only and processor.family not in ("routing", "synth")


def accepts(name: str, channels: int) -> bool:
    accepted = make(name).channels_in
    return accepted is None or channels in accepted


@EACH
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


@EACH
def test_every_parameter_tells_people_what_it_is(name):
    processor = make(name)
    assert processor.label
    assert inspect.getdoc(type(processor))
    for key, spec in flatten(processor.specs).items():
        assert spec.label, key
        assert spec.doc, key
        if spec.labels and spec.display == "slider":
            assert len(spec.labels) == torch.Size(spec.shape).numel(), key


@EACH
def test_low_high_and_default_have_finite_raw_values_in_order(name):
    for key, spec in flatten(make(name).specs).items():
        low, default, high = (spec.to_position(spec.full(value)) for value in (spec.low, spec.default, spec.high))
        assert (low < high).all(), key
        assert ((default >= -1e-9) & (default <= 1 + 1e-9)).all(), key
        for value in (spec.low, spec.high, spec.default):
            assert torch.isfinite(spec.to_raw(spec.full(value))).all(), key


@EACH
def test_controls_return_from_raw(name):
    for key, spec in flatten(make(name).specs).items():
        control = spec.from_position(torch.rand(4, *spec.shape, dtype=torch.float64))
        torch.testing.assert_close(spec.to_control(spec.to_raw(control)), control, rtol=1e-6, atol=1e-9, msg=key)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(
    ("name", "channels"), [(name, channels) for name in NAMES for channels in (1, 2) if accepts(name, channels)]
)
def test_outputs_keep_batch_and_length_and_have_the_announced_channels(name, batch, channels):
    processor = make(name)
    outputs = run(processor, signals_for(processor, batch, channels=channels), random_raw(processor, batch))
    assert len(outputs) == len(processor.outlets)
    for output in outputs:
        assert output.shape == (batch, processor.channels_out(channels), 64)


@EACH
def test_forward_is_get_signal_of_get_controls(name):
    processor = make(name)
    signals, raw = signals_for(processor), random_raw(processor)
    extra = {} if processor.inlets else {"length": 64}
    by_hand = processor.get_signal(*signals, **extra, **processor.get_controls(**raw))
    torch.testing.assert_close(processor(*signals, **extra, **raw), by_hand, rtol=0, atol=0)


@EACH
def test_float32_agrees_with_float64(name):
    processor = make(name)
    signals, raw = signals_for(processor), random_raw(processor)
    double = run(processor, signals, raw)
    single = run(processor, [signal.float() for signal in signals], cast(raw, torch.float32))
    for narrow, wide in zip(single, double, strict=True):
        assert narrow.dtype == torch.float32
        assert wide.dtype == torch.float64
        assert float((narrow - wide).norm()) <= 1e-4 * float(wide.norm())


@EACH
def test_gradients_agree_with_finite_differences(name):
    processor = make(name)
    signals, flat = signals_for(processor, length=24), flatten(random_raw(processor))
    moving = {key: raw for key, raw in flat.items() if key not in processor.surrogates}
    leaves = [tensor.requires_grad_() for tensor in (*signals, *moving.values())]

    def outputs(*tensors: Tensor) -> tuple[Tensor, ...]:
        raw = unflatten(flat | dict(zip(moving, tensors[len(signals) :], strict=True)))
        return run(processor, list(tensors[: len(signals)]), raw, length=24)

    assert not leaves or torch.autograd.gradcheck(outputs, leaves, eps=1e-5, atol=1e-5, rtol=1e-3, fast_mode=True)


@EACH
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("length", [1, 64])
def test_values_and_gradients_are_finite_at_the_extremes(name, dtype, length):
    processor = make(name)
    neutral = flatten(cast(processor.neutral(), dtype))
    signals = [silence_impulse_noise(signal) for signal in signals_for(processor, length=length, dtype=dtype)]
    for raw in (neutral, *one_at_its_extreme(neutral)):
        check_finite(processor, signals, raw, length)
    for extreme in (-10.0, 10.0):
        raw = {key: torch.full_like(value, extreme) for key, value in neutral.items()}
        wide = {key: value.double() for key, value in for_each(signals, raw).items()}
        reference = run(processor, [signal.double() for signal in signals], unflatten(wide), length)
        sane = torch.stack([output.abs().flatten(1).amax(1) < 1e30 for output in reference]).all(0)
        if sane.any():
            check_finite(processor, [signal[sane] for signal in signals], raw, length)


def silence_impulse_noise(noise: Tensor) -> Tensor:
    """A batch of the three; items do not influence each other."""
    impulse = torch.zeros_like(noise)
    impulse[..., 0] = 1.0
    return torch.cat([torch.zeros_like(noise), impulse, noise])


def for_each(signals: list[Tensor], raw: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same parameters for every item of the signals."""
    batch = len(signals[0]) if signals else 1
    return {key: value.repeat(batch, *[1] * (value.ndim - 1)) for key, value in raw.items()}


def one_at_its_extreme(neutral: dict[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """All parameters neutral but one, of which the first entry, the last one or every one is at an extreme."""
    for key, value in neutral.items():
        for entries in (slice(0, 1), slice(-1, None), slice(None))[: 3 if value.numel() > 1 else 1]:
            for extreme in (-10.0, 10.0):
                moved = value.clone()
                moved.view(-1)[entries] = extreme
                yield neutral | {key: moved}


def check_finite(processor: Processor, signals: list[Tensor], raw: dict[str, Tensor], length: int) -> None:
    leaves = {key: value.requires_grad_() for key, value in for_each(signals, raw).items()}
    heard = [signal.clone().requires_grad_() for signal in signals]
    outputs = run(processor, heard, unflatten(leaves), length)
    assert all(torch.isfinite(output).all() for output in outputs)
    differentiable = [output.sum() for output in outputs if output.requires_grad]
    if differentiable:
        torch.stack(differentiable).sum().backward()
    for tensor in (*leaves.values(), *heard):
        assert tensor.grad is None or torch.isfinite(tensor.grad).all()


def test_whoever_declares_a_surrogate_gradient_is_tested_for_descent():
    # tests/processors/test_delay.py and test_freeverb.py descend to delays; containers hand on what is inside them.
    assert examples(lambda processor: processor.surrogates) == ["freeverb", "multitap_delay"]


@pytest.mark.parametrize("name", examples(has_dry_signal))
def test_neutral_changes_music_by_less_than_a_tenth_of_a_decibel(name):
    processor = make(name)
    signals = [signal / signal.abs().max() for signal in signals_for(processor, length=4000)]
    for dry, wet in zip(signals, run(processor, signals, cast(processor.neutral(), torch.float64)), strict=False):
        dry, wet = dry[..., : dry.shape[-1] - processor.latency], wet[..., processor.latency :]
        decibels = 20 * torch.log10(wet.square().mean() / dry.square().mean()) / 2
        assert abs(float(decibels)) < 0.1
        assert float((wet - dry).norm()) < 0.02 * float(dry.norm())


def test_effects_that_cannot_be_transparent_return_what_is_said_of_them():
    returned = {
        "convolution_reverb": "the convolved signal",
        "feedback_delay": "echoes",
        "feedback_delay_network": "reverberation",
        "filtered_noise_shaping_reverb": "reverberation",
        "freeverb": "reverberation",
        "multitap_delay": "echoes",
        "stft_masked_noise_reverb": "reverberation",
    }
    assert examples(lambda processor: processor.wet_only) == sorted(returned)


@EACH
def test_a_batch_is_its_items_one_by_one(name):
    processor = make(name)
    signals, flat = signals_for(processor, 3), flatten(random_raw(processor, 3))
    together = run(processor, signals, unflatten(flat))
    for item in range(3):
        part = slice(item, item + 1)
        alone = run(processor, [s[part] for s in signals], unflatten({key: raw[part] for key, raw in flat.items()}))
        for whole, single in zip(together, alone, strict=True):
            torch.testing.assert_close(whole[part], single)


@EACH_WITH_PARAMETERS
def test_one_parameter_may_be_a_batch_alone_as_where_a_landscape_moves_it(name):
    processor = make(name)
    signals, flat, other = signals_for(processor, 1), flatten(random_raw(processor)), flatten(random_raw(processor, 2))
    for moved in flat:
        mixed = {**flat, moved: other[moved]}
        whole = {key: raw.expand(2, *raw.shape[1:]) for key, raw in mixed.items()}
        alone, together = run(processor, signals, unflatten(mixed)), run(processor, signals, unflatten(whole))
        for varied, expected in zip(alone, together, strict=True):
            torch.testing.assert_close(varied, expected.expand_as(varied))


@EACH_WITH_INLETS
def test_one_set_of_parameters_serves_many_signals_and_one_signal_many_sets(name):
    processor = make(name)
    shared = run(processor, signals_for(processor, 3), random_raw(processor))
    varied = run(processor, signals_for(processor, 1), random_raw(processor, 3))
    assert all(output.shape[0] == 3 for output in shared)
    assert all(output.shape[0] == 3 for output in varied) or not processor.specs


@EACH
def test_its_description_builds_it_again(name):
    processor = make(name)
    again = build(describe(processor), 48000)
    assert type(again) is type(processor)
    assert again.sample_rate == 48000
    assert describe(again) == describe(processor)
    assert again.parameter_size() == processor.parameter_size()


def test_wrapping_keeps_the_contract_of_what_is_wrapped():
    for name in NAMES:
        inner = make(name)
        if name == "dry_wet" or len(inner.outlets) > len(inner.inlets):
            continue
        wrapped = DryWet(inner, external_param=False)
        assert wrapped.parameter_size() == inner.parameter_size() | {"drywet_weight": (1,)}
        assert (wrapped.family, wrapped.inlets, wrapped.outlets) == (inner.family, inner.inlets, inner.outlets)
