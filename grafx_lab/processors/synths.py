"""Synthesizers that read, filter or shape: wavetables, noise and the classic waveforms."""

from typing import Any

import torch
from torch import Tensor
from torch.distributions.transforms import AffineTransform, ComposeTransform, identity_transform

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Finite, Seed, Several, Whole
from grafx_lab.processors.synth import FramedSynth, ScaleFunction
from grafx_lab.transforms import logarithmic_gain


class Wavetable(FramedSynth):
    r"""A tone whose period is read from a table, :math:`y[n]=A[n]\,w(\phi[n])`.

    DDSP's wavetable synthesizer; see S. Shan et al., "Differentiable wavetable synthesis", ICASSP 2022. The table is
    not band-limited: bright tables at high pitches alias, as DDSP's do.

    Raw: ``amplitudes`` (batch, frames, 1) and ``wavetables`` (batch, frames, n_wavetable), before
    :func:`~grafx_lab.dsp.scaling.exp_sigmoid`; ``f0_hz`` (batch, frames, 1) in Hz. Controls: the amplitude, the table's
    samples, Hz.

    Args:
        n_wavetable: samples of one period.
        scale_fn: ``"exp_sigmoid"``, which keeps the table positive, as in DDSP; ``None`` where raw values are the
            controls, so that the table can have both signs.
        num_frames: frames of the parameters in a patch.
        n_samples: samples to generate where a call names no length.
    """

    label = "Wavetable synth"
    headline = ("f0_hz", "amplitudes")

    def __init__(self, n_wavetable: Count = 512, scale_fn: ScaleFunction = "exp_sigmoid", **options: Any) -> None:
        super().__init__(**options)
        self.n_wavetable = n_wavetable
        self.scaling = self._scaling(scale_fn)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        period = torch.arange(self.n_wavetable, dtype=torch.float64) / self.n_wavetable
        sine = torch.sin(2 * torch.pi * period)
        signed = self.scaling is identity_transform
        return {
            "amplitudes": self._amplitude_spec(transform=self.scaling),
            "wavetables": self._spec(
                self.n_wavetable,
                unit="",
                low=-1 if signed else 0.001,
                high=1,
                default=tuple((sine if signed else 0.5 + 0.45 * sine).tolist()),
                transform=self.scaling,
                label="Table",
                doc="one period of the waveform",
            ),
            "f0_hz": self._f0_spec(),
        }

    def get_signal(self, amplitudes: Tensor, wavetables: Tensor, f0_hz: Tensor, *, length: int | None = None) -> Tensor:
        """Amplitude and Hz ``(batch, frames, 1)``, tables ``(batch, frames, n_wavetable)`` → ``(batch, 1, length)``."""
        return dsp.wavetable_synthesis(f0_hz, amplitudes, wavetables, self._length(length), self.sample_rate)[:, None]


class FilteredNoise(FramedSynth):
    """White noise through a filter that changes with time.

    DDSP's noise synthesizer (J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020). The noise
    is always that of ``seed``, the same for each item of a batch; with the attribute ``generator`` set, each call and
    item gets its own.

    Raw: ``magnitudes`` (batch, frames, n_magnitudes), before a bias and :func:`~grafx_lab.dsp.scaling.exp_sigmoid`.
    Controls: factors from 0 Hz to half the sample rate.

    Args:
        n_magnitudes: bands of the filter.
        window_size: taps of the filter; more than the bands determine takes all of those.
        scale_fn: ``"exp_sigmoid"``, or ``None`` where raw magnitudes are the controls.
        initial_bias: added to raw magnitudes before ``scale_fn``, so that a network begins quietly.
        seed: of the noise.
        num_frames: frames of the parameters in a patch.
        n_samples: samples to generate where a call names no length.
    """

    label = "Filtered noise"
    generator: torch.Generator | None = None

    def __init__(
        self,
        n_magnitudes: Several = 65,
        window_size: Whole = 257,
        scale_fn: ScaleFunction = "exp_sigmoid",
        initial_bias: Finite = -5.0,
        seed: Seed = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.n_magnitudes = n_magnitudes
        self.window_size = window_size
        scaling = self._scaling(scale_fn)
        self.scaling = ComposeTransform([AffineTransform(initial_bias, 1.0), scaling]) if scale_fn else scaling
        self.seed = seed

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        facts = {"label": "Spectrum", "doc": "level of the noise from low to high frequencies"}
        return {"magnitudes": self._amplitude_spec(self.n_magnitudes, 0.1, transform=self.scaling, **facts)}

    def get_signal(self, magnitudes: Tensor, *, length: int | None = None) -> Tensor:
        """Factors ``(batch, frames, n_magnitudes)`` → ``(batch, 1, length)``."""
        noise = self._noise(magnitudes, self._length(length))
        return dsp.frequency_filter(noise, magnitudes[:, None], self.window_size)

    def _noise(self, like: Tensor, length: int) -> Tensor:
        if self.generator is not None:
            return dsp.fresh_noise(like.shape[0], 1, length, like, self.generator)
        return dsp.uniform_noise(self.seed, 1, length)[None].to(like)


class Oscillator(FramedSynth):
    r"""Sawtooth, square and triangle in any mix, without aliases.

    Each waveform is the sum of just those of its harmonics that lie below half the sample rate, so nothing is there to
    fold back: see :func:`~grafx_lab.dsp.waveforms.band_limited_waveforms`. All start at phase 0.

    Raw: ``f0_hz`` (batch, frames, 1) in Hz; ``log_gain`` (batch, frames, 3), natural logarithms of the three levels.
    Controls: Hz, and the levels in dB.

    Args:
        max_harmonics: no more than these; 1024 reach 22 kHz from 21.5 Hz on.
        num_frames: frames of the parameters in a patch.
        n_samples: samples to generate where a call names no length.
    """

    label = "Oscillator"
    headline = ("f0_hz", "log_gain")

    def __init__(self, max_harmonics: Count = 1024, **options: Any) -> None:
        super().__init__(**options)
        self.max_harmonics = max_harmonics

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "f0_hz": self._f0_spec(),
            "log_gain": self._spec(
                3,
                labels=("Sawtooth", "Square", "Triangle"),
                unit="dB",
                low=-60,
                high=0,
                default=-18,
                transform=logarithmic_gain(),
                label="Level",
                doc="peak level of each waveform",
            ),
        }

    def get_signal(self, f0_hz: Tensor, log_gain: Tensor, *, length: int | None = None) -> Tensor:
        """Hz ``(batch, frames, 1)`` and decibels ``(batch, frames, 3)`` → ``(batch, 1, length)``."""
        length = self._length(length)
        f0 = dsp.resample_envelope(f0_hz, length)
        phase = dsp.accumulate_phase(f0, self.sample_rate, exclusive=True)
        waves = dsp.band_limited_waveforms(phase[..., 0], f0[..., 0], self.sample_rate, self.max_harmonics)
        gains = dsp.resample_envelope(dsp.decibel_to_amplitude(log_gain), length, "window")
        return (gains.transpose(1, 2) * waves).sum(1, keepdim=True)
