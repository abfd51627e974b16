"""Delays whose times are learned or moved from outside."""

from typing import Any, Literal

import torch
from torch import Tensor
from torch.distributions.transforms import identity_transform

from grafx_lab import dsp
from grafx_lab.dsp.resample import resample_envelope
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, CountFromZero, NotNegative
from grafx_lab.processors.base import Processor
from grafx_lab.processors.sections import SIDES
from grafx_lab.processors.zero_phase_equalizers import curve_spec
from grafx_lab.transforms import ExpSigmoid, Scaling, logistic

GOLDEN_RATIO = 0.618033988749895

ITERATIONS = 30
"""Of the search for echoes: the peaks of a response stand out before all of it is known."""

FAINTEST = 1e-2
"""Magnitude relative to the strongest that least squares tell from none."""


class MultitapDelay(Processor):
    r"""Echoes at learned times, each with its own colour; the dry signal is not among them.

    Time is cut into segments with some taps each. A tap's place is a complex number: its angle is the time within the
    segment, its magnitude (through a tanh) the sharpness. Echoes are whole samples apart; with
    ``straight_through=True`` the gradient is that of a broad bump around each of them, which feels its surroundings,
    and with ``normalize_gradients=True`` only its direction counts. Both are surrogates: they lead to the right times,
    but are not the derivative. See B. Hayes, C. Saitis, G. Fazekas, "Sinusoidal frequency estimation by gradient
    descent", ICASSP 2023. The response has energy one, on average over its channels.

    Unlike in GRAFX 0.6.0, ``"midside"`` delays mid and side instead of left and right, segments of an odd length are
    not a sample short, and ``radii_reg`` in the aux dict is one number for each item instead of the batch's sum.

    Raw: ``delay_z`` (batch, taps, 2), real and imaginary parts of the places, channel by channel, segment by segment;
    ``log_fir_magnitude`` (batch, taps, zp_filter_bins), natural logarithms of each tap's magnitudes from 0 Hz to half
    the sample rate. Controls: the places as they are, the curves in dB. :meth:`delays` tells the times.

    Args:
        segment_len: samples of a segment.
        num_segments: segments, one behind the other.
        num_delay_per_segment: taps in each segment of each channel.
        processor_channel: ``"mono"`` uses the same taps for every channel, ``"stereo"`` others for each side,
            ``"midside"`` others for the mid and the side.
        zp_filter_per_tap: colour each tap with a zero-phase FIR.
        zp_filter_bins: frequencies of its curve.
        pre_delay: samples before the first segment.
        straight_through: echoes of one sample; otherwise the bumps themselves.
        radii_loss: hand out ``radii_reg``, which a fit adds to its loss to make the bumps sharp.
        normalize_gradients: give the gradient of each place the length 1.
    """

    family = "delay"
    label = "Multitap delay"
    wet_only = True

    def __init__(
        self,
        segment_len: Count = 3000,
        num_segments: Count = 20,
        num_delay_per_segment: Count = 1,
        processor_channel: Literal["mono", "stereo", "midside"] = "stereo",
        zp_filter_per_tap: bool = True,
        zp_filter_bins: Count = 20,
        pre_delay: CountFromZero = 0,
        straight_through: bool = True,
        radii_loss: bool = True,
        normalize_gradients: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.segment_len = segment_len
        self.num_segments = num_segments
        self.num_delay_per_segment = num_delay_per_segment
        self.processor_channel = processor_channel
        self.zp_filter_per_tap = zp_filter_per_tap
        self.zp_filter_bins = zp_filter_bins
        self.pre_delay = pre_delay
        self.straight_through = straight_through
        self.radii_loss = radii_loss
        self.normalize_gradients = normalize_gradients

    @property
    def surrogates(self) -> tuple[str, ...]:
        return ("delay_z",) if self.straight_through or self.normalize_gradients else ()

    @property
    def channels_in(self) -> tuple[int, ...] | None:
        return None if self.processor_channel == "mono" else (1, 2)

    def channels_out(self, channels_in: int) -> int:
        return channels_in if self.processor_channel == "mono" else 2

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        taps = len(SIDES[self.processor_channel]) * self.num_segments * self.num_delay_per_segment
        # Spread by the golden ratio, so that neither taps nor channels coincide.
        default = dsp.tap_places(self.segment_len * (GOLDEN_RATIO * torch.arange(taps) % 1), self.segment_len)
        specs = {
            "delay_z": ParameterSpec(
                unit="",
                low=-3,
                high=3,
                default=tuple(map(tuple, default.tolist())),
                shape=(taps, 2),
                label="Place",
                doc="time of each tap as an angle, its sharpness as a magnitude",
                display="hidden",
            )
        }
        if self.zp_filter_per_tap:
            labels = tuple(f"Tap {tap + 1}" for tap in range(taps))
            specs["log_fir_magnitude"] = curve_spec((taps, self.zp_filter_bins), labels)
        return specs

    def delays(self, delay_z: Tensor) -> Tensor:
        """When each tap sounds in ms, ``(batch, taps, 2)`` → ``(batch, channels, segments, taps per segment)``."""
        soft = dsp.soft_taps(delay_z, self.segment_len)
        inside = self._by_segment(soft.argmax(-1)[..., None])[..., 0]
        starts = self.pre_delay + self.segment_len * torch.arange(self.num_segments, device=inside.device)
        return 1000 / self.sample_rate * (inside + starts[:, None])

    def impulse_response(self, delay_z: Tensor, log_fir_magnitude: Tensor | None = None) -> Tensor:
        """Controls → the response without the pre-delay, ``(batch, channels, time)``, of energy one."""
        if self.normalize_gradients:
            delay_z = dsp.normalized_gradient(delay_z)
        soft = dsp.soft_taps(delay_z, self.segment_len)
        taps = (dsp.hard_taps(soft) if self.straight_through else soft).to(delay_z.dtype)
        if log_fir_magnitude is not None:
            taps = self._coloured(taps, dsp.decibel_to_amplitude(log_fir_magnitude))
        return dsp.normalize_energy(self._together(taps))

    def get_signal(self, signal: Tensor, delay_z: Tensor, log_fir_magnitude: Tensor | None = None) -> Any:
        """Echo ``(batch, channel, time)``; places ``(batch, taps, 2)``, curves in dB ``(batch, taps, bins)``."""
        response = self.impulse_response(delay_z, log_fir_magnitude)
        if self.processor_channel == "midside":
            wet = dsp.to_leftright(dsp.convolve(dsp.to_midside(signal), response))
        else:
            wet = dsp.convolve(signal, response)
        wet = dsp.shift(wet, self.pre_delay)
        return (wet, {"radii_reg": dsp.unsharpness(delay_z).sum(-1)}) if self.radii_loss else wet

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The highest peaks of the response by least squares in every segment, then their colours likewise."""
        sides = len(SIDES[self.processor_channel])
        before, after = (dsp.to_stereo(item) if sides == 2 else item for item in (input_signals[0], target))
        if self.processor_channel == "midside":
            before, after = dsp.to_midside(before), dsp.to_midside(after)
        before = dsp.shift(before, self.pre_delay).expand_as(after)[0]
        length = self.num_segments * self.segment_len
        response = dsp.least_squares_response(before, after[0], length, ITERATIONS)
        if sides == 1:
            response = response.mean(0, keepdim=True)
        segments = response.unflatten(-1, (self.num_segments, self.segment_len))
        if not self.zp_filter_per_tap:
            segments = segments.abs()
        heights, delays = (item.flatten() for item in segments.topk(self.num_delay_per_segment, -1))
        found = {"delay_z": dsp.tap_places(delays.double(), self.segment_len)}
        if self.zp_filter_per_tap:
            found["log_fir_magnitude"] = self._colours_between(before, after[0], delays, heights)
        return self.raw_from_controls(**found)

    def _colours_between(self, before: Tensor, after: Tensor, delays: Tensor, heights: Tensor) -> Tensor:
        """The curve in dB of every tap, ``(taps, bins)``, that leads from one signal ``(channel, time)`` to another."""
        taps = torch.nn.functional.one_hot(delays, self.segment_len)[None].double()
        even = heights.double()[None, :, None].expand(-1, -1, self.zp_filter_bins)
        magnitude = dsp.least_squares_weights(
            before, after, lambda weights: self._together(self._coloured(taps, weights))[0], even, ITERATIONS
        )[0]
        return dsp.amplitude_to_decibel(magnitude.clamp_min(0) / magnitude.max().clamp_min(1e-12), floor=FAINTEST)

    def _coloured(self, taps: Tensor, magnitude: Tensor) -> Tensor:
        """Impulses ``(batch, taps, time)`` through zero-phase filters of magnitudes ``(batch, taps, bins)``."""
        window = dsp.fir_window("hann", 2 * self.zp_filter_bins - 1)
        return dsp.convolve(taps, dsp.zero_phase_fir(magnitude, window), "zerophase")

    def _together(self, taps: Tensor) -> Tensor:
        """The response of all taps ``(batch, taps, time)``, ``(batch, channels, time)``."""
        return self._by_segment(taps).sum(-2).flatten(-2)

    def _by_segment(self, taps: Tensor) -> Tensor:
        """``(batch, taps, …)`` → ``(batch, channels, segments, taps per segment, …)``."""
        return taps.unflatten(1, (-1, self.num_segments, self.num_delay_per_segment))


class ModDelay(Processor):
    r"""A delay whose time and gain are given for every moment, such as for a vibrato, chorus or flanger of any shape.

    The delay lies between ``center_ms`` (phase 0) and ``center_ms + depth_ms`` (phase 1), linearly interpolated as in
    DDSP. DDSP reads its buffer in a circle, so that the last sample of the longest delay fades into the dry signal;
    here it does not.

    Raw, each (batch, frames, 1), any number of frames spread over the signal: ``gain``, through DDSP's
    ``exp_sigmoid``, and ``phase``, a logit. Controls: gain as a factor, phase in percent.

    Args:
        center_ms: the shortest delay in ms.
        depth_ms: how much longer it may become.
        add_dry: add the dry signal.
        gain_scale_fn, phase_scale_fn: ``None`` takes gain or phase as they are.
        num_frames: frames that a patch holds; one is a constant.
    """

    family = "delay"
    label = "Modulated delay"

    def __init__(
        self,
        center_ms: NotNegative = 15.0,
        depth_ms: NotNegative = 10.0,
        add_dry: bool = True,
        gain_scale_fn: Literal["exp_sigmoid"] | None = "exp_sigmoid",
        phase_scale_fn: Literal["sigmoid"] | None = "sigmoid",
        num_frames: Count = 1,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.center_ms = center_ms
        self.depth_ms = depth_ms
        self.add_dry = add_dry
        self.gain_scale_fn = gain_scale_fn
        self.phase_scale_fn = phase_scale_fn
        self.num_frames = num_frames
        object.__setattr__(self, "wet_only", not add_dry)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        rows = tuple(f"Frame {frame + 1}" for frame in range(self.num_frames)) if self.num_frames > 1 else ()
        common: dict[str, Any] = {"shape": (self.num_frames, 1), "labels": rows, "time_varying": True}
        return {
            "gain": ParameterSpec(
                unit="",
                low=0.001,
                high=1.9,
                default=0.5,
                transform=ExpSigmoid() if self.gain_scale_fn else identity_transform,
                label="Gain",
                doc="level of the echo",
                **common,
            ),
            "phase": ParameterSpec(
                unit="%",
                low=1,
                high=99,
                default=50,
                transform=logistic(100.0) if self.phase_scale_fn else Scaling(100.0),
                label="Phase",
                doc="place within the delay's range",
                **common,
            ),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """With an echo at −60 dB beside the dry signal."""
        return {"gain": 0.001}

    def get_signal(self, signal: Tensor, gain: Tensor, phase: Tensor) -> Tensor:
        """Delay ``(batch, channel, time)``; gain and phase in percent ``(batch, frames, 1)``."""
        length = signal.shape[-1]
        gain, phase = (resample_envelope(frames, length).transpose(1, 2) for frames in (gain, phase))
        milliseconds = self.center_ms + self.depth_ms * phase.double() / 100
        # A phase below 0, which only a network without scaling gives, must not look ahead.
        samples = (milliseconds * (self.sample_rate / 1000)).clamp(min=0)
        wet = gain * dsp.delay(signal, samples, "linear")
        return wet + signal if self.add_dry else wet
