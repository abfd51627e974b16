"""Filters without a shape of their own: free coefficients, poles and zeros, a mixed state-variable filter.

Where several sections are in series, they start with their poles on top of their zeros, spread over the spectrum: that
is transparent, and no two sections get the same gradient.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.distributions.transforms import (
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    SoftplusTransform,
    TanhTransform,
)

from grafx_lab import dsp
from grafx_lab.parameters import Numbers, ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.sections import SectionProcessor, frequency_spec, spread_frequencies
from grafx_lab.transforms import Scaling, exponential, logarithmic_gain

START_RADIUS = 0.5
"""Distance from the origin of the poles and zeros that a filter starts with."""

START_QUALITY = math.sqrt(0.5)

LEAST_DAMPING = 1e-2
"""1/Q of a state-variable filter is at least this."""


class _Cascade(SectionProcessor, register=False):
    """Sections in series that start alike in nothing but their transparency."""

    def __init__(self, num_filters: Count = 1, **options: Any) -> None:
        super().__init__(**options)
        self.num_filters = num_filters

    def _entries(self, *parts: str) -> dict[str, Any]:
        """Shape and labels of a parameter with an entry for each section, or for each section and part."""
        sections = [f"Filter {index + 1} " if self.num_filters > 1 else "" for index in range(self.num_filters)]
        labels = tuple(f"{section}{part}".strip() for section in sections for part in parts or ("",))
        shape = (self.num_filters, len(parts)) if parts else (self.num_filters,)
        return {"shape": shape, "labels": labels if any(labels) else ()}

    def _start_angles(self) -> list[float]:
        return [math.pi * (index + 0.5) / self.num_filters for index in range(self.num_filters)]


class BiquadFilter(_Cascade):
    r"""Second-order sections with free coefficients that cannot become unstable.

    :math:`a_1=2\tanh(\tilde a_1)`, and :math:`a_2` lies between the bounds that :math:`a_1` leaves it, after
    S. Nercessian, ICASSP 2021. GRAFX's ``ssm`` feeds all sections from the input; here each hears the one before.

    Raw: ``Bs`` (batch, num_filters, 3) holds b0 − 1, b1 and b2; ``A1_pre`` and ``A2_pre`` (batch, num_filters), and
    with ``normalized`` ``A0``, which divides the numerator (as in GRAFX 0.6.0, whose documentation says the opposite).
    Controls: ``A1_pre`` is a1, ``A2_pre`` the place of a2 between its bounds, −1 to 1; the others are as they are.

    Args:
        num_filters: sections in series.
        normalized: add ``A0``.
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the filter rings longer
            than that, which poles near the circle do, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    label = "Biquad"
    headline = ("A1_pre", "A2_pre")

    def __init__(self, num_filters: Count = 1, normalized: bool = False, **options: Any) -> None:
        super().__init__(num_filters, **options)
        self.normalized = normalized

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        a1 = [-2 * START_RADIUS * math.cos(angle) for angle in self._start_angles()]
        a2 = START_RADIUS**2
        specs = {
            "Bs": ParameterSpec(
                unit="",
                low=-2,
                high=2,
                default=tuple((0.0, middle, a2) for middle in a1),
                label="Numerator",
                doc="weights of the present and the two past inputs",
                **self._entries("b0 − 1", "b1", "b2"),
            ),
            "A1_pre": ParameterSpec(
                unit="",
                low=-1.98,
                high=1.98,
                default=tuple(a1),
                transform=ComposeTransform([TanhTransform(), Scaling(2.0)]),
                label="a1",
                doc="weight of the last output",
                **self._entries(),
            ),
            "A2_pre": ParameterSpec(
                unit="",
                low=-0.98,
                high=0.98,
                default=tuple((2 * a2 - abs(middle)) / (2 - abs(middle)) for middle in a1),
                transform=TanhTransform(),
                label="a2, place",
                doc="weight of the output before it, from one bound of stability to the other: 1 rings longest",
                **self._entries(),
            ),
        }
        if self.normalized:
            facts: dict[str, Any] = {"scale": "log", "label": "a0", "doc": "divides the output"}
            specs["A0"] = ParameterSpec(unit="", low=0.25, high=4, default=1.0, **facts, **self._entries())
        return specs

    def sections(self, Bs: Tensor, A1_pre: Tensor, A2_pre: Tensor, A0: Tensor | None = None) -> Tensor:
        """Controls → sections ``(batch, num_filters, 6)``, float64."""
        first = torch.ones_like(Bs) * Bs.new_tensor([1.0, 0.0, 0.0])
        return dsp.triangle_sections(Bs + first, A1_pre, A2_pre, A0)

    def get_signal(
        self, signal: Tensor, Bs: Tensor, A1_pre: Tensor, A2_pre: Tensor, A0: Tensor | None = None
    ) -> Tensor:
        """Filter ``(batch, channel, time)``; controls as in the class."""
        return self.filter(signal, self.sections(Bs, A1_pre, A2_pre, A0)[:, None])


class PoleZeroFilter(_Cascade):
    r"""Second-order sections given by a pole and a zero each, with their conjugates.

    The radius of a pole is the hyperbolic tangent of the raw one's. GRAFX 0.6.0 lacks the axis of channels: it applies
    the filter of batch item j to channel j; here an item's filter is for all of its channels.

    Raw and controls: ``log_gain`` (batch, 1), natural logarithm of the gain, in dB; ``poles``, before they are pressed
    into the unit circle, and ``zeros``, each (batch, num_filters, 2) with real and imaginary part.

    Args:
        num_filters: sections in series.
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the filter rings longer
            than that, which poles near the circle do, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    label = "Poles and zeros"
    headline = ("log_gain",)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        parts = self._entries("real", "imaginary")
        return {
            "log_gain": ParameterSpec(
                unit="dB",
                low=-24,
                high=24,
                default=0,
                transform=logarithmic_gain(),
                label="Gain",
                doc="level of the output",
            ),
            "poles": ParameterSpec(
                unit="",
                low=-3,
                high=3,
                default=self._start(math.atanh(START_RADIUS)),
                label="Pole",
                doc="where it resonates: further out is sharper",
                **parts,
            ),
            "zeros": ParameterSpec(
                unit="",
                low=-2,
                high=2,
                default=self._start(START_RADIUS),
                label="Zero",
                doc="where it cancels: wholly at radius 1",
                **parts,
            ),
        }

    def sections(self, poles: Tensor, zeros: Tensor) -> Tensor:
        """Controls → sections ``(batch, num_filters, 6)``, float64."""
        return dsp.pole_zero_sections(dsp.into_circle(poles.double()), zeros)

    def get_signal(self, signal: Tensor, log_gain: Tensor, poles: Tensor, zeros: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)``; controls as in the class."""
        filtered = self.filter(signal, self.sections(poles, zeros)[:, None])
        return dsp.decibel_to_amplitude(log_gain)[..., None] * filtered

    def _start(self, radius: float) -> Numbers:
        return tuple((radius * math.cos(angle), radius * math.sin(angle)) for angle in self._start_angles())


class StateVariableFilter(_Cascade):
    r"""Filters that mix their own high-pass, band-pass and low-pass outputs.

    V. Zavalishin, "The Art of VA Filter Design", 2012. All three factors at 1, the middle one divided by Q, give the
    input back. GRAFX's ``ssm`` feeds all filters from the input; here each hears the one before.

    Raw, each (batch, num_filters): ``twoR``, 1/Q through a softplus; ``G``, logit of frequency over half the sample
    rate; ``c_hp``, ``c_bp``, ``c_lp``, factors as they are. Controls: Q, Hz and the factors.

    Args:
        num_filters: filters in series.
        backend: ``"exact"`` or ``"fsm"``, an FIR of ``fsm_fir_len`` taps; they differ where the filter rings longer
            than that, see :class:`SectionProcessor`.
        fsm_fir_len: taps of that FIR.
    """

    label = "State variable"
    headline = ("G", "twoR")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        common = self._entries()
        damping = [SoftplusTransform(), AffineTransform(LEAST_DAMPING, 1 / math.log(2))]
        frequencies = spread_frequencies(60, 12000, self.num_filters, self.sample_rate)
        return {
            "twoR": ParameterSpec(
                unit="",
                low=0.1,
                high=18,
                default=START_QUALITY,
                scale="log",
                transform=ComposeTransform([*damping, ExpTransform().inv, exponential(inverse=True)]),
                label="Q",
                doc="resonance: 0.71 is flat",
                **common,
            ),
            "G": frequency_spec(self.sample_rate, frequencies, "where the three outputs part", **common),
            "c_hp": self._factor(1.0, "High pass", "factor of what lies above"),
            "c_bp": self._factor(1 / START_QUALITY, "Band pass", "factor of what lies around"),
            "c_lp": self._factor(1.0, "Low pass", "factor of what lies below"),
        }

    def sections(self, twoR: Tensor, G: Tensor, c_hp: Tensor, c_bp: Tensor, c_lp: Tensor) -> Tensor:
        """Controls → sections ``(batch, num_filters, 6)``, float64."""
        return dsp.state_variable_sections(G, twoR, c_hp, c_bp, c_lp, self.sample_rate)

    def get_signal(self, signal: Tensor, twoR: Tensor, G: Tensor, c_hp: Tensor, c_bp: Tensor, c_lp: Tensor) -> Tensor:
        """Filter ``(batch, channel, time)``; controls as in the class."""
        return self.filter(signal, self.sections(twoR, G, c_hp, c_bp, c_lp)[:, None])

    def _factor(self, default: float, label: str, doc: str) -> ParameterSpec:
        return ParameterSpec(unit="", low=-4, high=4, default=default, label=label, doc=doc, **self._entries())
