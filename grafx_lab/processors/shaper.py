"""What all distortions share: a curve for single samples and, on request, a filter against its offset."""

from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import exponential

CUTOFF = "log_dc_cutoff"

CUTOFFS = 64
"""Places of the slider that are tried for a DC blocker."""


def cutoff_spec() -> ParameterSpec:
    """Raw natural logarithm of a cutoff ↔ Hz."""
    return ParameterSpec(
        unit="Hz",
        low=0.1,
        high=200,
        default=10,
        scale="log",
        transform=exponential(),
        label="DC cutoff",
        doc="where the filter against the offset behind the curve begins",
    )


class Shaper(Processor, register=False):
    """A curve through which every sample goes.

    A lopsided curve leaves an offset that moves with the loudness. Amplifiers and most programs keep it back by a
    high-pass filter (:func:`.block_dc`), which changes the phases of low notes as well.

    Raw: with ``block_dc``, ``log_dc_cutoff`` (batch, 1), the natural logarithm of Hz. Control: Hz.

    Args:
        block_dc: put such a filter, of first order, behind the curve.
    """

    family = "nonlinear"
    knows_filters = True

    def __init__(self, block_dc: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.block_dc = block_dc

    @property
    @abstractmethod
    def shape_specs(self) -> dict[str, ParameterSpec]:
        """The specs of the curve."""

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return self.shape_specs | ({CUTOFF: cutoff_spec()} if self.block_dc else {})

    def neutral_controls(self) -> dict[str, Any]:
        return {CUTOFF: cutoff_spec().low} if self.block_dc else {}

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        if not self.block_dc:
            return self.shape_start(input_signals[0], target)
        curve = type(self)(**self.arguments | {"block_dc": False}, sample_rate=self.sample_rate)
        raw = curve.shape_start(input_signals[0], target)
        spec = cutoff_spec()
        cutoffs = spec.from_position(torch.linspace(0, 1, CUTOFFS, dtype=torch.float64))
        shaped = curve.run(input_signals[0].to(target), **{name: value.to(target) for name, value in raw.items()})
        match = dsp.dc_blocker_match(shaped.signals[0][0], target[0], cutoffs, self.sample_rate)
        return raw | {CUTOFF: spec.to_raw(cutoffs[match.argmax()].reshape(1, 1))}

    @abstractmethod
    def shape_start(self, signal: Tensor, target: Tensor) -> dict[str, Any]:
        """Raw parameters whose curve leads from a signal to a target, up to a filter; ``(1, channel, time)`` each."""

    def blocked(self, shaped: Tensor, log_dc_cutoff: Tensor | None) -> Tensor:
        """The signal ``(batch, channel, time)`` without its offset, with a cutoff in Hz ``(batch, 1)``."""
        return shaped if log_dc_cutoff is None else dsp.block_dc(shaped, log_dc_cutoff, self.sample_rate)
