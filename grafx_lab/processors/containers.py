"""Processors around one processor."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.units import in_unit
from grafx_lab.parameters import ParameterSpec, flatten
from grafx_lab.processors.arguments import Positive
from grafx_lab.processors.base import Processor, ProcessorError, split_output
from grafx_lab.processors.checks import check_parameters
from grafx_lab.transforms import Scaling, logistic

WEIGHT = "drywet_weight"

DIRECT = 1024
"""Taps of the response that tells the dry signal from a wet one behind it."""

RIGHT = 0.05
"""Share of what the dry signal leaves that a wet one explains if it is right sample by sample; noise explains none."""


class Wrapper(Processor, register=False):
    """Something around one processor. To a graph, a palette and a person, the wrapped one is still what it is.

    Args:
        processor: what is wrapped.
        sample_rate: in Hz; the processor's by default.
    """

    family = "container"
    example = "processor=compressor"

    def __init__(self, processor: Processor, *, sample_rate: Positive | None = None, **options: Any) -> None:
        name = type(self).__name__
        if not isinstance(processor, Processor):
            raise ProcessorError(f"{name}: processor is {processor!r}, expected a Processor.")
        super().__init__(sample_rate=processor.sample_rate if sample_rate is None else sample_rate, **options)
        if len(processor.outlets) > len(processor.inlets):
            raise ProcessorError(
                f"{name}: {type(processor).__name__} has more outlets than inlets, "
                "so there is no dry signal beside each output."
            )
        shared = ("inlets", "outlets", "optional_inlets", "family", "label", "channels_in", "headline", "clocked")
        for attribute in shared:
            object.__setattr__(self, attribute, getattr(processor, attribute))
        self.processor = processor

    @property
    def latency(self) -> int:
        return self.processor.latency

    @property
    def surrogates(self) -> tuple[str, ...]:
        return self.processor.surrogates

    def channels_out(self, channels_in: int) -> int:
        return self.processor.channels_out(channels_in)

    @property
    def specs(self) -> dict[str, Any]:
        return self.processor.specs

    @cached_property
    def call_specs(self) -> dict[str, Any]:
        return self._settled_specs | self.processor.call_specs

    def neutral_controls(self) -> dict[str, Any]:
        return self.processor.neutral_controls()

    def get_controls(self, **raw: Any) -> dict[str, Any]:
        """As the wrapped processor."""
        return self.processor.get_controls(**raw)

    @property
    def has_closed_form(self) -> bool:
        return self.processor.has_closed_form

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """As the wrapped processor."""
        return self.processor.closed_form_start(*input_signals, target=target)

    def check_raw(self, raw: Any) -> None:
        self.processor.check_raw(raw)


class DryWet(Wrapper):
    r"""Mix of a processor's input and output, :math:`y[n]=(1-w)\,u[n]+w\,f(u)[n]`.

    The wrapped processor's parameters stand beside ``drywet_weight``. Each outlet is mixed with the inlet of the same
    position, delayed by the processor's latency; a mono input goes to both sides of a stereo output. What the
    processor says beside its signals (aux) passes through.

    Raw: ``drywet_weight`` (batch, 1), logit of the weight (GRAFX's documentation; with ``activation="none"`` the
    weight itself, as in GRAFX 0.6.0's code). Control: percent of wet.

    Args:
        processor: what makes the wet signal.
        external_param: leave the weight out of :attr:`specs` (GRAFX keeps one tensor for all nodes then); ``forward``
            needs it all the same.
        activation: ``"sigmoid"`` or ``"none"``.
    """

    label = "Dry/wet"
    example = "processor=compressor, external_param=False"

    def __init__(
        self,
        processor: Processor,
        external_param: bool = True,
        activation: Literal["sigmoid", "none"] = "sigmoid",
        **options: Any,
    ) -> None:
        super().__init__(processor, **options)
        if WEIGHT in processor.specs:
            raise ProcessorError(
                f"DryWet: {type(processor).__name__} has a parameter '{WEIGHT}' of its own; "
                "wrap what is inside it instead."
            )
        weight = () if external_param else (WEIGHT,)
        shown = processor.headline or tuple(flatten(processor.specs))
        object.__setattr__(self, "headline", (*shown[:1], *weight))
        self.external_param = external_param
        self.activation = activation

    def channels_out(self, channels_in: int) -> int:
        return max(channels_in, super().channels_out(channels_in))

    @property
    def specs(self) -> dict[str, Any]:
        return super().specs | ({} if self.external_param else self.weight_specs)

    @property
    def weight_specs(self) -> dict[str, ParameterSpec]:
        """The weight's spec, whether or not it counts as one of the parameters."""
        if self.activation == "sigmoid":
            low, high, transform = 0.1, 99.9, logistic(100.0)
        else:
            low, high, transform = 0.0, 100.0, Scaling(100.0)
        return {
            WEIGHT: ParameterSpec(
                unit="%",
                low=low,
                high=high,
                default=50,
                transform=transform,
                label="Mix",
                doc="share of the wet signal",
            )
        }

    @cached_property
    def call_specs(self) -> dict[str, Any]:
        return super().call_specs | self.weight_specs

    def neutral_controls(self) -> dict[str, Any]:
        """One percent of wet: inaudible (−0.09 dB of dry), yet enough to give every parameter a gradient."""
        return super().neutral_controls() | ({} if self.external_param else {WEIGHT: 1.0})

    def get_controls(self, **raw: Any) -> dict[str, Any]:
        """Raw parameters, the weight among them or not → controls."""
        controls = {}
        if WEIGHT in raw:
            controls[WEIGHT] = self.call_specs[WEIGHT].to_control(raw.pop(WEIGHT).reshape(-1, 1))
        return super().get_controls(**raw) | controls

    def get_signal(self, *input_signals: Tensor, drywet_weight: Tensor, **controls: Any) -> Any:
        """Process ``(batch, channel, time)`` and mix; the weight is in percent, ``(batch, 1)``."""
        wet_signals, aux = split_output(self.processor.get_signal(*input_signals, **controls))
        weight = in_unit(drywet_weight, 0.01)
        dry_signals = (dsp.shift(signal, self.latency) for signal in input_signals)
        mixed = tuple(dsp.crossfade(dry, wet, weight) for wet, dry in zip(wet_signals, dry_signals, strict=False))
        signals = mixed[0] if len(mixed) == 1 else mixed
        if not aux:
            return signals
        return (*mixed, aux)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """What is left of the target without the dry signal is wet; the weight follows from the levels of the two.

        The dry signal is the first tap of a short response by least squares: the wet one, which resembles it, has the
        others. A wet signal that turns out to be right sample by sample tells the levels better.
        """
        dry = dsp.shift(input_signals[0], self.latency)
        share = float(dsp.least_squares_response(dry.expand_as(target)[0], target[0], DIRECT)[:, 0].mean())
        rest = target - share * dry
        wanted = rest if self.processor.wet_only else target
        raw = self.processor.closed_form_start(*input_signals, target=wanted)
        if raw is None:
            return None
        if self.external_param:
            return raw
        wet = self.processor.run(*input_signals, **raw).signals[0]
        level = float((rest.square().mean() / wet.square().mean().clamp_min(1e-20)).sqrt())
        explained, amounts = max(_amounts(*signals) for signals in _views(dry, wet, target))
        if explained > RIGHT and min(amounts) > 0:
            share, level = amounts
        percent = 100 * level / (level + abs(share) + 1e-9)
        weight = torch.tensor([[min(max(percent, 0.1), 99.9)]])
        return raw | {WEIGHT: self.weight_specs[WEIGHT].to_raw(weight)}

    def check_raw(self, raw: Any) -> None:
        if WEIGHT not in raw:
            hint = "external_param=True expects it in the call, external_param=False makes it one of the parameters"
            remedy = f"; {hint}" if self.external_param else ""
            raise ProcessorError(f"DryWet: raw parameter '{WEIGHT}' is missing{remedy}.")
        others = dict(raw)
        weight = others.pop(WEIGHT)
        # GRAFX's graphs keep the weights of all nodes in one tensor (batch,).
        column = weight[:, None] if isinstance(weight, Tensor) and weight.ndim == 1 else weight
        check_parameters(self, self.weight_specs, {WEIGHT: column})
        super().check_raw(others)


def _views(dry: Tensor, wet: Tensor, target: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """All three as they are, and so that an equalizer between the target and the others does not matter."""
    signals = [item.expand_as(target)[0].double() for item in (dry, wet, target)]
    yield tuple(signals)
    wet_alike, dry_alike = dsp.whitened(signals[1], signals[0], DIRECT)
    yield dry_alike, wet_alike, dsp.whitened(signals[2], signals[2], DIRECT)[0]


def _amounts(dry: Tensor, wet: Tensor, target: Tensor) -> tuple[float, tuple[float, float]]:
    """How much of two signals makes most of a target, all ``(channel, time)``.

    Returns:
        the share of what the dry signal leaves that the wet one explains; and the amounts of both.
    """
    parts, wanted = torch.stack([dry.flatten(), wet.flatten()]), target.flatten()
    products, common = parts @ parts.mT, parts @ wanted
    amounts = torch.linalg.solve(products + 1e-9 * (products.trace() + 1e-20) * torch.eye(2).to(products), common)
    left, beside = (
        wanted.square().sum() - explained
        for explained in (amounts @ common, common[0].square() / products[0, 0].clamp_min(1e-30))
    )
    first, second = amounts.tolist()
    return float(1 - left / beside.clamp_min(1e-30)), (first, second)


class GainStagingRegularization(Wrapper):
    r"""Measures how much a processor changes the level, :math:`|\ln E(y)-\ln E(u)|`, and leaves its sound alone.

    E is the mean energy of all samples and channels of an item, plus :math:`10^{-7}`. The number stands in the aux
    tensors, one for each item (GRAFX sums them); a fit that adds it to its loss keeps levels alike along a chain, as
    engineers do. Of several inlets and outlets each pair counts.

    Args:
        processor: what is measured.
        key: name of the number among the aux tensors.
    """

    label = "Gain staging"

    def __init__(self, processor: Processor, key: str = "gain_reg", **options: Any) -> None:
        super().__init__(processor, **options)
        object.__setattr__(self, "wet_only", processor.wet_only)
        self.key = key

    def get_signal(self, *input_signals: Tensor, **controls: Any) -> tuple[Any, ...]:
        """Process ``(batch, channel, time)``; behind the signals comes the dict of aux tensors."""
        signals, aux = split_output(self.processor.get_signal(*input_signals, **controls))
        if self.key in aux:
            raise ProcessorError(
                f"GainStagingRegularization: {type(self.processor).__name__} has an aux tensor '{self.key}' already; "
                "choose another key."
            )
        pairs = zip(signals, input_signals, strict=False)
        changes = [(dsp.log_mean_energy(wet) - dsp.log_mean_energy(dry)).abs() for wet, dry in pairs]
        return *signals, aux | {self.key: sum(changes[1:], changes[0])}
