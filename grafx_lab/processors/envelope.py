"""The envelope of a note."""

from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import exponential, logarithmic_gain


class Envelope(Processor):
    """Makes a note of a sound: attack, decay, sustain, release.

    A gain over the time since the beginning of the render, behind an oscillator or any other signal. The attack is a
    straight line, decay and release are exponential; see :func:`grafx_lab.dsp.note.adsr`. A release that begins
    before the end of the attack starts from where the attack is.

    Raw, each (batch, 1): ``onset``, seconds; ``log_duration``, ``log_attack``, ``log_decay`` and ``log_release``,
    natural logarithms of seconds; ``log_sustain``, that of a gain. Controls: seconds, milliseconds and dB.
    """

    family = "synth"
    clocked = True
    label = "Envelope (ADSR)"
    headline = ("log_attack", "log_release")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "onset": ParameterSpec(
                unit="s",
                low=0,
                high=10,
                default=0,
                label="Onset",
                doc="when the note begins",
            ),
            "log_duration": ParameterSpec(
                unit="s",
                low=0.02,
                high=60,
                default=1,
                scale="log",
                transform=exponential(),
                label="Duration",
                doc="from the onset to the release",
            ),
            "log_attack": _time_spec("Attack", 0.01, 2000, 10, "from silence to the full level"),
            "log_decay": _time_spec("Decay", 1, 10000, 200, "from the full to the sustained level (99.9 % of the way)"),
            "log_sustain": ParameterSpec(
                unit="dB",
                low=-60,
                high=0,
                default=-6,
                transform=logarithmic_gain(),
                label="Sustain",
                doc="level between decay and release",
            ),
            "log_release": _time_spec("Release", 1, 10000, 300, "from the last level to −60 dB"),
        }

    def neutral_controls(self) -> dict[str, Any]:
        """A note of an hour that is at its full level at once."""
        return {"log_duration": 3600.0, "log_attack": 0.01, "log_sustain": 0.0}

    def get_signal(
        self,
        signal: Tensor,
        onset: Tensor,
        log_duration: Tensor,
        log_attack: Tensor,
        log_decay: Tensor,
        log_sustain: Tensor,
        log_release: Tensor,
    ) -> Tensor:
        """Shape ``(batch, channel, time)``; controls in s, s, ms, ms, dB and ms, each ``(batch, 1)``."""
        # A sample tells where the envelope has got to by its end, so an attack of one sample leaves none silent.
        samples = torch.arange(1, signal.shape[-1] + 1, dtype=torch.float64, device=signal.device)
        attack, decay, release = (time.double() / 1000 for time in (log_attack, log_decay, log_release))
        sustain = dsp.decibel_to_amplitude(log_sustain.double())
        time = samples / self.sample_rate
        envelope = dsp.adsr(time, onset.double(), log_duration.double(), attack, decay, sustain, release)
        return signal * envelope[:, None].to(signal.dtype)


def _time_spec(label: str, low: float, high: float, default: float, doc: str) -> ParameterSpec:
    return ParameterSpec(
        unit="ms", low=low, high=high, default=default, scale="log", transform=exponential(1000.0), label=label, doc=doc
    )
