"""A filter whose impulse response is the parameter."""

from typing import Any, Literal

from torch import Tensor
from torch.distributions.transforms import TanhTransform

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.sections import SidedProcessor


class FIRFilter(SidedProcessor):
    """Convolution with taps that are free but for their energy.

    The taps are scaled so that the energies of all channels average one; the level is therefore not a parameter. (The
    class of this name in GRAFX 0.6.0 cannot be constructed.)

    Raw: ``fir`` (batch, channels, fir_len). Control: its hyperbolic tangent, the taps before they are scaled.

    Args:
        fir_len: taps.
        processor_channel: ``"mono"`` uses one response for every channel, ``"stereo"`` one for each side,
            ``"midside"`` one for the mid and one for the side.
        mode: ``"causal"`` lets the first tap act at once, ``"zerophase"`` centres the response.
    """

    family = "eq"
    label = "FIR"

    def __init__(
        self,
        fir_len: Count = 1023,
        processor_channel: Literal["mono", "stereo", "midside"] = "mono",
        mode: Literal["causal", "zerophase"] = "causal",
        **options: Any,
    ) -> None:
        super().__init__(processor_channel=processor_channel, **options)
        self.fir_len = fir_len
        self.mode: Literal["causal", "zerophase"] = mode

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        present = self.fir_len // 2 if self.mode == "zerophase" else 0
        return {
            "fir": ParameterSpec(
                unit="",
                low=-0.99,
                high=0.99,
                default=tuple(0.5 if tap == present else 0.0 for tap in range(self.fir_len)),
                shape=(len(self.sides), self.fir_len),
                transform=TanhTransform(),
                label="Taps",
                labels=self.sides if len(self.sides) > 1 else (),
                doc="the response to a click, up to its level",
                display="curve",
            ),
        }

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The taps by regularised least squares, the largest at a half."""
        channels = max(input_signals[0].shape[1], target.shape[1])
        before, after = (item.expand(1, channels, -1) for item in (input_signals[0], target))
        if self.processor_channel == "midside":
            before, after = dsp.to_midside(before), dsp.to_midside(after)
        if self.mode == "zerophase":
            after = dsp.shift(after, self.fir_len // 2)
        taps = dsp.least_squares_response(before[0], after[0], self.fir_len)
        if len(self.sides) == 1:
            taps = taps.mean(0, keepdim=True)
        largest = taps.abs().max()
        return self.raw_from_controls(fir=taps / (2 * largest)) if largest > 0 else self.neutral()

    def get_signal(self, signal: Tensor, fir: Tensor) -> Tensor:
        """Convolve ``(batch, channel, time)`` with ``(batch, channels, fir_len)``."""
        response = dsp.normalize_energy(fir)
        return self.on_sides(signal, lambda sides: dsp.convolve(sides, response, self.mode))
