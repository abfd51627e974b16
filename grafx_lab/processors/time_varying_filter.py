"""A filter that is drawn: magnitudes at equally spaced frequencies, changing with time."""

from typing import Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Several, Whole
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import exp_sigmoid_level


class TimeVaryingFIRFilter(Processor):
    r"""A linear-phase filter given by its magnitudes in each of several frames: DDSP's FIR filter.

    Frames divide the signal into equal parts. Filters act without delay; in DDSP they act one or two samples late for
    most windows. After J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020, section 3.

    Raw: ``magnitudes`` (batch, num_frames, num_bins), through DDSP's exponential sigmoid; a call may bring any number
    of frames. Control: dB.

    Args:
        num_frames: frames of the signal.
        num_bins: frequencies from 0 Hz to half the sample rate.
        window_size: taps of each filter; 0, or more than ``2 * (num_bins - 1)``, takes as many as that.
    """

    family = "eq"
    label = "Drawn filter"
    headline = ("magnitudes",)

    def __init__(self, num_frames: Count = 8, num_bins: Several = 65, window_size: Whole = 257, **options: Any) -> None:
        super().__init__(**options)
        self.num_frames = num_frames
        self.num_bins = num_bins
        self.window_size = window_size

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "magnitudes": ParameterSpec(
                unit="dB",
                low=-60,
                high=6,
                default=0,
                shape=(self.num_frames, self.num_bins),
                transform=exp_sigmoid_level(),
                label="Magnitude",
                labels=tuple(f"Frame {frame}" for frame in range(1, self.num_frames + 1)),
                doc="level at each frequency",
                display="curve",
                time_varying=True,
            )
        }

    def get_signal(self, signal: Tensor, magnitudes: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` by magnitudes in dB ``(batch, frames, bins)``."""
        return dsp.frequency_filter(signal, dsp.decibel_to_amplitude(magnitudes)[:, None], self.window_size)
