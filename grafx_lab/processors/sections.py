"""What filters and equalizers share: two ways to run a cascade of second-order sections, channel modes, and specs."""

import math
from collections.abc import Callable
from typing import Any, Literal

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import Numbers, ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.base import Processor
from grafx_lab.processors.spectral_start import spectral_start
from grafx_lab.transforms import DECIBEL_PER_NEPER, exponential, logarithmic_gain, logistic

SIDES = {"mono": ("",), "stereo": ("Left", "Right"), "midside": ("Mid", "Side")}


class SectionProcessor(Processor, register=False):
    """A cascade of second-order sections, run exactly or through an FIR that samples its frequency response.

    The two differ by what the filter still rings after ``fsm_fir_len`` samples: the FIR folds that tail back to its
    beginning. Low and narrow filters ring long; a decay of 60 dB takes about 2.2 Q / frequency seconds.

    Args:
        backend: ``"exact"`` runs the recursion (``"lfilter"`` and ``"ssm"`` are other names for it); ``"fsm"``
            convolves with the FIR.
        fsm_fir_len: taps of the FIR.
    """

    family = "eq"

    def __init__(
        self, *, backend: Literal["exact", "lfilter", "ssm", "fsm"] = "exact", fsm_fir_len: Count = 4000, **options: Any
    ) -> None:
        super().__init__(**options)
        self.backend = backend
        self.fsm_fir_len = fsm_fir_len

    def filter(self, signal: Tensor, sos: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` with sections ``(batch, channel, stages, 6)``."""
        if self.backend == "fsm":
            return dsp.convolve(signal, dsp.frequency_sampled_fir(sos, self.fsm_fir_len, signal.dtype))
        return dsp.sosfilt(signal, sos)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        return spectral_start(self, input_signals[0], target, getattr(self, "processor_channel", "mono"))


class SidedProcessor(Processor, register=False):
    """A processor that treats all channels alike, left and right apart, or mid and side apart.

    Args:
        processor_channel: ``"mono"`` uses one set of parameters for every channel, ``"stereo"`` one for each side,
            ``"midside"`` one for the mid and one for the side.
    """

    def __init__(self, *, processor_channel: Literal["mono", "stereo", "midside"] = "mono", **options: Any) -> None:
        super().__init__(**options)
        self.processor_channel = processor_channel

    @property
    def sides(self) -> tuple[str, ...]:
        """What people call the sets of parameters; one without a name in mode ``"mono"``."""
        return SIDES[self.processor_channel]

    @property
    def channels_in(self) -> tuple[int, ...] | None:
        return None if self.processor_channel == "mono" else (1, 2)

    def channels_out(self, channels_in: int) -> int:
        return channels_in if self.processor_channel == "mono" else 2

    def on_sides(self, signal: Tensor, process: Callable[[Tensor], Tensor]) -> Tensor:
        """Process ``(batch, channel, time)``, as mid and side where the mode says so."""
        if self.processor_channel == "midside":
            return dsp.to_leftright(process(dsp.to_midside(signal)))
        return process(signal)

    def labels_of(self, entries: list[str]) -> tuple[str, ...]:
        """The names of the entries of every side: ``"Left band 1"``."""
        return tuple(
            f"{side} {entry[0].lower()}{entry[1:]}" if side else entry for side in self.sides for entry in entries
        )


def frequency_spec(sample_rate: float, default: Numbers, doc: str = "", **common: Any) -> ParameterSpec:
    """Raw logit of a frequency over half the sample rate ↔ Hz."""
    nyquist = sample_rate / 2
    return ParameterSpec(
        unit="Hz",
        low=20,
        high=min(20000, 0.9 * nyquist),
        default=default,
        scale="log",
        transform=logistic(nyquist),
        label="Frequency",
        doc=doc or "centre of a bell, middle of a shelf's slope",
        **common,
    )


def quality_spec(doc: str = "", **common: Any) -> ParameterSpec:
    """Raw natural logarithm of 1/Q ↔ Q."""
    return ParameterSpec(
        unit="",
        low=0.1,
        high=18,
        default=math.sqrt(0.5),
        scale="log",
        transform=exponential(inverse=True),
        label="Q",
        doc=doc or "frequency over bandwidth: higher is narrower",
        **common,
    )


def gain_spec(**common: Any) -> ParameterSpec:
    """Raw natural logarithm of the cookbook's A, the square root of the gain ↔ dB."""
    return ParameterSpec(
        unit="dB",
        low=-24,
        high=24,
        default=0,
        transform=logarithmic_gain(2 * DECIBEL_PER_NEPER),
        label="Gain",
        doc="boost or cut",
        **common,
    )


def spread_frequencies(low: float, high: float, count: int, sample_rate: float) -> tuple[float, ...]:
    """Middles of ``count`` equal shares of the octaves from ``low`` to ``high`` Hz: no two filters start alike."""
    high = min(high, 0.35 * sample_rate)
    low = min(low, high / 2)
    return tuple(low * (high / low) ** ((index + 0.5) / count) for index in range(count))
