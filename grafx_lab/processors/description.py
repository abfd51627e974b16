"""Processors as plain data and back: what a patch file and a script hold of them.

A description is ``{"class": registered name, "arguments": {...}}``; arguments may contain further descriptions.
"""

from collections.abc import Collection, Mapping
from reprlib import repr as shortened
from typing import Any

from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.registration import processor_class

_KEYS = {"class", "arguments"}
RATE_ARGUMENTS = {"sample_rate", "sr"}


def describe(processor: Processor) -> dict[str, Any]:
    """A processor as plain data: its registered class and the arguments that it was built with."""
    return {"class": processor.registered_name, "arguments": plain(processor.arguments)}


def plain(value: Any) -> Any:
    """A value with every processor in it described."""
    if isinstance(value, Processor):
        return describe(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def described_class(description: Any) -> type[Processor]:
    """The class that a description names.

    Raises:
        UnknownProcessorError: it is not registered.
        ProcessorError: the description has another form.
    """
    if not isinstance(description, Mapping) or "class" not in description or not set(description) <= _KEYS:
        raise ProcessorError(
            f"A processor is described by a 'class' and its 'arguments', not by {shortened(description)}."
        )
    cls = processor_class(description["class"])
    arguments = description.get("arguments", {})
    if not isinstance(arguments, Mapping) or not all(isinstance(name, str) for name in arguments):
        raise ProcessorError(f"{cls.__name__}: the arguments are {shortened(arguments)}, expected values by name.")
    if own := RATE_ARGUMENTS & arguments.keys():
        raise ProcessorError(f"{cls.__name__}: leave out '{min(own)}'; a processor has the sample rate of its patch.")
    return cls


def build(description: Any, sample_rate: float) -> Processor:
    """The processor of a description, at a sample rate: the inverse of :func:`describe`.

    Raises:
        UnknownProcessorError: the class, or one inside it, is not registered.
        ProcessorError: the class does not accept the arguments.
    """
    cls = described_class(description)
    given = description.get("arguments", {})
    _check_inside(cls, given)
    arguments = {name: _built(value, sample_rate) for name, value in given.items()}
    try:
        processor = cls(**arguments, sample_rate=sample_rate)
        processor.parameter_size()
    except ProcessorError:
        raise
    except Exception as error:  # a constructor may stumble in any way over what a file contains
        raise ProcessorError(f"{cls.__name__} cannot be built with {shortened(dict(given))}: {error}") from error
    return processor


def _check_inside(cls: type[Processor], given: Collection[str]) -> None:
    """Refuse a container without what it holds, and say how it is written."""
    needed, _, _ = cls.example.partition("=")
    if not needed or needed in given:
        return
    raise ProcessorError(
        f"'{cls.registered_name}' holds other processors and cannot stand alone. Say what is inside it, as in"
        f' Patch.from_expression("{cls.registered_name}({cls.example})"), and open that patch.'
    )


def _built(value: Any, sample_rate: float) -> Any:
    if isinstance(value, Mapping):
        if "class" in value and set(value) <= _KEYS:
            return build(value, sample_rate)
        return {name: _built(item, sample_rate) for name, item in value.items()}
    if isinstance(value, list):
        return [_built(item, sample_rate) for item in value]
    return value
