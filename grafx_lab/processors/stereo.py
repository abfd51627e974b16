"""Processors of the stereo image."""

import math
from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import logarithmic_gain


class StereoGain(Processor):
    r"""A gain for each of the two channels, :math:`y_c[n]=e^{g_c}u_c[n]`. Mono comes out as stereo.

    Raw: ``log_gain`` (batch, 2), natural logarithms of the gains. Control: the same in dB.
    """

    family = "stereo"
    sets_level = True
    label = "Stereo gain"
    channels_in = (1, 2)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_gain": ParameterSpec(
                unit="dB",
                low=-48,
                high=24,
                default=0,
                shape=(2,),
                transform=logarithmic_gain(),
                label="Gain",
                labels=("Left", "Right"),
                doc="level of each channel",
            ),
        }

    def channels_out(self, channels_in: int) -> int:
        return 2

    def get_signal(self, signal: Tensor, log_gain: Tensor) -> Tensor:
        """Multiply ``(batch, 1 or 2, time)`` with gains in dB ``(batch, 2)``; returns ``(batch, 2, time)``."""
        return dsp.apply_gain(signal, log_gain)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The ratio of the levels of each channel."""
        decibel = 10 * torch.log10(_energy(target, 2) / _energy(input_signals[0], 2))
        return self.raw_from_controls(log_gain=self.specs["log_gain"].within(decibel))


class SideGainImager(Processor):
    r"""Width of the stereo image: a gain for the side, what left and right do not share.

    Mono, which has no side, comes out as stereo with both channels alike.

    Raw: ``log_gain`` (batch, 1), natural logarithm of the side's gain. Control: the same in dB.
    """

    family = "stereo"
    label = "Side gain imager"
    channels_in = (1, 2)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_gain": ParameterSpec(
                unit="dB",
                low=-48,
                high=18,
                default=0,
                transform=logarithmic_gain(),
                label="Width",
                doc="level of the side; the mid stays",
            ),
        }

    def channels_out(self, channels_in: int) -> int:
        return 2

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The ratio of the levels of the side, against that of the mid."""
        both = (dsp.to_midside(dsp.to_stereo(item)) for item in (input_signals[0], target))
        before, after = (_energy(item, 2) for item in both)
        ratio = after / before
        return self.raw_from_controls(log_gain=self.specs["log_gain"].within(10 * torch.log10(ratio[1:] / ratio[:1])))

    def get_signal(self, signal: Tensor, log_gain: Tensor) -> Tensor:
        """Widen ``(batch, 1 or 2, time)`` with a gain in dB ``(batch, 1)``; returns ``(batch, 2, time)``."""
        return dsp.widen(signal, dsp.decibel_to_amplitude(log_gain))


class MonoToStereo(Processor):
    """One channel becomes two alike."""

    family = "stereo"
    label = "Mono to stereo"
    channels_in = (1,)

    def channels_out(self, channels_in: int) -> int:
        return 2

    def get_signal(self, signal: Tensor) -> Tensor:
        """``(batch, 1, time)`` → ``(batch, 2, time)``."""
        return dsp.to_stereo(signal)


class StereoToMidSide(Processor):
    """Left and right leave as mid and side, on an outlet each; mono has a silent side.

    Args:
        normalize: divide the sum and the difference by √2, so that they hold the energy of left and right.
    """

    outlets = ("mid", "side")
    family = "routing"
    label = "Stereo to mid/side"
    channels_in = (1, 2)

    def __init__(self, normalize: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.normalize = normalize

    def channels_out(self, channels_in: int) -> int:
        return 1

    def get_signal(self, signal: Tensor) -> tuple[Tensor, Tensor]:
        """``(batch, 1 or 2, time)`` → mid and side, ``(batch, 1, time)`` each."""
        return dsp.split_midside(signal, scale=math.sqrt(0.5) if self.normalize else 1.0)


class MidSideToStereo(Processor):
    """Mid and side, on an inlet each, leave as left and right: undoes ``StereoToMidSide``.

    Args:
        normalize: as in ``StereoToMidSide``; without it, sum and difference are halved.
    """

    inlets = ("mid", "side")
    family = "routing"
    label = "Mid/side to stereo"
    channels_in = (1,)

    def __init__(self, normalize: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.normalize = normalize

    def channels_out(self, channels_in: int) -> int:
        return 2

    def get_signal(self, mid: Tensor, side: Tensor) -> Tensor:
        """Mid and side, ``(batch, 1, time)`` each, → ``(batch, 2, time)``."""
        return dsp.join_midside(mid, side, scale=math.sqrt(0.5) if self.normalize else 0.5)


def _energy(signal: Tensor, channels: int) -> Tensor:
    """Mean energy of each channel of the first item, ``(channels,)``, float64, never zero."""
    return signal[0].double().square().mean(-1).expand(channels) + 1e-12
