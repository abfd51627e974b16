"""Containers of several processors: one behind the other, or side by side."""

import math
from collections.abc import Callable, Mapping
from functools import cached_property, reduce
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from torch.distributions.transforms import ComposeTransform, SoftplusTransform

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_NEPER, in_unit
from grafx_lab.parameters import ParameterSpec
from grafx_lab.paths import NODE_NAME
from grafx_lab.processors.arguments import Positive
from grafx_lab.processors.base import Output, Processor, ProcessorError, split_output
from grafx_lab.processors.checks import check_parameters, check_signals
from grafx_lab.transforms import Scaling, logarithmic_gain

WEIGHTS = "parallel_weights"
QUIET_DECIBEL = -48.0
_RESERVED = {"class", "arguments", "length", "self", WEIGHTS, *dir(nn.ModuleDict)}


class Container(Processor, register=False):
    """Several processors by name, whose parameters are nested under these names.

    Args:
        processors: names (small letters, digits and _) and processors, all at one sample rate.
        sample_rate: in Hz; that of the processors by default.
    """

    family = "container"
    example = "processors={'first': compressor, 'second': limiter}"

    def __init__(
        self, processors: Mapping[str, Processor], *, sample_rate: Positive | None = None, **options: Any
    ) -> None:
        kind = type(self).__name__
        if not isinstance(processors, Mapping) or not processors:
            raise ProcessorError(f"{kind}: processors is {processors!r}, expected a dict of processors by name.")
        for name, processor in processors.items():
            if not isinstance(name, str) or not NODE_NAME.fullmatch(name) or name in _RESERVED:
                raise ProcessorError(f"{kind}: {name!r} cannot be the name of a processor; choose another one.")
            if not isinstance(processor, Processor):
                raise ProcessorError(f"{kind}: '{name}' is {processor!r}, expected a Processor.")
        rates = {processor.sample_rate for processor in processors.values()}
        rates |= set() if sample_rate is None else {sample_rate}
        if len(rates) > 1:
            raise ProcessorError(f"{kind}: the sample rates {' and '.join(map(str, sorted(rates)))} differ.")
        super().__init__(sample_rate=rates.pop(), **options)
        self.processors = nn.ModuleDict(processors)

    @cached_property
    def members(self) -> dict[str, Processor]:
        """The processors by name."""
        return {name: cast(Processor, processor) for name, processor in self.processors.items()}

    @property
    def clocked(self) -> bool:
        return any(processor.clocked for processor in self.members.values())

    @property
    def surrogates(self) -> tuple[str, ...]:
        return tuple(f"{name}.{key}" for name, processor in self.members.items() for key in processor.surrogates)

    @property
    def specs(self) -> dict[str, Any]:
        return {name: processor.specs for name, processor in self.members.items()}

    @cached_property
    def call_specs(self) -> dict[str, Any]:
        return self._settled_specs | {name: processor.call_specs for name, processor in self.members.items()}

    def neutral_controls(self) -> dict[str, Any]:
        return {name: processor.neutral_controls() for name, processor in self.members.items()}

    def get_controls(self, **raw: Any) -> dict[str, Any]:
        """Raw parameters, nested by processor → controls, nested likewise."""
        return {name: processor.get_controls(**raw.get(name, {})) for name, processor in self.members.items()}

    def check_raw(self, raw: Any) -> None:
        for name in raw.keys() - self.members.keys():
            raise ProcessorError(f"{type(self).__name__}: unknown raw parameter '{name}'.")
        for name, processor in self.members.items():
            nested = raw.get(name, {})
            if not isinstance(nested, Mapping):
                kind = type(nested).__name__
                raise ProcessorError(f"{type(self).__name__}: '{name}' is a {kind}, expected a dict of raw parameters.")
            self._say_where(name, processor.check_raw, nested)

    def _run_child(self, name: str, signals: tuple[Tensor, ...], controls: Any, length: int | None) -> Output:
        processor = self.members[name]
        self._say_where(name, check_signals, processor, signals)
        generated = {} if processor.inlets else {"length": length}
        return split_output(processor.get_signal(*signals, **generated, **controls.get(name, {})))

    def _say_where(self, name: str, check: Callable[..., None], *arguments: Any) -> None:
        try:
            check(*arguments)
        except ProcessorError as error:
            raise ProcessorError(f"{type(self).__name__}, '{name}': {error}") from error


class SerialChain(Container):
    r"""Processors one behind the other in a single node, :math:`y=(f_K\circ\dots\circ f_1)(u)`.

    It sounds like the same processors as nodes of a graph. The outlets of each processor lead to the inlets of the
    next one in order, so their counts must agree; the first one may be a generator. What the processors say beside
    their signals (aux) stands under their names, in a dict behind the signals.

    Raw: those of the processors, nested by name. Controls: likewise.

    Args:
        processors: the processors by name, in order.
    """

    label = "Chain"

    def __init__(self, processors: Mapping[str, Processor], **options: Any) -> None:
        super().__init__(processors, **options)
        names, chain = list(processors), list(processors.values())
        for name, before, after in zip(names[1:], chain, chain[1:], strict=False):
            if len(before.outlets) != len(after.inlets):
                raise ProcessorError(
                    f"SerialChain: '{name}' has {len(after.inlets)} inlets, but {len(before.outlets)} signals reach it."
                )
        for attribute in ("inlets", "optional_inlets", "channels_in"):
            object.__setattr__(self, attribute, getattr(chain[0], attribute))
        object.__setattr__(self, "outlets", chain[-1].outlets)
        object.__setattr__(self, "wet_only", any(processor.wet_only for processor in chain))

    @property
    def latency(self) -> int:
        return sum(processor.latency for processor in self.members.values())

    def channels_out(self, channels_in: int) -> int:
        return reduce(lambda channels, processor: processor.channels_out(channels), self.members.values(), channels_in)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """One processor after the other, each with what reaches it; those without a recipe are transparent."""
        raw: dict[str, Any] = {}
        signals = input_signals
        for name, processor in self.members.items():
            raw[name] = processor.closed_form_start(*signals, target=target) or processor.neutral()
            signals = processor.run(*signals, **raw[name]).signals
        return raw

    def get_signal(self, *input_signals: Tensor, length: int | None = None, **controls: Any) -> tuple[Any, ...]:
        """Process ``(batch, channel, time)`` with nested controls; behind the signals comes the dict of aux tensors."""
        signals, aux = input_signals, {}
        for name in self.members:
            signals, said = self._run_child(name, signals, controls, length)
            if said:
                aux[name] = said
        return *signals, aux


class ParallelMix(Container):
    r"""A weighted mix of processors that all hear the same input, :math:`y=\sum_k w_k f_k(u)`.

    With ``"softmax"`` the weights sum to one, so that a fit chooses among the processors (H. Liu, K. Simonyan, Y. Yang,
    "DARTS: Differentiable architecture search", ICLR 2019). With ``"softplus"`` each is free and positive,
    :math:`w_k=\ln(1+e^{z_k})/(K\ln 2)`, 1/K at zero. Processors with less latency than others are delayed. What the
    processors say beside their signals (aux) stands under their names, in a dict behind the signals.

    Raw: those of the processors, nested by name, and ``parallel_weights`` (batch, K). Controls: decibels relative to
    each other (softmax) or percent (softplus). In :meth:`get_controls` they have become shares in percent.

    Args:
        processors: the processors by name; all have the same number of inlets, and of outlets.
        activation: ``"softmax"`` or ``"softplus"``.
    """

    label = "Parallel mix"
    headline = (WEIGHTS,)

    def __init__(
        self,
        processors: Mapping[str, Processor],
        activation: Literal["softmax", "softplus"] = "softmax",
        **options: Any,
    ) -> None:
        super().__init__(processors, **options)
        children = list(processors.values())
        if len({(len(child.inlets), len(child.outlets)) for child in children}) > 1:
            raise ProcessorError("ParallelMix: the processors differ in their numbers of inlets or outlets.")
        accepted = [set(child.channels_in) for child in children if child.channels_in is not None]
        channels = tuple(sorted(set.intersection(*accepted))) if accepted else None
        if channels == ():
            raise ProcessorError("ParallelMix: no number of channels suits all processors.")
        for attribute in ("inlets", "outlets", "optional_inlets"):
            object.__setattr__(self, attribute, getattr(children[0], attribute))
        object.__setattr__(self, "channels_in", channels)
        object.__setattr__(self, "wet_only", all(child.wet_only for child in children))
        self.activation = activation

    @property
    def latency(self) -> int:
        return max(processor.latency for processor in self.members.values())

    def channels_out(self, channels_in: int) -> int:
        return max(processor.channels_out(channels_in) for processor in self.members.values())

    @property
    def specs(self) -> dict[str, Any]:
        return super().specs | {WEIGHTS: self.weights_spec}

    @property
    def weights_spec(self) -> ParameterSpec:
        """The spec of the weights."""
        count = len(self.members)
        common: dict[str, Any] = {
            "shape": (count,),
            "label": "Weight",
            "labels": tuple(name.replace("_", " ").capitalize() for name in self.members),
        }
        if self.activation == "softmax":
            doc, transform = "level beside the others", logarithmic_gain()
            return ParameterSpec(
                unit="dB", low=QUIET_DECIBEL, high=24, default=0, transform=transform, doc=doc, **common
            )
        transform = ComposeTransform([SoftplusTransform(), Scaling(100 / (count * math.log(2)))])
        doc = "share in the sum"
        return ParameterSpec(unit="%", low=0.1, high=200, default=100 / count, transform=transform, doc=doc, **common)

    def neutral_controls(self) -> dict[str, Any]:
        """All alike; but processors without a dry signal are quiet where others have one."""
        wet = [processor.wet_only and not self.wet_only for processor in self.members.values()]
        loud = 0.0 if self.activation == "softmax" else 100 / wet.count(False)
        quiet = QUIET_DECIBEL if self.activation == "softmax" else 0.1
        return super().neutral_controls() | {WEIGHTS: tuple(quiet if is_wet else loud for is_wet in wet)}

    def get_controls(self, **raw: Any) -> dict[str, Any]:
        """Raw parameters → controls; the weights as shares in percent, those of softmax sum to 100."""
        weights = self._settled_specs[WEIGHTS].to_control(raw[WEIGHTS])
        if self.activation == "softmax":
            weights = in_unit(torch.softmax(in_unit(weights, 1 / DECIBEL_PER_NEPER), -1), 100.0)
        return super().get_controls(**raw) | {WEIGHTS: weights}

    def check_raw(self, raw: Any) -> None:
        children = dict(raw)
        weights = {WEIGHTS: children.pop(WEIGHTS)} if WEIGHTS in raw else {}
        check_parameters(self, {WEIGHTS: self.weights_spec}, weights)
        super().check_raw(children)

    def get_signal(
        self, *input_signals: Tensor, parallel_weights: Tensor, length: int | None = None, **controls: Any
    ) -> tuple[Any, ...]:
        """Process ``(batch, channel, time)`` with nested controls and shares in percent ``(batch, K)``."""
        outlets: list[list[Tensor]] = [[] for _ in self.outlets]
        aux, latency = {}, self.latency
        for name, processor in self.members.items():
            signals, said = self._run_child(name, input_signals, controls, length)
            for parts, signal in zip(outlets, signals, strict=True):
                parts.append(dsp.shift(signal, latency - processor.latency))
            if said:
                aux[name] = said
        weights = in_unit(parallel_weights, 0.01)
        return *(dsp.weighted_sum(parts, weights) for parts in outlets), aux
