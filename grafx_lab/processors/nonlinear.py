"""Memoryless distortions: tanh curves between two gains."""

from typing import Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.shaper import Shaper
from grafx_lab.processors.waveshaping_start import waveshaping_start
from grafx_lab.transforms import exponential, logarithmic_gain, logistic


def drive_spec() -> ParameterSpec:
    """Raw natural logarithm of the gain before a curve ↔ dB."""
    return ParameterSpec(
        unit="dB",
        low=-24,
        high=48,
        default=0,
        transform=logarithmic_gain(),
        label="Drive",
        doc="gain before the curve",
    )


def output_spec() -> ParameterSpec:
    """Raw natural logarithm of the gain behind a curve ↔ dB."""
    return ParameterSpec(
        unit="dB",
        low=-48,
        high=24,
        default=0,
        transform=logarithmic_gain(),
        label="Output",
        doc="gain behind the curve",
    )


class DrivenDistortion(Shaper, register=False):
    """A curve between a gain and, by default, its inverse.

    Args:
        pre_post_gain: use the gains; without them, the curve stands alone.
        inverse_post_gain: undo the gain before the curve behind it, so that quiet signals keep their level.
        remove_dc: subtract the mean of the signal first.
        block_dc: keep back the offset behind the curve by a high-pass filter.
    """

    def __init__(
        self, pre_post_gain: bool = True, inverse_post_gain: bool = True, remove_dc: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.pre_post_gain = pre_post_gain
        self.inverse_post_gain = inverse_post_gain
        self.remove_dc = remove_dc

    @property
    def shape_specs(self) -> dict[str, ParameterSpec]:
        if not self.pre_post_gain:
            return {}
        gains = {"log_pre_gain": drive_spec()}
        return gains | ({} if self.inverse_post_gain else {"log_post_gain": output_spec()})

    def neutral_controls(self) -> dict[str, Any]:
        """At −18 dB full scale reaches 0.13, where tanh is straight to 0.05 dB."""
        controls = {"log_pre_gain": -18.0, "log_post_gain": 18.0}
        return super().neutral_controls() | {name: value for name, value in controls.items() if name in self.specs}

    def shape_start(self, signal: Tensor, target: Tensor) -> dict[str, Any]:
        return waveshaping_start(self, signal, target)

    def _centred(self, signal: Tensor) -> Tensor:
        return signal - signal.mean(-1, keepdim=True) if self.remove_dc else signal


def gains_of(log_pre_gain: Tensor | None, log_post_gain: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
    """Factors before and behind the curve of gains in dB; behind it, what was given before is taken back by default."""
    if log_pre_gain is None:
        return None, None
    after = -log_pre_gain if log_post_gain is None else log_post_gain
    return dsp.decibel_to_amplitude(log_pre_gain), dsp.decibel_to_amplitude(after)


class TanhDistortion(DrivenDistortion):
    r"""Soft clipping, :math:`y[n]=g_\mathrm{post}\,(\tanh(g_\mathrm{pre}\,u[n]+b)-\tanh b)`.

    See C. Peladeau, G. Peeters, "Blind estimation of audio effects using an auto-encoder approach and differentiable
    digital signal processing", ICASSP 2024.

    Raw: ``log_pre_gain`` and ``log_post_gain`` (batch, 1), natural logarithms of the gains; ``bias`` (batch, 1).
    Controls: the gains in dB, the bias as it is.

    Args:
        pre_post_gain: use the gains; without them, the curve is a plain tanh.
        inverse_post_gain: undo the gain before the curve behind it, so that quiet signals keep their level.
        remove_dc: subtract the mean of the signal first.
        block_dc: keep back the offset behind the curve by a high-pass filter.
        use_bias: shift the curve, which adds even harmonics.
    """

    label = "Tanh distortion"

    def __init__(
        self,
        pre_post_gain: bool = True,
        inverse_post_gain: bool = True,
        remove_dc: bool = False,
        use_bias: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(pre_post_gain, inverse_post_gain, remove_dc, **options)
        self.use_bias = use_bias

    @property
    def shape_specs(self) -> dict[str, ParameterSpec]:
        if not self.use_bias:
            return super().shape_specs
        bias = ParameterSpec(unit="", low=-2, high=2, default=0, label="Bias", doc="shift of the curve: even harmonics")
        return super().shape_specs | {"bias": bias}

    def get_signal(
        self,
        signal: Tensor,
        log_pre_gain: Tensor | None = None,
        log_post_gain: Tensor | None = None,
        bias: Tensor | None = None,
        log_dc_cutoff: Tensor | None = None,
    ) -> Tensor:
        """Distort ``(batch, channel, time)`` with gains in dB, a bias and a cutoff in Hz, each ``(batch, 1)``."""
        shaped = dsp.saturate(self._centred(signal), *gains_of(log_pre_gain, log_post_gain), bias)
        return self.blocked(shaped, log_dc_cutoff)


class PiecewiseTanhDistortion(DrivenDistortion):
    r"""Soft clipping whose beginning and hardness are set apart for the two halves of the wave.

    A tanh between the thresholds :math:`-k_n` and :math:`k_p`, beyond them tanh curves of hardness h that begin at the
    tanh's height and with its slope: :math:`\tanh k_p+\frac{1-\tanh^2 k_p}{h_p}\tanh(h_p(u-k_p))` above.
    GRAFX 0.6.0 begins with the slope :math:`1-\tanh k`, which makes a kink; here the slope is continuous, as in
    F. Eichas, U. Zölzer, "Gray-box modeling of guitar amplifiers", JAES 2018, and in GRAFX's documentation.

    Raw: ``log_hardness`` (batch, 2), natural logarithms of :math:`(h_p,h_n)`; ``z_threshold`` (batch, 2), logits of
    :math:`(k_n,k_p)`, the other way round, as in GRAFX's code; gains as in :class:`TanhDistortion`. Controls: hardness
    as a factor, thresholds in percent of full scale behind the drive, gains in dB.

    Args:
        pre_post_gain: use the gains.
        inverse_post_gain: undo the gain before the curve behind it, so that quiet signals keep their level.
        remove_dc: subtract the mean of the signal first.
        block_dc: keep back the offset behind the curve by a high-pass filter.
    """

    label = "Piecewise tanh"
    headline = ("log_pre_gain",)

    @property
    def shape_specs(self) -> dict[str, ParameterSpec]:
        hardness = ParameterSpec(
            unit="",
            low=0.25,
            high=16,
            default=1,
            shape=(2,),
            scale="log",
            transform=exponential(),
            label="Hardness",
            labels=("Above", "Below"),
            doc="how soon the curve saturates beyond its threshold",
        )
        threshold = ParameterSpec(
            unit="%",
            low=2,
            high=98,
            default=50,
            shape=(2,),
            transform=logistic(100.0),
            label="Threshold",
            labels=("Below", "Above"),
            doc="where the outer part of the curve begins",
        )
        return {"log_hardness": hardness, "z_threshold": threshold} | super().shape_specs

    def get_signal(
        self,
        signal: Tensor,
        log_hardness: Tensor,
        z_threshold: Tensor,
        log_pre_gain: Tensor | None = None,
        log_post_gain: Tensor | None = None,
        log_dc_cutoff: Tensor | None = None,
    ) -> Tensor:
        """Distort ``(batch, channel, time)``; hardness and thresholds in percent ``(batch, 2)``, gains in dB."""
        gains = gains_of(log_pre_gain, log_post_gain)
        shaped = dsp.piecewise_tanh(self._centred(signal), z_threshold / 100, log_hardness.flip(-1), *gains)
        return self.blocked(shaped, log_dc_cutoff)
