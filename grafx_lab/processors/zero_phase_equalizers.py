"""Equalizers that are a curve over frequency, applied by symmetric FIRs: no phase, no delay.

J. O. Smith, "Spectral Audio Signal Processing", 2011; as a trainable filter J. Engel et al., "DDSP: Differentiable
digital signal processing", ICLR 2020. Half of the response acts before a sound: sharp curves ring ahead of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_NEPER
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import (
    Count,
    Finite,
    NotNegative,
    Positive,
    Scale,
    annotations,
    check_options,
    check_rising,
)
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.sections import SidedProcessor
from grafx_lab.processors.spectral_start import FREQUENCIES, ratio_of_sides
from grafx_lab.transforms import logarithmic_gain

_WINDOW_OPTIONS = {"hamming": {"alpha": Finite, "beta": Finite}, "kaiser": {"beta": Finite}}
"""What a window can be given beside ``periodic``."""


def curve_spec(shape: tuple[int, ...], labels: tuple[str, ...] = ()) -> ParameterSpec:
    """Raw natural logarithms of magnitudes ↔ a curve in dB."""
    return ParameterSpec(
        unit="dB",
        low=-24,
        high=24,
        default=0,
        shape=shape,
        transform=logarithmic_gain(),
        label="Curve",
        labels=labels,
        doc="gain from 0 Hz to half the sample rate",
        display="curve",
    )


class ZeroPhaseFIREqualizer(Processor):
    """A gain for each of many frequencies, without phase.

    The curve's inverse Fourier transform, times a Hann window, is the response; the window smooths the curve over two
    of its frequencies. An FIR by construction: there is no recursion that it could approximate.

    Raw: ``log_magnitude`` (batch, num_magnitude_bins), natural logarithms of the magnitudes at even steps from 0 Hz to
    (nearly) half the sample rate. Control: the same in dB.

    Args:
        num_magnitude_bins: frequencies; the response has one tap less than twice as many.
    """

    family = "eq"
    label = "Curve EQ"
    window: Tensor

    def __init__(self, num_magnitude_bins: Count = 1024, **options: Any) -> None:
        super().__init__(**options)
        self.num_magnitude_bins = num_magnitude_bins
        self.register_buffer("window", dsp.fir_window("hann", 2 * num_magnitude_bins - 1), persistent=False)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"log_magnitude": curve_spec((self.num_magnitude_bins,))}

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        frequencies = torch.linspace(0, self.sample_rate / 2, self.num_magnitude_bins, dtype=torch.float64)
        curve = _curves(input_signals[0], target, frequencies, self.sample_rate, "mono")
        return self.raw_from_controls(log_magnitude=curve[0])

    def get_signal(self, signal: Tensor, log_magnitude: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` with a curve in dB ``(batch, num_magnitude_bins)``."""
        fir = dsp.zero_phase_fir(dsp.decibel_to_amplitude(log_magnitude), self.window)
        return dsp.convolve(signal, fir[:, None], "zerophase")


class NewZeroPhaseFIREqualizer(SidedProcessor):
    """A gain for each of many frequencies or bands, without phase, for each side.

    With a filterbank, each gain is that of a band; the energies of the bands overlap as triangles on an auditory
    scale and sum to a flat spectrum. As in GRAFX, the first band with ``low_half_triangle`` is all that the others
    leave: what lies below them, and what lies above the last one's peak. Unlike GRAFX's, the filterbank can reach half
    the sample rate by default, and Traunmüller's scale is inverted rightly above 20.1 Bark.

    Raw: ``log_magnitude`` (batch, channels, num_frequency_bins or num_filters), natural logarithms of the magnitudes.
    Control: the same in dB.

    Args:
        num_frequency_bins: frequencies; the response has one tap less than twice as many.
        processor_channel: ``"mono"`` uses one curve for every channel, ``"stereo"`` one for each side, ``"midside"``
            one for the mid and one for the side.
        use_filterbank: the gains are those of bands.
        filterbank_kwargs: ``num_filters`` (50), ``scale`` (``"bark_traunmuller"``, ``"bark_schroeder"``,
            ``"bark_wang"``, ``"mel_htk"``, ``"mel_slaney"``, ``"erb"``, ``"linear"`` or ``"log"``), ``f_min`` (40 Hz),
            ``f_max`` (half the sample rate, and at most that), ``low_half_triangle`` (true), and ``sr``, another place
            for the sample rate.
        window: ``"hann"``, ``"hamming"``, ``"blackman"``, ``"bartlett"``, ``"kaiser"``, ``"none"``, or its samples.
        window_kwargs: further arguments of the window, such as ``beta``.
        eps: added to the energies of a filterbank.
    """

    family = "eq"
    label = "Band curve EQ"
    window: Tensor

    def __init__(
        self,
        num_frequency_bins: Count = 1024,
        processor_channel: Literal["mono", "stereo", "midside"] = "mono",
        use_filterbank: bool = False,
        filterbank_kwargs: Mapping[str, Any] | None = None,
        window: str | Sequence[float] | Tensor | None = "hann",
        window_kwargs: Mapping[str, Any] | None = None,
        eps: NotNegative = 1e-7,
        **options: Any,
    ) -> None:
        bands = check_options(
            f"{type(self).__name__}: filterbank_kwargs",
            filterbank_kwargs,
            {"sr": Positive, **annotations(self._filterbank)},
        )
        rate = {"sample_rate": bands.pop("sr")} if "sr" in bands else {}
        super().__init__(processor_channel=processor_channel, **rate | options)
        self.num_frequency_bins = num_frequency_bins
        self.eps = eps
        self.filterbank = self._filterbank(**bands) if use_filterbank else None
        self.register_buffer("window", self._window(window, window_kwargs), persistent=False)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        gains = self.num_frequency_bins if self.filterbank is None else len(self.filterbank)
        return {"log_magnitude": curve_spec((len(self.sides), gains), self.sides if len(self.sides) > 1 else ())}

    def get_signal(self, signal: Tensor, log_magnitude: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)`` with curves in dB ``(batch, channels, gains)``."""
        fir = dsp.zero_phase_fir(self._magnitude(log_magnitude), self.window)
        return self.on_sides(signal, lambda sides: dsp.convolve(sides, fir, "zerophase"))

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        bins = torch.linspace(0, self.sample_rate / 2, self.num_frequency_bins, dtype=torch.float64)
        frequencies = bins if self.filterbank is None else bins[self.filterbank.argmax(-1)]
        curves = _curves(input_signals[0], target, frequencies, self.sample_rate, self.processor_channel)
        return self.raw_from_controls(log_magnitude=curves.expand(len(self.sides), -1))

    def _magnitude(self, decibel: Tensor) -> Tensor:
        if self.filterbank is None:
            return dsp.decibel_to_amplitude(decibel)
        energy = torch.exp(2 / DECIBEL_PER_NEPER * decibel) @ self.filterbank.to(decibel)
        return torch.sqrt(energy + self.eps)

    def _filterbank(
        self,
        num_filters: Count = 50,
        scale: Scale = "bark_traunmuller",
        f_min: Positive = 40.0,
        f_max: Positive | None = None,
        low_half_triangle: bool = True,
    ) -> Tensor:
        nyquist = self.sample_rate / 2
        highest = min(nyquist if f_max is None else f_max, nyquist)
        check_rising(self, f_min=f_min, f_max=highest)
        bins = self.num_frequency_bins
        return dsp.filterbank(scale, f_min, highest, num_filters, bins, nyquist, complement=low_half_triangle)

    def _window(self, window: str | Sequence[float] | Tensor | None, given_options: Mapping[str, Any] | None) -> Tensor:
        cls, taps = type(self).__name__, 2 * self.num_frequency_bins - 1
        if window is None:
            window = "none"
        if isinstance(window, str):
            known = (*dsp.WINDOWS, *dsp.RECTANGULAR)
            if window not in known:
                raise ProcessorError(f"{cls}: window is {window!r}, expected one of {known}.")
            known_options = {"periodic": bool, **_WINDOW_OPTIONS.get(window, {})}
            options = check_options(f"{cls}: window_kwargs of {window!r}", given_options, known_options)
            return dsp.fir_window(window, taps, **options)
        samples = torch.as_tensor(window, dtype=torch.float64)
        if samples.shape != (taps,):
            raise ProcessorError(f"{cls}: window has shape {tuple(samples.shape)}, expected ({taps},).")
        return samples


def _curves(signal: Tensor, target: Tensor, frequencies: Tensor, sample_rate: float, sides: str) -> Tensor:
    """Decibels by which the target is louder at some frequencies, smoothed, ``(sides, len(frequencies))``."""
    known = dsp.log_frequencies(FREQUENCIES, sample_rate)
    ratio, _ = ratio_of_sides(signal, target, known, sample_rate, sides)
    place = torch.log(frequencies.clamp(known[0], known[-1]) / known[0]) / torch.log(known[-1] / known[0])
    place = place * (len(known) - 1)
    below = place.floor().long().clamp(max=len(known) - 2)
    return torch.lerp(ratio[:, below], ratio[:, below + 1], place - below).clamp(-36, 36)
