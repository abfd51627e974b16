"""Shaping of transients."""

from itertools import product
from typing import Any

import torch
from torch import Tensor
from torch.distributions.transforms import ComposeTransform, TanhTransform

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.processors.gain_start import FRAME
from grafx_lab.transforms import OnePoleTime, Scaling

FAST, SLOW = (1.0, 4.0, 12.0), (40.0, 120.0, 300.0)
"""Milliseconds that a closed-form start tries."""


class TransientShaper(Processor):
    r"""Makes the beginnings of sounds, and what follows them, louder or quieter, whatever their level.

    A fast and a slow one-pole follow the energy. Where the fast one leads, a sound begins; where it lags, a sound
    decays. The gain in decibels is the amount of attack or sustain times the distance between the two in decibels,
    so steady sounds pass as they are, and no threshold is needed.

    Raw: ``attack`` and ``sustain``, (batch, 1), twice the inverse hyperbolic tangent of half the amount; ``z_alpha``,
    (batch, 2), logits of 1 − pole of the fast and the slow follower. Controls: percent, percent, milliseconds. At
    100 % a decibel of distance is a decibel of gain.
    """

    family = "dynamics"
    label = "Transient shaper"
    headline = ("attack", "sustain")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "attack": _amount_spec("Attack", "gain where a sound begins"),
            "sustain": _amount_spec("Sustain", "gain where a sound decays"),
            "z_alpha": ParameterSpec(
                unit="ms",
                low=(0.5, 20.0),
                high=(20.0, 500.0),
                default=(3.0, 80.0),
                shape=(2,),
                scale="log",
                transform=OnePoleTime(self.sample_rate, pole=False),
                label="Time",
                labels=("Fast", "Slow"),
                doc="time constants of the two followers of the level",
            ),
        }

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """Attack and sustain by linear regression of frame gains, for the best of some pairs of times."""
        hop = max(1, round(FRAME * self.sample_rate))
        gain, weight = dsp.frame_gain(input_signals[0][0], target[0], hop)
        energy, found = input_signals[0].double().square().mean(-2), []
        for times in product(FAST, SLOW):
            rates = dsp.smoothing_rate(torch.tensor([times], dtype=torch.float64), self.sample_rate).split(1, -1)
            one, zero = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
            parts = (dsp.transient_gain(energy, *amounts, *rates) for amounts in ((one, zero), (zero, one)))
            columns = [dsp.at_frames(part, hop)[0] for part in parts]
            system = torch.stack([*columns, torch.ones_like(gain)], -1) * weight[:, None]
            amounts = torch.linalg.lstsq(system + 1e-12, (gain * weight)[:, None]).solution[:, 0]
            found.append((float((system @ amounts - gain * weight).square().sum()), times, amounts))
        _, times, amounts = min(found, key=lambda item: item[0])
        attack, sustain = (100 * amounts[:2]).nan_to_num().clamp(-95, 95).tolist()
        return self.raw_from_controls(attack=attack, sustain=sustain, z_alpha=times)

    def get_signal(self, signal: Tensor, attack: Tensor, sustain: Tensor, z_alpha: Tensor) -> Tensor:
        """Shape ``(batch, channel, time)``; controls in percent, ``(batch, 1)``, and in ms, ``(batch, 2)``."""
        fast, slow = dsp.smoothing_rate(z_alpha, self.sample_rate).split(1, -1)
        log_gain = dsp.transient_gain(signal.square().mean(-2), attack / 100, sustain / 100, fast, slow)
        return signal * torch.exp(log_gain)[:, None]


def _amount_spec(label: str, doc: str) -> ParameterSpec:
    return ParameterSpec(
        unit="%",
        low=-100,
        high=100,
        default=0,
        # Bounded, so that no raw value makes the gain of a decay into silence overflow.
        transform=ComposeTransform([Scaling(0.5), TanhTransform(), Scaling(200.0)]),
        label=label,
        doc=doc,
    )
