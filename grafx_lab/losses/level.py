"""Losses of one figure for the whole signal: how loud it is, and how far its peaks stand out."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.linalg import vector_norm

from grafx_lab.dsp.program_loudness import integrated_loudness
from grafx_lab.losses.base import Loss

QUIETEST = 1e-5
"""Added to peak and mean: below −100 dB there is no crest."""


class LoudnessDifference(Loss):
    """Absolute difference of the integrated loudness in LU, after ITU-R BS.1770-4.

    Args:
        sample_rate: in Hz.
    """

    name = "loudness"
    family = "level"
    label = "Loudness (LU)"
    blind_to = "everything but the loudness of the whole"

    def __init__(self, sample_rate: float = 44100) -> None:
        super().__init__()
        self.sample_rate = sample_rate

    def features(self, target: Tensor) -> Mapping[str, Any]:
        with torch.no_grad():
            return {"loudness": integrated_loudness(target, self.sample_rate)}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        return (integrated_loudness(estimate, self.sample_rate) - features["loudness"]).abs()


class CrestFactor(Loss):
    """Absolute difference of the crest factors in dB: the highest peak over the root of the mean square."""

    name = "crest_factor"
    family = "level"
    label = "Crest factor (dB)"
    blind_to = "level, spectrum and time: only how far the highest peak stands out"

    def features(self, target: Tensor) -> Mapping[str, Any]:
        with torch.no_grad():
            return {"crest": _crest(target)}

    def distance(self, estimate: Tensor, features: Mapping[str, Any]) -> Tensor:
        return (_crest(estimate) - features["crest"]).abs()


def _crest(signal: Tensor) -> Tensor:
    """In dB, of all channels of an item together, ``(batch,)``."""
    samples = signal.flatten(1)
    mean = vector_norm(samples, dim=1) / math.sqrt(samples.shape[1])
    return 20 * torch.log10((samples.abs().amax(1) + QUIETEST) / (mean + QUIETEST))
