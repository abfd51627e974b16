"""Processors of the stereo image."""

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
        return signal * dsp.decibel_to_amplitude(log_gain)[..., None]
