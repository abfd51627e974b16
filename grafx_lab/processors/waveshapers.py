"""Memoryless distortions whose curve is learned: polynomials and drawn curves."""

import math
from abc import abstractmethod
from typing import Any

from torch import Tensor
from torch.distributions.transforms import TanhTransform

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_NEPER
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Several
from grafx_lab.processors.nonlinear import drive_spec
from grafx_lab.processors.shaper import Shaper
from grafx_lab.processors.waveshaping_start import linear_start

NEUTRAL_WEIGHT = 0.99
"""Of the linear term; a tanh never reaches 1, and the drive makes up for the rest."""


class PolynomialDistortion(Shaper, register=False):
    """A weighted sum of polynomials of the driven signal.

    Args:
        max_order: number of terms, the constant one among them; the highest order is one less.
        pre_gain: use a gain before the curve.
        remove_dc: subtract the mean of the signal first.
        use_tanh: saturate every term.
        block_dc: keep back the offset behind the curve by a high-pass filter.
    """

    headline = ("log_pre_gain", "basis_weights")

    def __init__(
        self,
        max_order: Several = 10,
        pre_gain: bool = True,
        remove_dc: bool = False,
        use_tanh: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.max_order = max_order
        self.pre_gain = pre_gain
        self.remove_dc = remove_dc
        self.use_tanh = use_tanh

    @property
    def shape_specs(self) -> dict[str, ParameterSpec]:
        weights = ParameterSpec(
            unit="",
            low=-NEUTRAL_WEIGHT,
            high=NEUTRAL_WEIGHT,
            default=self._linear(),
            shape=(self.max_order,),
            transform=TanhTransform(),
            label="Weight",
            labels=("Offset", "Linear", *(f"Order {order}" for order in range(2, self.max_order))),
            doc="share of each term",
        )
        return {"basis_weights": weights} | ({"log_pre_gain": drive_spec()} if self.pre_gain else {})

    def neutral_controls(self) -> dict[str, Any]:
        """The linear term alone; without a drive 0.09 dB remain. Saturated terms let only quiet signals through."""
        drive = -DECIBEL_PER_NEPER * math.log(NEUTRAL_WEIGHT)
        shape = {"basis_weights": self._linear()} | ({"log_pre_gain": drive} if self.pre_gain else {})
        return shape | super().neutral_controls()

    def get_signal(
        self,
        signal: Tensor,
        basis_weights: Tensor,
        log_pre_gain: Tensor | None = None,
        log_dc_cutoff: Tensor | None = None,
    ) -> Tensor:
        """Distort ``(batch, channel, time)`` with weights ``(batch, max_order)``; drive in dB, cutoff in Hz."""
        if self.remove_dc:
            signal = signal - signal.mean(-1, keepdim=True)
        if log_pre_gain is not None:
            signal = dsp.apply_gain(signal, log_pre_gain)
        return self.blocked(self.series(signal, basis_weights), log_dc_cutoff)

    def shape_start(self, signal: Tensor, target: Tensor) -> dict[str, Any]:
        return linear_start(self, "basis_weights", signal, target)

    @abstractmethod
    def series(self, signal: Tensor, weights: Tensor) -> Tensor:
        """The weighted sum of the driven signal's polynomials."""

    def _linear(self) -> tuple[float, ...]:
        return tuple(NEUTRAL_WEIGHT if order == 1 else 0.0 for order in range(self.max_order))


class PowerDistortion(PolynomialDistortion):
    r"""A learned polynomial of each sample, :math:`y[n]=\sum_{k=0}^{K-1}w_k\,(g\,u[n])^k`.

    With ``use_tanh`` each power passes through a tanh before it is weighted. See C. Peladeau, G. Peeters, ICASSP 2024,
    and J. Colonel, M. Comunità, J. Reiss, "Reverse engineering memoryless distortion effects with differentiable
    waveshapers", AES Convention 2022. Samples far beyond full scale (61 dB with ten terms) are held there, so that
    values and gradients stay finite.

    Raw: ``basis_weights`` (batch, max_order), inverse tanh of the weights; ``log_pre_gain`` (batch, 1), natural
    logarithm of g. Controls: the weights, the gain in dB.

    Args:
        max_order: number of terms, the constant one among them; the highest order is one less.
        pre_gain: use a gain before the curve.
        remove_dc: subtract the mean of the signal first.
        use_tanh: saturate every term.
        block_dc: keep back the offset behind the curve by a high-pass filter.
    """

    label = "Power distortion"

    def series(self, signal: Tensor, weights: Tensor) -> Tensor:
        return dsp.power_series(signal, weights, self.use_tanh)


class ChebyshevDistortion(PolynomialDistortion):
    r"""Chosen harmonics of a full-scale tone, :math:`y[n]=\sum_{k=0}^{K-1}w_k\,T_k(g\,u[n])`.

    The Chebyshev polynomial :math:`T_k` turns a cosine of full scale into its k-th harmonic alone. GRAFX 0.6.0 writes
    into its own intermediate results, so that its gradients fail; these do not. Otherwise as
    :class:`PowerDistortion`, parameters and arguments too.
    """

    label = "Chebyshev distortion"

    def series(self, signal: Tensor, weights: Tensor) -> Tensor:
        return dsp.chebyshev_series(signal, weights, self.use_tanh)


class Waveshaper(Shaper):
    r"""A drawn transfer curve: each sample is replaced by the curve's height over it.

    Between its points the curve is cubic without kinks (Catmull-Rom), beyond full scale it goes straight on. Points on
    the diagonal give the signal itself.

    Raw and control: ``curve`` (batch, num_points), heights of the points, spread evenly over −1 … 1. With a drive
    also ``log_pre_gain`` (batch, 1), the natural logarithm of that gain; control: dB.

    Args:
        num_points: points of the curve; an odd number has one at silence.
        pre_gain: use a gain before the curve, so that its points lie as close as the signal needs them.
        block_dc: keep back the offset behind the curve by a high-pass filter.
    """

    label = "Waveshaper"

    def __init__(self, num_points: Several = 17, pre_gain: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.num_points = num_points
        self.pre_gain = pre_gain

    @property
    def shape_specs(self) -> dict[str, ParameterSpec]:
        last = self.num_points - 1
        curve = ParameterSpec(
            unit="",
            low=-1.5,
            high=1.5,
            default=tuple(2 * point / last - 1 for point in range(self.num_points)),
            shape=(self.num_points,),
            label="Curve",
            doc="output over input, from −1 to 1",
            display="curve",
        )
        return {"curve": curve} | ({"log_pre_gain": drive_spec()} if self.pre_gain else {})

    def get_signal(
        self,
        signal: Tensor,
        curve: Tensor,
        log_pre_gain: Tensor | None = None,
        log_dc_cutoff: Tensor | None = None,
    ) -> Tensor:
        """Shape ``(batch, channel, time)`` by heights ``(batch, num_points)``; drive in dB, cutoff in Hz."""
        if log_pre_gain is not None:
            signal = dsp.apply_gain(signal, log_pre_gain)
        return self.blocked(dsp.follow_curve(signal, curve), log_dc_cutoff)

    def shape_start(self, signal: Tensor, target: Tensor) -> dict[str, Any]:
        return linear_start(self, "curve", signal, target)
