"""The sliders that compressors and gates share: thresholds, knees, times and what a detector has heard before."""

import math
from typing import Literal

from torch.distributions.transforms import AffineTransform

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_LOG_ENERGY
from grafx_lab.parameters import ParameterSpec
from grafx_lab.transforms import OnePoleTime, Scaling, exponential, logistic

THRESHOLD_OFFSET = 6.0
"""GRAFX lowers every threshold by this log energy (26 dB), so that a raw value of 0 compresses music."""

SOFTPLUS_WIDTH = 8 * math.log(2)
"""Width of the quadratic knee that bends the threshold as far as ln(1 + exp(x)) does."""

Smoother = Literal["iir", "ballistics", "release"] | None
"""One time for rising and falling, one for each, or one for falling alone, while whatever rises is followed at once."""


def threshold_spec(low: float, default: float, doc: str) -> ParameterSpec:
    """Raw log energy plus :data:`THRESHOLD_OFFSET` ↔ dB."""
    return ParameterSpec(
        unit="dB",
        low=low,
        high=0,
        default=default,
        transform=AffineTransform(-THRESHOLD_OFFSET * DECIBEL_PER_LOG_ENERGY, DECIBEL_PER_LOG_ENERGY),
        label="Threshold",
        doc=doc,
    )


def knee_spec(shape: dsp.Knee) -> ParameterSpec:
    """Raw natural logarithm of the width in log energy, or of an exponential knee's sharpness ↔ width in dB."""
    sharpness = shape == "exponential"
    scale = DECIBEL_PER_LOG_ENERGY * (SOFTPLUS_WIDTH if sharpness else 1)
    return ParameterSpec(
        unit="dB",
        low=0.1,
        high=36,
        default=6,
        scale="log",
        transform=exponential(scale, inverse=sharpness),
        label="Knee",
        doc="width of the bend around the threshold",
    )


def before_spec() -> ParameterSpec:
    """Raw log energy ↔ dB."""
    return ParameterSpec(
        unit="dB",
        low=-100,
        high=0,
        default=-100,
        transform=Scaling(DECIBEL_PER_LOG_ENERGY),
        label="Level before",
        doc="level that the detector stands at when the recording begins",
    )


def link_spec() -> ParameterSpec:
    """Raw logit ↔ percent."""
    return ParameterSpec(
        unit="%",
        low=0.1,
        high=99.9,
        default=99,
        transform=logistic(100.0),
        label="Link",
        doc="how far all channels share one gain",
    )


def time_spec(smoother: Smoother, sample_rate: float, what: str) -> ParameterSpec:
    """Raw logit of one pole, or of 1 − pole for attack and release ↔ milliseconds."""
    if smoother != "ballistics":
        return ParameterSpec(
            unit="ms",
            low=0.1,
            high=500,
            default=20,
            scale="log",
            transform=OnePoleTime(sample_rate),
            label=f"{what} time" if smoother == "iir" else f"{what} release",
            doc="time constant of the smoothing: 63 % of a step" + (" down" if smoother == "release" else ""),
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
