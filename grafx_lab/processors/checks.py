"""What a processor's call must satisfy, in words where it does not."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from grafx_lab.errors import LabError
from grafx_lab.parameters import ParameterSpec, Tree, flatten, map_tree
from grafx_lab.paths import suggestion

if TYPE_CHECKING:
    from grafx_lab.processors.base import Processor

_DTYPES = (torch.float32, torch.float64)


class ProcessorError(LabError):
    """A call that a processor cannot answer: it names the processor, what came and what was expected."""


def check_call(processor: "Processor", specs: Tree, signals: tuple[Any, ...], raw: Tree) -> Tree:
    """Raise :class:`ProcessorError` unless signals and raw parameters are right and go together.

    Args:
        processor: what is called.
        specs: of all that a call must bring.
        signals: a tensor for each inlet.
        raw: a tensor for each parameter.

    Returns:
        the raw parameters in the dtype of the signals.
    """
    if _is_plain(processor, specs, signals, raw):
        return raw
    check_signals(processor, signals)
    processor.check_raw(raw)
    check_agreement(processor, signals, raw)
    return map_tree(raw, lambda tensor: tensor.to(signals[0].dtype)) if signals else raw


def _is_plain(processor: "Processor", specs: Tree, signals: tuple[Any, ...], raw: Tree) -> bool:
    """Whether a call is right at a glance, as nearly all are; where not, closer checks find words.

    Plain means tensors of one dtype on one device, a signal for each inlet, and every parameter by its name.
    """
    if not signals or len(signals) != len(processor.inlets) or not isinstance(signals[0], Tensor):
        return False
    dtype, device, length = signals[0].dtype, signals[0].device, signals[0].shape[-1:]
    if dtype not in _DTYPES:
        return False
    batches = {1}
    for signal in signals:
        if not isinstance(signal, Tensor) or signal.dtype != dtype or signal.device != device:
            return False
        shape = signal.shape
        if len(shape) != 3 or shape[2:] != length or 0 in shape:
            return False
        if processor.channels_in is not None and shape[1] not in processor.channels_in:
            return False
        batches.add(shape[0])
    return _are_plain(specs, raw, dtype, device, batches) and len(batches) <= 2 and 0 not in batches


def _are_plain(specs: Tree, raw: Tree, dtype: torch.dtype, device: torch.device, batches: set[int]) -> bool:
    """Whether parameters are right at a glance; their batches join the others."""
    if raw.keys() != specs.keys():
        return False
    for name, spec in specs.items():
        value = raw[name]
        if not isinstance(spec, ParameterSpec):
            if not isinstance(value, Mapping) or not _are_plain(spec, value, dtype, device, batches):
                return False
            continue
        if not isinstance(value, Tensor) or value.dtype != dtype or value.device != device:
            return False
        shape = value.shape
        if not shape or not spec.fits(shape[1:]):
            return False
        batches.add(shape[0])
    return True


def check_signals(processor: "Processor", signals: tuple[Any, ...]) -> None:
    """Raise :class:`ProcessorError` unless there is a signal ``(batch, channel, time)`` for each inlet."""
    inlets = processor.inlets
    if len(signals) != len(inlets):
        remedy = " Give raw parameters by their names." if len(signals) > len(inlets) else ""
        raise _error(processor, f"received {len(signals)} input signals, expected {len(inlets)}: {inlets}.{remedy}")
    for subject, signal in _signals(processor, signals):
        _check_tensor(processor, subject, signal, "batch, channel, time")
        if signal.ndim != 3 or not signal.numel():
            shape = tuple(signal.shape)
            raise _error(processor, f"{subject} has shape {shape}, expected (batch, channel, time).")
        if processor.channels_in is not None and signal.shape[1] not in processor.channels_in:
            expected = " or ".join(map(str, processor.channels_in))
            remedy = " Mix the recording down." if signal.shape[1] > max(processor.channels_in) else ""
            raise _error(processor, f"{subject} has {signal.shape[1]} channels, expected {expected}.{remedy}")


def check_parameters(processor: "Processor", specs: Tree, raw: Tree) -> None:
    """Raise :class:`ProcessorError` for a raw parameter that is missing, unknown or of another shape."""
    specs, given = flatten(specs), flatten(raw)
    if missing := specs.keys() - given.keys():
        raise _error(processor, f"raw parameter '{min(missing)}' is missing; expected {sorted(specs)}.")
    if extra := given.keys() - specs.keys():
        raise _error(processor, f"unknown raw parameter '{min(extra)}'.{suggestion(min(extra), specs)}")
    for parameter, spec in specs.items():
        subject = f"raw parameter '{parameter}'"
        _check_tensor(processor, subject, given[parameter], spec.axes)
        shape = tuple(given[parameter].shape)
        if not shape or not spec.fits(shape[1:]):
            raise _error(processor, f"{subject} has shape {shape}, expected ({spec.axes}){_built_with(processor)}.")


def check_agreement(processor: "Processor", signals: tuple[Tensor, ...], raw: Tree) -> None:
    """Raise :class:`ProcessorError` where signals and raw parameters, each of them right, do not go together."""
    heard = _signals(processor, signals)
    for subject, signal in heard[1:]:
        first, expected = heard[0]
        if signal.shape[-1] != expected.shape[-1]:
            samples = f"{signal.shape[-1]} samples, expected {expected.shape[-1]}"
            raise _error(processor, f"{subject} has {samples} as {first}.")
        if signal.dtype != expected.dtype:
            raise _error(processor, f"{subject} is {signal.dtype}, expected {expected.dtype} as {first}.")
    everything = [*heard, *_parameters(raw)]
    largest = max([1, *[len(tensor) for _, tensor in everything]])
    for subject, tensor in everything:
        first, expected = everything[0]
        if tensor.device != expected.device:
            raise _error(processor, f"{subject} is on {tensor.device}, expected {expected.device} as {first}.")
        if len(tensor) not in (1, largest):
            owner = next(owner for owner, other in everything if len(other) == largest)
            raise _error(processor, f"{subject} has a batch of {len(tensor)}, expected 1 or {largest} as {owner}.")


def check_finite(processor: "Processor", signals: tuple[Tensor, ...], raw: Tree) -> None:
    """Raise :class:`ProcessorError` for NaN or infinity; a compiled call is not looked at."""
    if torch.compiler.is_compiling() or all(map(is_finite, (*signals, *flatten(raw).values()))):
        return
    for subject, tensor in (*_signals(processor, signals), *_parameters(raw)):
        if not is_finite(tensor):
            raise _error(processor, f"{subject} contains NaN or infinity, expected finite numbers.")


def is_finite(tensor: Tensor) -> bool:
    """Whether all entries are finite. A sum tells it at once, unless it overflows."""
    return tensor.is_meta or math.isfinite(tensor.detach().sum().item()) or bool(torch.isfinite(tensor).all())


def _check_tensor(processor: "Processor", subject: str, value: Any, axes: str) -> None:
    if not isinstance(value, Tensor):
        raise _error(processor, f"{subject} is of type {type(value).__name__}, expected a tensor ({axes}).")
    if value.dtype not in _DTYPES:
        raise _error(processor, f"{subject} is {value.dtype}, expected torch.float32 or torch.float64.")


def _signals(processor: "Processor", signals: tuple[Any, ...]) -> list[tuple[str, Any]]:
    named = zip(processor.inlets, signals, strict=True)
    return [(f"the signal at inlet '{inlet}'", signal) for inlet, signal in named]


def _parameters(raw: Tree) -> list[tuple[str, Tensor]]:
    return [(f"raw parameter '{parameter}'", value) for parameter, value in flatten(raw).items()]


def _built_with(processor: "Processor") -> str:
    plain = {key: value for key, value in processor.arguments.items() if not isinstance(value, nn.Module)}
    return " — it was built with " + ", ".join(f"{key}={value}" for key, value in plain.items()) if plain else ""


def _error(processor: "Processor", message: str) -> ProcessorError:
    return ProcessorError(f"{type(processor).__name__}: {message}")
