"""Sinusoids whose frequency descent can find."""

import math
from typing import Any

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.synth import Synth
from grafx_lab.transforms import logarithmic_gain

START_RADIUS = 4.0
"""Of a raw pole: the sinusoid falls to 1/e within 1490 samples."""

LOWEST_HZ = 220.0


class DampedSinusoid(Synth):
    r"""Sinusoids that die away, :math:`y[n]=\sum_i g_i\,\mathrm{Re}\,z_i^n`; a struck bar is made of such.

    The loss of a sinusoid over its frequency is full of minima that lead nowhere. Here frequency and damping are one
    complex number: on the way to another frequency the sinusoid dies away quickly, and then its loss has hardly any
    minima. After B. Hayes, C. Saitis, G. Fazekas, "Sinusoidal frequency estimation by gradient descent", ICASSP 2023,
    but with poles inside the unit circle, where descent finds the frequency more often still.

    Raw and controls: ``poles`` (batch, n_sinusoids, 2) with real and imaginary part, before they are pressed into the
    unit circle: their angle is the frequency, their distance from the origin how long the sinusoid lasts; ``log_gain``
    (batch, n_sinusoids), natural logarithms of the first amplitudes, in dB.

    Args:
        n_sinusoids: how many.
        n_samples: samples to generate where a call names no length.
    """

    label = "Damped sinusoids"
    headline = ("log_gain",)

    def __init__(self, n_sinusoids: Count = 1, **options: Any) -> None:
        super().__init__(**options)
        self.n_sinusoids = n_sinusoids

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        numbers = range(1, self.n_sinusoids + 1)
        names = tuple(f"Sinusoid {number}" for number in numbers) if self.n_sinusoids > 1 else ()
        parts = tuple(f"{name} {part}".strip() for name in names or ("",) for part in ("real", "imaginary"))
        angles = [2 * math.pi * LOWEST_HZ * number / self.sample_rate for number in numbers]
        return {
            "poles": ParameterSpec(
                unit="",
                low=-6,
                high=6,
                default=tuple((START_RADIUS * math.cos(angle), START_RADIUS * math.sin(angle)) for angle in angles),
                shape=(self.n_sinusoids, 2),
                label="Pole",
                labels=parts,
                doc="its angle is the frequency; further out lasts longer",
            ),
            "log_gain": ParameterSpec(
                unit="dB",
                low=-60,
                high=0,
                default=-12,
                shape=(self.n_sinusoids,),
                transform=logarithmic_gain(),
                label="Level",
                labels=names,
                doc="level at the beginning",
            ),
        }

    def frequencies(self, poles: Tensor) -> Tensor:
        """What the poles ``(…, 2)`` sound like, in Hz ``(…)``."""
        return torch.atan2(poles[..., 1], poles[..., 0]).abs() * (self.sample_rate / (2 * math.pi))

    def get_signal(self, poles: Tensor, log_gain: Tensor, *, length: int | None = None) -> Tensor:
        """Poles ``(batch, n_sinusoids, 2)`` and decibels ``(batch, n_sinusoids)`` → ``(batch, 1, length)``."""
        waves = dsp.damped_sinusoids(dsp.into_circle(poles.double()), self._length(length))
        gains = dsp.decibel_to_amplitude(log_gain)[..., None]
        return (gains * waves.to(poles.dtype)).sum(1, keepdim=True)
