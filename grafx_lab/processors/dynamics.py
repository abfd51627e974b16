"""Dynamic range processors."""

import math
from typing import Any, Literal

import torch
from torch import Tensor
from torch.distributions.transforms import AffineTransform

from grafx_lab import dsp
from grafx_lab.dsp.dynamics import KNEES
from grafx_lab.dsp.units import DECIBEL_PER_LOG_ENERGY
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.transforms import CompressionRatio, OnePoleTime, exponential

THRESHOLD_OFFSET = 6.0
"""GRAFX lowers every threshold by this log energy (26 dB), so that a raw value of 0 compresses music."""

SMOOTHERS = ("iir", "ballistics", None)
Smoother = Literal["iir", "ballistics"] | None


class Compressor(Processor):
    r"""A feed-forward compressor with energy detection and optional smoothing of its gain.

    The mean energy over channels, smoothed, sets a gain for all of them. See D. Giannoulis et al., "Digital dynamic
    range compressor design", JAES 2012, and for one-pole smoothing C. J. Steinmetz et al., "Style transfer of audio
    effects with differentiable signal processing", JAES 2022. GRAFX takes the logarithm of an *energy* as the level
    and gives its gain to an *amplitude*, so its :math:`R=1+e^z` is not the ratio of decibels: R = 2 limits already.
    The control is the ratio that a static curve shows, :math:`R/(2-R)`.

    Different from GRAFX 0.6.0: recursions are exact by default. Attack belongs to rising levels for both ballistics
    (GRAFX swaps them for the energy). Smoothing starts from silence and from a gain of one, so that it neither mutes
    nor boosts the beginning. A gain smoothed in the log domain keeps its sign (GRAFX's ``iir`` clips it to zero).

    Raw, each (batch, 1) unless said otherwise: ``log_threshold``, log energy plus 6; ``log_ratio``, natural logarithm
    of GRAFX's R − 1; ``log_knee``, that of the knee's width in log energy (of its sharpness, for the exponential knee);
    ``z_alpha_pre`` and ``z_alpha_post``, (batch, 1) for ``"iir"``: logit of the pole, or (batch, 2) for
    ``"ballistics"``: logits of 1 − pole for attack and release. Controls: dB, ratio, dB, milliseconds.

    Args:
        energy_smoother: ``"iir"``, ``"ballistics"`` or ``None``.
        gain_smoother: ``"iir"``, ``"ballistics"`` or ``None``.
        gain_smooth_in_log: smooth the logarithm of the gain.
        knee: ``"hard"``, ``"quadratic"`` or ``"exponential"``.
        iir_len: taps of the truncated smoother.
        smoother: ``"exact"`` recursion, or ``"fir"`` for GRAFX's truncated convolution (which also starts the linear
            gain from zero).
    """

    family = "dynamics"
    label = "Compressor"
    headline = ("log_threshold", "log_ratio")

    def __init__(
        self,
        energy_smoother: Smoother = "iir",
        gain_smoother: Smoother = None,
        gain_smooth_in_log: bool = False,
        knee: dsp.Knee = "quadratic",
        iir_len: int = 16384,
        smoother: Literal["exact", "fir"] = "exact",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        choices = {
            "energy_smoother": (energy_smoother, SMOOTHERS),
            "gain_smoother": (gain_smoother, SMOOTHERS),
            "knee": (knee, KNEES),
            "smoother": (smoother, ("exact", "fir")),
        }
        for name, (value, known) in choices.items():
            if value not in known:
                raise ProcessorError(f"{type(self).__name__}: {name} is {value!r}, expected one of {known}.")
        self.energy_smoother: Smoother = energy_smoother
        self.gain_smoother: Smoother = gain_smoother
        self.gain_smooth_in_log = gain_smooth_in_log
        self.knee: dsp.Knee = knee
        self.iir_len = iir_len
        self.smoother = smoother

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        specs = {
            "log_threshold": ParameterSpec(
                unit="dB",
                low=-50,
                high=0,
                default=-18,
                transform=AffineTransform(-THRESHOLD_OFFSET * DECIBEL_PER_LOG_ENERGY, DECIBEL_PER_LOG_ENERGY),
                label="Threshold",
                doc="level above which the gain falls",
            ),
            "log_ratio": ParameterSpec(
                unit=":1",
                low=1.001,
                high=20,
                default=2,
                scale="log",
                transform=CompressionRatio(),
                label="Ratio",
                doc="decibels of input for one of output above the threshold",
            ),
        }
        if self.knee != "hard":
            specs["log_knee"] = _knee_spec(self.knee)
        if self.energy_smoother is not None:
            specs["z_alpha_pre"] = _time_spec(self.energy_smoother, self.sample_rate, "Level")
        if self.gain_smoother is not None:
            specs["z_alpha_post"] = _time_spec(self.gain_smoother, self.sample_rate, "Gain")
        return specs

    def neutral_controls(self) -> dict[str, Any]:
        """A ratio so close to one that 10 dB over the threshold lose 0.1 dB."""
        return {"log_ratio": 1.01}

    def get_signal(
        self,
        signal: Tensor,
        log_threshold: Tensor,
        log_ratio: Tensor,
        log_knee: Tensor | None = None,
        z_alpha_pre: Tensor | None = None,
        z_alpha_post: Tensor | None = None,
    ) -> Tensor:
        """Compress ``(batch, channel, time)``; controls in dB, ratio, dB and ms, ``(batch, 1)`` or ``(batch, 2)``."""
        return signal * self.gain(signal, log_threshold, log_ratio, log_knee, z_alpha_pre, z_alpha_post)[:, None]

    def gain(
        self,
        signal: Tensor,
        log_threshold: Tensor,
        log_ratio: Tensor,
        log_knee: Tensor | None = None,
        z_alpha_pre: Tensor | None = None,
        z_alpha_post: Tensor | None = None,
    ) -> Tensor:
        """The factor ``(batch, time)`` that :meth:`get_signal` multiplies with."""
        level = self._level(signal, z_alpha_pre)
        log_gain = self._static_gain(level, log_threshold, log_ratio, log_knee)
        if z_alpha_post is None:
            return torch.exp(log_gain)
        if self.gain_smooth_in_log:
            return torch.exp(self._smooth(log_gain, z_alpha_post, initial=0.0, attack_falls=True))
        # Rounding inside the FFT could turn a tiny gain negative.
        return self._smooth(torch.exp(log_gain), z_alpha_post, initial=1.0, attack_falls=True).clamp_min(0)

    def _level(self, signal: Tensor, time: Tensor | None) -> Tensor:
        energy = signal.square().mean(-2)
        if time is not None:
            energy = self._smooth(energy, time, initial=0.0).clamp_min(0)
        return dsp.log_energy(energy)

    def _static_gain(self, level: Tensor, threshold: Tensor, ratio: Tensor, knee: Tensor | None) -> Tensor:
        knee = None if knee is None else _knee_parameter(self.knee, knee)
        return dsp.compressor_gain(level, dsp.decibel_to_log_energy(threshold), ratio, self.knee, knee)

    def _smooth(self, envelope: Tensor, time: Tensor, *, initial: float, attack_falls: bool = False) -> Tensor:
        rates = dsp.smoothing_rate(time, self.sample_rate).split(1, -1)
        if len(rates) == 2:
            rise, fall = reversed(rates) if attack_falls else rates
            return dsp.ballistics(envelope, rise, fall, initial)
        if self.smoother == "exact":
            return dsp.one_pole(envelope, rates[0], initial)
        fir = dsp.truncated_one_pole(rates[0], self.iir_len)
        return dsp.convolve(envelope[:, None], fir[:, None])[:, 0]


SOFTPLUS_WIDTH = 8 * math.log(2)
"""Width of the quadratic knee that bends the threshold as far as ln(1 + exp(x)) does."""


def _knee_spec(shape: dsp.Knee) -> ParameterSpec:
    sharpness = shape == "exponential"
    scale = DECIBEL_PER_LOG_ENERGY * (SOFTPLUS_WIDTH if sharpness else 1)
    return ParameterSpec(
        unit="dB",
        low=0.5,
        high=36,
        default=6,
        scale="log",
        transform=exponential(scale, inverse=sharpness),
        label="Knee",
        doc="width of the bend around the threshold",
    )


def _knee_parameter(shape: dsp.Knee, width: Tensor) -> Tensor:
    """Width in dB → what :func:`dsp.overshoot` calls knee."""
    width = dsp.decibel_to_log_energy(width)
    return SOFTPLUS_WIDTH / width if shape == "exponential" else width


def _time_spec(smoother: Smoother, sample_rate: float, what: str) -> ParameterSpec:
    if smoother == "iir":
        return ParameterSpec(
            unit="ms",
            low=0.1,
            high=500,
            default=20,
            scale="log",
            transform=OnePoleTime(sample_rate),
            label=f"{what} time",
            doc="time constant of the smoothing: 63 % of a step",
        )
    return ParameterSpec(
        unit="ms",
        low=(0.1, 5.0),
        high=(200.0, 2000.0),
        default=(5.0, 100.0),
        shape=(2,),
        scale="log",
        transform=OnePoleTime(sample_rate, pole=False),
        label=f"{what} time",
        labels=("Attack", "Release"),
        doc="time constants for rising and falling levels",
    )
