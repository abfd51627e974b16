"""Effects whose oscillator sweeps delays or filters beside the dry signal: chorus, flanger, phaser."""

from typing import Any

import torch
from torch import Tensor
from torch.distributions.transforms import ComposeTransform, TanhTransform

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.modulation import DELAYS, ModulationEffect, share_spec, sweeping_delay
from grafx_lab.transforms import Scaling, exponential

MOST_FEEDBACK = 98.0

CORNERS = torch.linspace(4.3, 14.3, 51, dtype=torch.float64)
"""Where a phaser's corner is looked for, in octaves above 1 Hz: 20 Hz to 20 kHz."""


def mix_of(sweep: dsp.Sweep, voices: int = 1) -> float:
    """Percent of wet, where as many voices have the energy of one."""
    wet = abs(sweep.wet) * voices**0.5
    return min(max(100 * wet / (wet + abs(sweep.dry) + 1e-9), 1.0), 99.0)


def delays_of(sweep: dsp.Sweep) -> dict[str, float]:
    """Shortest delay and depth in ms, a tenth at least: both are logarithms when raw."""
    return {"delay": max(sweep.center - sweep.width, 0.1), "depth": max(2 * sweep.width, 0.1)}


def time_spec(low: float, high: float, default: float, label: str, doc: str) -> ParameterSpec:
    """Raw natural logarithm of milliseconds ↔ ms."""
    return ParameterSpec(
        unit="ms",
        low=low,
        high=high,
        default=default,
        scale="log",
        transform=exponential(),
        label=label,
        doc=doc,
    )


def feedback_spec(default: float) -> ParameterSpec:
    """Raw inverse tanh of a share that is below one ↔ percent."""
    return ParameterSpec(
        unit="%",
        low=-95,
        high=95,
        default=default,
        transform=ComposeTransform([TanhTransform(), Scaling(MOST_FEEDBACK)]),
        label="Feedback",
        doc="share of the effect that returns to it; below zero it is turned over",
    )


class Chorus(ModulationEffect):
    r"""Slightly detuned copies beside the dry signal: delays between ``delay`` and ``delay + depth`` that swing.

    The swings of the voices begin evenly spread over the circle. J. Dattorro, "Effect design, part 2: Delay-line
    modulation and chorus", JAES 1997. Read between samples with a cubic (Catmull-Rom).

    Raw, each (batch, 1): ``rate``, natural logarithm of Hz; ``phase`` and ``spread`` in radians; ``delay`` and
    ``depth``, natural logarithms of ms; ``mix``, a logit. Controls: Hz, degrees, ms, percent of wet.

    Args:
        num_voices: copies.
    """

    label = "Chorus"
    default_rate = 0.8
    default_spread = 90.0
    headline = ("rate", "mix")

    def __init__(self, num_voices: Count = 3, **options: Any) -> None:
        super().__init__(**options)
        self.num_voices = num_voices

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return super().specs | {
            "delay": time_spec(1, 50, 12, "Delay", "shortest delay of the copies"),
            "depth": time_spec(0.1, 20, 4, "Depth", "how much longer the delay becomes"),
            "mix": share_spec(50, "Mix", "share of the copies"),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """One percent of wet: inaudible, yet enough to give every parameter a gradient."""
        return {"mix": 1.0}

    def get_signal(
        self,
        signal: Tensor,
        rate: Tensor,
        phase: Tensor,
        spread: Tensor,
        delay: Tensor,
        depth: Tensor,
        mix: Tensor,
    ) -> Tensor:
        """Modulate ``(batch, channel, time)`` with Hz, degrees, ms and percent, each ``(batch, 1)``."""
        share = mix[..., None] / 100
        copies = []
        for voice in range(self.num_voices):
            wave = self._lfo(signal, rate, phase + 360 * voice / self.num_voices, spread)
            copies.append(dsp.delay(signal, self._samples(delay) + self._samples(depth) * (1 + wave) / 2))
        # Copies that differ add up in energy, not in amplitude.
        return (1 - share) * signal + share * self.num_voices**-0.5 * sum(copies[1:], copies[0])

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """The sweep of the delays."""
        effect = dsp.Swept(sweeping_delay, DELAYS, self.sample_rate, voices=self.num_voices)
        found = self._sweep_start(input_signals[0], target, effect)
        if found is None:
            return None
        sweep, oscillator = found
        return self.raw_from_controls(**oscillator, **delays_of(sweep), mix=mix_of(sweep, self.num_voices))


class Flanger(ModulationEffect):
    r"""A comb whose teeth move: a short swinging delay that hears itself, beside the dry signal.

    Delays between ``delay`` and ``delay + depth``. Read between samples along lines, which keeps the loop stable
    whatever the delay does (and dulls its treble a little).

    Raw, each (batch, 1): ``rate``, natural logarithm of Hz; ``phase`` and ``spread`` in radians; ``delay`` and
    ``depth``, natural logarithms of ms; ``feedback``, inverse tanh of its share of 98 %; ``mix``, a logit. Controls:
    Hz, degrees, ms, percent, percent of wet.
    """

    label = "Flanger"
    default_rate = 0.3
    default_spread = 90.0
    headline = ("rate", "feedback")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return super().specs | {
            "delay": time_spec(0.1, 10, 1, "Delay", "shortest delay"),
            "depth": time_spec(0.1, 10, 3, "Depth", "how much longer the delay becomes"),
            "feedback": feedback_spec(40),
            "mix": share_spec(50, "Mix", "share of the delayed signal"),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """One percent of wet: inaudible, yet enough to give every parameter a gradient."""
        return {"mix": 1.0, "feedback": 0.0}

    def get_signal(
        self,
        signal: Tensor,
        rate: Tensor,
        phase: Tensor,
        spread: Tensor,
        delay: Tensor,
        depth: Tensor,
        feedback: Tensor,
        mix: Tensor,
    ) -> Tensor:
        """Modulate ``(batch, channel, time)`` with Hz, degrees, ms and percent, each ``(batch, 1)``."""
        wave = self._lfo(signal, rate, phase, spread)
        samples = self._samples(delay) + self._samples(depth) * (1 + wave) / 2
        # A sample can only hear the ones before it.
        echo = dsp.feedback_delay(signal, samples.clamp(min=1), feedback[..., None] / 100)
        return torch.lerp(*torch.broadcast_tensors(signal, echo, mix[..., None] / 100))

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """The sweep of the first echo, without those of the feedback."""
        effect = dsp.Swept(sweeping_delay, DELAYS, self.sample_rate)
        found = self._sweep_start(input_signals[0], target, effect)
        if found is None:
            return None
        sweep, oscillator = found
        return self.raw_from_controls(**oscillator, **delays_of(sweep), mix=mix_of(sweep), feedback=0.0)


class Phaser(ModulationEffect):
    r"""Notches that move: a row of all-pass filters with swinging corner frequency and feedback, beside the dry signal.

    The corner lies ``depth`` octaves around ``center``; every two filters make a notch. Time-varying filters are
    computed so that they keep the energy, and the loop is stable whatever the corner does.

    Raw, each (batch, 1): ``rate``, natural logarithm of Hz; ``phase`` and ``spread`` in radians; ``center``, natural
    logarithm of Hz; ``depth`` in octaves; ``feedback``, inverse tanh of its share of 98 %; ``mix``, a logit. Controls:
    Hz, degrees, Hz, octaves, percent, percent of wet.

    Args:
        num_stages: all-pass filters.
    """

    label = "Phaser"
    default_rate = 0.4
    default_spread = 60.0
    headline = ("center", "depth")

    def __init__(self, num_stages: Count = 6, **options: Any) -> None:
        super().__init__(**options)
        self.num_stages = num_stages

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        center = ParameterSpec(
            unit="Hz",
            low=100,
            high=5000,
            default=800,
            scale="log",
            transform=exponential(1000.0),
            label="Center",
            doc="middle of the sweep",
        )
        depth = ParameterSpec(unit="octaves", low=0, high=4, default=2, label="Depth", doc="width of the sweep")
        return super().specs | {
            "center": center,
            "depth": depth,
            "feedback": feedback_spec(30),
            "mix": share_spec(50, "Mix", "share of the filtered signal"),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """One percent of wet: inaudible, yet enough to give every parameter a gradient."""
        return {"mix": 1.0, "feedback": 0.0}

    def get_signal(
        self,
        signal: Tensor,
        rate: Tensor,
        phase: Tensor,
        spread: Tensor,
        center: Tensor,
        depth: Tensor,
        feedback: Tensor,
        mix: Tensor,
    ) -> Tensor:
        """Modulate ``(batch, channel, time)`` with Hz, degrees, octaves and percent, each ``(batch, 1)``."""
        wave = self._lfo(signal, rate, phase, spread)
        frequency = center.double()[..., None] * 2 ** (depth.double()[..., None] / 2 * wave)
        wet = dsp.allpass_cascade(signal, frequency, feedback[..., None] / 100, self.num_stages, self.sample_rate)
        return torch.lerp(*torch.broadcast_tensors(signal, wet, mix[..., None] / 100))

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """The sweep of the filters, without the feedback."""

        def filters(signal: Tensor, octaves: Tensor, sample_rate: float) -> Tensor:
            return dsp.allpass_cascade(signal, 2**octaves, octaves.new_zeros(1, 1, 1), self.num_stages, sample_rate)

        effect = dsp.Swept(filters, CORNERS, self.sample_rate)
        found = self._sweep_start(input_signals[0], target, effect)
        if found is None:
            return None
        sweep, oscillator = found
        corner = {"center": 2**sweep.center, "depth": 2 * sweep.width}
        return self.raw_from_controls(**oscillator, **corner, mix=mix_of(sweep), feedback=0.0)
