"""Processors that only lead signals: sum, crossfade, crop."""

from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab.dsp.resample import resample_envelope
from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors.arguments import Count, CountFromZero
from grafx_lab.processors.base import Processor, ProcessorError
from grafx_lab.transforms import logistic


class Add(Processor):
    """The sum of two signals; mono joins both sides of stereo."""

    inlets = ("signal_one", "signal_two")
    family = "routing"
    label = "Add"

    def get_signal(self, signal_one: Tensor, signal_two: Tensor) -> Tensor:
        """Sum ``(batch, channel, time)``."""
        _check_channels(self, signal_one, signal_two)
        return signal_one + signal_two


class Mix(Processor):
    r"""A crossfade from the second signal (at 0) to the first (at 1).

    At a share m the first signal has the gain :math:`\sqrt m` and the second :math:`\sqrt{1-m}`, so that unrelated
    signals keep their energy. DDSP gives the second one :math:`1-\sqrt{1-m}`: it grows with the first.

    Raw: ``mix_level`` (batch, frames, 1), logit of m; any number of frames spreads over the signal. Control: percent.

    Args:
        law: ``"power"`` or ``"ddsp"``.
        num_frames: frames that a patch holds; one is a constant.
    """

    registered_name = "crossfade"
    inlets = ("signal_one", "signal_two")
    family = "routing"
    label = "Crossfade"

    def __init__(self, law: Literal["power", "ddsp"] = "power", num_frames: Count = 1, **options: Any) -> None:
        super().__init__(**options)
        self.law = law
        self.num_frames = num_frames

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {
            "mix_level": ParameterSpec(
                unit="%",
                low=0.1,
                high=99.9,
                default=50,
                shape=(self.num_frames, 1),
                transform=logistic(100.0),
                label="Mix",
                labels=tuple(f"Frame {frame + 1}" for frame in range(self.num_frames)) if self.num_frames > 1 else (),
                doc="share of the first signal",
                time_varying=True,
            )
        }

    def get_signal(self, signal_one: Tensor, signal_two: Tensor, mix_level: Tensor) -> Tensor:
        """Fade ``(batch, channel, time)`` with the first one's share in percent ``(batch, frames, 1)``."""
        _check_channels(self, signal_one, signal_two)
        share = resample_envelope(mix_level / 100, signal_one.shape[-1]).transpose(1, 2)
        # A share of exactly 0 or 1 would have an infinite slope.
        share = share.clamp(1e-6, 1 - 1e-6)
        first, rest = torch.sqrt(share), torch.sqrt(1 - share)
        return first * signal_one + (rest if self.law == "power" else 1 - rest) * signal_two


class Crop(Processor):
    """Takes a frame off the beginning or the end of a signal.

    What a synthesizer with frames has too much is cut, as in DDSP. The signal keeps its length: silence takes the place
    of what was cut, at the end. ``keep_length=False`` returns DDSP's shorter signal, for use outside of graphs.

    Args:
        frame_size: samples to take off.
        crop_location: ``"front"`` or ``"back"``.
        keep_length: fill up with silence.
    """

    family = "routing"
    label = "Crop"

    def __init__(
        self,
        frame_size: CountFromZero = 64,
        crop_location: Literal["front", "back"] = "front",
        keep_length: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.frame_size = frame_size
        self.crop_location = crop_location
        self.keep_length = keep_length

    def get_signal(self, signal: Tensor) -> Tensor:
        """Crop ``(batch, channel, time)``."""
        kept = max(signal.shape[-1] - self.frame_size, 0)
        cropped = signal[..., self.frame_size :] if self.crop_location == "front" else signal[..., :kept]
        return F.pad(cropped, (0, signal.shape[-1] - kept)) if self.keep_length else cropped


def _check_channels(processor: Processor, signal_one: Tensor, signal_two: Tensor) -> None:
    """Raise :class:`ProcessorError` unless the signals have equally many channels or one of them is mono."""
    expected, channels = signal_one.shape[1], signal_two.shape[1]
    if channels != expected and 1 not in (expected, channels):
        raise ProcessorError(
            f"{type(processor).__name__}: the signal at inlet 'signal_two' has {channels} channels, expected 1 or"
            f" {expected} as the signal at inlet 'signal_one'."
        )
