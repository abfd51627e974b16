"""The reverberator that most programs have."""

from typing import Any

from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.processors.freeverb_start import found_start
from grafx_lab.transforms import Scaling, exponential, logistic

LEVEL = 0.045
"""What enters the combs: at the defaults a response of energy one, and JUCE's reverb with ``wet_level=0.5``."""


class Freeverb(Processor):
    r"""Eight damped combs side by side and four allpasses behind them for each side: Jezar's reverberator.

    Both sides hear the mean of left and right, and each other as the width says. With the usual size and spread the
    lines are those of Freeverb and JUCE, hence of pedalboard's ``Reverb``, which has a feedback of ``70 + 28 *
    room_size`` percent, a damping of ``40 * damping`` and a width of ``100 * width``. SoX's ``reverb`` has a size of
    ``10 + 0.9 * room_scale`` percent, a feedback of ``100 - 70 * (2 / 70) ** (reverberance / 100)``, a damping of
    ``20 + 0.3 * hf_damping``, a spread of 0.272 and −0.272 ms and a truncation of 0: at other rates than 44.1 kHz, JUCE
    cuts off the fractions of its lines, and SoX rounds them. After M. R. Schroeder, "Natural sounding artificial
    reverberation", JAES 1962; the lengths stand in J. O. Smith, "Physical audio signal processing", 2010.

    The recursion is exact, with analytic gradients. Lines have whole samples; size and spread get the gradient of
    fractions, and descent leaves the truncation as it is.

    Raw: ``size`` (batch, 1), logarithm of the size; ``feedback`` and ``damping`` (batch, 1), logits; ``width``
    (batch, 1), factor; ``spread`` (batch, 2); ``truncation`` (batch, 1), factor. Controls: percent, ms.
    """

    family = "reverb"
    label = "Freeverb"
    headline = ("feedback", "damping")
    wet_only = True
    channels_in = (1, 2)
    surrogates = ("size", "spread")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        percent: dict[str, Any] = {"unit": "%"}
        return {
            "size": ParameterSpec(
                low=10, high=120, default=100, transform=exponential(100.0), label="Size", doc="length of the combs",
                **percent,
            ),
            "feedback": ParameterSpec(
                low=50, high=99, default=84, transform=logistic(100.0), label="Feedback",
                doc="share that returns to the beginning of each comb", **percent,
            ),
            "damping": ParameterSpec(
                low=0.1, high=90, default=20, transform=logistic(100.0), label="Damping",
                doc="how much darker it returns", **percent,
            ),
            "width": ParameterSpec(
                low=0, high=100, default=100, transform=Scaling(100.0), label="Width",
                doc="how different the sides are", **percent,
            ),
            "spread": ParameterSpec(
                unit="ms", low=-1, high=1, default=1000 * 23 / 44100, shape=(2,), label="Spread",
                labels=("Odd lines", "Even lines"), doc="how much longer lines are on the right side",
            ),
            "truncation": ParameterSpec(
                low=0, high=100, default=100, transform=Scaling(100.0), label="Truncation",
                doc="how much of the fractions of its samples a line loses", **percent,
            ),
        }  # fmt: skip

    def channels_out(self, channels_in: int) -> int:
        return 2

    def get_signal(
        self,
        signal: Tensor,
        size: Tensor,
        feedback: Tensor,
        damping: Tensor,
        width: Tensor,
        spread: Tensor,
        truncation: Tensor,
    ) -> Tensor:
        """Reverberate ``(batch, 1 or 2, time)`` → ``(batch, 2, time)``; percent ``(batch, 1)``, ms ``(batch, 2)``."""
        combs, allpasses = dsp.freeverb_lengths(size / 100, spread / 1000, self.sample_rate, truncation / 100)
        entering = LEVEL * signal.mean(1, keepdim=True)
        sides = dsp.freeverb(entering, feedback / 100, damping / 100, combs, allpasses)
        return dsp.widen(sides, width / 100)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """Size, spread and truncation by the first echoes of a response, the rest by what explains most of the target.

        Returns:
            ``None`` where Freeverb explains hardly anything.
        """
        found = found_start(input_signals[0], target, self.sample_rate)
        if found is None:
            return None
        return self.raw_from_controls(
            size=100 * found.size,
            feedback=100 * found.feedback,
            damping=100 * found.damping,
            width=100 * found.width,
            spread=[1000 * seconds for seconds in found.spread],
            truncation=100 * found.truncation,
        )
