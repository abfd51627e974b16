"""Trajectory: the way of a fit across a landscape."""

from dataclasses import dataclass

from torch import Tensor

from grafx_lab.fitting import History
from grafx_lab.landscapes.plane import Axes, Plane
from grafx_lab.patch import Patch


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The steps of a fit, projected on a plane.

    Attributes:
        values: where each kept step falls, one value an axis in its unit, float64 ``(steps, axes)``.
        off_plane: how far each lies off the plane, in lengths of sliders, float64 ``(steps,)``: the loss of a step is
            not that of the point under it unless this is small.
    """

    values: Tensor
    off_plane: Tensor


def trajectory(history: History, axes: Axes, patch: Patch | None = None) -> Trajectory:
    """Project every step of a fit on the plane of some axes.

    Args:
        history: of the fit.
        axes: of the landscape.
        patch: that of the landscape, which the plane goes through; the fit's start by default.
    """
    plane = Plane(patch or history.patch, axes)
    return Trajectory(plane.coordinates(history.raws), plane.distance(history.raws))
