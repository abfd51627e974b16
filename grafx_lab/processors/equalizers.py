"""Equalizers of second-order sections."""

from typing import Any, Literal

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec, format_quantity
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.base import ProcessorError
from grafx_lab.processors.sections import (
    SectionProcessor,
    SidedProcessor,
    frequency_spec,
    gain_spec,
    quality_spec,
)
from grafx_lab.transforms import logarithmic_gain


class ParametricEqualizer(SidedProcessor, SectionProcessor):
    r"""A cascade of second-order filters: low shelf, bells, high shelf.

    Coefficients after R. Bristow-Johnson's audio EQ cookbook. GRAFX's ``ssm`` backend feeds the recursive part of
    every filter from the input of the cascade; here each filter hears the one before it.

    Raw, each (batch, channels, num_filters): ``w0``, logit of frequency over half the sample rate; ``q_inv``,
    negative natural logarithm of Q; ``log_gain``, half the natural logarithm of the gain. Controls: Hz, Q and dB.

    Args:
        num_filters: filters in the cascade, at least 2 with shelves.
        processor_channel: ``"mono"`` uses one set of filters for every channel, ``"stereo"`` one for each side,
            ``"midside"`` one for the mid and one for the side.
        use_shelving_filters: the first and last filter are shelves instead of bells.
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the cascade rings longer
            than that, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    headline = ("log_gain",)
    label = "Parametric EQ"

    def __init__(
        self,
        num_filters: Count = 10,
        processor_channel: Literal["mono", "stereo", "midside"] = "mono",
        use_shelving_filters: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(processor_channel=processor_channel, **options)
        if use_shelving_filters and num_filters < 2:
            raise ProcessorError(
                f"{type(self).__name__}: num_filters is 1, but its shelves are two; use_shelving_filters=False makes it"
                " a bell."
            )
        self.num_filters = num_filters
        self.use_shelving_filters = use_shelving_filters

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        common: dict[str, Any] = {
            "shape": (len(self.sides), self.num_filters),
            "labels": self._labels(),
        }
        return {
            "w0": frequency_spec(self.sample_rate, default=(self._frequencies(),), **common),
            "q_inv": quality_spec(**common),
            "log_gain": gain_spec(**common),
        }

    def sections(self, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Controls ``(batch, channels, num_filters)`` → sections ``(batch, channels, num_filters, 6)``, float64."""
        sections = dsp.shelves_and_bells if self.use_shelving_filters else dsp.peaking
        return sections(w0, q_inv, log_gain, self.sample_rate)

    def get_signal(self, signal: Tensor, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)``; controls in Hz, Q and dB, each ``(batch, channels, num_filters)``."""
        sos = self.sections(w0, q_inv, log_gain)
        return self.on_sides(signal, lambda sides: self.filter(sides, sos))

    def _frequencies(self) -> tuple[float, ...]:
        """Spread evenly in octaves from the bass to the treble."""
        low, high = 60.0, min(12000.0, 0.35 * self.sample_rate)
        steps = max(self.num_filters - 1, 1)
        return tuple(low * (high / low) ** (k / steps) for k in range(self.num_filters))

    def _labels(self) -> tuple[str, ...]:
        bands = [f"Band {k + 1}" for k in range(self.num_filters)]
        if self.use_shelving_filters:
            bands = ["Low shelf", *bands[: self.num_filters - 2], "High shelf"]
        return self.labels_of(bands)


class GraphicEqualizer(SidedProcessor, SectionProcessor):
    r"""Bells at fixed frequencies, each with its gain.

    Each bell has 0.4 of its decibels at its neighbours' frequencies, after J. Liski, V. Välimäki, "The quest for the
    best graphic equalizer", DAFx 2017. Neighbours add up, so the response at a centre is not the gain alone. Unlike
    GRAFX's, whose bells jump in width at ±0.009 dB, it is smooth through 0 dB; and it drops the bands that a sample
    rate cannot represent.

    Raw: ``log_gains`` (batch, channels, bands), natural logarithms of the gains. Control: the same in dB.

    Args:
        processor_channel: ``"mono"`` uses one set of gains for every channel, ``"stereo"`` one for each side,
            ``"midside"`` one for the mid and one for the side.
        scale: ``"bark"``, 24 bands, or ``"third_octave"``, 31 bands.
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the lowest bands ring
            longer than that, which third octaves do, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    label = "Graphic EQ"
    headline = ("log_gains",)

    def __init__(
        self,
        processor_channel: Literal["mono", "stereo", "midside"] = "mono",
        scale: Literal["bark", "third_octave"] = "bark",
        **options: Any,
    ) -> None:
        super().__init__(processor_channel=processor_channel, **options)
        bands = dsp.GRAPHIC_BANDS[scale]
        if self.sample_rate <= 2 * bands.centres[0]:
            raise ProcessorError(
                f"{type(self).__name__}: sample_rate is {self.sample_rate:g}, expected more than twice the"
                f" {bands.centres[0]:g} Hz of the lowest band."
            )
        self.bands = bands.below(self.sample_rate / 2)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_gains": ParameterSpec(
                unit="dB",
                low=-12,
                high=12,
                default=0,
                shape=(len(self.sides), len(self.bands.centres)),
                transform=logarithmic_gain(),
                label="Gain",
                labels=self.labels_of([format_quantity(centre, "Hz") for centre in self.bands.centres]),
                doc="boost or cut of each band",
            ),
        }

    def sections(self, log_gains: Tensor) -> Tensor:
        """Gains in dB ``(batch, channels, bands)`` → sections ``(batch, channels, bands, 6)``, float64."""
        return dsp.graphic_sections(log_gains, self.bands, self.sample_rate)

    def get_signal(self, signal: Tensor, log_gains: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` with gains in dB ``(batch, channels, bands)``."""
        sos = self.sections(log_gains)
        return self.on_sides(signal, lambda sides: self.filter(sides, sos))
