"""Second-order filters with a frequency and a Q, after R. Bristow-Johnson's audio EQ cookbook.

Frequencies are raw logits over half the sample rate, Q is the raw negative natural logarithm, gains are halves of the
natural logarithm: see the specs in :mod:`grafx_lab.processors.sections`.
"""

from abc import abstractmethod
from typing import Any, ClassVar

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.sections import (
    SectionProcessor,
    frequency_spec,
    gain_spec,
    quality_spec,
    spread_frequencies,
)

NEAR_THE_END = 1e-4
"""The share of half the sample rate within which a pass filter is too near an end of the spectrum to be heard."""

WIDEST, NARROWEST = 1e-5, 1000.0
"""Q of a band that passes everything, and of one that removes next to nothing."""


class _PassFilter(SectionProcessor, register=False):
    """One section with a frequency and a Q; a subclass says which."""

    default_frequency: ClassVar[float] = 1000.0
    frequency_doc: ClassVar[str] = "centre of the band"
    quality_doc: ClassVar[str] = "frequency over bandwidth: higher is narrower"

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        frequency = min(self.default_frequency, 0.35 * self.sample_rate)
        return {
            "w0": frequency_spec(self.sample_rate, frequency, self.frequency_doc),
            "q_inv": quality_spec(self.quality_doc),
        }

    @abstractmethod
    def sections(self, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Hz and Q, each ``(batch, 1)`` → sections ``(batch, 1, 6)``, float64."""

    def get_signal(self, signal: Tensor, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` at Hz and Q, each ``(batch, 1)``."""
        return self.filter(signal, self.sections(w0, q_inv)[:, None])


class LowPassFilter(_PassFilter):
    """Removes what lies above a frequency, by 12 dB per octave.

    Raw: ``w0`` and ``q_inv``, each (batch, 1). Controls: Hz and Q, which is also the gain at that frequency: −3 dB at
    0.71. GRAFX 0.6.0's filter is the same with its polarity inverted.

    Args:
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the filter rings longer
            than that, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    label = "Low pass"
    default_frequency = 8000.0
    frequency_doc = "where the slope begins"
    quality_doc = "resonance at the frequency: 0.71 is flat"

    def neutral_controls(self) -> dict[str, float]:
        return {"w0": (1 - NEAR_THE_END) * self.sample_rate / 2}

    def sections(self, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Hz and Q, each ``(batch, 1)`` → sections ``(batch, 1, 6)``, float64."""
        return dsp.low_pass(w0, q_inv, self.sample_rate)


class HighPassFilter(_PassFilter):
    """Removes what lies below a frequency, by 12 dB per octave.

    Raw, controls and arguments as in :class:`LowPassFilter`; the exact and the frequency-sampled form differ where a
    low frequency rings longer than ``fsm_fir_len`` samples.
    """

    label = "High pass"
    default_frequency = 100.0
    frequency_doc = "where the slope ends"
    quality_doc = "resonance at the frequency: 0.71 is flat"

    def neutral_controls(self) -> dict[str, float]:
        return {"w0": NEAR_THE_END * self.sample_rate / 2}

    def sections(self, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Hz and Q, each ``(batch, 1)`` → sections ``(batch, 1, 6)``, float64."""
        return dsp.high_pass(w0, q_inv, self.sample_rate)


class BandPassFilter(_PassFilter):
    """Keeps a band around a frequency.

    Raw and arguments as in :class:`LowPassFilter`. Controls: Hz, passed at 0 dB, and Q, the frequency over the
    distance of the −3 dB points. The exact and the frequency-sampled form differ where a low or narrow band rings
    longer than ``fsm_fir_len`` samples.
    """

    label = "Band pass"

    def neutral_controls(self) -> dict[str, float]:
        return {"q_inv": WIDEST}

    def sections(self, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Hz and Q, each ``(batch, 1)`` → sections ``(batch, 1, 6)``, float64."""
        return dsp.band_pass(w0, q_inv, self.sample_rate)


class BandRejectFilter(_PassFilter):
    """Removes a band around a frequency: a notch.

    Raw, controls and arguments as in :class:`BandPassFilter`; the exact and the frequency-sampled form differ where a
    low or narrow notch rings longer than ``fsm_fir_len`` samples.
    """

    label = "Notch"

    def neutral_controls(self) -> dict[str, float]:
        return {"q_inv": NARROWEST}

    def sections(self, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Hz and Q, each ``(batch, 1)`` → sections ``(batch, 1, 6)``, float64."""
        return dsp.band_reject(w0, q_inv, self.sample_rate)


class AllPassFilter(_PassFilter):
    """Turns the phase around a frequency and keeps every magnitude.

    Raw and arguments as in :class:`LowPassFilter`. Controls: Hz, where the phase is half a turn, and Q, higher where
    it turns faster. The exact and the frequency-sampled form differ where it rings longer than ``fsm_fir_len``
    samples.
    """

    label = "All pass"
    frequency_doc = "where the phase is half a turn"
    quality_doc = "higher turns the phase faster"

    def neutral_controls(self) -> dict[str, float]:
        return {"q_inv": NARROWEST}

    def sections(self, w0: Tensor, q_inv: Tensor) -> Tensor:
        """Hz and Q, each ``(batch, 1)`` → sections ``(batch, 1, 6)``, float64."""
        return dsp.all_pass(w0, q_inv, self.sample_rate)


class _GainFilter(SectionProcessor, register=False):
    """Equal sections in series with a frequency, a Q and a gain; a subclass says which."""

    headline = ("log_gain", "w0")
    default_range: ClassVar[tuple[float, float]] = (60.0, 12000.0)

    def __init__(self, num_filters: Count = 1, **options: Any) -> None:
        super().__init__(**options)
        self.num_filters = num_filters

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        numbers = tuple(f"Filter {index + 1}" for index in range(self.num_filters))
        common: dict[str, Any] = {
            "shape": (self.num_filters,),
            "labels": numbers if self.num_filters > 1 else (),
        }
        frequencies = spread_frequencies(*self.default_range, self.num_filters, self.sample_rate)
        return {
            "w0": frequency_spec(self.sample_rate, frequencies, **common),
            "q_inv": quality_spec(**common),
            "log_gain": gain_spec(**common),
        }

    @abstractmethod
    def sections(self, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Hz, Q and dB, each ``(batch, num_filters)`` → sections ``(batch, num_filters, 6)``, float64."""

    def get_signal(self, signal: Tensor, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` with Hz, Q and dB, each ``(batch, num_filters)``."""
        return self.filter(signal, self.sections(w0, q_inv, log_gain)[:, None])


class PeakingFilter(_GainFilter):
    """Raises or lowers a band around a frequency: a bell.

    Raw: ``w0``, ``q_inv`` and ``log_gain``, each (batch, num_filters). Controls: Hz, Q and dB.

    Args:
        num_filters: bells in series, each fed by the one before (GRAFX's ``ssm`` feeds all of them from the input).
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the filter rings longer
            than that, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    label = "Bell"

    def sections(self, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Hz, Q and dB, each ``(batch, num_filters)`` → sections ``(batch, num_filters, 6)``, float64."""
        return dsp.peaking(w0, q_inv, log_gain, self.sample_rate)


class LowShelf(_GainFilter):
    """Raises or lowers what lies below a frequency.

    Raw, controls and arguments as in :class:`PeakingFilter`; half of the decibels are reached at the frequency. The
    exact and the frequency-sampled form differ where a low shelf rings longer than ``fsm_fir_len`` samples.
    """

    label = "Low shelf"
    default_range = (60.0, 600.0)

    def sections(self, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Hz, Q and dB, each ``(batch, num_filters)`` → sections ``(batch, num_filters, 6)``, float64."""
        return dsp.low_shelf(w0, q_inv, log_gain, self.sample_rate)


class HighShelf(_GainFilter):
    """Raises or lowers what lies above a frequency.

    Raw, controls and arguments as in :class:`PeakingFilter`; half of the decibels are reached at the frequency. The
    exact and the frequency-sampled form differ where the shelf rings longer than ``fsm_fir_len`` samples.
    """

    label = "High shelf"
    default_range = (2500.0, 12000.0)

    def sections(self, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Hz, Q and dB, each ``(batch, num_filters)`` → sections ``(batch, num_filters, 6)``, float64."""
        return dsp.high_shelf(w0, q_inv, log_gain, self.sample_rate)
