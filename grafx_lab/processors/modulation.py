"""Effects that a low-frequency oscillator moves: what they share, and those of level and pitch."""

import math
from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.processors.gain_start import FRAME
from grafx_lab.transforms import Scaling, exponential, logistic

DELAYS = torch.arange(0.25, 40, 0.25, dtype=torch.float64)
"""Where a sweeping delay is looked for, in ms."""


def sweeping_delay(signal: Tensor, milliseconds: Tensor, sample_rate: float) -> Tensor:
    """A delay line that is read at a moving place; see :class:`.Swept`."""
    return dsp.delay(signal, milliseconds * (sample_rate / 1000))


def rate_spec(default: float) -> ParameterSpec:
    """Raw natural logarithm of a frequency ↔ Hz."""
    return ParameterSpec(
        unit="Hz",
        low=0.05,
        high=12,
        default=default,
        scale="log",
        transform=exponential(),
        label="Rate",
        doc="how often the oscillator swings",
    )


def share_spec(default: float, label: str, doc: str) -> ParameterSpec:
    """Raw logit of a share ↔ percent."""
    return ParameterSpec(unit="%", low=0.1, high=99.9, default=default, transform=logistic(100.0), label=label, doc=doc)


class ModulationEffect(Processor, register=False):
    """An effect with an oscillator: its rate, where it begins, and how far the channels are apart."""

    family = "delay"
    clocked = True
    default_rate = 1.0
    default_spread = 0.0

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        angle: dict[str, Any] = {"unit": "°", "transform": Scaling(180 / torch.pi)}
        return {
            "rate": rate_spec(self.default_rate),
            "phase": ParameterSpec(
                low=-180, high=180, default=0, label="Phase", doc="where the oscillator begins", **angle
            ),
            "spread": ParameterSpec(
                low=0,
                high=180,
                default=self.default_spread,
                label="Spread",
                doc="how far the oscillator of each further channel is ahead",
                **angle,
            ),
        }

    def _lfo(self, signal: Tensor, rate: Tensor, phase: Tensor, spread: Tensor) -> Tensor:
        """The oscillator of each channel, ``(batch, channel, time)``, float64."""
        channels = torch.arange(signal.shape[1], dtype=phase.dtype, device=phase.device)
        return dsp.lfo(rate, phase + spread * channels, signal.shape[-1], self.sample_rate)

    def _sweep_start(
        self, signal: Tensor, target: Tensor, effect: dsp.Swept
    ) -> tuple[dsp.Sweep, dict[str, float]] | None:
        """The sweep of the first channel, and the oscillator's controls; ``None`` where no sweep is found."""
        signal = signal.expand_as(target)
        sweep = dsp.find_sweep(signal[0, 0], target[0, 0], effect)
        if sweep is None:
            return None
        ahead = dsp.find_phase(signal[0, 1], target[0, 1], effect, sweep) - sweep.phase if len(target[0]) > 1 else 0.0
        return sweep, {"rate": sweep.rate, "phase": sweep.phase, "spread": (ahead + 180) % 360 - 180}

    def _samples(self, milliseconds: Tensor) -> Tensor:
        """A control in ms ``(batch, 1)`` → samples ``(batch, 1, 1)``, float64."""
        return milliseconds.double()[..., None] * (self.sample_rate / 1000)


class Tremolo(ModulationEffect):
    r"""Level that swings between full and ``depth`` less, :math:`y=u\,(1-d\,(1-\sin)/2)`.

    A spread of 180° makes it an auto-panner.

    Raw: ``rate`` (batch, 1), natural logarithm of Hz; ``phase`` and ``spread`` (batch, 1) in radians; ``depth``
    (batch, 1), a logit. Controls: Hz, degrees, percent.
    """

    label = "Tremolo"
    default_rate = 5.0
    headline = ("rate", "depth")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return super().specs | {"depth": share_spec(50, "Depth", "how much of the level the swing takes")}

    def neutral_controls(self) -> dict[str, Any]:
        """A depth of one percent: 0.04 dB on average, yet enough to give every parameter a gradient."""
        return {"depth": 1.0}

    def get_signal(self, signal: Tensor, rate: Tensor, phase: Tensor, spread: Tensor, depth: Tensor) -> Tensor:
        """Modulate ``(batch, channel, time)`` with Hz, degrees and percent, each ``(batch, 1)``."""
        wave = self._lfo(signal, rate, phase, spread)
        return signal * dsp.tremolo_gain(wave, depth[..., None] / 100).to(signal.dtype)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """The sine in the gains of frames; the spread is how far the second channel's is ahead."""
        hop = max(1, round(FRAME * self.sample_rate))
        sides = zip(input_signals[0].expand_as(target)[0, :2], target[0], strict=False)
        found = [dsp.frame_gain(before[None], after[None], hop) for before, after in sides]
        gains, weights = (torch.stack(part) for part in zip(*found, strict=True))
        rate, phases, depth = dsp.find_swing(gains.exp(), weights, self.sample_rate / hop)
        phase, spread = phases[0], (phases[-1] - phases[0] + 180) % 360 - 180
        percent = 100 * min(max(depth, 0.001), 0.99)
        rate = float(self.specs["rate"].within(torch.tensor(rate)))
        return self.raw_from_controls(rate=rate, phase=phase, spread=spread, depth=percent)


class Vibrato(ModulationEffect):
    r"""Pitch that swings: a delay :math:`a-a\cos` whose speed detunes by ``depth`` cents at most.

    Read between samples with a cubic (Catmull-Rom), so that delay times have smooth gradients.

    Raw: ``rate`` (batch, 1), natural logarithm of Hz; ``phase`` and ``spread`` (batch, 1) in radians; ``depth``
    (batch, 1) in hundreds of cents, negative for the opposite swing. Controls: Hz, degrees, cents.
    """

    label = "Vibrato"
    default_rate = 5.0
    headline = ("rate", "depth")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        depth = ParameterSpec(
            unit="cents",
            low=0,
            high=100,
            default=30,
            transform=Scaling(100.0),
            label="Depth",
            doc="largest detuning upwards",
        )
        return super().specs | {"depth": depth}

    def neutral_controls(self) -> dict[str, Any]:
        return {"depth": 0.0}

    def get_signal(self, signal: Tensor, rate: Tensor, phase: Tensor, spread: Tensor, depth: Tensor) -> Tensor:
        """Modulate ``(batch, channel, time)`` with Hz, degrees and cents, each ``(batch, 1)``."""
        cosine = self._lfo(signal, rate, phase + 90, spread)
        swing = self._samples(1000 * dsp.vibrato_depth(depth.double(), rate.double()))
        return dsp.delay(signal, swing.abs() - swing * cosine)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """The sweep of the delay; its speed is the depth."""
        effect = dsp.Swept(sweeping_delay, DELAYS, self.sample_rate, dry=False)
        found = self._sweep_start(input_signals[0], target, effect)
        if found is None:
            return None
        sweep, oscillator = found
        turned = (sweep.phase + 270) % 360 - 180
        cents = 1200 * math.log2(1 + 2 * math.pi * sweep.rate * sweep.width / 1000)
        return self.raw_from_controls(**oscillator | {"phase": turned, "depth": cents})
