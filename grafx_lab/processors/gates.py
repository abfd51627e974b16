"""Gates and expanders: what lies below a threshold becomes quieter still."""

from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.units import DECIBEL_PER_NEPER
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.gain_computer import GainComputer, OneTimeConstant
from grafx_lab.processors.gain_specs import Smoother, threshold_spec
from grafx_lab.transforms import exponential


class NoiseGate(GainComputer):
    r"""A feed-forward gate: below the threshold the output falls faster than the input.

    Detector, knees and smoothers are those of :class:`~grafx_lab.processors.dynamics.Compressor`; see there for the
    papers. GRAFX lowers a log *amplitude* by :math:`R-1=e^z` for each unit of log *energy* below the threshold, so the
    ratio of output to input decibels, which the control shows, is :math:`2R-1`. The detector ends at −50 dB: nothing
    falls further than from there. :class:`Expander` hears down to −100 dB and limits its reduction.

    Different from GRAFX 0.6.0: recursions are exact by default. Attack belongs to rising levels, so it opens the gate
    (GRAFX swaps the two, for the energy and for the gain). Smoothing starts from silence and from an open gate. A gain
    smoothed in the log domain keeps its sign (GRAFX's ``iir`` clips it to zero: the gate never closes).

    Raw, each (batch, 1) unless said otherwise: ``log_threshold``, log energy plus 6; ``log_ratio``, natural logarithm
    of GRAFX's R − 1; ``log_knee``, that of the knee's width in log energy (of its sharpness, for the exponential knee);
    ``z_alpha_pre`` and ``z_alpha_post``, (batch, 1) for ``"iir"``: logit of the pole, or (batch, 2) for
    ``"ballistics"``: logits of 1 − pole for attack and release. Controls: dB, ratio, dB, milliseconds.

    The arguments are those of :class:`~grafx_lab.processors.gain_computer.GainComputer`.
    """

    label = "Noise gate"
    attack_lowers_gain = False

    lowest_ratio: ClassVar[float] = 1.0
    """The ratio that no raw value falls below."""

    @property
    def curve_specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_threshold": threshold_spec(-50, -40, "level below which the gain falls"),
            "log_ratio": _ratio_spec(self.lowest_ratio, default=4),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """A threshold at the lower end of the detector: only the knee is left to act, and hardly."""
        return {"log_threshold": -50.0, "log_ratio": 1.01}

    def static_gain(
        self, level: Tensor, log_threshold: Tensor, log_ratio: Tensor, log_knee: Tensor | None = None
    ) -> Tensor:
        threshold = dsp.decibel_to_log_energy(log_threshold)
        return dsp.gate_gain(level, threshold, log_ratio, self.knee, self._bend(log_knee))


class ApproxNoiseGate(OneTimeConstant, NoiseGate):
    r"""A gate with one time constant for rising and falling levels and a quadratic knee.

    GRAFX's older form of :class:`NoiseGate`; ``z_alpha_pre`` is called ``z_alpha``, and ``log_ratio`` is the natural
    logarithm of R instead of R − 1. So R may lie below 1, where what is quiet becomes louder; the control, the ratio
    of decibels, is :math:`2R-1` here too.

    Different from GRAFX 0.6.0: the recursion is exact by default, and the knee's parabola has its true width (GRAFX
    divides by the width plus 0.001, so that the curve jumps by a thousandth at the lower end).

    Args:
        iir_len: taps of the truncated smoother, GRAFX's ``freq_sample_n``.
        smoother: ``"exact"`` recursion, or ``"fir"`` for GRAFX's truncated convolution.
        freq_sample_n: GRAFX's name for ``iir_len``.
    """

    label = "One-pole gate"
    lowest_ratio = -1.0

    def __init__(
        self,
        iir_len: Count = 16384,
        smoother: Literal["exact", "fir"] = "exact",
        freq_sample_n: Count | None = None,
        **options: Any,
    ) -> None:
        super().__init__(iir_len if freq_sample_n is None else freq_sample_n, smoother, **options)


class Expander(NoiseGate):
    r"""A downward expander: below the threshold the output falls faster than the input, down to a limit.

    The static curve falls with the ratio and stops when the gain has fallen by the range. The detector hears levels
    down to −100 dB. For the curve see D. Giannoulis et al., "Digital dynamic range compressor design", JAES 2012.

    Raw, beside those of :class:`NoiseGate`: ``log_range``, (batch, 1), natural logarithm of the largest reduction in
    nepers. Control: that reduction in dB.

    The arguments are those of :class:`~grafx_lab.processors.gain_computer.GainComputer`; by default the level has an
    attack and a release.
    """

    label = "Expander"
    headline = ("log_threshold", "log_range")
    energy_floor = 1e-10

    def __init__(self, energy_smoother: Smoother = "ballistics", **options: Any) -> None:
        super().__init__(energy_smoother, **options)

    @property
    def curve_specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_threshold": threshold_spec(-90, -45, "level below which the gain falls"),
            "log_ratio": _ratio_spec(self.lowest_ratio, default=2),
            "log_range": ParameterSpec(
                unit="dB",
                low=1,
                high=80,
                default=20,
                scale="log",
                transform=exponential(DECIBEL_PER_NEPER),
                label="Range",
                doc="the most by which the gain falls",
            ),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """A threshold near the end of the detector, and next to no ratio."""
        return {"log_threshold": -90.0, "log_ratio": 1.001}

    def static_gain(
        self,
        level: Tensor,
        log_threshold: Tensor,
        log_ratio: Tensor,
        log_range: Tensor,
        log_knee: Tensor | None = None,
    ) -> Tensor:
        log_gain = super().static_gain(level, log_threshold, log_ratio, log_knee)
        return torch.maximum(log_gain, -log_range / DECIBEL_PER_NEPER)


def _ratio_spec(lowest: float, default: float) -> ParameterSpec:
    """Raw natural logarithm of half of what the ratio exceeds ``lowest`` by ↔ ratio."""
    return ParameterSpec(
        unit=":1",
        low=1.001,
        high=20,
        default=default,
        scale="log",
        transform=exponential(2.0, offset=lowest),
        label="Ratio",
        doc="decibels of output for one of input below the threshold",
    )
