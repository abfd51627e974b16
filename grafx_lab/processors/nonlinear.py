"""Memoryless distortions."""

from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import logarithmic_gain


class TanhDistortion(Processor):
    r"""Soft clipping, :math:`y[n]=g_\mathrm{post}\,(\tanh(g_\mathrm{pre}\,u[n]+b)-\tanh b)`.

    See C. Peladeau, G. Peeters, "Blind estimation of audio effects using an auto-encoder approach and differentiable
    digital signal processing", ICASSP 2024.

    Raw: ``log_pre_gain`` and ``log_post_gain`` (batch, 1), natural logarithms of the gains; ``bias`` (batch, 1).
    Controls: the gains in dB, the bias as it is.

    Args:
        pre_post_gain: use the gains; without them, the curve is a plain tanh.
        inverse_post_gain: undo the gain before the curve behind it, so that quiet signals keep their level.
        remove_dc: subtract the mean of the signal first.
        use_bias: shift the curve, which adds even harmonics.
    """

    family = "nonlinear"
    label = "Tanh distortion"

    def __init__(
        self,
        pre_post_gain: bool = True,
        inverse_post_gain: bool = True,
        remove_dc: bool = False,
        use_bias: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.pre_post_gain = pre_post_gain
        self.inverse_post_gain = inverse_post_gain
        self.remove_dc = remove_dc
        self.use_bias = use_bias

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        specs = {}
        if self.pre_post_gain:
            specs["log_pre_gain"] = ParameterSpec(
                unit="dB",
                low=-24,
                high=48,
                default=0,
                transform=logarithmic_gain(),
                label="Drive",
                doc="gain before the curve",
            )
            if not self.inverse_post_gain:
                specs["log_post_gain"] = ParameterSpec(
                    unit="dB",
                    low=-48,
                    high=24,
                    default=0,
                    transform=logarithmic_gain(),
                    label="Output",
                    doc="gain behind the curve",
                )
        if self.use_bias:
            specs["bias"] = ParameterSpec(
                unit="", low=-2, high=2, default=0, label="Bias", doc="shift of the curve: even harmonics"
            )
        return specs

    def neutral_controls(self) -> dict[str, Any]:
        """At −18 dB full scale reaches 0.13, where tanh is straight to 0.05 dB."""
        controls = {"log_pre_gain": -18.0, "log_post_gain": 18.0}
        return {name: value for name, value in controls.items() if name in self.specs}

    def get_signal(
        self,
        signal: Tensor,
        log_pre_gain: Tensor | None = None,
        log_post_gain: Tensor | None = None,
        bias: Tensor | None = None,
    ) -> Tensor:
        """Distort ``(batch, channel, time)`` with gains in dB and a bias, each ``(batch, 1)``."""
        if self.remove_dc:
            signal = signal - signal.mean(-1, keepdim=True)
        if log_pre_gain is not None:
            signal = signal * dsp.decibel_to_amplitude(log_pre_gain)[..., None]
        if bias is None:
            output = torch.tanh(signal)
        else:
            output = torch.tanh(signal + bias[..., None]) - torch.tanh(bias)[..., None]
        if log_pre_gain is not None and self.inverse_post_gain:
            log_post_gain = -log_pre_gain
        return output if log_post_gain is None else output * dsp.decibel_to_amplitude(log_post_gain)[..., None]
