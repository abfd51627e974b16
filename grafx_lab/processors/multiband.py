"""Processors that split the spectrum into bands."""

from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import torch
from torch import Tensor

from grafx_lab import dsp
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Several
from grafx_lab.processors.base import Processor
from grafx_lab.processors.dynamics import Compressor
from grafx_lab.transforms import logarithmic_gain, logistic

Phase = Literal["zero", "minimum"]


class Crossover(Processor):
    r"""Splits a signal into frequency bands that sum flat, one outlet for each.

    Linkwitz–Riley filters: 24 dB per octave, −6 dB at the frequencies between the bands. With ``phase="zero"`` the
    bands sum to the signal itself, and they hear its future (some periods of the crossover frequency). With
    ``phase="minimum"`` they are causal, and their sum has the signal's spectrum but not its phase. The source is
    named in :mod:`grafx_lab.dsp.crossover`.

    Raw: ``w0`` (batch, num_bands − 1), logit of frequency over half the sample rate. Control: Hz.

    Args:
        num_bands: bands, at least 2.
        phase: ``"zero"`` or ``"minimum"``.
    """

    family = "routing"
    label = "Crossover"
    outlets = ("low", "mid", "high")

    def __init__(self, num_bands: Several = 3, phase: Phase = "zero", **options: Any) -> None:
        super().__init__(**options)
        self.num_bands = num_bands
        self.phase = phase
        object.__setattr__(self, "outlets", band_names(num_bands))

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"w0": crossover_spec(self.num_bands, self.sample_rate)}

    def get_signal(self, signal: Tensor, w0: Tensor) -> tuple[Tensor, ...]:
        """Split ``(batch, channel, time)`` at frequencies in Hz ``(batch, num_bands - 1)``; low to high."""
        return tuple(dsp.split_bands(signal, w0, self.sample_rate, zero_phase=self.phase == "zero"))


class MultibandCompressor(Processor):
    """A compressor for each frequency band.

    The bands are those of :class:`Crossover`. Each has the parameters of a
    :class:`~grafx_lab.processors.dynamics.Compressor` whose level has an attack and a release, and a gain behind it.

    Raw: ``w0`` (batch, num_bands − 1), as in :class:`Crossover`; ``log_threshold``, ``log_ratio`` and ``log_knee``
    (batch, num_bands, 1) and ``z_alpha_pre`` (batch, num_bands, 2), as in :class:`Compressor`; ``log_gain`` (batch,
    num_bands, 1), natural logarithm of a gain. Controls: Hz, dB, ratio, dB, milliseconds, dB.

    Args:
        num_bands: bands, at least 2.
        phase: ``"zero"``, or ``"minimum"`` for causal filters, which turn the phase even where nothing is compressed.
        knee: ``"hard"``, ``"quadratic"`` or ``"exponential"``.
    """

    family = "dynamics"
    label = "Multiband compressor"
    headline = ("log_threshold", "log_gain")

    def __init__(
        self, num_bands: Several = 3, phase: Phase = "zero", knee: dsp.Knee = "quadratic", **options: Any
    ) -> None:
        super().__init__(**options)
        self.num_bands = num_bands
        self.phase = phase
        self.compressor = Compressor("ballistics", knee=knee, sample_rate=self.sample_rate)

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        gain = ParameterSpec(
            unit="dB",
            low=-24,
            high=24,
            default=0,
            transform=logarithmic_gain(),
            label="Gain",
            doc="level behind the compressor",
        )
        each = {**self.compressor.specs, "log_gain": gain}
        bands = {name: _for_every_band(spec, self.num_bands) for name, spec in each.items()}
        return {"w0": crossover_spec(self.num_bands, self.sample_rate), **bands}

    def neutral_controls(self) -> dict[str, Any]:
        """What is neutral for one compressor, in every band."""
        return self.compressor.neutral_controls()

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any]:
        """What the compressor would start from in each band, and the gain that is left."""
        raw = self.neutral()
        w0 = self.specs["w0"].to_control(raw["w0"])
        split = [
            dsp.split_bands(signal, w0, self.sample_rate, zero_phase=self.phase == "zero")
            for signal in (input_signals[0], target)
        ]
        bands = []
        for before, after in zip(*split, strict=True):
            found = self.compressor.closed_form_start(before, target=after) or self.compressor.neutral()
            heard = self.compressor.run(before, **found).signals[0]
            level = 0.5 * torch.log((after.square().mean() + 1e-12) / (heard.square().mean() + 1e-12)).clamp(-5, 5)
            bands.append({**found, "log_gain": level.reshape(1, 1)})
        return raw | {name: torch.stack([band[name] for band in bands], 1) for name in bands[0]}

    def get_signal(self, signal: Tensor, w0: Tensor, log_gain: Tensor, **compression: Tensor) -> Tensor:
        """Compress ``(batch, channel, time)``; controls in the units of the specs, (batch, num_bands, …)."""
        split = dsp.split_bands(signal, w0, self.sample_rate, zero_phase=self.phase == "zero")
        bands = torch.stack(split, 1)
        batch = max(len(bands), *(len(control) for control in compression.values()))
        # Bands are items of a larger batch to the one compressor.
        folded = {
            name: control.expand(batch, *control.shape[1:]).flatten(0, 1) for name, control in compression.items()
        }
        gain = self.compressor.gain(bands.expand(batch, *bands.shape[1:]).flatten(0, 1), **folded)
        gain = gain.unflatten(0, (batch, self.num_bands)) * dsp.decibel_to_amplitude(log_gain)
        return (bands * gain[:, :, None]).sum(1)


def band_names(count: int) -> tuple[str, ...]:
    """What the bands are called, from low to high."""
    named = {2: ("low", "high"), 3: ("low", "mid", "high"), 4: ("low", "low_mid", "high_mid", "high")}
    return named.get(count) or tuple(f"band_{k + 1}" for k in range(count))


def crossover_spec(num_bands: int, sample_rate: float) -> ParameterSpec:
    """Raw logit of the frequencies between the bands over half the sample rate ↔ Hz."""
    low, high = 20.0, min(20000.0, 0.45 * sample_rate)
    names = [name.replace("_", " ") for name in band_names(num_bands)]
    return ParameterSpec(
        unit="Hz",
        low=low,
        high=high,
        default=tuple(low * (high / low) ** (k / num_bands) for k in range(1, num_bands)),
        shape=(num_bands - 1,),
        scale="log",
        transform=logistic(sample_rate / 2),
        label="Crossover",
        labels=tuple(f"{below} to {above}".capitalize() for below, above in pairwise(names)),
        doc="frequency between two bands",
    )


def _for_every_band(spec: ParameterSpec, num_bands: int) -> ParameterSpec:
    names = [name.replace("_", " ").capitalize() for name in band_names(num_bands)]
    entries = [entry.lower() for entry in spec.labels] or [""]
    labels = tuple(f"{name} {entry}".rstrip() for name in names for entry in entries)
    return replace(spec, shape=(num_bands, *spec.shape), labels=labels)
