"""Audio: a recording as a value."""

import math
from dataclasses import dataclass, replace

import soxr
import torch
from torch import Tensor

from grafx_lab.errors import LabError


class AudioError(LabError):
    """A recording that cannot be read, written or used as it is."""


@dataclass(frozen=True, eq=False, repr=False)
class Audio:
    """A recording in memory. Operations return a new one.

    Attributes:
        data: samples, float32 (channel, time), nominally −1…1.
        sample_rate: in Hz, a whole number above 0.
        name: what people call it, such as the file's name without suffix.

    Raises:
        AudioError: the shape, type or rate is another.
    """

    data: Tensor
    sample_rate: int
    name: str = "audio"

    def __post_init__(self):
        subject = f"Audio {self.name!r}"
        if not isinstance(self.data, Tensor) or not self.data.is_floating_point():
            received = self.data.dtype if isinstance(self.data, Tensor) else type(self.data).__name__
            raise AudioError(f"{subject}: data is {received}, expected a tensor of floats in −1…1.")
        if self.data.ndim != 2 or 0 in self.data.shape:
            shape = tuple(self.data.shape)
            raise AudioError(f"{subject}: data has shape {shape}, expected (channel, time) with one sample at least.")
        if self.sample_rate != int(self.sample_rate) or self.sample_rate <= 0:
            raise AudioError(f"{subject}: the sample rate is {self.sample_rate}, expected whole Hz above 0.")
        object.__setattr__(self, "data", self.data.to(torch.float32))
        object.__setattr__(self, "sample_rate", int(self.sample_rate))

    def __repr__(self) -> str:
        return f"Audio({self.name!r}, {self.layout}, {self.seconds:.2f} s at {self.sample_rate} Hz)"

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return self.data.shape[0]

    @property
    def samples(self) -> int:
        """Length in samples per channel."""
        return self.data.shape[1]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / self.sample_rate

    @property
    def layout(self) -> str:
        """The channels in words: ``"mono"``, ``"stereo"`` or ``"6 channels"``."""
        return {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")

    @property
    def peak_dbfs(self) -> float:
        """The greatest absolute sample in dB relative to full scale; −inf for silence, nan with a NaN."""
        peak = float(self.data.abs().max())
        return 20 * math.log10(peak) if peak else -math.inf

    def resample(self, sample_rate: int) -> "Audio":
        """At another rate in Hz, by soxr in its very high quality; at the same rate it is the same object."""
        if sample_rate == self.sample_rate:
            return self
        samples = soxr.resample(self.data.detach().T.cpu().numpy(), self.sample_rate, sample_rate, quality="VHQ")
        return replace(self, data=torch.from_numpy(samples.T.copy()), sample_rate=sample_rate)

    def mono(self) -> "Audio":
        """The mean of the channels."""
        return replace(self, data=self.data.mean(dim=0, keepdim=True))

    def with_channels(self, channels: int) -> "Audio":
        """Mono repeated on so many channels.

        Raises:
            AudioError: it has another number of channels already; folding them is never done silently.
        """
        if self.channels == channels:
            return self
        if self.channels != 1:
            raise AudioError(
                f"{self.name!r} has {self.channels} channels, expected {channels}. Only mono is repeated;"
                " fold it with .mono() if that is what you want."
            )
        return replace(self, data=self.data.expand(channels, -1).clone())

    def crop(self, samples: int) -> "Audio":
        """The first so many samples, or all where it is shorter."""
        return self if samples >= self.samples else replace(self, data=self.data[:, :samples].clone())
