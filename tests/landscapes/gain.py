"""The smallest landscape there is: one gain, a constant signal, losses that can be computed by hand."""

import torch

from grafx_lab.fitting import Objective
from grafx_lab.parameters import ParameterSpec
from grafx_lab.patch import Patch
from grafx_lab.processors import Processor

LEVEL = 0.5


class HandGain(Processor):
    """y = gain · u with one linear gain and one in octaves above 1."""

    @property
    def specs(self):
        return {
            "gain": ParameterSpec(unit="", low=0.0, high=2.0, default=1.0, label="Gain"),
            "pair": ParameterSpec(
                unit="Hz", low=1.0, high=100.0, default=10.0, shape=(2,), scale="log", labels=("Low", "High")
            ),
        }

    def get_signal(self, signal, gain, pair):
        return gain[..., None] * signal + 0 * pair.sum(dim=1)[:, None, None]


def gain_objective(target: float = 0.3) -> Objective:
    """The loss at a gain g is |g − target| · LEVEL."""
    source = torch.full((1, 64), LEVEL)
    return Objective(Patch.chain([HandGain], sample_rate=1000), source, target * source, "waveform_l1")
