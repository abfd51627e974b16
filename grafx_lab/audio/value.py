"""Audio: a recording as a value."""

import math
from dataclasses import dataclass, replace

import soxr
import torch
from torch import Tensor
from torch.nn.functional import pad

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
        object.__setattr__(self, "sample_rate", _whole_rate(self.sample_rate, subject))
        object.__setattr__(self, "data", self.data.to(torch.float32))

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
        """At another rate in Hz, by soxr in its very high quality; at the same rate it is the same object.

        What is shorter than a sample of the new rate becomes one.

        Raises:
            AudioError: the rate is not a whole number above 0.
        """
        rate = _whole_rate(sample_rate, f"Resampling {self.name!r}")
        if rate == self.sample_rate:
            return self
        missing = max(0, -(-self.sample_rate // rate) - self.samples)
        samples = pad(self.data.detach(), (0, missing)).T.cpu().numpy()
        resampled = soxr.resample(samples, self.sample_rate, rate, quality="VHQ")
        return replace(self, data=torch.from_numpy(resampled.T.copy()), sample_rate=rate)

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


def _whole_rate(sample_rate: float, subject: str) -> int:
    """A sample rate as a whole number."""
    if not (float(sample_rate).is_integer() and sample_rate > 0):
        raise AudioError(f"{subject}: the sample rate is {sample_rate}, expected whole Hz above 0.")
    return int(sample_rate)
