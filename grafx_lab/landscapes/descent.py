"""Descent within a plane, from a point of the grid to the minimum below it."""

import numpy as np
import torch
from scipy.optimize import minimize

from grafx_lab.landscapes.sampler import Sampler
from grafx_lab.landscapes.surface import Minimum

STEPS = 60
"""Evaluations that a descent may take."""

HIGH = 1e30
"""What stands for a loss that is not finite: the search must turn back there."""


def descend(sampler: Sampler, start: Minimum) -> Minimum:
    """Follow exact gradients down, never beyond the ends of the axes.

    By L-BFGS-B: R. Byrd, P. Lu, J. Nocedal, C. Zhu, "A limited memory algorithm for bound constrained optimization",
    SIAM Journal on Scientific Computing 1995.

    Returns:
        where it comes to rest; the start where nothing lower is found.
    """
    axes = sampler.plane.axes

    def loss_and_gradient(place: np.ndarray) -> tuple[float, np.ndarray]:
        losses, gradients = sampler.gradients(torch.from_numpy(place)[None])
        return float(losses.nan_to_num(nan=HIGH)), gradients[0].nan_to_num(nan=0.0).numpy()

    begin = [axis.position(value) for axis, value in zip(axes, start.values, strict=True)]
    options = {"maxfun": STEPS, "ftol": 1e-12, "gtol": 1e-9}
    found = minimize(
        loss_and_gradient, begin, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(axes), options=options
    )
    if not found.fun < start.loss:
        return start
    values = tuple(axis.at(position) for axis, position in zip(axes, found.x, strict=True))
    return Minimum(values, float(found.fun), any(position in (0.0, 1.0) for position in found.x))
