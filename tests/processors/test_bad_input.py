"""A call that cannot be answered is refused by one type of error, which says who, what came and what was expected."""

import re
from typing import Any

import pytest
import torch

from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import Processor, ProcessorError
from tests.processors.examples import NAMES, cast, examples, make, random_raw, signals_for

EACH = pytest.mark.parametrize("name", NAMES)
EACH_WITH_PARAMETERS = pytest.mark.parametrize("name", examples(lambda processor: processor.specs))
EACH_WITH_INLETS = pytest.mark.parametrize("name", examples(lambda processor: processor.inlets))
EACH_WITH_BOTH = pytest.mark.parametrize("name", examples(lambda processor: processor.specs and processor.inlets))
EACH_WITH_SEVERAL_INLETS = pytest.mark.parametrize("name", examples(lambda processor: len(processor.inlets) > 1))


def refused(processor: Processor, signals: list, raw: dict, *words: str) -> None:
    """The call is refused in a message that names the processor and contains each of the words."""
    length = {} if processor.inlets else {"length": 64}
    with pytest.raises(ProcessorError) as caught:
        processor(*signals, **length, **raw)
    message = str(caught.value)
    assert type(processor).__name__ in message or getattr(processor, "processor", None) is not None
    for word in words:
        assert word in message


def with_first(raw: dict, value: Any) -> tuple[dict, str]:
    """Raw parameters whose first one is a function of what it was, and the last part of its name."""
    flat = flatten(raw)
    first = min(flat)
    return unflatten(flat | {first: value(flat[first])}), first.rpartition(".")[2]


@EACH_WITH_INLETS
def test_signals_of_another_rank_or_type_or_without_samples(name):
    processor = make(name)
    signals, raw = signals_for(processor), random_raw(processor)
    inlet = f"the signal at inlet '{processor.inlets[0]}'"
    rest = signals[1:]
    refused(processor, [signals[0][0], *rest], raw, inlet, "has shape (", "expected (batch, channel, time)")
    refused(processor, [signals[0][..., :0], *rest], raw, inlet, "expected (batch, channel, time)")
    refused(processor, [signals[0].long(), *rest], raw, inlet, "is torch.int64, expected torch.float32")
    refused(processor, [signals[0].half(), *rest], raw, inlet, "is torch.float16, expected torch.float32")
    refused(processor, [signals[0].numpy(), *rest], raw, inlet, "is of type ndarray, expected a tensor")


@EACH
def test_too_few_or_too_many_signals(name):
    processor = make(name)
    signals, raw = signals_for(processor), random_raw(processor)
    extra = torch.zeros(1, 2, 64, dtype=torch.float64)
    count = len(processor.inlets)
    remedy = "Give raw parameters by their names."
    refused(processor, [*signals, extra], raw, f"received {count + 1} input signals, expected {count}", remedy)
    if signals:
        refused(processor, signals[1:], raw, f"received {count - 1} input signals, expected {count}")


@pytest.mark.parametrize("name", examples(lambda processor: processor.inlets and processor.channels_in))
def test_a_number_of_channels_that_the_processor_does_not_take(name):
    processor = make(name)
    signals = signals_for(processor, channels=max(processor.channels_in) + 1)
    given = f"has {max(processor.channels_in) + 1} channels, expected"
    refused(processor, signals, random_raw(processor), given)


@EACH_WITH_PARAMETERS
def test_a_missing_parameter(name):
    processor = make(name)
    flat = flatten(random_raw(processor))
    missing = min(flat)
    del flat[missing]
    refused(processor, signals_for(processor), unflatten(flat), f"'{missing.rpartition('.')[2]}' is missing")


@EACH
def test_a_parameter_that_does_not_exist(name):
    processor = make(name)
    raw = random_raw(processor) | {"loudness": torch.zeros(1, 1, dtype=torch.float64)}
    refused(processor, signals_for(processor), raw, "unknown raw parameter 'loudness'")


@EACH_WITH_PARAMETERS
def test_parameters_of_another_shape_or_type(name):
    processor = make(name)
    signals, good = signals_for(processor), random_raw(processor)
    raw, parameter = with_first(good, lambda value: value[..., None].expand(*value.shape, 3))
    refused(processor, signals, raw, f"raw parameter '{parameter}' has shape", "expected (batch, ")
    raw, parameter = with_first(good, lambda value: value.long())
    refused(processor, signals, raw, f"raw parameter '{parameter}' is torch.int64, expected torch.float32")
    raw, parameter = with_first(good, lambda value: 0.5)
    refused(processor, signals, raw, f"raw parameter '{parameter}' is of type float, expected a tensor")


@EACH_WITH_BOTH
def test_a_batch_of_parameters_that_is_neither_one_nor_that_of_the_signals(name):
    processor = make(name)
    raw, parameter = with_first(random_raw(processor), lambda value: value.expand(2, *value.shape[1:]))
    refused(processor, signals_for(processor, 3), raw, f"{parameter}' has a batch of 2, expected 1 or 3 as the signal")


@EACH_WITH_SEVERAL_INLETS
def test_signals_that_do_not_go_together(name):
    processor = make(name)
    raw = random_raw(processor)
    first, *rest = signals_for(processor, 3)
    inlets = [f"the signal at inlet '{inlet}'" for inlet in processor.inlets]
    refused(processor, [first[:2], *rest], raw, inlets[0], "has a batch of 2, expected 1 or 3 as", inlets[1])
    refused(processor, [first[..., :50], *rest], raw, inlets[1], "has 64 samples, expected 50 as", inlets[0])
    refused(processor, [first.float(), *rest], raw, inlets[1], "is torch.float64, expected torch.float32 as", inlets[0])


@EACH_WITH_BOTH
def test_parameters_on_another_device_than_the_signals(name):
    processor = make(name)
    raw, parameter = with_first(random_raw(processor), lambda value: value.to("meta"))
    refused(processor, signals_for(processor), raw, f"{parameter}' is on meta, expected cpu as the signal")


@EACH_WITH_INLETS
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_signals_that_are_not_finite(name, bad):
    processor = make(name)
    signals = signals_for(processor)
    signals[-1][0, 0, 5] = bad
    inlet = f"the signal at inlet '{processor.inlets[-1]}'"
    refused(processor, signals, random_raw(processor), inlet, "contains NaN or infinity, expected finite numbers")


@EACH_WITH_PARAMETERS
@pytest.mark.parametrize("bad", [float("nan"), float("-inf")])
def test_parameters_that_are_not_finite(name, bad):
    processor = make(name)
    raw, parameter = with_first(random_raw(processor), lambda value: torch.full_like(value, bad))
    refused(processor, signals_for(processor), raw, f"{parameter}' contains NaN or infinity, expected finite numbers")


@EACH_WITH_BOTH
def test_parameters_of_the_other_float_type_follow_the_signals(name):
    processor = make(name)
    signals, raw = signals_for(processor), cast(random_raw(processor), torch.float32)
    for output, same in zip(
        processor.run(*signals, **raw).signals, processor.run(*signals, **cast(raw, torch.float64)).signals, strict=True
    ):
        assert torch.equal(output, same)
        assert output.dtype == torch.float64


def test_what_overflows_only_in_its_sum_is_finite():
    processor = make("stereo_gain")
    assert torch.isfinite(processor(torch.full((1, 2, 64), 1e37), **processor.neutral())).all()


@pytest.mark.parametrize("name", ["dry_wet", "gain_staging_regularization", "parallel_mix", "serial_chain"])
def test_a_container_names_itself(name):
    processor = make(name)
    with pytest.raises(ProcessorError, match=re.escape(type(processor).__name__)):
        processor(torch.zeros(2, 64), **random_raw(processor))


def test_a_tensor_where_a_container_expects_the_parameters_of_a_child():
    refused(
        make("serial_chain"), [torch.zeros(1, 1, 64)], {"wide": torch.zeros(1)}, "'wide' is a Tensor, expected a dict"
    )
