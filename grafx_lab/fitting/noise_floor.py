"""The loss that rounding alone has put into a target: no fit gets below it."""

import torch

from grafx_lab.fitting.objective import Objective

BITS = (8, 16)
"""Word lengths whose rounding can be heard by a loss."""

AUDIBLE = 1e-3
"""Losses below this are not worth a sentence."""


def noise_floor(objective: Objective, seed: int = 0) -> tuple[int, float] | None:
    """The target's bits and the loss of other rounding noise of the same size; ``None`` where it is finer than that."""
    target = objective.target
    for bits in BITS:
        step = 2.0 ** (1 - bits)
        if torch.equal((target / step).round() * step, target) and bool((target != 0).any()):
            generator = torch.Generator().manual_seed(seed)
            noise = step * (torch.rand(target.shape, generator=generator, dtype=torch.float64) - 0.5).to(target)
            with torch.no_grad():
                return bits, float(objective.prepared.per_item(target + noise).mean())
    return None


def floor_finding(objective: Objective, loss: float) -> list[str]:
    """A sentence about the floor, where there is an audible one."""
    found = noise_floor(objective)
    if found is None or found[1] < AUDIBLE:
        return []
    bits, floor = found
    reached = " It is reached." if loss <= 1.2 * floor else ""
    return [f"The target has {bits} bits: about {floor:.2g} of the loss is rounding noise, and stays.{reached}"]
