"""Equalizers."""

import math
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import Numbers, ParameterSpec
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.transforms import DECIBEL_PER_NEPER, exponential, logarithmic_gain, logistic

SIDES = {"mono": ("",), "stereo": ("Left", "Right"), "midside": ("Mid", "Side")}
EXACT_NAMES = ("exact", "lfilter", "ssm")


def frequency_spec(sample_rate: float, default: Numbers, **common: Any) -> ParameterSpec:
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
        doc="centre of a bell, middle of a shelf's slope",
        **common,
    )


def quality_spec(**common: Any) -> ParameterSpec:
    """Raw natural logarithm of 1/Q ↔ Q."""
    return ParameterSpec(
        unit="",
        low=0.1,
        high=18,
        default=math.sqrt(0.5),
        scale="log",
        transform=exponential(inverse=True),
        label="Q",
        doc="frequency over bandwidth: higher is narrower",
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


class ParametricEqualizer(Processor):
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
        backend: ``"exact"`` runs the recursion (``"lfilter"`` and ``"ssm"`` are other names for it); ``"fsm"``
            convolves with an FIR of sampled frequency response.
        fsm_fir_len: taps of that FIR.
    """

    family = "eq"
    headline = ("log_gain",)
    label = "Parametric EQ"

    def __init__(
        self,
        num_filters: int = 10,
        processor_channel: Literal["mono", "stereo", "midside"] = "mono",
        use_shelving_filters: bool = True,
        backend: Literal["exact", "lfilter", "ssm", "fsm"] = "exact",
        fsm_fir_len: int = 4000,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        name = type(self).__name__
        if processor_channel not in SIDES:
            raise ProcessorError(f"{name}: processor_channel is {processor_channel!r}, expected one of {tuple(SIDES)}.")
        if backend not in (*EXACT_NAMES, "fsm"):
            raise ProcessorError(f"{name}: backend is {backend!r}, expected 'exact' or 'fsm'.")
        if num_filters < (2 if use_shelving_filters else 1):
            raise ProcessorError(
                f"{name}: num_filters is {num_filters}; two shelves need at least 2, bells at least 1."
            )
        self.num_filters = num_filters
        self.processor_channel = processor_channel
        self.use_shelving_filters = use_shelving_filters
        self.backend = backend
        self.fsm_fir_len = fsm_fir_len

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        common: dict[str, Any] = {
            "shape": (len(SIDES[self.processor_channel]), self.num_filters),
            "labels": self._labels(),
        }
        return {
            "w0": frequency_spec(self.sample_rate, default=(self._frequencies(),), **common),
            "q_inv": quality_spec(**common),
            "log_gain": gain_spec(**common),
        }

    @property
    def channels_in(self) -> tuple[int, ...] | None:
        return None if self.processor_channel == "mono" else (1, 2)

    def channels_out(self, channels_in: int) -> int:
        return channels_in if self.processor_channel == "mono" else 2

    def sections(self, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Controls ``(batch, channels, num_filters)`` → sections ``(batch, channels, num_filters, 6)``, float64."""
        if not self.use_shelving_filters:
            return dsp.peaking(w0, q_inv, log_gain, self.sample_rate)
        parts = ((dsp.low_shelf, slice(0, 1)), (dsp.peaking, slice(1, -1)), (dsp.high_shelf, slice(-1, None)))
        rate = self.sample_rate
        return torch.cat([make(w0[..., k], q_inv[..., k], log_gain[..., k], rate) for make, k in parts], -2)

    def get_signal(self, signal: Tensor, w0: Tensor, q_inv: Tensor, log_gain: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)``; controls in Hz, Q and dB, each ``(batch, channels, num_filters)``."""
        sos = self.sections(w0, q_inv, log_gain)
        if self.processor_channel == "midside":
            return dsp.to_leftright(self._filter(dsp.to_midside(signal), sos))
        return self._filter(signal, sos)

    def _filter(self, signal: Tensor, sos: Tensor) -> Tensor:
        if self.backend == "fsm":
            return dsp.convolve(signal, dsp.frequency_sampled_fir(sos, self.fsm_fir_len, signal.dtype))
        return dsp.sosfilt(signal, sos)

    def _frequencies(self) -> tuple[float, ...]:
        """Spread evenly in octaves from the bass to the treble."""
        low, high = 60.0, min(12000.0, 0.35 * self.sample_rate)
        steps = max(self.num_filters - 1, 1)
        return tuple(low * (high / low) ** (k / steps) for k in range(self.num_filters))

    def _labels(self) -> tuple[str, ...]:
        bands = [f"Band {k + 1}" for k in range(self.num_filters)]
        if self.use_shelving_filters:
            bands = ["Low shelf", *bands[: self.num_filters - 2], "High shelf"]
        sides = SIDES[self.processor_channel]
        return tuple(f"{side} {band.lower()}" if side else band for side in sides for band in bands)
