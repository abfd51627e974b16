"""A reverberator of delay lines that feed each other."""

import math
from typing import Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Positive, Several, check_rising
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.transforms import exponential, logarithmic_gain, logistic


class FeedbackDelayNetwork(Processor):
    r"""Delay lines that feed each other and decay in one time at low and another at high frequencies.

    The lines' outputs pass absorbing shelves and return, mixed by an orthogonal matrix: the network is stable for every
    raw value, and its decay times are what the controls say. After J.-M. Jot, A. Chaigne, "Digital delay networks for
    designing artificial reverberators", AES convention 90, 1991. The recursion is exact, with analytic gradients.

    Raw: ``log_decay`` (batch, 2), ``crossover`` (batch, 1), ``log_gain`` (batch, 1), and, for fits, ``mixing_angles``
    (batch, num_lines * (num_lines - 1) / 2), ``input_gain`` (batch, num_lines, 2) and ``output_gain`` (batch, 2,
    num_lines). Controls: seconds until −60 dB, Hz, dB, radians, factors.

    Args:
        num_lines: a power of two.
        shortest_ms: shortest delay.
        longest_ms: longest delay; between them delays grow by equal ratios, to the next prime number of samples.
    """

    family = "reverb"
    label = "Feedback delay network"
    headline = ("log_decay",)
    wet_only = True
    channels_in = (1, 2)

    def __init__(
        self, num_lines: Several = 8, shortest_ms: Positive = 20.0, longest_ms: Positive = 70.0, **options: Any
    ) -> None:
        super().__init__(**options)
        if num_lines & (num_lines - 1):
            raise ProcessorError(f"FeedbackDelayNetwork: num_lines is {num_lines}, expected 2, 4, 8, 16 …")
        check_rising(self, shortest_ms=shortest_ms, longest_ms=longest_ms)
        self.num_lines = num_lines
        samples_per_ms = self.sample_rate / 1000
        self.delays = dsp.prime_delays(shortest_ms * samples_per_ms, longest_ms * samples_per_ms, num_lines)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "log_decay": ParameterSpec(
                unit="s",
                low=0.1,
                high=20,
                default=(1.6, 0.8),
                shape=(2,),
                transform=exponential(),
                scale="log",
                label="Decay",
                labels=("Low", "High"),
                doc="time until low and high frequencies are 60 dB quieter",
            ),
            "crossover": ParameterSpec(
                unit="Hz",
                low=100,
                high=min(10000.0, 0.45 * self.sample_rate),
                default=min(2500.0, 0.2 * self.sample_rate),
                transform=logistic(self.sample_rate / 2),
                scale="log",
                label="Crossover",
                doc="where the low decay passes into the high one",
            ),
            "log_gain": ParameterSpec(
                unit="dB",
                low=-36,
                high=24,
                default=0,
                transform=logarithmic_gain(),
                label="Level",
                doc="level of the reverberation",
            ),
            **_wiring_specs(self.num_lines),
        }

    def channels_out(self, channels_in: int) -> int:
        return 2

    def get_signal(
        self,
        signal: Tensor,
        log_decay: Tensor,
        crossover: Tensor,
        log_gain: Tensor,
        mixing_angles: Tensor,
        input_gain: Tensor,
        output_gain: Tensor,
    ) -> Tensor:
        """Reverberate ``(batch, 1 or 2, time)`` → ``(batch, 2, time)``."""
        low, high = log_decay.split(1, -1)
        filters = dsp.absorption(low, high, crossover, self.delays, self.sample_rate)
        matrix = dsp.rotated_hadamard(mixing_angles, self.num_lines)
        entering = input_gain @ dsp.to_stereo(signal)
        leaving = dsp.feedback_delay_network(entering, self.delays, filters, matrix)
        return dsp.decibel_to_amplitude(log_gain)[..., None] * (output_gain @ leaving)


def _wiring_specs(lines: int) -> dict[str, ParameterSpec]:
    """The specs of what fits alone move: how lines feed each other, and what they take from and give to each side."""
    # Left and right excite every other line and hear all of them, one half with opposite signs.
    level = 1 / math.sqrt(lines)
    entrances = ((math.sqrt(2) * level, 0.0), (0.0, math.sqrt(2) * level)) * (lines // 2)
    exits = ((level,) * lines, (level, -level) * (lines // 2))
    gain: dict[str, Any] = {"unit": "", "low": -1, "high": 1, "display": "hidden"}
    return {
        "mixing_angles": ParameterSpec(
            unit="",
            low=-math.pi,
            high=math.pi,
            default=0,
            shape=(lines * (lines - 1) // 2,),
            label="Mixing",
            doc="rotation of the matrix by which the lines feed each other",
            display="hidden",
        ),
        "input_gain": ParameterSpec(
            default=entrances, shape=(lines, 2), label="Input", doc="what each line receives of left and right", **gain
        ),
        "output_gain": ParameterSpec(
            default=exits, shape=(2, lines), label="Output", doc="what left and right receive of each line", **gain
        ),
    }
