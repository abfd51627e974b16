"""Processors around processors."""

from typing import Any, Literal

from torch import Tensor
from torch.distributions.transforms import AffineTransform
from torch.nn import functional as F

from grafx_lab.parameters import ParameterSpec, flatten
from grafx_lab.processors.base import Processor, ProcessorError, split_output
from grafx_lab.transforms import logistic

WEIGHT = "drywet_weight"


class DryWet(Processor):
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

    family = "container"
    label = "Dry/wet"

    def __init__(
        self,
        processor: Processor,
        external_param: bool = True,
        activation: Literal["sigmoid", "none"] = "sigmoid",
        *,
        sample_rate: float | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(processor, Processor):
            raise ProcessorError(f"DryWet: processor is {processor!r}, expected a Processor.")
        super().__init__(sample_rate=processor.sample_rate if sample_rate is None else sample_rate, **options)
        inner = type(processor).__name__
        if len(processor.outlets) > len(processor.inlets):
            raise ProcessorError(
                f"DryWet: {inner} has more outlets than inlets, so there is no dry signal to mix with."
            )
        if WEIGHT in processor.specs:
            raise ProcessorError(
                f"DryWet: {inner} has a parameter '{WEIGHT}' of its own; wrap what is inside it instead."
            )
        if activation not in ("sigmoid", "none"):
            raise ProcessorError(f"DryWet: activation is {activation!r}, expected 'sigmoid' or 'none'.")
        # To a graph, a palette and a person, the wrapped processor is still what it is.
        for name in ("inlets", "outlets", "optional_inlets", "family", "label", "channels_in"):
            object.__setattr__(self, name, getattr(processor, name))
        weight = () if external_param else (WEIGHT,)
        shown = processor.headline or tuple(flatten(processor.specs))
        object.__setattr__(self, "headline", (*shown[:1], *weight))
        self.processor = processor
        self.external_param = external_param
        self.activation = activation

    @property
    def latency(self) -> int:
        return self.processor.latency

    def channels_out(self, channels_in: int) -> int:
        return max(channels_in, self.processor.channels_out(channels_in))

    @property
    def specs(self) -> dict[str, Any]:
        return self.processor.specs | ({} if self.external_param else self.weight_specs)

    @property
    def weight_specs(self) -> dict[str, ParameterSpec]:
        """The weight's spec, whether or not it counts as one of the parameters."""
        if self.activation == "sigmoid":
            low, high, transform = 0.1, 99.9, logistic(100.0)
        else:
            low, high, transform = 0.0, 100.0, AffineTransform(0.0, 100.0)
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

    def neutral_controls(self) -> dict[str, Any]:
        """One percent of wet: inaudible (−0.09 dB of dry), yet enough to give every parameter a gradient."""
        return self.processor.neutral_controls() | ({} if self.external_param else {WEIGHT: 1.0})

    def get_controls(self, **raw: Any) -> dict[str, Any]:
        """Raw parameters, the weight among them or not → controls."""
        controls = {}
        if WEIGHT in raw:
            controls[WEIGHT] = self.weight_specs[WEIGHT].to_control(raw.pop(WEIGHT).reshape(-1, 1))
        return self.processor.get_controls(**raw) | controls

    def get_signal(self, *input_signals: Tensor, drywet_weight: Tensor, **controls: Any) -> Any:
        """Process ``(batch, channel, time)`` and mix; the weight is in percent, ``(batch, 1)``."""
        wet_signals, aux = split_output(self.processor.get_signal(*input_signals, **controls))
        weight = drywet_weight[..., None] / 100
        mixed = tuple(
            dry + weight * (wet - dry) for wet, dry in zip(wet_signals, map(self._delay, input_signals), strict=False)
        )
        signals = mixed[0] if len(mixed) == 1 else mixed
        if not aux:
            return signals
        return (*mixed, aux)

    def _delay(self, dry: Tensor) -> Tensor:
        return F.pad(dry, (self.latency, 0))[..., : dry.shape[-1]] if self.latency else dry

    def check_raw(self, raw: Any) -> None:
        if self.external_param:
            if WEIGHT not in raw:
                raise ProcessorError(
                    f"DryWet: raw parameter '{WEIGHT}' is missing; external_param=True expects it in the call."
                )
            raw = {name: value for name, value in raw.items() if name != WEIGHT}
        super().check_raw(raw)
