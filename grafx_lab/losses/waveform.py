"""Losses that compare waveforms sample by sample."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from grafx_lab.losses.base import Loss


class WaveformL1(Loss):
    """Mean absolute difference of the samples, in units of full scale."""

    name = "waveform_l1"
    label = "Waveform L1"
    blind_to = "nothing, phase included: a shifted copy counts as wrong"

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        return (estimate - features["target"]).abs().mean(dim=(1, 2))
