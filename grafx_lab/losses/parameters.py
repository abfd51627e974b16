"""The distance of two settings of a patch: what a fit would descend if it knew the answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grafx_lab.losses.base import LossError
from grafx_lab.parameters import ParameterSpec, Tree, flatten

Specs = Mapping[str, Mapping[str, ParameterSpec]]


@dataclass(frozen=True)
class PreparedParameters:
    """A parameter loss that knows the setting to reach."""

    loss: "ParameterLoss"
    target: Mapping[str, Tensor]

    def per_item(self, raw: Tree) -> Tensor:
        """The distance of each item: raw parameters ``(batch, *shape)`` by node → ``(batch,)``."""
        places = self.loss.places(raw)
        if places.keys() != self.target.keys():
            alone = ", ".join(sorted(places.keys() ^ self.target.keys()))
            raise LossError(f"ParameterLoss: only one of the two settings has {alone}; compare settings of one patch.")
        distances = [(place - self.target[name]).abs().flatten(1).mean(1) for name, place in places.items()]
        return torch.stack(torch.broadcast_tensors(*distances)).mean(0)


class ParameterLoss(nn.Module):
    """Mean absolute difference of parameters, in which each parameter counts the same however many numbers it has.

    Blind to what is heard: two settings may sound alike, and a small step may be the loudest one.

    Args:
        specs: of each node's parameters, dotted names below containers. With them, places on the sliders are compared,
            0 to 1; without, raw values.
    """

    def __init__(self, specs: Specs | None = None) -> None:
        super().__init__()
        self.specs = {f"{node}.{name}": spec for node, part in (specs or {}).items() for name, spec in part.items()}

    def prepare(self, target: Tree) -> PreparedParameters:
        """Take the setting to reach, raw parameters ``(1 or batch, *shape)`` by node."""
        with torch.no_grad():
            return PreparedParameters(self, self.places(target))

    def places(self, raw: Tree) -> dict[str, Tensor]:
        """What is compared, by dotted name."""
        flat: dict[str, Tensor] = flatten(raw)
        if not flat:
            raise LossError("ParameterLoss: the setting has no parameters, expected raw parameters by node.")
        if not self.specs:
            return flat
        missing = ", ".join(flat.keys() - self.specs.keys())
        if missing:
            raise LossError(f"ParameterLoss: there is no spec for {missing}; give the specs of every node.")
        return {name: self.specs[name].to_position(self.specs[name].to_control(value)) for name, value in flat.items()}

    def forward(self, estimate: Tree, target: Tree) -> Tensor:
        """The mean over the items, a scalar."""
        return self.prepare(target).per_item(estimate).mean()
