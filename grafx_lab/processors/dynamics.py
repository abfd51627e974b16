"""Compressors."""

from typing import Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.gain_computer import GainComputer, OneTimeConstant
from grafx_lab.processors.gain_specs import Smoother, threshold_spec
from grafx_lab.transforms import CompressionRatio


class Compressor(GainComputer):
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

    The arguments are those of :class:`~grafx_lab.processors.gain_computer.GainComputer`.
    """

    label = "Compressor"

    @property
    def curve_specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_threshold": threshold_spec(-50, -18, "level above which the gain falls"),
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

    def neutral_controls(self) -> dict[str, Any]:
        """A ratio so close to one that 10 dB over the threshold lose 0.1 dB."""
        return {"log_ratio": 1.01}

    def static_gain(
        self, level: Tensor, log_threshold: Tensor, log_ratio: Tensor, log_knee: Tensor | None = None
    ) -> Tensor:
        threshold = dsp.decibel_to_log_energy(log_threshold)
        return dsp.compressor_gain(level, threshold, log_ratio, self.knee, self._bend(log_knee))


class ApproxCompressor(OneTimeConstant, Compressor):
    """A compressor with one time constant for rising and falling levels and a quadratic knee.

    GRAFX's older form of :class:`Compressor` with ``energy_smoother="iir"``; raw parameters and controls are the same,
    only ``z_alpha_pre`` is called ``z_alpha``. Different from GRAFX 0.6.0: the recursion is exact by default.

    Args:
        iir_len: taps of the truncated smoother.
        smoother: ``"exact"`` recursion, or ``"fir"`` for GRAFX's truncated convolution.
    """

    label = "One-pole compressor"


class SidechainCompressor(Compressor):
    """A compressor that listens to a second signal: music ducks under a voice, a bass under a kick drum.

    The level of ``sidechain`` sets the gain of ``main``. Raw parameters, controls and arguments are those of
    :class:`Compressor`; by default the level has an attack and a release.
    """

    label = "Sidechain compressor"
    inlets = ("main", "sidechain")

    def __init__(self, energy_smoother: Smoother = "ballistics", **options: Any) -> None:
        super().__init__(energy_smoother, **options)
