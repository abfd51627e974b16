"""Trajectory: the way of a fit across a landscape."""

from collections.abc import Sequence

import torch
from torch import Tensor

from grafx_lab.fitting import History
from grafx_lab.landscapes.axis import Axis


def trajectory(history: History, axes: Sequence[Axis]) -> Tensor:
    """The controls of every step of a fit along some axes, in their units, float64 ``(steps, axes)``."""
    columns = []
    for axis in axes:
        _, spec = history.patch.spec(axis.path)
        place = history.layout.places(history.patch, axis.path)
        entry = next(e for e in history.layout.entries if e.place.start <= int(place) < e.place.stop)
        controls = spec.to_control(history.raws[:, entry.place].double().reshape(-1, *spec.shape))
        columns.append(controls.flatten(1)[:, int(place) - entry.start])
    return torch.stack(columns, dim=1)
