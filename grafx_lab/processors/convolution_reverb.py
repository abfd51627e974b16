"""Convolution with a response that is measured or learnt."""

from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Positive, Seed
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import Scaling, logarithmic_gain


class ConvolutionReverb(Processor):
    r"""Convolution with an impulse response, measured or learnt, and nothing of the dry signal.

    It begins as a decaying noise, from which a fit finds its way more easily than from silence. A measured response is
    a control like any other: ``raw_from_controls(ir=response)``.

    Raw: ``ir`` (batch, channels, ir_len), the response times the square root of its length, which makes a descent's
    step independent of the length; ``log_gain`` (batch, 1). Controls: the response, dB.

    Args:
        ir_len: length of the impulse response in samples.
        processor_channel: ``"mono"`` convolves all channels with one response, ``"stereo"`` left and right with one
            each, ``"midside"`` mid and side.
        start_decay: seconds until −60 dB of the noise that it begins as.
        seed: of that noise.
    """

    family = "reverb"
    label = "Convolution reverb"
    headline = ("log_gain",)
    wet_only = True
    channels_in = (1, 2)

    def __init__(
        self,
        ir_len: Count = 44100,
        processor_channel: Literal["mono", "stereo", "midside"] = "stereo",
        start_decay: Positive = 0.8,
        seed: Seed = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        channels = {"mono": 1, "stereo": 2, "midside": 2}
        self.ir_len = ir_len
        self.processor_channel = processor_channel
        rate = dsp.decay_rate(torch.tensor([start_decay], dtype=torch.float64), self.sample_rate)
        noise = dsp.uniform_noise(seed, channels[processor_channel], ir_len) * dsp.exponential_decay(rate, ir_len)
        self.start = tuple(map(tuple, dsp.normalize_energy(noise[None])[0].tolist()))

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_gain": ParameterSpec(
                unit="dB",
                low=-36,
                high=24,
                default=0,
                transform=logarithmic_gain(),
                label="Level",
                doc="level of the response",
            ),
            "ir": ParameterSpec(
                unit="",
                low=-1,
                high=1,
                default=self.start,
                shape=(len(self.start), self.ir_len),
                transform=Scaling(self.ir_len**-0.5),
                label="Response",
                doc="impulse response",
                display="hidden",
                taps=True,
            ),
        }

    def channels_out(self, channels_in: int) -> int:
        return channels_in if self.processor_channel == "mono" else 2

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The response by regularised least squares."""
        channels = len(self.start)
        before, after = (dsp.to_stereo(item) if channels == 2 else item for item in (input_signals[0], target))
        if self.processor_channel == "midside":
            before, after = dsp.to_midside(before), dsp.to_midside(after)
        response = dsp.least_squares_response(before[0], after[0], self.ir_len)
        return self.raw_from_controls(ir=response if channels == 2 else response.mean(0, keepdim=True))

    def get_signal(self, signal: Tensor, log_gain: Tensor, ir: Tensor) -> Tensor:
        """Convolve ``(batch, 1 or 2, time)`` with a response ``(batch, channels, ir_len)``; the level is in dB."""
        response = dsp.decibel_to_amplitude(log_gain)[..., None] * ir
        if self.processor_channel == "midside":
            return dsp.to_leftright(dsp.convolve(dsp.to_midside(signal), response))
        return dsp.convolve(signal, response)
