"""Sampler: objectives at points of a plane, rendered once for all of them and no further upstream than needed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from grafx_lab.fitting import Objective
from grafx_lab.graph import Signals, downstream, unchanged
from grafx_lab.landscapes.plane import Axes, Plane
from grafx_lab.landscapes.span import LandscapeError
from grafx_lab.threads import side_by_side

CHUNK = 8
"""Points rendered together at most: so many rows a filter takes at once, and beyond caches gain nothing."""


def patiently() -> None:
    """Goes on: whoever asked for all points waits for all of them."""


class Sampler:
    """Measures losses and gradients at points of a plane.

    Args:
        objective: its patch lies in the plane.
        axes: one or two.
        others: the same source, patch and target under other losses.
        chunk: most points along the batch axis of one render; every thread of PyTorch's renders chunks of its own.
        look_up: called on the caller's thread whenever every thread has had a chunk; what it raises ends the sampling.

    Attributes:
        plane: where the points lie.
        upstream: the signals of all nodes that no axis can change, rendered once.

    Raises:
        ControlPathError: there is no such control.
        LandscapeError: the axes make no plane, or a chunk holds no point.
    """

    def __init__(
        self,
        objective: Objective,
        axes: Axes,
        others: Sequence[Objective] = (),
        chunk: int = CHUNK,
        look_up: Callable[[], None] = patiently,
    ) -> None:
        if chunk < 1:
            raise LandscapeError(f"Points are rendered in chunks of at least 1, not {chunk}.")
        self.plane = Plane(objective.patch, axes)
        self.objectives = (objective, *others)
        self.chunk, self.look_up = chunk, look_up
        self.upstream = _upstream_signals(objective, self.plane)
        self._shared_axis = _upper_axis(self.plane)

    def losses(self, values: Tensor) -> Tensor:
        """The losses at ``values`` ``(points, axes)`` (float64, in the axes' units).

        Returns:
            float32 ``(objectives, points)``, NaN where a loss is not finite.
        """
        chunks = self._chunks(values)
        losses = torch.full((len(self.objectives), len(values)), torch.nan)
        with torch.no_grad():
            for chunk, found in zip(chunks, self._each(self._losses, [values[c] for c in chunks]), strict=True):
                losses[:, chunk] = found.float()
        return torch.where(losses.isfinite(), losses, torch.nan)

    def gradients(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """The first objective and its exact gradient at ``positions`` ``(points, axes)`` (0…1), by batched autograd.

        Returns:
            losses ``(points,)``, and gradients ``(points, axes)`` by the positions, so that all axes count alike;
            float64, NaN where the loss is not finite; a gradient is zero where none arrives.
        """
        # The gradient keeps the spectra of all points.
        chunks = positions.split(max(1, self.chunk // 2))
        none = positions.new_zeros(0), positions.new_zeros(0, positions.shape[1])
        loss, gradient = map(torch.cat, zip(none, *self._each(self._slopes, chunks), strict=True))
        finite = loss.isfinite()
        return torch.where(finite, loss, torch.nan), torch.where(finite[:, None], gradient, torch.nan)

    def _chunks(self, values: Tensor) -> list[Tensor]:
        """Numbers of points that are rendered together: they share their value along the axis further upstream."""
        numbers = torch.arange(len(values))
        if self._shared_axis is None:
            return self._evenly(numbers)
        _, line = values[:, self._shared_axis].unique(return_inverse=True)
        lines = line.argsort(stable=True).split(line.bincount().tolist())
        return [chunk for line in lines for chunk in self._evenly(line)]

    def _evenly(self, numbers: Tensor) -> list[Tensor]:
        """Chunks of one size, so that no thread waits long for others."""
        parts = -(-len(numbers) // self.chunk)
        return list(numbers.tensor_split(parts)) if parts else []

    def _each(self, measure: Callable[[Tensor], Any], chunks: Sequence[Tensor]) -> Iterator[Any]:
        """What a function makes of each chunk of points."""
        threads = torch.get_num_threads()
        for first in range(0, len(chunks), threads):
            self.look_up()
            yield from side_by_side(measure, chunks[first : first + threads])

    def _losses(self, values: Tensor) -> Tensor:
        rendering = self.objectives[0].render(self.plane.raw(values), self.upstream)
        return torch.stack([one.compare(rendering).expand(len(values)) for one in self.objectives])

    def _slopes(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        places = positions.detach().clone().requires_grad_()
        with torch.enable_grad():
            loss = self._losses(self.plane.values(places))[0]
        # Items of a batch never influence each other: the gradient of their sum is that of each.
        slopes = torch.autograd.grad(loss.sum(), places)[0] if loss.requires_grad else torch.zeros_like(places)
        return loss.detach().double(), slopes


def _upper_axis(plane: Plane) -> int | None:
    """The axis whose nodes more others hear; none where both axes move the same nodes."""
    moved = [plane.nodes_along(axis) for axis in plane.axes]
    if all(nodes == moved[0] for nodes in moved):
        return None
    patch = plane.patch
    reached = [len(downstream(patch.graph, map(patch.node_id, nodes))) for nodes in moved]
    return reached.index(max(reached))


def _upstream_signals(objective: Objective, plane: Plane) -> Signals:
    patch = objective.patch
    with torch.no_grad():
        signals = objective.render(patch.raw).signals
    return unchanged(patch.graph, signals, map(patch.node_id, plane.moved_nodes))
