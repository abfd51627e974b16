"""Reverberators."""

import math
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Seed, Several
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.transforms import DECIBEL_PER_NEPER, DecayTime, logarithmic_gain

LOG_MAGNITUDE_SCALE = 8
"""Raw log magnitudes are divided by this before the exponential, as in GRAFX."""

ITERATIONS = 30
"""Of the search for a response: how it decays shows before all of it is known."""

ReverbChannels = Literal["mono", "stereo", "midside", "pseudo_midside"]


class STFTMaskedNoiseReverb(Processor):
    r"""Convolution with noise whose spectrum starts with one curve and decays with another.

    The mask :math:`\exp((H_0[k]-m\,\mathrm{softplus}(H_\Delta[k])+G[m])/8)` shapes the STFT of white noise; its
    inverse, scaled to energy one, is the impulse response. The overall level is therefore not a parameter. After
    J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020.

    Raw: ``init_log_magnitude`` and ``delta_log_magnitude`` (batch, 2, n_fft // 2 + 1), and with ``gain_envelope``
    ``gain_env_log_magnitude`` (batch, 2, 1 + ir_len // hop_length). Controls: dB, seconds until −60 dB, dB.

    Args:
        ir_len: length of the impulse response in samples.
        processor_channel: ``"pseudo_midside"`` makes the two curves a mid and a side response and convolves left and
            right; ``"midside"`` convolves mid and side; ``"stereo"`` and ``"mono"`` convolve left and right with a
            response each.
        n_fft: FFT length of the mask.
        hop_length: hop of the mask in samples.
        fixed_noise: always the noise of ``seed``. Otherwise new noise for each call and item, from the processor's
            attribute ``generator`` or PyTorch's own.
        gain_envelope: add a curve over time.
        seed: of the noise; 0 is GRAFX's.
    """

    family = "reverb"
    headline = ("delta_log_magnitude",)
    label = "Noise reverb"
    aliases = ("midside_filtered_noise_reverb",)
    wet_only = True
    channels_in = (1, 2)
    generator: torch.Generator | None = None
    noise: Tensor

    def __init__(
        self,
        ir_len: Count = 60000,
        processor_channel: ReverbChannels = "pseudo_midside",
        n_fft: Several = 384,
        hop_length: Count = 192,
        fixed_noise: bool = True,
        gain_envelope: bool = False,
        seed: Seed = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if hop_length > n_fft:
            raise ProcessorError(
                f"{type(self).__name__}: hop_length is {hop_length}, expected at most n_fft = {n_fft}."
            )
        if ir_len <= n_fft // 2:
            raise ProcessorError(
                f"{type(self).__name__}: ir_len is {ir_len}, expected more than n_fft / 2 = {n_fft // 2}."
            )
        self.ir_len = ir_len
        self.processor_channel = processor_channel
        self.n_fft = n_fft
        self.hop_length = hop_length
        self.fixed_noise = fixed_noise
        self.gain_envelope = gain_envelope
        self.seed = seed
        if fixed_noise:
            noise = dsp.stft(dsp.uniform_noise(seed, 2, ir_len), n_fft, hop_length)
            # In memory frame by frame, as the mask reads it.
            self.register_buffer("noise", noise[None].mT.contiguous().mT, persistent=False)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        bins, frames = 1 + self.n_fft // 2, 1 + self.ir_len // self.hop_length
        curve: dict[str, Any] = {"display": "curve", "labels": self._labels()}
        level = curve | {
            "unit": "dB",
            "low": -24,
            "high": 24,
            "default": 0,
            "transform": logarithmic_gain(DECIBEL_PER_NEPER / LOG_MAGNITUDE_SCALE),
        }
        specs = {
            "init_log_magnitude": ParameterSpec(
                shape=(2, bins), label="Level", doc="spectrum at the beginning", **level
            ),
            "delta_log_magnitude": ParameterSpec(
                unit="s",
                low=0.05,
                high=10,
                default=0.8,
                shape=(2, bins),
                transform=DecayTime(self.hop_length / self.sample_rate, 1 / LOG_MAGNITUDE_SCALE),
                scale="log",
                label="Decay",
                doc="time until each frequency is 60 dB quieter",
                **curve,
            ),
        }
        if self.gain_envelope:
            specs["gain_env_log_magnitude"] = ParameterSpec(
                shape=(2, frames), label="Envelope", doc="level over time", **level
            )
        return specs

    def channels_out(self, channels_in: int) -> int:
        return 2

    def impulse_response(
        self, init_log_magnitude: Tensor, delta_log_magnitude: Tensor, gain_env_log_magnitude: Tensor | None = None
    ) -> Tensor:
        """Controls in dB, seconds and dB → the response ``(batch, 2, ir_len)`` that the signal is convolved with."""
        frame_seconds = self.hop_length / self.sample_rate
        response = dsp.masked_noise(
            self._noise(init_log_magnitude),
            init_log_magnitude / DECIBEL_PER_NEPER,
            math.log(1000) * frame_seconds / delta_log_magnitude,
            self.n_fft,
            self.hop_length,
            self.ir_len,
            None if gain_env_log_magnitude is None else gain_env_log_magnitude / DECIBEL_PER_NEPER,
        )
        if self.processor_channel == "pseudo_midside":
            response = dsp.to_leftright(response)
        return dsp.normalize_energy(response)

    def get_signal(
        self,
        signal: Tensor,
        init_log_magnitude: Tensor,
        delta_log_magnitude: Tensor,
        gain_env_log_magnitude: Tensor | None = None,
    ) -> Tensor:
        """Reverberate ``(batch, 1 or 2, time)`` → ``(batch, 2, time)``."""
        response = self.impulse_response(init_log_magnitude, delta_log_magnitude, gain_env_log_magnitude)
        if self.processor_channel == "midside":
            return dsp.to_leftright(dsp.convolve(dsp.to_midside(signal), response))
        return dsp.convolve(signal, response)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """Spectrum and decays of the response by least squares."""
        response = wanted_response(input_signals[0], target, self.ir_len, self.processor_channel)
        level, seconds = dsp.decay_by_frequency(response, self.sample_rate, self.n_fft, self.hop_length)
        level = (level - level.max()).clamp(-60, 0) + 12  # the overall level is not a parameter
        decay = self.specs["delta_log_magnitude"].within(seconds)
        return self.raw_from_controls(init_log_magnitude=level, delta_log_magnitude=decay)

    def _noise(self, like: Tensor) -> Tensor:
        if self.fixed_noise:
            return self.noise.to(like.device, like.dtype.to_complex())
        noise = dsp.fresh_noise(like.shape[0], 2, self.ir_len, like, self.generator)
        return dsp.stft(noise, self.n_fft, self.hop_length)

    def _labels(self) -> tuple[str, str]:
        return ("Mid", "Side") if "midside" in self.processor_channel else ("Left", "Right")


def wanted_response(signal: Tensor, target: Tensor, length: int, processor_channel: str) -> Tensor:
    """The response by least squares, of left and right or mid and side, whichever a reverb's curves stand for.

    Args:
        signal: ``(1, 1 or 2, time)``.
        target: ``(1, 1 or 2, time)``.
        length: taps.
        processor_channel: see :class:`STFTMaskedNoiseReverb`.

    Returns:
        ``(2, length)``.
    """
    before, after = dsp.to_stereo(signal), dsp.to_stereo(target)
    if processor_channel == "midside":
        before, after = dsp.to_midside(before), dsp.to_midside(after)
    response = dsp.least_squares_response(before[0], after[0], length, ITERATIONS)
    return dsp.to_midside(response[None])[0] if processor_channel == "pseudo_midside" else response


MidSideFilteredNoiseReverb = STFTMaskedNoiseReverb
"""The name of this reverberator in GRAFX's documentation."""
