"""Soft clipping beside the clean signal."""

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.nonlinear import DrivenDistortion, gains_of
from grafx_lab.transforms import Scaling


class Overdrive(DrivenDistortion):
    r"""Soft clipping by a cubic beside the clean signal, as in SoX and many pedals.

    :math:`y[n]=(1-c)\,g_\mathrm{post}\,(f(g_\mathrm{pre}\,u[n]+b)-f(b))+c\,u[n]` with :math:`f(v)=v-v^3/3`, which is
    flat beyond ±1. The curve is that of C. R. Sullivan, "Extending the Karplus-Strong algorithm to synthesize electric
    guitar timbres with distortion and feedback", Computer Music Journal 1990; see J. O. Smith, "Physical audio signal
    processing", 2010, section "Soft clipping". The filter against the offset leaves the clean signal alone. SoX has a
    drive of ``gain`` dB, a bias of ``colour / 200``, one half of the clean signal, three quarters of the curve of
    height 2/3, and a cutoff of 35 Hz at 44.1 kHz.

    Raw: ``log_pre_gain`` and ``log_post_gain`` (batch, 1), natural logarithms of the gains; ``bias`` (batch, 1);
    ``clean`` (batch, 1), the share c. Controls: the gains in dB, the bias as it is, the share in percent.

    Args:
        pre_post_gain: use the gains; without them, the curve is that of the signal itself.
        inverse_post_gain: undo the gain before the curve behind it, so that quiet signals keep their level.
        remove_dc: subtract the mean of the signal before the curve.
        block_dc: keep back the offset behind the curve by a high-pass filter.
    """

    label = "Overdrive"

    @property
    def shape_specs(self) -> dict[str, ParameterSpec]:
        return super().shape_specs | {
            "bias": ParameterSpec(
                unit="", low=-0.9, high=0.9, default=0, label="Bias", doc="shift of the curve: even harmonics"
            ),
            "clean": ParameterSpec(
                unit="%", low=0, high=100, default=0, transform=Scaling(100.0), label="Clean", doc="share of the input"
            ),
        }

    def get_signal(
        self,
        signal: Tensor,
        bias: Tensor,
        clean: Tensor,
        log_pre_gain: Tensor | None = None,
        log_post_gain: Tensor | None = None,
        log_dc_cutoff: Tensor | None = None,
    ) -> Tensor:
        """Distort ``(batch, channel, time)``; bias, percent, gains in dB and a cutoff in Hz, ``(batch, 1)`` each."""
        before, after = gains_of(log_pre_gain, log_post_gain)
        driven = self._centred(signal) if before is None else before[..., None] * self._centred(signal)
        shaped = dsp.clip_by_cubic(driven + bias[..., None]) - dsp.clip_by_cubic(bias)[..., None]
        shaped = self.blocked(shaped if after is None else after[..., None] * shaped, log_dc_cutoff)
        return dsp.crossfade(shaped, signal, clean / 100)
