"""Refine: the minima of a landscape, found on its grid and followed down between its lines."""

import numpy as np
import torch
from scipy.optimize import minimize

from grafx_lab.fitting import Objective
from grafx_lab.landscapes.basins import basins
from grafx_lab.landscapes.sampler import Sampler
from grafx_lab.landscapes.surface import Landscape, Minimum

STEPS = 30
"""Evaluations that refining a minimum may take; the neighbourhood of a grid point is small."""

HIGH = 1e30


def minima(surface: Landscape, objective: Objective | None = None, *, most: int = 8) -> tuple[Minimum, ...]:
    """The local minima of a landscape, lowest first.

    Args:
        surface: the landscape.
        objective: with it each is refined: descent with exact gradients (L-BFGS-B, R. Byrd et al., SIAM J. Sci.
            Comput. 1995) that stays between the neighbouring lines of the grid.
        most: how many are returned.

    Raises:
        LandscapeError: no loss on the grid is finite.
    """
    found = basins(surface).minima[:most]
    if objective is None:
        return found
    sampler = Sampler(objective, surface.axes)
    return tuple(sorted((_refined(surface, sampler, one) for one in found), key=lambda minimum: minimum.loss))


def _refined(surface: Landscape, sampler: Sampler, found: Minimum) -> Minimum:
    axes = surface.axes
    start = [axis.position(value) for axis, value in zip(axes, found.values, strict=True)]
    bounds = [_around(places.tolist(), place) for places, place in zip(surface.positions, start, strict=True)]

    def loss_and_gradient(place: np.ndarray) -> tuple[float, np.ndarray]:
        losses, gradients = sampler.gradients(torch.from_numpy(place)[None])
        # Beside a hole the search must turn back: what is not finite is very high and flat.
        return float(losses.nan_to_num(nan=HIGH)), gradients[0].nan_to_num(nan=0.0).numpy()

    result = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxfun": STEPS})
    if not result.fun < found.loss:
        return found
    values = tuple(axis.at(position) for axis, position in zip(axes, result.x, strict=True))
    edge = any(position in (0.0, 1.0) for position in result.x)
    return Minimum(values, float(result.fun), edge)


def _around(places: list[float], place: float) -> tuple[float, float]:
    """The positions of the lines before and behind a place on the grid."""
    below = [other for other in places if other < place - 1e-9]
    above = [other for other in places if other > place + 1e-9]
    return max(below, default=places[0]), min(above, default=places[-1])
