"""Sampler: objectives at points of a plane, rendered once for all of them and no further upstream than needed."""

from collections.abc import Sequence

import networkx as nx
import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.graph import Signals
from grafx_lab.landscapes.plane import Axes, Plane

CHUNK = 4
"""Points rendered together: beyond this the processor's caches gain nothing."""


class Sampler:
    """Measures losses and gradients at points of a plane.

    Args:
        objective: its patch lies in the plane.
        axes: one or two.
        others: the same source, patch and target under other losses.
        chunk: points along the batch axis of one render.

    Attributes:
        plane: where the points lie.
        upstream: the signals of all nodes that no axis can change, rendered once.
    """

    def __init__(self, objective: Objective, axes: Axes, others: Sequence[Objective] = (), chunk: int = CHUNK) -> None:
        self.plane = Plane(objective.patch, axes)
        self.objectives = (objective, *others)
        self.chunk = chunk
        self.upstream = _upstream_signals(objective, self.plane)

    def losses(self, values: Tensor) -> Tensor:
        """The losses at ``values`` ``(points, axes)`` (float64, in the axes' units).

        Returns:
            float32 ``(objectives, points)``, NaN where a loss is not finite.
        """
        parts = [values.new_zeros(len(self.objectives), 0)]
        with torch.no_grad():
            parts += [self._losses(part) for part in values.split(self.chunk)]
        losses = torch.cat(parts, dim=1)
        return torch.where(losses.isfinite(), losses, torch.nan).float()

    def gradients(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """The first objective and its exact gradient at ``positions`` ``(points, axes)`` (0…1), by batched autograd.

        Returns:
            losses ``(points,)``, and gradients ``(points, axes)`` by the positions, so that all axes count alike;
            float64, NaN where the loss is not finite; a gradient is zero where none arrives.
        """
        losses, gradients = [positions.new_zeros(0)], [positions.new_zeros(0, positions.shape[1])]
        for part in positions.split(self.chunk):
            places = part.detach().clone().requires_grad_()
            with torch.enable_grad():
                loss = self._losses(self.plane.values(places))[0]
            # Items of a batch never influence each other: the gradient of their sum is that of each.
            slopes = torch.autograd.grad(loss.sum(), places)[0] if loss.requires_grad else torch.zeros_like(places)
            losses.append(loss.detach().double())
            gradients.append(slopes)
        loss, gradient = torch.cat(losses), torch.cat(gradients)
        finite = loss.isfinite()
        return torch.where(finite, loss, torch.nan), torch.where(finite[:, None], gradient, torch.nan)

    def _losses(self, values: Tensor) -> Tensor:
        rendering = self.objectives[0].render(self.plane.raw(values), self.upstream)
        return torch.stack([one.compare(rendering).expand(len(values)) for one in self.objectives])


def _upstream_signals(objective: Objective, plane: Plane) -> Signals:
    patch = objective.patch
    moved = {patch.ids[name] for name in plane.moved_nodes}
    reached = moved.union(*(nx.descendants(patch.graph, node) for node in moved))
    with torch.no_grad():
        signals = objective.render(patch.raw).signals
    return {node: signal for node, signal in signals.items() if node not in reached}
