"""DDSP's reverberators: the signal and its convolution with a response that is learnt or made of few numbers."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.distributions.transforms import ComposeTransform

from grafx_lab import dsp
from grafx_lab.dsp.spectrum import stft_magnitude
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Finite, Seed, Several, Whole
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import Scaling, exp_sigmoid_level, exponential, reciprocal

LEAST_DECAY = 2.0
"""Nepers that DDSP's decaying response loses over its length, however small its raw decay."""

N_FFT = 512
"""Samples of the frames in which a response is looked at."""

DECAY_BY_SIXTY = 60.0
"""Decibels that a reverberation loses in its decay time."""


class _DirectAndReverberated(Processor, register=False):
    """The signal and, after its first sample, its convolution with a response; ``add_dry=False`` leaves out the signal.

    Args:
        reverb_length: length of the impulse response in samples.
        add_dry: add the signal itself.
    """

    family = "reverb"

    def __init__(self, reverb_length: Several = 48000, add_dry: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.reverb_length = reverb_length
        self.add_dry = add_dry
        object.__setattr__(self, "wet_only", not add_dry)

    def _wanted_response(self, signal: Tensor, target: Tensor) -> Tensor:
        """What leads from a signal to what the target has more, ``(channel, reverb_length)``."""
        rest = target - signal if self.add_dry else target
        return dsp.least_squares_response(signal.expand_as(rest)[0], rest[0], self.reverb_length)

    def _reverberate(self, signal: Tensor, response: Tensor) -> Tensor:
        reverberation = dsp.reverberate(signal, response)
        return signal + reverberation if self.add_dry else reverberation


class TrainableReverb(_DirectAndReverberated):
    r"""Convolution with a response of which every sample is a parameter, added to the signal: DDSP's reverb.

    The first sample of the response is ignored, because it would be the signal itself. All channels share the response.
    After J. Engel et al., "DDSP: Differentiable digital signal processing", ICLR 2020.

    Raw and control: ``ir`` (batch, reverb_length).

    Args:
        reverb_length: length of the impulse response in samples.
        add_dry: add the signal itself.
    """

    label = "Trainable reverb"
    aliases = ("reverb",)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "ir": ParameterSpec(
                unit="",
                low=-1,
                high=1,
                default=0,
                shape=(self.reverb_length,),
                label="Response",
                doc="impulse response",
                display="hidden",
                taps=True,
            )
        }

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The response by regularised least squares, without its first sample."""
        response = self._wanted_response(input_signals[0], target).mean(0)
        return self.raw_from_controls(ir=torch.nn.functional.pad(response[1:], (1, 0)))

    def get_signal(self, signal: Tensor, ir: Tensor) -> Tensor:
        """Reverberate ``(batch, channel, time)`` with a response ``(batch, reverb_length)``."""
        return self._reverberate(signal, ir[:, None])


Reverb = TrainableReverb
"""The name of this reverberator in DDSP's documentation."""


class ExpDecayReverb(_DirectAndReverberated):
    r"""Convolution with noise that decays exponentially, added to the signal: DDSP's smallest reverb.

    The response is :math:`g\,e^{-(2+e^d)\,n/(N-1)}\,v[n]` with white noise v, raw decay d and length N, so that no
    decay is longer than :math:`3.45\,N` samples. The second channel has noise of its own. After J. Engel et al.,
    "DDSP: Differentiable digital signal processing", ICLR 2020; other than there, the noise is always that of ``seed``.

    Raw: ``gain`` (batch, 1), through DDSP's exponential sigmoid, and ``decay`` (batch, 1). Controls: dB of the first
    sample, seconds until −60 dB.

    Args:
        reverb_length: length of the impulse response in samples.
        add_dry: add the signal itself.
        seed: of the noise.
    """

    label = "Decay reverb"
    headline = ("decay", "gain")
    channels_in = (1, 2)
    noise: Tensor

    def __init__(self, reverb_length: Several = 48000, add_dry: bool = True, seed: Seed = 0, **options: Any) -> None:
        super().__init__(reverb_length, add_dry, **options)
        self.register_buffer("noise", dsp.uniform_noise(seed, 2, reverb_length), persistent=False)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        neper_seconds = math.log(1000) * (self.reverb_length - 1) / self.sample_rate
        longest = neper_seconds / LEAST_DECAY
        return {
            "gain": ParameterSpec(
                unit="dB",
                low=-90,
                high=6,
                default=-36,
                transform=exp_sigmoid_level(),
                label="Level",
                doc="level at the beginning of the reverberation",
            ),
            "decay": ParameterSpec(
                unit="s",
                low=longest / 100,
                high=0.98 * longest,
                default=longest / 4,
                transform=ComposeTransform([exponential(offset=LEAST_DECAY), reciprocal(), Scaling(neper_seconds)]),
                scale="log",
                label="Decay",
                doc="time until the reverberation is 60 dB quieter",
            ),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """Reverberation at the bottom of its slider."""
        return {"gain": -90.0}

    def impulse_response(self, gain: Tensor, decay: Tensor) -> Tensor:
        """Controls in dB and seconds → the response to left and right ``(batch, 2, reverb_length)``."""
        envelope = dsp.exponential_decay(dsp.decay_rate(decay, self.sample_rate), self.reverb_length)
        return dsp.decibel_to_amplitude(gain)[..., None] * envelope * self.noise.to(envelope)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The decay of the response by least squares, over all frequencies, and a level of the same energy."""
        response = self._wanted_response(input_signals[0], target)[:, 1:]
        _, seconds = dsp.decay_by_frequency(response, self.sample_rate, N_FFT, N_FFT // 2)
        decay = self.specs["decay"].within(seconds.median().reshape(1, 1))
        shape = self.impulse_response(torch.zeros(1, 1, dtype=decay.dtype), decay)
        level = 10 * torch.log10(response.square().sum(-1).mean() / shape.square().sum(-1).mean() + 1e-9)
        return self.raw_from_controls(gain=float(level.clamp(-90, 6)), decay=float(decay))

    def get_signal(self, signal: Tensor, gain: Tensor, decay: Tensor) -> Tensor:
        """Reverberate ``(batch, 1 or 2, time)`` with controls ``(batch, 1)``."""
        return self._reverberate(signal, self.impulse_response(gain, decay)[:, : signal.shape[1]])


class FilteredNoiseReverb(_DirectAndReverberated):
    r"""Convolution with noise whose spectrum changes over time, added to the signal: DDSP's reverb of filtered noise.

    The response is white noise through a filter given by its magnitudes in each of ``n_frames`` equal frames; see
    :func:`grafx_lab.dsp.frequency_filter`. The second channel has noise of its own. After J. Engel et al., "DDSP:
    Differentiable digital signal processing", ICLR 2020; other than there, the noise is always that of ``seed``.

    Raw: ``magnitudes`` (batch, n_frames, n_filter_banks), through DDSP's exponential sigmoid after ``initial_bias`` is
    added; a call may bring any number of frames. Control: dB.

    Args:
        reverb_length: length of the impulse response in samples.
        window_size: taps of the filters; see :func:`grafx_lab.dsp.frequency_impulse_response`.
        n_frames: frames of the response.
        n_filter_banks: frequencies from 0 Hz to half the sample rate.
        initial_bias: added to raw magnitudes, so that a network that returns zeros is quiet.
        add_dry: add the signal itself.
        seed: of the noise.
    """

    label = "Filtered noise reverb"
    channels_in = (1, 2)
    noise: Tensor

    def __init__(
        self,
        reverb_length: Several = 48000,
        window_size: Whole = 257,
        n_frames: Count = 1000,
        n_filter_banks: Several = 16,
        initial_bias: Finite = -3.0,
        add_dry: bool = True,
        seed: Seed = 0,
        **options: Any,
    ) -> None:
        super().__init__(reverb_length, add_dry, **options)
        self.window_size = window_size
        self.n_frames = n_frames
        self.n_filter_banks = n_filter_banks
        self.initial_bias = initial_bias
        self.register_buffer("noise", dsp.uniform_noise(seed, 2, reverb_length), persistent=False)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        decay = tuple((-36 - DECAY_BY_SIXTY * frame / self.n_frames,) for frame in range(self.n_frames))
        return {
            "magnitudes": ParameterSpec(
                unit="dB",
                low=-96,
                high=6,
                default=decay,
                shape=(self.n_frames, self.n_filter_banks),
                transform=exp_sigmoid_level(self.initial_bias),
                label="Level",
                doc="level of each frequency in each frame of the response",
                display="hidden",
                time_varying=True,
            )
        }

    def neutral_controls(self) -> dict[str, Any]:
        """Reverberation at the bottom of its range."""
        return {"magnitudes": -96.0}

    def impulse_response(self, magnitudes: Tensor) -> Tensor:
        """Magnitudes in dB ``(batch, frames, bins)`` → the response to left and right ``(batch, 2, reverb_length)``."""
        factors = dsp.decibel_to_amplitude(magnitudes)[:, None]
        return dsp.frequency_filter(self.noise.to(factors)[None], factors, self.window_size)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The levels of the response by least squares, in each frame and around each frequency."""
        response = self._wanted_response(input_signals[0], target)
        frame = max(2, self.reverb_length // self.n_frames)
        size = max(2 * frame, 2 * self.n_filter_banks)
        power = stft_magnitude(response[None], size, frame, size)[0].square().mean(0)
        levels = torch.nn.functional.adaptive_avg_pool2d(power[None], (self.n_frames, self.n_filter_banks))[0]
        noise = stft_magnitude(self.noise[None].to(response), size, frame, size)[0].square().mean()
        return self.raw_from_controls(magnitudes=(10 * torch.log10(levels / noise + 1e-10)).clamp(-96, 6))

    def get_signal(self, signal: Tensor, magnitudes: Tensor) -> Tensor:
        """Reverberate ``(batch, 1 or 2, time)`` with magnitudes in dB ``(batch, frames, bins)``."""
        return self._reverberate(signal, self.impulse_response(magnitudes)[:, : signal.shape[1]])
