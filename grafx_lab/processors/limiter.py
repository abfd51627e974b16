"""The limiter."""

from typing import Annotated, Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_NEPER
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Bounds
from grafx_lab.processors.base import Processor
from grafx_lab.processors.gain_start import FRAME
from grafx_lab.transforms import OnePoleTime, logarithmic_gain

UNTOUCHED = 0.9
"""Of the frames, sorted by their gain, this one is taken to lie below the ceiling."""


class Limiter(Processor):
    """A look-ahead peak limiter: no sample of the output is louder than the ceiling.

    The gain begins to fall before a peak arrives, because the signal waits for it: the output is late by
    :attr:`latency`. All channels get the same gain. Between the samples, a converter's output may still exceed the
    ceiling by some tenths of a decibel. The construction is described in :mod:`grafx_lab.dsp.look_ahead`.

    Raw, each (batch, 1): ``log_pre_gain`` and ``log_ceiling``, natural logarithms of a gain and an amplitude;
    ``z_alpha``, logit of the release's pole. Controls: dB, dB, milliseconds.

    Args:
        look_ahead: milliseconds that the gain takes to fall; also the delay of the output.
    """

    family = "dynamics"
    label = "Limiter"
    headline = ("log_pre_gain", "log_ceiling")

    def __init__(self, look_ahead: Annotated[float, Bounds(0, 1000)] = 5.0, **options: Any) -> None:
        super().__init__(**options)
        self.look_ahead = look_ahead

    @property
    def latency(self) -> int:
        return round(self.look_ahead * self.sample_rate / 1000)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_pre_gain": ParameterSpec(
                unit="dB",
                low=-12,
                high=24,
                default=0,
                transform=logarithmic_gain(),
                label="Gain",
                doc="how hard the signal is driven against the ceiling",
            ),
            "log_ceiling": ParameterSpec(
                unit="dB",
                low=-24,
                high=0,
                default=-1,
                transform=logarithmic_gain(),
                label="Ceiling",
                doc="level that no sample exceeds",
            ),
            "z_alpha": ParameterSpec(
                unit="ms",
                low=1,
                high=1000,
                default=80,
                scale="log",
                transform=OnePoleTime(self.sample_rate),
                label="Release",
                doc="time constant with which the gain returns, in decibels",
            ),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """A ceiling at full scale, which no sample of a file exceeds."""
        return {"log_ceiling": 0.0}

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The ceiling is the target's peak; the gain that of the frames that stay below it."""
        hop = max(1, round(FRAME * self.sample_rate))
        gain, weight = dsp.frame_gain(input_signals[0][0], target[0], hop)
        free = gain[weight > 0].quantile(UNTOUCHED) if (weight > 0).any() else gain.new_zeros(())
        found = {"log_pre_gain": DECIBEL_PER_NEPER * free, "log_ceiling": dsp.amplitude_to_decibel(target.abs().max())}
        return self.raw_from_controls(**{name: float(self.specs[name].within(value)) for name, value in found.items()})

    def get_signal(self, signal: Tensor, log_pre_gain: Tensor, log_ceiling: Tensor, z_alpha: Tensor) -> Tensor:
        """Limit ``(batch, channel, time)``; controls in dB, dB and ms, each ``(batch, 1)``."""
        driven = signal * dsp.decibel_to_amplitude(log_pre_gain)[..., None]
        release = dsp.smoothing_rate(z_alpha, self.sample_rate)
        gain = dsp.limiter_gain(driven, dsp.decibel_to_amplitude(log_ceiling), release, self.latency)
        return dsp.shift(driven, self.latency) * gain[:, None]
