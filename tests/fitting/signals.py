"""Half a second at 16 kHz, and losses that misbehave."""

import torch
from torch import Tensor

from grafx_lab import Audio, Loss

RATE = 16000


def noise(channels: int = 2, time: int = RATE // 4, seed: int = 0, level: float = 0.1) -> Tensor:
    return level * torch.randn(channels, time, generator=torch.Generator().manual_seed(seed))


def audio(channels: int = 2, time: int = RATE // 4, rate: int = RATE, name: str = "noise") -> Audio:
    return Audio(noise(channels, time), rate, name)


class Cliff(Loss):
    """The mean distance of magnitudes, but not a number where the estimate is louder than an edge."""

    def __init__(self, edge: float) -> None:
        super().__init__()
        self.edge = edge

    def distance(self, estimate: Tensor, features) -> Tensor:
        distance = (estimate.abs() - features["target"].abs()).abs().mean(dim=(1, 2))
        level = estimate.square().mean(dim=(1, 2)).sqrt()
        return torch.where(level > self.edge, float("nan"), distance)


class Flat(Loss):
    """Always one, whatever is heard."""

    def distance(self, estimate: Tensor, features) -> Tensor:
        return 1 + 0 * estimate.mean(dim=(1, 2))


class Deaf(Loss):
    """Always one, and without a gradient."""

    def distance(self, estimate: Tensor, features) -> Tensor:
        return torch.ones(len(estimate))
