"""A reverberator made of noise bands that decay each in its own time."""

from typing import Any, Literal

import torch
from torch import Tensor
from torch.distributions.transforms import AffineTransform, ComposeTransform, SigmoidTransform

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, Positive, Scale, Seed, check_rising
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.reverb import ReverbChannels, wanted_response
from grafx_lab.transforms import logarithmic_gain, logistic, reciprocal

STRETCHES = 5
"""Pseudo-random noise is cut from a stretch that is so many responses long."""

CHANNELS = {
    "mono": ("Mono",),
    "stereo": ("Left", "Right"),
    "midside": ("Mid", "Side"),
    "pseudo_midside": ("Mid", "Side"),
}


N_FFT = 1024
"""Samples of the frames in which a response is looked at."""


class FilteredNoiseShapingReverb(Processor):
    r"""Convolution with noise bands that start at a level each and decay in a time each.

    The response :math:`h[n]=\sum_k g_k\,(e^{-r_kn}-w_ke^{-f_kn})\,v_k[n]` sums bands :math:`v_k` of white noise; its
    energy is scaled to one, so the overall level is not a parameter. After C. Steinmetz, V. Ithapu, P. Calamia,
    "Filtered noise shaping for time domain room impulse response estimation from reverberant speech", WASPAA 2021.

    Raw: ``log_decay`` and ``log_gain`` (batch, channels, num_bands), and with ``use_fade_in`` ``log_fade_in`` and
    ``z_fade_in_gain`` of the same shape. Controls: seconds until −60 dB, dB, percent, percent. Other than in GRAFX
    0.6.0, where ``log_gain`` is the gain itself and the noise NumPy's next, gains are logarithmic and noise is seeded.

    Args:
        ir_len: length of the impulse response in samples.
        num_bands: number of noise bands.
        processor_channel: ``"mono"`` convolves all channels with one response, ``"stereo"`` left and right with one
            each, ``"midside"`` mid and side; ``"pseudo_midside"`` makes the two a mid and a side response and convolves
            left and right.
        f_min: where the scale of the bands begins in Hz.
        f_max: where it ends in Hz; half the sample rate at most.
        scale: how bands are spaced; a name in :data:`grafx_lab.dsp.SCALES`.
        zerophase: split the noise without shifting its phase.
        order: of the Butterworth filters that split it.
        noise_randomness: ``"fixed"`` always takes the noise of ``seed``. ``"pseudo-random"``, GRAFX's default, cuts
            another piece of a longer one for each call and item; ``"random"`` draws new noise. Both ask the
            processor's attribute ``generator``, or PyTorch's own.
        use_fade_in: let each band rise before it decays.
        min_decay_ms: shortest decay.
        max_decay_ms: longest decay.
        seed: of the noise.
    """

    family = "reverb"
    label = "Noise band reverb"
    headline = ("log_decay",)
    wet_only = True
    channels_in = (1, 2)
    generator: torch.Generator | None = None
    bands: Tensor

    def __init__(
        self,
        ir_len: Count = 60000,
        num_bands: Count = 12,
        processor_channel: ReverbChannels = "midside",
        f_min: Positive = 31.5,
        f_max: Positive = 15000,
        scale: Scale = "log",
        zerophase: bool = True,
        order: Count = 2,
        noise_randomness: Literal["fixed", "pseudo-random", "random"] = "fixed",
        use_fade_in: bool = False,
        min_decay_ms: Positive = 50,
        max_decay_ms: Positive = 2000,
        seed: Seed = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        check_rising(self, min_decay_ms=min_decay_ms, max_decay_ms=max_decay_ms)
        self._check_length(ir_len, order)
        self.ir_len = ir_len
        self.num_bands = num_bands
        self.processor_channel = processor_channel
        self.zerophase = zerophase
        self.order = order
        self.noise_randomness = noise_randomness
        self.use_fade_in = use_fade_in
        self.min_decay, self.max_decay = min_decay_ms / 1000, max_decay_ms / 1000
        highest = min(f_max, self.sample_rate / 2)
        check_rising(self, f_min=f_min, f_max=highest)
        frequencies = dsp.SCALES[scale].spread(f_min, highest, 2 * num_bands - 1)
        self.crossovers = frequencies[1::2].tolist()
        if noise_randomness != "random":
            length = ir_len * (STRETCHES if noise_randomness == "pseudo-random" else 1)
            noise = dsp.uniform_noise(seed, len(CHANNELS[processor_channel]), length)
            self.register_buffer("bands", self._split(noise)[None], persistent=False)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        labels = CHANNELS[self.processor_channel]
        curve: dict[str, Any] = {"shape": (len(labels), self.num_bands), "labels": labels, "display": "curve"}
        share = curve | {"unit": "%", "low": 0.1, "high": 99.9, "default": 50, "transform": logistic(100.0)}
        slowest, fastest = 1 / self.max_decay, 1 / self.min_decay
        rate = ComposeTransform([SigmoidTransform(), AffineTransform(fastest, slowest - fastest)])
        specs = {
            "log_decay": ParameterSpec(
                unit="s",
                low=1.05 * self.min_decay,
                high=0.95 * self.max_decay,
                default=0.6 * self.min_decay + 0.4 * self.max_decay,
                transform=ComposeTransform([rate, reciprocal()]),
                scale="log",
                label="Decay",
                doc="time until each band is 60 dB quieter",
                **curve,
            ),
            "log_gain": ParameterSpec(
                unit="dB",
                low=-36,
                high=24,
                default=0,
                transform=logarithmic_gain(),
                label="Level",
                doc="level of each band at the beginning",
                **curve,
            ),
        }
        if self.use_fade_in:
            specs["log_fade_in"] = ParameterSpec(
                label="Fade-in", doc="from the shortest decay to the band's own: how long it rises", **share
            )
            specs["z_fade_in_gain"] = ParameterSpec(
                label="Fade-in depth", doc="how much of the beginning is faded in", **share
            )
        return specs

    def channels_out(self, channels_in: int) -> int:
        return channels_in if self.processor_channel == "mono" else 2

    def impulse_response(
        self,
        log_decay: Tensor,
        log_gain: Tensor,
        log_fade_in: Tensor | None = None,
        z_fade_in_gain: Tensor | None = None,
    ) -> Tensor:
        """Controls in seconds, dB, percent and percent → the response ``(batch, channels, ir_len)``."""
        rate = dsp.decay_rate(log_decay, self.sample_rate)
        envelopes = dsp.exponential_decay(rate, self.ir_len)
        if log_fade_in is not None and z_fade_in_gain is not None:
            fastest = dsp.decay_rate(torch.full_like(rate, self.min_decay), self.sample_rate)
            fade = dsp.exponential_decay(torch.lerp(fastest, rate, log_fade_in / 100), self.ir_len)
            envelopes = envelopes - z_fade_in_gain[..., None] / 100 * fade
        response = dsp.shaped_noise(self._noise(log_decay), envelopes, dsp.decibel_to_amplitude(log_gain))
        if self.processor_channel == "pseudo_midside":
            response = dsp.to_leftright(response)
        return dsp.normalize_energy(response)

    def get_signal(
        self,
        signal: Tensor,
        log_decay: Tensor,
        log_gain: Tensor,
        log_fade_in: Tensor | None = None,
        z_fade_in_gain: Tensor | None = None,
    ) -> Tensor:
        """Reverberate ``(batch, 1 or 2, time)``; all but ``"mono"`` return two channels."""
        response = self.impulse_response(log_decay, log_gain, log_fade_in, z_fade_in_gain)
        if self.processor_channel == "midside":
            return dsp.to_leftright(dsp.convolve(dsp.to_midside(signal), response))
        return dsp.convolve(signal, response)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """Levels and decays of the response by least squares, around the middle of each band."""
        response = wanted_response(input_signals[0], target, self.ir_len, self.processor_channel)
        level, seconds = dsp.decay_by_frequency(response, self.sample_rate, N_FFT, N_FFT // 2)
        edges = torch.tensor([self.crossovers[0] / 2, *self.crossovers, 2 * self.crossovers[-1]])
        middle = (edges[1:] * edges[:-1]).sqrt() if self.num_bands > 1 else edges[:1]
        bins = (middle * N_FFT / self.sample_rate).round().long().clamp(0, N_FFT // 2)
        rows = len(CHANNELS[self.processor_channel])
        gain, decay = ((level - level.max())[:rows, bins], seconds[:rows, bins])
        ends = 1.05 * self.min_decay, 0.95 * self.max_decay
        return self.raw_from_controls(log_gain=gain.clamp(-36, 0), log_decay=decay.clamp(*ends))

    def _noise(self, like: Tensor) -> Tensor:
        """The noise bands of this call, ``(batch or 1, channels, num_bands, ir_len)``."""
        if self.noise_randomness == "random":
            bands = self._split(dsp.fresh_noise(like.shape[0], like.shape[1], self.ir_len, like, self.generator))
        elif self.noise_randomness == "pseudo-random":
            starts = torch.randint(0, (STRETCHES - 1) * self.ir_len, (like.shape[0],), generator=self.generator)
            bands = torch.cat([self.bands[..., start : start + self.ir_len] for start in starts.tolist()])
        else:
            bands = self.bands
        return bands.to(like)

    def _split(self, noise: Tensor) -> Tensor:
        return dsp.noise_bands(noise, self.crossovers, self.sample_rate, self.order, zerophase=self.zerophase)

    def _check_length(self, ir_len: int, order: int) -> None:
        # Zero-phase filters mirror a few samples at either end.
        least = 3 * (order + 2)
        if ir_len < least:
            raise ProcessorError(
                f"{type(self).__name__}: ir_len is {ir_len}, expected {least} or more with order={order}."
            )
