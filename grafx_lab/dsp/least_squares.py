"""Least squares for few unknowns: Jacobians by finite differences side by side, and Levenberg and Marquardt's steps.

D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters", SIAM J. 1963.
"""

from collections.abc import Callable

import torch
from torch import Tensor

STEP = 1e-3
"""Finite difference along a slider of length one."""

SETTLED = 1e-4
"""Share of the sum of squares by which a step lowers it at least, or it was the last."""


def jacobian(function: Callable[[Tensor], Tensor], point: Tensor, chunk: int = 64) -> Tensor:
    """Derivatives by central differences, many points evaluated as one batch.

    Args:
        function: ``(batch, size)`` → ``(batch, values)``.
        point: ``(size,)``.
        chunk: how many points are evaluated at a time.

    Returns:
        ``(values, size)``.
    """
    moves = STEP * torch.eye(len(point), dtype=point.dtype, device=point.device)
    points = torch.cat([point + moves, point - moves])
    with torch.no_grad():
        above, below = torch.cat([function(part) for part in points.split(chunk)]).chunk(2)
    return ((above - below) / (2 * STEP)).T


def levenberg_marquardt(
    residuals: Callable[[Tensor], Tensor], start: Tensor, steps: int = 20, low: float = 0.0, high: float = 1.0
) -> Tensor:
    """Lower the sum of squares from a start, within a box.

    Args:
        residuals: ``(batch, size)`` → ``(batch, values)``.
        start: ``(size,)``.
        steps: trials at most; each costs a Jacobian at most.
        low: lower end of every unknown.
        high: upper end.

    Returns:
        the best point, ``(size,)``.
    """
    point, damping, slopes = start, 1e-2, None
    values = residuals(point[None])[0]
    for _ in range(steps):
        if slopes is None:
            slopes = jacobian(residuals, point)
        normal, gradient = slopes.T @ slopes, slopes.T @ values
        # What no residual feels stays where it is: its diagonal is lifted, too.
        lift = damping * (normal.diagonal() + 1e-6 * normal.diagonal().amax() + 1e-12)
        # Who is pushed against a wall stays there, and the others move as if it were known.
        held = ((point <= low) & (gradient > 0)) | ((point >= high) & (gradient < 0))
        gradient[held], normal[held], normal[:, held] = 0.0, 0.0, 0.0
        trial = (point - torch.linalg.solve(normal + torch.diag(lift + held), gradient)).clamp(low, high)
        tried = residuals(trial[None])[0]
        before, after = float(values.square().sum()), float(tried.square().sum())
        if after < before:
            point, values, slopes, damping = trial, tried, None, damping / 4
            if after > (1 - SETTLED) * before:
                break
        else:
            damping *= 6
    return point
