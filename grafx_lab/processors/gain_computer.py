"""What compressors and gates share: a level is detected, a static curve turns it into a gain, both may be smoothed."""

from abc import abstractmethod
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.dsp.dynamics import ENERGY_FLOOR
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.processors.gain_specs import SOFTPLUS_WIDTH, Smoother, before_spec, knee_spec, link_spec, time_spec
from grafx_lab.processors.gain_start import gain_start

SMALLEST_ENERGY = 1e-12
"""Added to an energy before its root, so that silence has a gradient."""


class GainComputer(Processor, register=False):
    """A level detector, a static curve and optional smoothing of the gain.

    The mean energy over the channels of the last inlet, smoothed, sets one gain for all channels of the first; its
    root can be smoothed instead or as well. A subclass brings the curve: :meth:`static_gain` and its specs,
    :attr:`curve_specs`.

    Args:
        energy_smoother: ``"iir"``, ``"ballistics"``, ``"release"`` or ``None``.
        gain_smoother: the same; of a gain, a release begins where the level falls.
        gain_smooth_in_log: smooth the logarithm of the gain.
        knee: ``"hard"``, ``"quadratic"`` or ``"exponential"``.
        iir_len: taps of the truncated smoother.
        smoother: ``"exact"`` recursion, or ``"fir"`` for GRAFX's truncated convolution (which also starts the linear
            gain from zero).
        running: the detector has heard something before the recording begins, as in a piece cut out of a mix: the
            level that it then stands at is a further parameter, ``log_before`` (batch, 1), a log energy. Control: dB.
        linked: how far the channels share one gain is a further parameter, ``link`` (batch, 1), a logit. Control:
            percent; at 0 each channel follows its own level. By default they share it wholly.
        link_by: what they share: ``"mean"``, the mean of their energies, or ``"max"``, the loudest one's amplitude at
            each moment, as SoX's compand and most stereo compressors do. Only with ``linked``.
        amplitude_smoother: the same choice as ``energy_smoother``, for the amplitude, the root of the energy as that
            one leaves it: alone a peak detector, behind ``"release"`` a decoupled one (Giannoulis et al., "Digital
            dynamic range compressor design", JAES 2012). Raw: ``z_alpha_amplitude``, as ``z_alpha_pre``.
    """

    family = "dynamics"
    headline = ("log_threshold", "log_ratio")

    attack_lowers_gain: ClassVar[bool] = True
    """Whether the gain falls when the level rises, as a compressor's does; a gate opens."""

    level_time: ClassVar[str] = "z_alpha_pre"
    """Name of the parameter that smooths the level."""

    energy_floor: ClassVar[float] = ENERGY_FLOOR
    """What the detector adds to every energy: no level is lower."""

    def __init__(
        self,
        energy_smoother: Smoother = "iir",
        gain_smoother: Smoother = None,
        gain_smooth_in_log: bool = False,
        knee: dsp.Knee = "quadratic",
        iir_len: Count = 16384,
        smoother: Literal["exact", "fir"] = "exact",
        running: bool = False,
        linked: bool = False,
        link_by: Literal["mean", "max"] = "mean",
        amplitude_smoother: Smoother = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if running and energy_smoother is None and amplitude_smoother is None:
            raise ProcessorError(
                f"{type(self).__name__}: running is True, but without energy_smoother and amplitude_smoother nothing "
                "lasts. Name one of them."
            )
        if link_by != "mean" and not linked:
            raise ProcessorError(f"{type(self).__name__}: link_by is {link_by!r} without linked=True, which it is for.")
        self.energy_smoother: Smoother = energy_smoother
        self.gain_smoother: Smoother = gain_smoother
        self.gain_smooth_in_log = gain_smooth_in_log
        self.knee: dsp.Knee = knee
        self.iir_len = iir_len
        self.smoother = smoother
        self.running = running
        self.linked = linked
        self.link_by = link_by
        self.amplitude_smoother: Smoother = amplitude_smoother

    @property
    @abstractmethod
    def curve_specs(self) -> dict[str, ParameterSpec]:
        """The specs of what :meth:`static_gain` takes, without the knee's."""

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        specs = dict(self.curve_specs)
        if self.knee != "hard":
            specs["log_knee"] = knee_spec(self.knee)
        if self.energy_smoother is not None:
            specs[self.level_time] = time_spec(self.energy_smoother, self.sample_rate, "Level")
        if self.amplitude_smoother is not None:
            specs["z_alpha_amplitude"] = time_spec(self.amplitude_smoother, self.sample_rate, "Amplitude")
        if self.gain_smoother is not None:
            specs["z_alpha_post"] = time_spec(self.gain_smoother, self.sample_rate, "Gain")
        if self.running:
            specs["log_before"] = before_spec()
        if self.linked:
            specs["link"] = link_spec()
        return specs

    def get_signal(self, *signals: Tensor, link: Tensor | None = None, **controls: Tensor) -> Tensor:
        """The first signal ``(batch, channel, time)`` times the gain that the last one sets; controls by spec."""
        signal, listened = signals[0], signals[-1]
        if link is None:
            return dsp.amplify(signal, self.gain(listened, **controls))
        batch, channels = max(map(len, (signal, listened, link, *controls.values()))), listened.shape[1]
        heard = self.apart(listened.expand(batch, -1, -1), link)
        each = {name: control.expand(batch, -1).repeat_interleave(channels, 0) for name, control in controls.items()}
        gain = self.gain(heard, **each).unflatten(0, (batch, channels))
        # A sidechain with other channels than the signal has one gain for all of it.
        return signal * (gain if channels == signal.shape[1] else gain.mean(1, keepdim=True))

    def apart(self, signal: Tensor, link: Tensor) -> Tensor:
        """What the detector of each channel hears of ``(batch, channel, time)``, batches times channels on axis 0.

        As far as channels are linked (percent), that is what they share, for the rest the channel itself.
        """
        channels, share = signal.shape[1], (link[..., None] / 100).to(signal.dtype)
        if self.link_by == "max":
            amplitude = signal.abs()
            return torch.lerp(amplitude, amplitude.amax(1, keepdim=True), share).flatten(0, 1)[:, None]
        own = channels * torch.eye(channels, dtype=share.dtype, device=share.device)
        weight = torch.lerp(own.expand(len(link), -1, -1), torch.ones_like(own), share)
        return (signal[:, None] * weight.sqrt()[..., None]).flatten(0, 1)

    def gain(
        self,
        signal: Tensor,
        z_alpha_pre: Tensor | None = None,
        z_alpha_post: Tensor | None = None,
        log_before: Tensor | None = None,
        z_alpha_amplitude: Tensor | None = None,
        **curve: Tensor,
    ) -> Tensor:
        """The factor ``(batch, time)`` that a signal ``(batch, channel, time)`` sets.

        Args:
            signal: what is listened to.
            z_alpha_pre: times of the level's smoother in ms, ``(batch, 1)`` or ``(batch, 2)``.
            z_alpha_post: times of the gain's smoother, of the same shapes.
            log_before: level before the beginning in dB, ``(batch, 1)``; silence by default.
            z_alpha_amplitude: times of the amplitude's smoother in ms, ``(batch, 1)`` or ``(batch, 2)``.
            curve: the controls of :meth:`static_gain`, ``(batch, 1)`` each.
        """
        log_gain = self.static_gain(self.level(signal, z_alpha_pre, log_before, z_alpha_amplitude), **curve)
        if z_alpha_post is None:
            return torch.exp(log_gain)
        if self.gain_smooth_in_log:
            return torch.exp(self._smooth(log_gain, z_alpha_post, self.gain_smoother, 0.0, self.attack_lowers_gain))
        gain = torch.exp(log_gain)
        # Rounding inside the FFT could turn a tiny gain negative.
        return self._smooth(gain, z_alpha_post, self.gain_smoother, 1.0, self.attack_lowers_gain).clamp_min(0)

    def level(
        self,
        signal: Tensor,
        time: Tensor | None,
        before: Tensor | None = None,
        amplitude_time: Tensor | None = None,
    ) -> Tensor:
        """What the detector makes of ``(batch, channel, time)``: log energies ``(batch, time)``; controls as above."""
        energy = self._energy(signal, time, before)
        if amplitude_time is not None:
            energy = self._amplitude(energy, amplitude_time, before).square()
        return dsp.log_energy(energy, self.energy_floor)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """Curve and times by a regression of frame gains; a constant gain is left to others."""
        return gain_start(self, input_signals, target)

    @abstractmethod
    def static_gain(self, level: Tensor, **curve: Tensor) -> Tensor:
        """Levels ``(batch, time)``, log energy → gains, log amplitude; thresholds and knees in dB."""

    def _energy(self, signal: Tensor, time: Tensor | None, before: Tensor | None) -> Tensor:
        if time is None:
            return signal.square().mean(-2)
        if before is not None:
            height = dsp.decibel_to_log_energy(before).exp()
            led = _led(signal, (height / self._rates(time, self.energy_smoother)[0]).sqrt())
            return self._energy(led, time, None)[:, 1:]
        if self.smoother == "fir" and self.energy_smoother == "iir":
            return self._smooth(signal.square().mean(-2), time, self.energy_smoother, 0.0).clamp_min(0)
        return dsp.smoothed_energy(signal, *self._rates(time, self.energy_smoother))

    def _amplitude(self, energy: Tensor, time: Tensor, before: Tensor | None) -> Tensor:
        amplitude = (energy + SMALLEST_ENERGY).sqrt()
        if before is None:
            return self._smooth(amplitude, time, self.amplitude_smoother, 0.0)
        height = dsp.decibel_to_amplitude(before)
        led = _led(amplitude[:, None], height / self._rates(time, self.amplitude_smoother)[0])
        return self._smooth(led[:, 0], time, self.amplitude_smoother, 0.0)[:, 1:]

    def _bend(self, width: Tensor | None) -> Tensor | None:
        """Width of the knee in dB → what :func:`dsp.overshoot` calls knee."""
        if width is None:
            return None
        width = dsp.decibel_to_log_energy(width)
        return SOFTPLUS_WIDTH / width if self.knee == "exponential" else width

    def _smooth(
        self, envelope: Tensor, time: Tensor, kind: Smoother, initial: float, attack_falls: bool = False
    ) -> Tensor:
        rates = self._rates(time, kind)
        if len(rates) == 2:
            rise, fall = reversed(rates) if attack_falls else rates
            return dsp.ballistics(envelope, rise, fall, initial)
        if self.smoother == "exact":
            return dsp.one_pole(envelope, rates[0], initial)
        fir = dsp.truncated_one_pole(rates[0], self.iir_len)
        return dsp.convolve(envelope[:, None], fir[:, None])[:, 0]

    def _rates(self, time: Tensor, kind: Smoother) -> tuple[Tensor, ...]:
        """Shares of a step that one sample covers, ``(batch, 1)``: of all steps, or of rising and of falling ones."""
        rates = dsp.smoothing_rate(time, self.sample_rate).split(1, -1)
        return (torch.ones_like(rates[0]), *rates) if kind == "release" else rates


def _led(signal: Tensor, sample: Tensor) -> Tensor:
    """``(batch, channel, time)`` behind one more sample ``(batch, 1)``, which takes a smoother from 0 to a height."""
    sample = sample.to(signal.dtype)
    batch = max(len(signal), len(sample))
    return torch.cat([sample[..., None].expand(batch, signal.shape[1], 1), signal.expand(batch, -1, -1)], -1)


class OneTimeConstant(GainComputer, register=False):
    """The form of GRAFX's ``Approx…`` processors: one time constant, named ``z_alpha``, and a quadratic knee.

    Args:
        iir_len: taps of the truncated smoother.
        smoother: ``"exact"`` recursion, or ``"fir"`` for GRAFX's truncated convolution.
    """

    level_time = "z_alpha"

    def __init__(self, iir_len: Count = 16384, smoother: Literal["exact", "fir"] = "exact", **options: Any) -> None:
        super().__init__(iir_len=iir_len, smoother=smoother, **options)

    def get_signal(self, signal: Tensor, z_alpha: Tensor, **curve: Tensor) -> Tensor:
        """Change the level of ``(batch, channel, time)``; controls ``(batch, 1)``, the time in ms."""
        return super().get_signal(signal, z_alpha_pre=z_alpha, **curve)
