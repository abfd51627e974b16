"""The delay of every mixing desk: one time, one feedback."""

from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import exponential, logistic

SHORTEST = 5.0
"""Milliseconds below which a response tells of filters rather than of echoes."""

ITERATIONS = 8
"""Of the search for that response: its peaks stand out before all of it is known."""

SPAN = 6
"""Samples that :data:`NEARBY` reaches at most."""

NEARBY = torch.arange(-4.0, 5.0), torch.arange(-5.0, 6.0) / 4
"""Samples beside the highest peak at which the echo may lie, and then beside the best of these."""

FEEDBACKS = torch.arange(0.0, 95.0, 10.0), torch.arange(-8.0, 9.0, 2.0)
"""Percent that are tried, and then by how much they differ from the best of these."""


class FeedbackDelay(Processor):
    r"""Echoes that come again and again, each as much softer than the one before: :math:`w[n]=u[n-d]+g\,w[n-d]`.

    The dry signal is not among them. Delays between two samples are interpolated linearly; the gradient of the time
    is that of the interpolation, so that descent finds a time that is nearly right, and the start finds it anywhere.
    See J. O. Smith, "Physical audio signal processing", 2010, section "Feedback comb filters". pedalboard's ``Delay``
    cuts its time off to whole samples.

    Raw: ``time`` (batch, 1), natural logarithm of ms; ``feedback`` (batch, 1), logit. Controls: ms, percent.
    """

    family = "delay"
    label = "Delay"
    wet_only = True

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "time": ParameterSpec(
                unit="ms", low=1, high=2000, default=300, scale="log", transform=exponential(), label="Time",
                doc="from one echo to the next",
            ),
            "feedback": ParameterSpec(
                unit="%", low=0.1, high=95, default=30, transform=logistic(100.0), label="Feedback",
                doc="share of each echo that comes again",
            ),
        }  # fmt: skip

    def get_signal(self, signal: Tensor, time: Tensor, feedback: Tensor) -> Tensor:
        """Echo ``(batch, channel, time)``; ms and percent, ``(batch, 1)`` each."""
        samples = (self.sample_rate / 1000 * time.double()).clamp_min(1)
        return dsp.feedback_delay(signal, samples[..., None], feedback[..., None] / 100)

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """The highest peak of the response by least squares is the first echo; then the feedback that explains most.

        Returns:
            ``None`` where the recording is too short for an echo.
        """
        before, after = (dsp.to_stereo(item)[0] for item in (input_signals[0], target))
        times, feedbacks = self.specs["time"], self.specs["feedback"]
        first, last = (round(self.sample_rate / 1000 * float(end)) for end in (SHORTEST, times.full(times.high)))
        response = dsp.least_squares_response(before, after, min(last, before.shape[-1]), ITERATIONS).mean(0)
        first = max(first, SPAN)
        if first >= len(response):
            return None
        # Bass alone does not tell one sample from the next.
        heard = dsp.whitened(before.double(), after.double(), len(response))
        delay, percent = float(first + response[first:].argmax()), 0.0
        for places, steps in zip(NEARBY, FEEDBACKS, strict=True):
            delay = max((delay + places).tolist(), key=lambda samples: _explained(*heard, samples, percent))
            tried = feedbacks.within(percent + steps).tolist()
            percent = max(tried, key=lambda share: _explained(*heard, delay, share))
        return self.raw_from_controls(time=1000 * delay / self.sample_rate, feedback=percent)


def _explained(signal: Tensor, target: Tensor, delay: float, percent: float) -> float:
    """Share of the energy of a target ``(channel, time)`` that echoes of a delay in samples explain."""
    samples, share = (torch.full((1, 1, 1), value, dtype=signal.dtype) for value in (delay, percent / 100))
    echoes = dsp.feedback_delay(signal[None], samples, share)[0]
    common = (echoes * target).sum()
    return float(common.abs() * common / (echoes.square().sum() * target.square().sum()).clamp_min(1e-30))
