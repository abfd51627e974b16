"""A landscape that is any function of two numbers: the output of the patch is the point, the loss the function."""

from collections.abc import Callable

import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.losses import Loss
from grafx_lab.parameters import ParameterSpec
from grafx_lab.patch import Patch
from grafx_lab.processors import Processor

X, Y = "hand_place.x", "hand_place.y"


class HandPlace(Processor):
    """Two samples: its two controls, from −1 to 1."""

    @property
    def specs(self):
        return {name: ParameterSpec(unit="", low=-1.0, high=1.0, default=0.0, label=name.upper()) for name in "xy"}

    def get_signal(self, signal, x, y):
        return torch.cat(torch.broadcast_tensors(x, y), dim=-1)[:, None] + 0 * signal


class Function(Loss):
    """f(x, y), whatever the target is."""

    label = "Function"

    def __init__(self, function: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def distance(self, estimate, features):
        return self.function(estimate[:, 0, 0], estimate[:, 0, 1])


def place_objective(function: Callable[[Tensor, Tensor], Tensor]) -> Objective:
    """In float64: the raw parameters are float32, the point is as exact as the grid."""
    silence = torch.zeros(1, 2, dtype=torch.float64)
    return Objective(Patch.chain([HandPlace], sample_rate=1000), silence, silence, Function(function))
