"""Synthesizers that add sine oscillators up."""

from typing import Any, Literal

from torch import Tensor
from torch.distributions.transforms import identity_transform

from grafx_lab import dsp
from grafx_lab.dsp.pitch import LOWEST_PITCH
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Positive, check_rising
from grafx_lab.processors.synth import FramedSynth, ScaleFunction
from grafx_lab.transforms import logistic_between


class Harmonic(FramedSynth):
    r"""A tone of harmonics, :math:`y[n]=A[n]\sum_k c_k[n]\sin(k\phi[n])`, none of them above half the sample rate.

    DDSP's harmonic synthesizer (J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020), also
    named ``Additive``. The phase is summed up in double precision, so that long sounds stay in tune.

    Raw: ``amplitudes`` (batch, frames, 1) and ``harmonic_distribution`` (batch, frames, n_harmonics), before
    :func:`~grafx_lab.dsp.scaling.exp_sigmoid`; ``f0_hz`` (batch, frames, 1) in Hz. Controls: the amplitude, the weight
    of each harmonic, Hz. What ``get_controls`` returns as weights is derived: harmonics above half the sample rate
    removed, the others divided by their sum.

    Args:
        n_harmonics: harmonics of the distribution.
        scale_fn: ``"exp_sigmoid"``, or ``None`` where raw amplitudes are the controls.
        normalize_below_nyquist: leave harmonics that cannot sound out of the sum that the weights are divided by.
        amp_resample_method: how amplitudes get from frame to frame.
        num_frames: frames of the parameters in a patch.
        n_samples: samples to generate where a call names no length.
    """

    label = "Harmonic synth"
    aliases = ("additive",)
    headline = ("f0_hz", "amplitudes")

    def __init__(
        self,
        n_harmonics: Count = 64,
        scale_fn: ScaleFunction = "exp_sigmoid",
        normalize_below_nyquist: bool = True,
        amp_resample_method: dsp.Interpolation = "window",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.n_harmonics = n_harmonics
        self.scaling = self._scaling(scale_fn)
        self.normalize_below_nyquist = normalize_below_nyquist
        self.amp_resample_method: dsp.Interpolation = amp_resample_method

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        weights = {"label": "Harmonics", "doc": "weight of each harmonic beside the others"}
        falling = tuple(1 / number for number in range(1, self.n_harmonics + 1))
        return {
            "amplitudes": self._amplitude_spec(transform=self.scaling),
            "harmonic_distribution": self._amplitude_spec(self.n_harmonics, falling, transform=self.scaling, **weights),
            "f0_hz": self._f0_spec(),
        }

    def get_controls(self, **raw: Tensor) -> dict[str, Tensor]:
        """Raw parameters → controls; the weights of the harmonics that can sound sum to one."""
        controls = super().get_controls(**raw)
        f0 = controls["f0_hz"] if self.normalize_below_nyquist else None
        weights = dsp.normalize_harmonics(controls["harmonic_distribution"], f0, self.sample_rate)
        return controls | {"harmonic_distribution": weights}

    def get_signal(
        self, amplitudes: Tensor, harmonic_distribution: Tensor, f0_hz: Tensor, *, length: int | None = None
    ) -> Tensor:
        """Amplitude and Hz ``(batch, frames, 1)``, weights ``(batch, frames, harmonics)`` → ``(batch, 1, length)``."""
        return dsp.harmonic_synthesis(
            f0_hz,
            amplitudes,
            harmonic_distribution,
            self._length(length),
            self.sample_rate,
            method=self.amp_resample_method,
        )[:, None]


Additive = Harmonic
"""The name of this synthesizer in DDSP's documentation."""


class Sinusoidal(FramedSynth):
    r"""A sum of independent sines, :math:`y[n]=\sum_i a_i[n]\sin(\phi_i[n])`.

    DDSP's sinusoidal synthesizer (J. Engel et al., "Self-supervised pitch detection by inverse audio synthesis", ICML
    2020 workshop). Frequencies lie on a scale of pitch between bounds, where descent moves them better than in hertz.

    Raw: ``amplitudes`` (batch, frames, n_sinusoids), before :func:`~grafx_lab.dsp.scaling.exp_sigmoid`;
    ``frequencies`` of the same shape, before a sigmoid. Controls: amplitudes and Hz. The amplitudes that
    ``get_controls`` returns are derived: zero where the frequency is half the sample rate or more.

    Args:
        n_sinusoids: how many.
        amp_scale_fn: ``"exp_sigmoid"``, or ``None`` where raw amplitudes are the controls.
        amp_resample_method: how amplitudes get from frame to frame.
        freq_scale_fn: ``"frequencies_sigmoid"``, or ``None`` where raw frequencies are Hz.
        hz_min: lower bound of the sigmoid; MIDI note 0 by default, which is what DDSP's 0 Hz comes to.
        hz_max: upper bound; half the sample rate by default (DDSP's 8 kHz at its 16 kHz).
        num_frames: frames of the parameters in a patch.
        n_samples: samples to generate where a call names no length.
    """

    label = "Sinusoidal synth"
    headline = ("frequencies", "amplitudes")

    def __init__(
        self,
        n_sinusoids: Count = 8,
        amp_scale_fn: ScaleFunction = "exp_sigmoid",
        amp_resample_method: dsp.Interpolation = "window",
        freq_scale_fn: Literal["frequencies_sigmoid"] | None = "frequencies_sigmoid",
        hz_min: Positive = LOWEST_PITCH,
        hz_max: Positive | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        hz_max = self.sample_rate / 2 if hz_max is None else hz_max
        check_rising(self, hz_min=hz_min, hz_max=hz_max)
        mappings = {"frequencies_sigmoid": logistic_between(hz_min, hz_max), None: identity_transform}
        self.n_sinusoids = n_sinusoids
        self.scaling = self._scaling(amp_scale_fn)
        self.amp_resample_method: dsp.Interpolation = amp_resample_method
        self.mapping = mappings[freq_scale_fn]
        # What people choose: audible, and short of the bounds, which no raw value reaches.
        self.range = max(20.0, 1.01 * hz_min), 0.95 * hz_max

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        low, high = self.range
        numbers = range(1, self.n_sinusoids + 1)
        return {
            "amplitudes": self._amplitude_spec(
                self.n_sinusoids, tuple(0.25 / number for number in numbers), transform=self.scaling
            ),
            "frequencies": self._spec(
                self.n_sinusoids,
                unit="Hz",
                low=low,
                high=high,
                default=tuple(min(max(110.0 * number, low), high) for number in numbers),
                scale="log",
                transform=self.mapping,
                label="Frequency",
                doc="of each sine",
            ),
        }

    def get_controls(self, **raw: Tensor) -> dict[str, Tensor]:
        """Raw parameters → controls; sines that cannot sound have amplitude zero."""
        controls = super().get_controls(**raw)
        amplitudes, frequencies = dsp.common_frames(controls["amplitudes"], controls["frequencies"])
        audible = dsp.remove_above_nyquist(frequencies, amplitudes, self.sample_rate)
        return {"amplitudes": audible, "frequencies": frequencies}

    def get_signal(self, amplitudes: Tensor, frequencies: Tensor, *, length: int | None = None) -> Tensor:
        """Amplitudes and Hz, each ``(batch, frames, n_sinusoids)`` → ``(batch, 1, length)``."""
        length = self._length(length)
        return dsp.oscillator_bank(
            dsp.resample_envelope(frequencies, length),
            dsp.resample_envelope(amplitudes, length, self.amp_resample_method),
            self.sample_rate,
        )[:, None]
